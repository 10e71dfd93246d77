"""The text of a `where` or an `expression` to the closed set of `spec.expression`.

Everything is refused that is not known by its node *and* by each of that node's arguments: sqlglot marks negation,
filters or null treatment in arguments, and an argument overlooked would be a meaning lost.
"""

from __future__ import annotations

from datetime import date, datetime

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from segpy.spec.expression import (
    Between,
    Binary,
    Call,
    Case,
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
    Unreadable,
)

_LONGEST = 2_000
_DEEPEST = 60
_BINARY: dict[type[exp.Expr], Operator] = {
    exp.EQ: Operator.EQ,
    exp.NEQ: Operator.NE,
    exp.LT: Operator.LT,
    exp.LTE: Operator.LE,
    exp.GT: Operator.GT,
    exp.GTE: Operator.GE,
    exp.Add: Operator.ADD,
    exp.Sub: Operator.SUBTRACT,
    exp.Mul: Operator.MULTIPLY,
    exp.Div: Operator.DIVIDE,
    exp.And: Operator.AND,
    exp.Or: Operator.OR,
    exp.Like: Operator.LIKE,
    exp.ILike: Operator.ILIKE,
    exp.DPipe: Operator.CONCAT,
}
_FUNCTIONS: dict[type[exp.Expr], Function] = {
    exp.Abs: Function.ABS,
    exp.Ceil: Function.CEIL,
    exp.Coalesce: Function.COALESCE,
    exp.Floor: Function.FLOOR,
    exp.Greatest: Function.GREATEST,
    exp.Least: Function.LEAST,
    exp.Length: Function.LENGTH,
    exp.Lower: Function.LOWER,
    exp.Nullif: Function.NULLIF,
    exp.Round: Function.ROUND,
    exp.Trim: Function.TRIM,
    exp.Upper: Function.UPPER,
}
# What sqlglot notes on a node by itself, whatever was written; it changes nothing of the meaning.
_NOISE = {"typed", "safe", "ignore_nulls", "big_int", "_type", "nested"}
_ARGUMENTS = {"this", "expression", "expressions", "decimals"}
_COMPARISONS = (exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE)


class _Refused(Exception):
    def __init__(self, unreadable: Unreadable) -> None:
        super().__init__(unreadable.reason)
        self.unreadable = unreadable


def read_expression(text: str) -> Expression | Unreadable:
    """The expression that `text` writes, or why it is none."""
    if len(text) > _LONGEST:
        return Unreadable(f"an expression has at most {_LONGEST:,} characters")
    try:
        statements = sqlglot.parse(text)
    except SqlglotError as error:
        return _syntax(error, text)
    except RecursionError:
        return Unreadable("too deeply nested")
    except Exception:  # some of sqlglot's functions stumble over arguments that they do not expect
        return Unreadable("not SQL")
    if len(statements) != 1 or statements[0] is None:
        return Unreadable("expected one expression" if statements and statements[0] else "expected an expression")
    try:
        return _read(statements[0], 0)
    except _Refused as refused:
        return refused.unreadable


def _syntax(error: SqlglotError, text: str) -> Unreadable:
    details = getattr(error, "errors", None) or [{}]
    first = details[0]
    culprit = first.get("highlight") or ""
    before = first.get("start_context") or ""
    at = text.rfind(before + culprit) + len(before) if culprit and before + culprit in text else None
    return Unreadable(f"not SQL near `{culprit}`" if culprit else "not SQL", at, max(len(culprit), 1))


def _refuse(node: exp.Expr, reason: str) -> _Refused:
    """The refusal of a node, at the tokens that it and its parts were read from; of a function, at its name."""
    if isinstance(node, exp.Select):  # its first word has no place
        return _Refused(Unreadable(reason))
    at_name = isinstance(node, exp.Func) and "start" in node.meta
    places = [part.meta for part in node.walk() if "start" in part.meta and (part is node or not at_name)]
    if not places:
        return _Refused(Unreadable(reason))
    start = min(place["start"] for place in places)
    return _Refused(Unreadable(reason, start, max(place["end"] for place in places) + 1 - start))


def _only(node: exp.Expr, *arguments: str) -> None:
    stray = [key for key, value in node.args.items() if value and key not in arguments and key not in _NOISE]
    if stray:
        raise _refuse(node, f"`{stray[0].replace('_', ' ')}` is not part of the language here: `{node.sql()}`")


def _read(node: exp.Expr, depth: int) -> Expression:
    if depth > _DEEPEST:
        raise _refuse(node, "too deeply nested")
    deeper = depth + 1
    match node:
        case exp.Paren():
            _only(node, "this")
            return _read(node.this, deeper)
        case exp.Column():
            if node.table:
                raise _refuse(node, f"`{node.sql()}`: names stand alone here, without a table")
            _only(node, "this")
            if not isinstance(node.this, exp.Identifier):
                raise _refuse(node, f"`{node.sql()}` is not a column")
            return Column(node.this.name, node.this.meta.get("start", 0))
        case exp.Literal() | exp.Boolean() | exp.Null() | exp.Cast():
            return _literal(node)
        case exp.Not():
            _only(node, "this")
            return Not(_read(node.this, deeper))
        case exp.Neg():
            _only(node, "this")
            return Negative(_read(node.this, deeper))
        case exp.Is():
            _only(node, "this", "expression")
            if not isinstance(node.expression, exp.Null):
                raise _refuse(node, "`is` only goes with `null` and `not null`")
            return IsNull(_read(node.this, deeper))
        case exp.In():
            _only(node, "this", "expressions", "negate")
            if not node.expressions:
                raise _refuse(node, "`in` wants at least one value")
            options = tuple(_read(option, deeper) for option in node.expressions)
            return _negated(node, In(_read(node.this, deeper), options))
        case exp.Between():
            _only(node, "this", "low", "high", "negate")
            low, high = _read(node.args["low"], deeper), _read(node.args["high"], deeper)
            return _negated(node, Between(_read(node.this, deeper), low, high))
        case exp.Case():
            return _case(node, deeper)
    return _operation(node, deeper)


def _negated(node: exp.Expr, expression: Expression) -> Expression:
    return Not(expression) if node.args.get("negate") else expression


def _operation(node: exp.Expr, depth: int) -> Expression:
    if operator := _BINARY.get(type(node)):
        _only(node, "this", "expression", "negate")
        if isinstance(node, _COMPARISONS) and isinstance(node.left, _COMPARISONS):
            raise _refuse(node, f"a comparison of comparisons needs parentheses: `{node.sql()[:60]}`")
        return _negated(node, Binary(operator, _read(node.this, depth), _read(node.expression, depth)))
    if function := _FUNCTIONS.get(type(node)):
        _only(node, *_ARGUMENTS)
        parts = [node.args.get("this"), *node.expressions, node.args.get("expression"), node.args.get("decimals")]
        return Call(function, tuple(_read(part, depth) for part in parts if part is not None))
    if isinstance(node, exp.Struct):
        raise _refuse(node, "braces are not part of the language; Jinja in a spec is not rendered")
    if isinstance(node, exp.Func):
        name = node.name if isinstance(node, exp.Anonymous) else node.sql_name()
        raise _refuse(node, f"`{name.lower()}` is not a function of the language")
    raise _refuse(node, f"`{node.sql()[:60]}` is not part of the language")


def _case(node: exp.Case, depth: int) -> Case:
    _only(node, "ifs", "default")
    branches = tuple((_read(part.this, depth), _read(part.args["true"], depth)) for part in node.args["ifs"])
    default = node.args.get("default")
    return Case(branches, None if default is None else _read(default, depth))


def _literal(node: exp.Expr) -> Literal:
    match node:
        case exp.Null():
            return Literal(None, Type.NULL)
        case exp.Boolean():
            return Literal(bool(node.this), Type.BOOLEAN)
        case exp.Literal(is_string=True):
            return Literal(node.name, Type.TEXT)
        case exp.Literal():
            return _number(node)
        case exp.Cast(this=exp.Literal(is_string=True) as inner, to=exp.DataType() as to):
            _only(node, "this", "to")
            for kind, type_ in ((exp.DType.DATE, Type.DATE), (exp.DType.TIMESTAMP, Type.TIMESTAMP)):
                if to.this == kind:
                    return _instant(node, inner.name, type_)
    raise _refuse(node, f"`{node.sql()[:60]}`: casts are only `date '…'` and `timestamp '…'`")


def _number(node: exp.Literal) -> Literal:
    text = node.name
    try:
        if text.isdigit() and int(text) < 2**63:
            return Literal(int(text), Type.INTEGER)
        value = float(text)
    except ValueError:
        raise _refuse(node, f"`{text}` is not a number") from None
    if value in (float("inf"), float("-inf")):
        raise _refuse(node, f"`{text}` is too large")
    return Literal(value, Type.NUMBER)


def _instant(node: exp.Expr, text: str, type_: Type) -> Literal:
    try:
        value = date.fromisoformat(text) if type_ is Type.DATE else datetime.fromisoformat(text)
    except ValueError:
        raise _refuse(node, f"`{text}` is not a {type_.value}") from None
    if isinstance(value, datetime) and value.tzinfo is not None:
        raise _refuse(node, "write timestamps in UTC, without an offset")
    return Literal(value.isoformat(" ") if isinstance(value, datetime) else value.isoformat(), type_)
