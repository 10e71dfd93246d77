"""Of whole numbers and fractions that stand beside each other, of which one is chosen, all become fractions.

Most engines do that by themselves. To some, what could be either has no type.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlglot import exp

from segpy.spec.expression import (
    ARITHMETIC,
    Binary,
    Call,
    Case,
    Clock,
    Column,
    Expression,
    Function,
    Literal,
    Negative,
    Operator,
    Type,
)
from segpy.sql.nodes import Operation

_CHOOSING = (Function.COALESCE, Function.GREATEST, Function.LEAST)
_OF_FIRST = (Function.ABS, Function.CEIL, Function.FLOOR, Function.ROUND, Function.NULLIF)
_FRACTIONS = (Type.NUMBER, Type.DURATION)


def of_one_kind(
    parts: Sequence[Expression], trees: Sequence[exp.Expr], types: Mapping[str, Type]
) -> tuple[exp.Expr, ...]:
    """The trees of what is chosen among, by the types of the columns in them."""
    kinds = [_kind(part, types) for part in parts]
    if Type.NUMBER not in kinds:
        return tuple(trees)
    return tuple(
        Operation.AS_NUMBER(tree) if kind is Type.INTEGER else tree for tree, kind in zip(trees, kinds, strict=True)
    )


def is_choice(function: Function) -> bool:
    """Whether a function yields one of its arguments."""
    return function in _CHOOSING


def _kind(expression: Expression, types: Mapping[str, Type]) -> Type | None:
    """`INTEGER` or `NUMBER` where a value is surely that; None for constants, and what is no number."""
    match expression:
        case Column(name):
            return _number(types[name])
        case Literal(value, type_):
            return Type.NUMBER if type_ in _FRACTIONS and not float(value or 0).is_integer() else None
        case Binary(Operator.DIVIDE):
            return Type.NUMBER
        case Binary(operator, left, right):
            return _greater((left, right), types) if operator in ARITHMETIC else None
        case Call(Function.LENGTH) | Clock():
            return Type.INTEGER
        case Call(function, arguments):
            parts = arguments[:1] if function in _OF_FIRST else arguments if is_choice(function) else ()
            return _greater(parts, types)
        case Negative(operand):
            return _kind(operand, types)
        case Case(branches, otherwise):
            return _greater([value for _, value in branches] + ([otherwise] if otherwise is not None else []), types)
        case _:
            return None


def _greater(parts: Sequence[Expression], types: Mapping[str, Type]) -> Type | None:
    kinds = {_kind(part, types) for part in parts}
    return Type.NUMBER if Type.NUMBER in kinds else Type.INTEGER if Type.INTEGER in kinds else None


def _number(type_: Type) -> Type | None:
    return Type.NUMBER if type_ in _FRACTIONS else Type.INTEGER if type_ is Type.INTEGER else None
