"""The closed set of SQL that a spec may write in `where` and `expression`, as data.

`sql/` reads text into these and writes them out again; whatever is not here cannot reach a warehouse.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TypeAlias


class Type(Enum):
    """The types of the language. A duration is held in seconds."""

    TEXT = "text"
    NUMBER = "number"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    TIMESTAMP = "timestamp"
    DATE = "date"
    UUID = "uuid"
    DURATION = "duration"
    NULL = "null"

    @property
    def numeric(self) -> bool:
        """Whether arithmetic and order by size apply."""
        return self in (Type.NUMBER, Type.INTEGER, Type.DURATION)


class Operator(Enum):
    """Binary operators, by how they are written. Division yields a fraction, and null where the divisor is 0."""

    EQ = "="
    NE = "<>"
    LT = "<"
    LE = "<="
    GT = ">"
    GE = ">="
    ADD = "+"
    SUBTRACT = "-"
    MULTIPLY = "*"
    DIVIDE = "/"
    AND = "and"
    OR = "or"
    LIKE = "like"
    ILIKE = "ilike"
    CONCAT = "||"


COMPARISONS = frozenset({Operator.EQ, Operator.NE, Operator.LT, Operator.LE, Operator.GT, Operator.GE})
ARITHMETIC = frozenset({Operator.ADD, Operator.SUBTRACT, Operator.MULTIPLY, Operator.DIVIDE})


class Function(Enum):
    """Functions that mean the same on every engine."""

    ABS = "abs"
    CEIL = "ceil"
    COALESCE = "coalesce"
    FLOOR = "floor"
    GREATEST = "greatest"
    LEAST = "least"
    LENGTH = "length"
    LOWER = "lower"
    NULLIF = "nullif"
    ROUND = "round"
    TRIM = "trim"
    UPPER = "upper"


@dataclass(frozen=True, slots=True)
class Column:
    """A property, attribute or feature by name; `start` is its offset in the text it was written in."""

    name: str
    start: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Literal:
    """A constant: text, number, boolean or null. Timestamps and dates are typed by `type`, their value ISO text."""

    value: str | int | float | bool | None
    type: Type


@dataclass(frozen=True, slots=True)
class Binary:
    """Two operands and an operator."""

    operator: Operator
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Not:
    """Logical negation: null stays null."""

    operand: Expression


@dataclass(frozen=True, slots=True)
class Negative:
    """A number with its sign turned."""

    operand: Expression


@dataclass(frozen=True, slots=True)
class IsNull:
    """Whether the operand is null."""

    operand: Expression


@dataclass(frozen=True, slots=True)
class In:
    """Whether the operand equals one of the options; null where it is null."""

    operand: Expression
    options: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Between:
    """Whether the operand lies in `[low, high]`."""

    operand: Expression
    low: Expression
    high: Expression


@dataclass(frozen=True, slots=True)
class Call:
    """A function of the closed set."""

    function: Function
    arguments: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """`case when … then … else … end`; without `otherwise` the value is null."""

    branches: tuple[tuple[Expression, Expression], ...]
    otherwise: Expression | None


class ClockUnit(Enum):
    """What a `where` can ask of the clock, by the name that asks it."""

    HOUR = "hour"
    WEEKDAY = "weekday"


@dataclass(frozen=True, slots=True)
class Clock:
    """The hour (0 to 23) or the weekday (1, Monday, to 7) that the clocks of a time zone show at an event's instant."""

    unit: ClockUnit
    zone: str


Expression: TypeAlias = Column | Literal | Clock | Binary | Not | Negative | IsNull | In | Between | Call | Case


def children(expression: Expression) -> tuple[Expression, ...]:
    """The direct parts of an expression, in the order written."""
    match expression:
        case Column() | Literal() | Clock():
            return ()
        case Binary(_, left, right):
            return (left, right)
        case Not(operand) | Negative(operand) | IsNull(operand):
            return (operand,)
        case In(operand, options):
            return (operand, *options)
        case Between(operand, low, high):
            return (operand, low, high)
        case Call(_, arguments):
            return arguments
        case Case(branches, otherwise):
            flat = tuple(part for branch in branches for part in branch)
            return flat if otherwise is None else (*flat, otherwise)


def columns_of(expression: Expression) -> tuple[Column, ...]:
    """Every column mentioned, in the order written, repeats included."""
    if isinstance(expression, Column):
        return (expression,)
    return tuple(column for part in children(expression) for column in columns_of(part))


def replaced(expression: Expression, meant: Mapping[str, Expression]) -> Expression:
    """An expression with other expressions in the place of some names."""

    def inner(part: Expression) -> Expression:
        return replaced(part, meant)

    match expression:
        case Column(name):
            return meant.get(name, expression)
        case Literal() | Clock():
            return expression
        case Binary(operator, left, right):
            return Binary(operator, inner(left), inner(right))
        case Not(operand):
            return Not(inner(operand))
        case Negative(operand):
            return Negative(inner(operand))
        case IsNull(operand):
            return IsNull(inner(operand))
        case In(operand, options):
            return In(inner(operand), tuple(map(inner, options)))
        case Between(operand, low, high):
            return Between(inner(operand), inner(low), inner(high))
        case Call(function, arguments):
            return Call(function, tuple(map(inner, arguments)))
        case Case(branches, otherwise):
            arms = tuple((inner(test), inner(value)) for test, value in branches)
            return Case(arms, inner(otherwise) if otherwise is not None else None)


def conjuncts(expression: Expression) -> tuple[Expression, ...]:
    """The parts that must all hold."""
    if isinstance(expression, Binary) and expression.operator is Operator.AND:
        return conjuncts(expression.left) + conjuncts(expression.right)
    return (expression,)


_TIGHTNESS = {
    **dict.fromkeys(COMPARISONS, 1),
    Operator.ADD: 2,
    Operator.SUBTRACT: 2,
    Operator.MULTIPLY: 3,
    Operator.DIVIDE: 3,
}


def stands_alone(part: Expression, operator: Operator, *, right: bool) -> bool:
    """Whether an operand needs no parentheses beside an operator: what is no operation, and what binds tighter.

    Arithmetic of one rank reads from the left, so such an operand needs them on the right only.
    """
    if not isinstance(part, Binary):
        return not isinstance(part, Not | Between | In | IsNull | Negative)
    inner, outer = _TIGHTNESS.get(part.operator, 0), _TIGHTNESS.get(operator, 9)
    return inner > outer or (inner == outer > 1 and not right)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Why a text is no expression of the language; `start` and `length` are the culprit's, where one can be shown."""

    reason: str
    start: int | None = None
    length: int = 1
