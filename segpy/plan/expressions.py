"""English for expressions: as they could have been written."""

from __future__ import annotations

from typing import assert_never

from segpy.spec.duration import Duration
from segpy.spec.expression import (
    Between,
    Binary,
    Call,
    Case,
    Clock,
    Column,
    Expression,
    In,
    IsNull,
    Literal,
    Negative,
    Not,
    Operator,
    Type,
    stands_alone,
)


def expression_words(expression: Expression) -> str:
    """An expression as it could have been written."""
    match expression:
        case Column(name):
            return name
        case Literal():
            return literal_words(expression)
        case Clock(unit):
            return unit.value
        case Binary(Operator.AND | Operator.OR as operator, left, right):
            return f"{_side(operator, left)} {operator.value} {_side(operator, right)}"
        case Binary(operator, left, right):
            first = expression_words(left) if stands_alone(left, operator, right=False) else _inner(left)
            second = expression_words(right) if stands_alone(right, operator, right=True) else _inner(right)
            return f"{first} {operator.value} {second}"
        case Not(IsNull(operand)):
            return f"{_inner(operand)} is not null"
        case Not(operand):
            return f"not {_inner(operand)}"
        case Negative(operand):
            return f"-({expression_words(operand)})" if isinstance(operand, Negative) else f"-{_inner(operand)}"
        case IsNull(operand):
            return f"{_inner(operand)} is null"
        case In(operand, options):
            return f"{_inner(operand)} in ({', '.join(map(expression_words, options))})"
        case Between(operand, low, high):
            return f"{_inner(operand)} between {_inner(low)} and {_inner(high)}"
        case Call(function, arguments):
            return f"{function.value}({', '.join(map(expression_words, arguments))})"
        case Case(branches, otherwise):
            arms = " ".join(f"when {expression_words(test)} then {expression_words(value)}" for test, value in branches)
            last = f" else {expression_words(otherwise)}" if otherwise is not None else ""
            return f"case {arms}{last} end"
        case _:
            assert_never(expression)


def _side(operator: Operator, part: Expression) -> str:
    """An operand of `and` or `or`: everything but these binds closer."""
    other = isinstance(part, Binary) and part.operator in (Operator.AND, Operator.OR) and part.operator is not operator
    return f"({expression_words(part)})" if other else expression_words(part)


def _inner(expression: Expression) -> str:
    words = expression_words(expression)
    return f"({words})" if isinstance(expression, Binary | Not | Between | In | IsNull) else words


def literal_words(literal: Literal) -> str:
    """A constant as it could have been written."""
    match literal.type:
        case Type.NULL:
            return "null"
        case Type.TEXT | Type.TIMESTAMP | Type.DATE:
            return f"'{literal.value}'"
        case Type.DURATION:
            return str(Duration(microseconds=round(float(literal.value or 0) * 1_000_000)))
        case Type.BOOLEAN:
            return "true" if literal.value else "false"
        case _:
            return repr(literal.value).removesuffix(".0")
