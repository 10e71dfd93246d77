"""Types of expressions and of the constants that measures are compared with."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from segpy.spec.expression import (
    ARITHMETIC,
    COMPARISONS,
    Between,
    Binary,
    Call,
    Case,
    Clock,
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

_TEXTUAL = (Function.LOWER, Function.TRIM, Function.UPPER)
_ROUNDING = (Function.ABS, Function.CEIL, Function.FLOOR, Function.ROUND)
_MANY = (Function.COALESCE, Function.GREATEST, Function.LEAST, Function.NULLIF)
_ARITY = {Function.NULLIF: (2, 2), Function.ROUND: (1, 2), Function.COALESCE: (1, 20), Function.GREATEST: (2, 20),
          Function.LEAST: (2, 20)}  # fmt: skip


_WORDS = {
    Type.TEXT: "text",
    Type.NUMBER: "a number",
    Type.INTEGER: "a whole number",
    Type.BOOLEAN: "true or false",
    Type.TIMESTAMP: "a timestamp",
    Type.DATE: "a date",
    Type.UUID: "a uuid",
    Type.DURATION: "a duration",
    Type.NULL: "null",
}


def words(type_: Type) -> str:
    """A type as a sentence says it."""
    return _WORDS[type_]


class Clash(Exception):
    """Types that do not fit; `column` is the culprit where one can be named."""

    def __init__(self, message: str, column: Column | None = None, way_out: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.column = column
        self.way_out = way_out


Look = Callable[[Column], Type]


def typed(expression: Expression, look: Look) -> tuple[Expression, Type]:
    """The expression with its constants given the types they are compared with, and its own type.

    Raises `Clash`; `look` raises whatever it likes for a column that does not exist.
    """
    match expression:
        case Column():
            return expression, look(expression)
        case Literal():
            return expression, expression.type
        case Clock():
            return expression, Type.INTEGER
        case Not(operand):
            inner = _boolean(operand, look)
            return Not(inner), Type.BOOLEAN
        case Negative(operand):
            inner, type_ = typed(operand, look)
            _expect_numeric(type_, "`-`", operand)
            return Negative(inner), type_
        case IsNull(operand):
            return IsNull(typed(operand, look)[0]), Type.BOOLEAN
        case In(operand, options):
            parts = _agree((operand, *options), look, "`in` compares")
            return In(parts[0][0], tuple(part for part, _ in parts[1:])), Type.BOOLEAN
        case Between(operand, low, high):
            parts = _agree((operand, low, high), look, "`between` compares")
            return Between(parts[0][0], parts[1][0], parts[2][0]), Type.BOOLEAN
        case Binary(operator, left, right):
            return _binary(operator, left, right, look)
        case Call(function, arguments):
            return _call(function, arguments, look)
        case Case(branches, otherwise):
            return _case(branches, otherwise, look)


def _boolean(expression: Expression, look: Look) -> Expression:
    inner, type_ = typed(expression, look)
    if type_ not in (Type.BOOLEAN, Type.NULL):
        raise Clash(f"{words(type_)} stands where true or false is wanted", _culprit(expression))
    return inner


def _culprit(expression: Expression) -> Column | None:
    return expression if isinstance(expression, Column) else None


def _expect_numeric(type_: Type, what: str, operand: Expression) -> None:
    if not type_.numeric and type_ is not Type.NULL:
        raise Clash(f"{what} wants numbers, found {words(type_)}", _culprit(operand))


def _binary(operator: Operator, left: Expression, right: Expression, look: Look) -> tuple[Expression, Type]:
    if operator in (Operator.AND, Operator.OR):
        return Binary(operator, _boolean(left, look), _boolean(right, look)), Type.BOOLEAN
    if operator in COMPARISONS:
        (first, _), (second, _) = _agree((left, right), look, f"`{operator.value}` compares")
        return Binary(operator, first, second), Type.BOOLEAN
    (first, one), (second, two) = typed(left, look), typed(right, look)
    if operator in ARITHMETIC:
        _expect_numeric(one, f"`{operator.value}`", left)
        _expect_numeric(two, f"`{operator.value}`", right)
        whole = one is two is Type.INTEGER and operator is not Operator.DIVIDE
        return Binary(operator, first, second), Type.INTEGER if whole else Type.NUMBER
    for type_, operand in ((one, left), (two, right)):
        if type_ not in (Type.TEXT, Type.NULL):
            raise Clash(f"`{operator.value}` wants text, found {words(type_)}", _culprit(operand))
    return Binary(operator, first, second), Type.TEXT if operator is Operator.CONCAT else Type.BOOLEAN


def _call(function: Function, arguments: tuple[Expression, ...], look: Look) -> tuple[Expression, Type]:
    least, most = _ARITY.get(function, (1, 1))
    if not least <= len(arguments) <= most:
        takes = f"{least} to {most} arguments" if most > least else "one argument" if most == 1 else f"{most} arguments"
        raise Clash(f"`{function.value}` takes {takes}, not {len(arguments)}", way_out=f"give it {takes}")
    if function in _MANY:
        parts = _agree(arguments, look, f"`{function.value}` mixes")
        return Call(function, tuple(part for part, _ in parts)), _common(tuple(type_ for _, type_ in parts))
    parts = [typed(argument, look) for argument in arguments]
    inner = Call(function, tuple(part for part, _ in parts))
    first = parts[0][1]
    if function in _ROUNDING:
        _expect_numeric(first, f"`{function.value}`", arguments[0])
        if len(parts) > 1 and not isinstance(parts[1][0], Literal):
            raise Clash("`round` wants a constant number of digits", way_out="write `round(x, 2)`, for example")
        return inner, first if function is Function.ABS else Type.NUMBER
    if first not in (Type.TEXT, Type.NULL):
        raise Clash(f"`{function.value}` wants text, found {words(first)}", _culprit(arguments[0]))
    return inner, Type.TEXT if function in _TEXTUAL else Type.INTEGER


def _case(
    branches: tuple[tuple[Expression, Expression], ...], otherwise: Expression | None, look: Look
) -> tuple[Expression, Type]:
    tests = tuple(_boolean(test, look) for test, _ in branches)
    values = tuple(value for _, value in branches) + (() if otherwise is None else (otherwise,))
    parts = _agree(values, look, "`case` mixes")
    bound = Case(
        tuple(zip(tests, (part for part, _ in parts), strict=False)), None if otherwise is None else parts[-1][0]
    )
    return bound, _common(tuple(type_ for _, type_ in parts))


def _common(types: tuple[Type, ...]) -> Type:
    known = [type_ for type_ in types if type_ is not Type.NULL]
    if not known:
        return Type.NULL
    if all(type_ is known[0] for type_ in known):
        return known[0]
    return Type.NUMBER if known[0].numeric else Type.TIMESTAMP


def _agree(parts: tuple[Expression, ...], look: Look, what: str) -> list[tuple[Expression, Type]]:
    """The parts typed, their text constants read as instants beside an instant; all must be comparable."""
    read = [typed(part, look) for part in parts]
    instant = next((type_ for _, type_ in read if type_ in (Type.TIMESTAMP, Type.DATE)), None)
    if instant is not None:
        read = [_as_instant(part, type_, instant) for part, type_ in read]
    kinds = {_kind(type_): type_ for _, type_ in read if type_ is not Type.NULL}
    if len(kinds) > 1:
        names = " with ".join(words(type_) for type_ in kinds.values())
        raise Clash(f"{what} {names}", next((c for c in map(_culprit, parts) if c), None))
    return read


def _kind(type_: Type) -> str:
    if type_.numeric:
        return "number"
    return "instant" if type_ in (Type.TIMESTAMP, Type.DATE) else type_.value


def _as_instant(part: Expression, type_: Type, instant: Type) -> tuple[Expression, Type]:
    """A constant beside an instant is one itself; a column of text is not."""
    if type_ is not Type.TEXT or not isinstance(part, Literal):
        return part, type_
    found = instant_literal(str(part.value))
    if found is None:
        example = "'2026-03-01'" if instant is Type.DATE else "'2026-03-01 12:00'"
        raise Clash(f"`{part.value}` is not a {instant.value}", way_out=f"write it as in `{example}`, in UTC")
    return found, found.type


def instant_literal(text: str) -> Literal | None:
    """The timestamp or date that ISO text writes, in UTC."""
    try:
        value = datetime.fromisoformat(text)
    except ValueError:
        return None
    if value.tzinfo is not None:
        return None
    if len(text) == 10:
        return Literal(value.date().isoformat(), Type.DATE)
    return Literal(value.isoformat(" "), Type.TIMESTAMP)
