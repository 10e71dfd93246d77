"""What an expression comes to for one row, as far as that can be told without an engine.

Null is a value like others, with the meaning that SQL gives it. Where engines might differ from Python, or from each
other, the answer is `UNDECIDED`: nothing is concluded from it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import Enum
from typing import Final, TypeAlias, TypeGuard, assert_never
from zoneinfo import ZoneInfo

from segpy.spec.expression import (
    ARITHMETIC,
    COMPARISONS,
    Between,
    Binary,
    Call,
    Case,
    Clock,
    ClockUnit,
    Column,
    Expression,
    Function,
    In,
    IsNull,
    Literal,
    Negative,
    Not,
    Operator,
    Type,
)


class Undecided(Enum):
    """Not to be told here."""

    UNDECIDED = "undecided"


UNDECIDED: Final = Undecided.UNDECIDED
INSTANT: Final = ""
"""Under this name, which no column has, a row holds when it happened, in UTC."""
Constant: TypeAlias = str | int | float | bool | datetime | None
Outcome: TypeAlias = Constant | Undecided


def constant(literal: Literal) -> Constant:
    """A typed constant as a value of Python. A date is its midnight, as beside timestamps."""
    if literal.type in (Type.TIMESTAMP, Type.DATE) and isinstance(literal.value, str):
        return datetime.fromisoformat(literal.value)
    return literal.value


def evaluate(expression: Expression, row: Mapping[str, Constant]) -> Outcome:
    """The value of an expression. A column that the row does not have is not to be told."""
    match expression:
        case Column(name):
            return row.get(name, UNDECIDED)
        case Literal():
            return constant(expression)
        case Clock(unit, zone):
            return _clock(unit, zone, row.get(INSTANT))
        case Not(operand):
            inner = evaluate(operand, row)
            return inner if inner is None or isinstance(inner, Undecided) else not inner
        case Negative(operand):
            inner = evaluate(operand, row)
            return -inner if _is_number(inner) else inner if inner is None else UNDECIDED
        case IsNull(operand):
            inner = evaluate(operand, row)
            return inner if isinstance(inner, Undecided) else inner is None
        case In(operand, options):
            return _any([_compared(Operator.EQ, operand, option, row) for option in options])
        case Between(operand, low, high):
            return _all([_compared(Operator.GE, operand, low, row), _compared(Operator.LE, operand, high, row)])
        case Binary(operator, left, right):
            return _binary(operator, left, right, row)
        case Call(function, arguments):
            return _call(function, [evaluate(argument, row) for argument in arguments])
        case Case(branches, otherwise):
            for test, value in branches:
                decided = evaluate(test, row)
                if isinstance(decided, Undecided):
                    return UNDECIDED
                if decided:
                    return evaluate(value, row)
            return None if otherwise is None else evaluate(otherwise, row)
        case _:
            assert_never(expression)


def _clock(unit: ClockUnit, zone: str, instant: Outcome) -> Outcome:
    if not isinstance(instant, datetime):
        return UNDECIDED
    local = instant.replace(tzinfo=UTC).astimezone(ZoneInfo(zone))
    return local.hour if unit is ClockUnit.HOUR else local.isoweekday()


def _is_number(value: Outcome) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _all(parts: list[Outcome]) -> Outcome:
    if any(part is False for part in parts):
        return False
    if any(isinstance(part, Undecided) for part in parts):
        return UNDECIDED
    return None if any(part is None for part in parts) else True


def _any(parts: list[Outcome]) -> Outcome:
    if any(part is True for part in parts):
        return True
    if any(isinstance(part, Undecided) for part in parts):
        return UNDECIDED
    return None if any(part is None for part in parts) else False


def _binary(operator: Operator, left: Expression, right: Expression, row: Mapping[str, Constant]) -> Outcome:
    if operator in COMPARISONS:
        return _compared(operator, left, right, row)
    one, other = evaluate(left, row), evaluate(right, row)
    if operator is Operator.AND:
        return _all([one, other])
    if operator is Operator.OR:
        return _any([one, other])
    if isinstance(one, Undecided) or isinstance(other, Undecided):
        return UNDECIDED
    if one is None or other is None:
        return None
    if operator in ARITHMETIC:
        return _calculated(operator, one, other)
    if not isinstance(one, str) or not isinstance(other, str):
        return UNDECIDED
    return one + other if operator is Operator.CONCAT else _like(one, other, folded=operator is Operator.ILIKE)


def _calculated(operator: Operator, one: Constant, other: Constant) -> Outcome:
    if not _is_number(one) or not _is_number(other):
        return UNDECIDED
    match operator:
        case Operator.ADD:
            found = one + other
        case Operator.SUBTRACT:
            found = one - other
        case Operator.MULTIPLY:
            found = one * other
        case _:
            if other == 0:
                return None
            found = float(one) / other
    return found if abs(found) < 2**53 else UNDECIDED


def _compared(operator: Operator, left: Expression, right: Expression, row: Mapping[str, Constant]) -> Outcome:
    one, other = evaluate(left, row), evaluate(right, row)
    if isinstance(one, Undecided) or isinstance(other, Undecided):
        return UNDECIDED
    if one is None or other is None:
        return None
    if _is_number(one) and _is_number(other):
        as_given = isinstance(left, Column | Literal) and isinstance(right, Column | Literal)
        exact = as_given or (isinstance(one, int) and isinstance(other, int))
        if not exact and math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9):
            return UNDECIDED  # the last digits of a calculation are the engine's own
    elif type(one) is not type(other):
        return UNDECIDED
    match operator:
        case Operator.EQ:
            return one == other
        case Operator.NE:
            return one != other
        case Operator.LT:
            return one < other  # type: ignore[operator]
        case Operator.LE:
            return one <= other  # type: ignore[operator]
        case Operator.GT:
            return one > other  # type: ignore[operator]
        case _:
            return one >= other  # type: ignore[operator]


def _like(text: str, pattern: str, *, folded: bool) -> Outcome:
    if "\\" in pattern or (folded and not (text + pattern).isascii()):
        return UNDECIDED  # engines differ in what a backslash escapes, and in small letters beyond ASCII
    wanted = "".join({"%": ".*", "_": "."}.get(sign, re.escape(sign)) for sign in pattern)
    return re.fullmatch(wanted, text, re.DOTALL | (re.IGNORECASE if folded else 0)) is not None


def _call(function: Function, values: list[Outcome]) -> Outcome:
    if function is Function.COALESCE:
        return next((value for value in values if value is not None), None)
    if any(isinstance(value, Undecided) for value in values):
        return UNDECIDED
    if function is Function.NULLIF:
        first, second = values
        same_kind = first is None or second is None or type(first) is type(second)
        return (None if first is not None and first == second else first) if same_kind else UNDECIDED
    if any(value is None for value in values):
        return None if len(values) == 1 else UNDECIDED
    match function, values:
        case Function.ABS, [int() | float() as number]:
            return abs(number)
        case Function.CEIL, [int() | float() as number]:
            return math.ceil(number)
        case Function.FLOOR, [int() | float() as number]:
            return math.floor(number)
        case ((Function.GREATEST | Function.LEAST), _) if all(_is_number(value) for value in values):
            return (max if function is Function.GREATEST else min)(values)  # type: ignore[type-var]
        case Function.LENGTH, [str(text)]:
            return len(text)
        case Function.LOWER, [str(text)] if text.isascii():
            return text.lower()
        case Function.UPPER, [str(text)] if text.isascii():
            return text.upper()
        case Function.TRIM, [str(text)]:
            return text.strip(" ")
    return UNDECIDED
