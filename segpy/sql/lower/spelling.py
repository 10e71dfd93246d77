"""The operations of `sql.nodes` as an engine writes them: its spelling, read once, with the arguments put in."""

from __future__ import annotations

from functools import cache

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect as Grammar

from segpy.dialects import Dialect
from segpy.sql.nodes import Operation

_ARITHMETIC = (exp.Add, exp.Sub, exp.Mul, exp.Div, exp.IntDiv, exp.Mod, exp.DPipe, exp.Neg, exp.AtTimeZone)
_LOOSE = (exp.Binary, exp.Unary, exp.Between, exp.In, exp.AtTimeZone, exp.Collate, exp.Escape)
_CLOSED = (exp.Func, exp.Paren, exp.Ordered, exp.Where)


class UnknownOperation(Exception):
    """An operation that a dialect has no spelling for: a defect of segpy, found by its tests."""


def spelled(operation: Operation, dialect: Dialect) -> exp.Expr:
    """An operation as the engine writes it. Its arguments are taken over, not copied, where they stand once."""
    found: exp.Expr = template(operation.spelled, dialect).copy()
    arguments = {f"_{name}": value for name, value in operation.args.items() if isinstance(value, exp.Expr)}
    holes = [hole for hole in found.find_all(exp.Column) if hole.name in arguments]
    if holes == [found]:
        return arguments[found.name].copy()
    for hole in holes:
        value = arguments[hole.name].copy()
        wrapped = isinstance(value, _LOOSE) and not isinstance(hole.parent, _CLOSED) and hole is not found
        hole.replace(exp.paren(value) if wrapped and not isinstance(value, exp.Paren) else value)
    return exp.paren(found) if isinstance(found, _LOOSE) and _binds(operation, found) else found


def _binds(operation: Operation, found: exp.Expr) -> bool:
    """Whether an operation is an operand of something that binds as closely as what may be written for it."""
    outer = operation.parent
    quotient = isinstance(outer, exp.Div) and operation.arg_key == "this" and isinstance(found, exp.Mul | exp.Div)
    return isinstance(outer, _ARITHMETIC) and not quotient


def template(name: str, dialect: Dialect) -> exp.Expr:
    """The spelling of an operation as a tree, its holes as columns. Its functions keep the names they have there."""
    if name not in dialect.spellings:
        raise UnknownOperation(f"{dialect.name} has no spelling of {name}")
    return _parsed(dialect.spellings[name], dialect.name)


@cache
def _parsed(text: str, dialect: str) -> exp.Expr:
    grammar = Grammar.get_or_raise(dialect)
    (found,) = _plain_parser(dialect)(dialect=grammar).parse(grammar.tokenize(text), text)
    assert isinstance(found, exp.Expr)
    return found


@cache
def _plain_parser(dialect: str) -> type:
    """A parser that knows no function but those with a syntax of their own: it takes each for what is written."""
    known = Grammar.get_or_raise(dialect).parser_class
    kept = {name: parse for name, parse in known.FUNCTION_PARSERS.items() if name in ("CAST", "EXTRACT")}
    return type("_Plain", (known,), {"FUNCTIONS": {}, "FUNCTION_PARSERS": kept})
