"""Expressions of a spec as syntax trees."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import assert_never

from sqlglot import exp

from segpy.spec.expression import (
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
    stands_alone,
)
from segpy.sql.kinds import is_choice, of_one_kind
from segpy.sql.nodes import Operation
from segpy.sql.operations import clock
from segpy.sql.tree import cast, column, constant, is_known, is_null

Columns = Callable[[str], exp.Expr]
_BINARY: dict[Operator, type[exp.Binary]] = {
    Operator.EQ: exp.EQ,
    Operator.NE: exp.NEQ,
    Operator.LT: exp.LT,
    Operator.LE: exp.LTE,
    Operator.GT: exp.GT,
    Operator.GE: exp.GTE,
    Operator.ADD: exp.Add,
    Operator.SUBTRACT: exp.Sub,
    Operator.MULTIPLY: exp.Mul,
    Operator.AND: exp.And,
    Operator.OR: exp.Or,
    Operator.CONCAT: exp.DPipe,
}
_PATTERNS = {
    Operator.LIKE: (Operation.LIKE, Operation.LIKE_WITH_BACKSLASHES),
    Operator.ILIKE: (Operation.LIKE_ANY_CASE, Operation.LIKE_ANY_CASE_WITH_BACKSLASHES),
}
_OPERATIONS = {
    Function.CEIL: Operation.CEILING,
    Function.FLOOR: Operation.FLOOR,
    Function.LENGTH: Operation.CHARACTERS,
    Function.LOWER: Operation.LOWERED,
    Function.TRIM: Operation.TRIMMED,
    Function.UPPER: Operation.RAISED,
}


def lower(expression: Expression, columns: Columns, types: Mapping[str, Type]) -> exp.Expr:
    """An expression's tree; `columns` gives the tree of each name in it, `types` its type."""

    def inner(part: Expression) -> exp.Expr:
        tree = lower(part, columns, types)
        wrapped = isinstance(part, Binary | Not | Between | In | IsNull | Negative)
        return exp.paren(tree) if wrapped else tree

    match expression:
        case Column(name):
            return columns(name)
        case Literal():
            return constant(expression)
        case Clock(unit, zone):
            return clock(column("occurred_at"), unit, zone)
        case Binary(Operator.DIVIDE, left, right):
            dividend = cast(lower(left, columns, types), Type.NUMBER)
            return exp.Div(this=dividend, expression=Operation.NULL_IF(lower(right, columns, types), _zero()))
        case Binary(Operator.AND | Operator.OR as operator, left, right):
            return _BINARY[operator](
                this=_side(operator, left, columns, types), expression=_side(operator, right, columns, types)
            )
        case Binary(operator, left, right):
            first = lower(left, columns, types) if stands_alone(left, operator, right=False) else inner(left)
            second = lower(right, columns, types) if stands_alone(right, operator, right=True) else inner(right)
            if operator in _PATTERNS:
                return _fits(operator, first, second)
            return _BINARY[operator](this=first, expression=second)
        case Not(IsNull(operand)):
            return is_known(inner(operand))
        case Not(operand):
            return exp.Not(this=inner(operand))
        case Negative(operand):
            return exp.Neg(this=inner(operand))
        case IsNull(operand):
            return is_null(inner(operand))
        case In(operand, options):
            return exp.In(this=inner(operand), expressions=[lower(option, columns, types) for option in options])
        case Between(operand, low, high):
            return exp.Between(this=inner(operand), low=inner(low), high=inner(high))
        case Call(function, arguments):
            trees = [lower(argument, columns, types) for argument in arguments]
            return _call(function, of_one_kind(arguments, trees, types) if is_choice(function) else trees)
        case Case(branches, otherwise):
            values = [value for _, value in branches] + ([otherwise] if otherwise is not None else [])
            chosen = of_one_kind(values, [lower(value, columns, types) for value in values], types)
            tests = [lower(test, columns, types) for test, _ in branches]
            ifs = [exp.If(this=test, true=value) for test, value in zip(tests, chosen, strict=False)]
            return exp.Case(ifs=ifs, default=chosen[-1] if otherwise is not None else None)
        case _:
            assert_never(expression)


def lower_as(expression: Expression, type_: Type, columns: Columns, types: Mapping[str, Type]) -> exp.Expr:
    """As `lower`, cast where the engine would give the value another numeric type: `0.5` is a decimal to it."""
    tree = lower(expression, columns, types)
    sure = type_ not in (Type.NUMBER, Type.INTEGER) or _engine_type(expression, types) is type_
    return tree if sure else cast(tree, type_)


def _engine_type(expression: Expression, types: Mapping[str, Type]) -> Type | None:
    """The engine's type of a numeric value where it is sure; `NULL` for constants that take on any other."""
    match expression:
        case Column(name):
            return Type.INTEGER if types[name] is Type.INTEGER else Type.NUMBER
        case Literal(_, type_):
            return Type.NULL if type_ in (Type.INTEGER, Type.NULL) else None
        case Binary(Operator.DIVIDE):
            return Type.NUMBER
        case Call(Function.LENGTH) | Clock():
            return Type.INTEGER
        case Call(Function.CEIL | Function.FLOOR | Function.ROUND, (argument, *_)):
            return Type.NUMBER if _engine_type(argument, types) is Type.NUMBER else None
        case Binary(_, left, right):
            parts: tuple[Expression, ...] = (left, right)
        case Call(_, arguments):
            parts = arguments
        case Negative(operand):
            parts = (operand,)
        case Case(branches, otherwise):
            parts = (*(value for _, value in branches), *((otherwise,) if otherwise is not None else ()))
        case _:
            return None
    found = {_engine_type(part, types) for part in parts}
    if Type.NUMBER in found:
        return Type.NUMBER
    return Type.INTEGER if Type.INTEGER in found and None not in found else None


def _zero() -> exp.Expr:
    return exp.Literal.number(0)


def _side(operator: Operator, part: Expression, columns: Columns, types: Mapping[str, Type]) -> exp.Expr:
    """An operand of `and` or `or`: comparisons bind closer and stand without parentheses."""
    tree = lower(part, columns, types)
    other = isinstance(part, Binary) and part.operator in (Operator.AND, Operator.OR) and part.operator is not operator
    return exp.paren(tree) if other else tree


def _fits(operator: Operator, value: exp.Expr, pattern: exp.Expr) -> exp.Expr:
    """Whether a text fits a pattern; only of a constant it is known that there is no backslash in it."""
    plain, with_backslashes = _PATTERNS[operator]
    harmless = isinstance(pattern, exp.Literal) and "\\" not in pattern.name
    return (plain if harmless else with_backslashes)(value, pattern)


def _call(function: Function, arguments: Sequence[exp.Expr]) -> exp.Expr:
    match function:
        case Function.COALESCE:
            return exp.Coalesce(this=arguments[0], expressions=list(arguments[1:]))
        case Function.GREATEST:
            return exp.Greatest(this=arguments[0], expressions=list(arguments[1:]), ignore_nulls=True)
        case Function.LEAST:
            return exp.Least(this=arguments[0], expressions=list(arguments[1:]), ignore_nulls=True)
        case Function.NULLIF:
            return Operation.NULL_IF(arguments[0], arguments[1])
        case Function.ROUND:
            if len(arguments) == 1:
                return Operation.ROUNDED_TO_WHOLE(arguments[0])
            return Operation.ROUNDED(arguments[0], arguments[1])
        case Function.ABS:
            return exp.Abs(this=arguments[0])
        case _:
            return _OPERATIONS[function](arguments[0])
