"""Where a condition on what may be null is likely to leave out somebody whom its author meant.

*Never* is like nothing to an average and like forever to the time since the last occurrence, or between two. So an
upper bound on the one and a lower bound on the other leave out those who never did it, which reads as if it had them
in; and so does everything under a negation, where nobody is in for want of knowledge.
"""

from __future__ import annotations

from segpy.check.bounds import passing
from segpy.resolve.model import Test
from segpy.resolve.model_measures import (
    Aggregation,
    AttributeTenure,
    AttributeValue,
    Computed,
    EventMeasure,
    Measure,
    Percentile,
    SequenceMeasure,
    nullable,
    type_of,
)
from segpy.spec.expression import (
    Between,
    Binary,
    Call,
    Case,
    Column,
    Expression,
    Function,
    In,
    Literal,
    Negative,
    Not,
    Operator,
    Type,
)
from segpy.spec.model import Relop
from segpy.spec.model_measures import Output

_TIMES = (Output.SECONDS, Output.FASTEST_SECONDS, Output.STEP_SECONDS)


def leaves_out(test: Test, negated: bool) -> bool:
    """Whether a condition leaves out those for whom its measure is null, and reads as if it did not."""
    if test.never_span is not None or any(one.relop is Relop.IS_NULL for one in test.comparisons):
        return False
    if not may_be_null(test.measure):
        return False
    if negated:
        return True
    found = passing(test, under_negation=False)
    if found is None or type_of(test.measure) in (Type.TEXT, Type.BOOLEAN):
        return False
    upper = found.lowest is None and found.highest is not None
    lower = found.lowest is not None and found.highest is None
    match test.measure:
        case AttributeValue() | AttributeTenure() | EventMeasure(Aggregation.TENURE):
            return False  # what is not known, or has not begun, is neither small nor large
        case EventMeasure(Aggregation.RECENCY | Aggregation.GAP):
            return lower
        case SequenceMeasure(output=output) if output in _TIMES:
            return lower
        case SequenceMeasure():
            return False
        case _:
            return upper


def may_be_null(measure: Measure) -> bool:
    """Whether a measure can be null for somebody. Only of expressions more is known than the measure itself tells."""
    if isinstance(measure, Computed):
        return _may_be_null(measure.expression, {name for name, one in measure.inputs if may_be_null(one)})
    if isinstance(measure, Percentile):
        return may_be_null(measure.measure)
    return nullable(measure)


def _may_be_null(expression: Expression, nulls: set[str]) -> bool:
    match expression:
        case Column(name):
            return name in nulls
        case Literal(value):
            return value is None
        case Not(operand) | Negative(operand):
            return _may_be_null(operand, nulls)
        case Binary(Operator.DIVIDE, left, Literal(value)) if value not in (None, 0):
            return _may_be_null(left, nulls)
        case Binary(Operator.DIVIDE):
            return True
        case Binary(_, left, right):
            return _may_be_null(left, nulls) or _may_be_null(right, nulls)
        case In(operand, options):
            return any(_may_be_null(one, nulls) for one in (operand, *options))
        case Between(operand, low, high):
            return any(_may_be_null(one, nulls) for one in (operand, low, high))
        case Call(Function.COALESCE | Function.GREATEST | Function.LEAST, arguments):
            return all(_may_be_null(one, nulls) for one in arguments)
        case Call(Function.NULLIF):
            return True
        case Call(_, arguments):
            return any(_may_be_null(one, nulls) for one in arguments)
        case Case(branches, otherwise):
            return otherwise is None or any(_may_be_null(one, nulls) for one in (otherwise, *(v for _, v in branches)))
        case _:
            return False  # `is null` is never null itself
