"""The operations of `sql.nodes` as an engine writes them: its spelling, read once, with the arguments put in."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import zip_longest

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect as Grammar
from sqlglot.tokenizer_core import Token, TokenType

from segpy.dialects import Dialect
from segpy.sql.nodes import Operation, arguments

_ARITHMETIC = (exp.Add, exp.Sub, exp.Mul, exp.Div, exp.IntDiv, exp.Mod, exp.DPipe, exp.Neg, exp.AtTimeZone)
_LOOSE = (exp.Binary, exp.Unary, exp.Between, exp.In, exp.AtTimeZone, exp.Collate, exp.Escape)
_CLOSED = (exp.Func, exp.Paren, exp.Ordered, exp.Where)
_OF_THEIR_OWN = ("CAST", "EXTRACT", "FILTER")
_MARK = "_as_written_"


class UnknownOperation(Exception):
    """An operation that a dialect has no spelling for: a defect of segpy, found by its tests."""


def spelled(operation: Operation, node: exp.Anonymous, dialect: Dialect) -> exp.Expr:
    """An operation as the engine writes it. Its arguments are taken over, and copied where they stand once more."""
    found: exp.Expr = template(operation, dialect).copy()
    given = {f"_{name}": value for name, value in arguments(node).items()}
    holes = [hole for hole in found.find_all(exp.Column) if hole.name in given]
    if holes == [found]:
        return given[found.name]
    taken: set[str] = set()
    for hole in holes:
        value = given[hole.name].copy() if hole.name in taken else given[hole.name]
        taken.add(hole.name)
        wrapped = isinstance(value, _LOOSE) and not isinstance(hole.parent, _CLOSED) and hole is not found
        hole.replace(exp.paren(value, copy=False) if wrapped and not isinstance(value, exp.Paren) else value)
    return exp.paren(found) if isinstance(found, _LOOSE) and _binds(node, found) else found


def _binds(node: exp.Anonymous, found: exp.Expr) -> bool:
    """Whether an operation is an operand of something that binds as closely as what may be written for it."""
    outer = node.parent
    quotient = isinstance(outer, exp.Div) and node.arg_key == "this" and isinstance(found, exp.Mul | exp.Div)
    return isinstance(outer, _ARITHMETIC) and not quotient


def template(operation: Operation, dialect: Dialect) -> exp.Expr:
    """The spelling of an operation as a tree, its holes as columns. Its functions keep the names they have there."""
    if operation.spelled not in dialect.spellings:
        raise UnknownOperation(f"{dialect.name} has no spelling of {operation.spelled}")
    return _parsed(dialect.spellings[operation.spelled], dialect.grammar)


@cache
def _parsed(text: str, dialect: str) -> exp.Expr:
    grammar = Grammar.get_or_raise(dialect)
    (found,) = grammar.parser().parse(list(_marked(grammar.tokenize(text), grammar)), text)
    assert isinstance(found, exp.Expr)
    for function in found.find_all(exp.Anonymous):
        function.set("this", function.name.removeprefix(_MARK))
    return found


def _marked(tokens: list[Token], grammar: Grammar) -> Iterator[Token]:
    """The tokens, with names of functions that the parser does not know: it takes each for what is written.

    It shall know none but those with a syntax of their own. A name behind `as` is that of a type.
    """
    parser = grammar.parser_class
    known = {*parser.FUNCTIONS, *parser.FUNCTION_PARSERS} - {*parser.NO_PAREN_FUNCTION_PARSERS, *_OF_THEIR_OWN}
    before = None
    for one, after in zip_longest(tokens, tokens[1:]):
        called = after is not None and after.token_type is TokenType.L_PAREN and before is not TokenType.ALIAS
        before = one.token_type
        if called and one.token_type in parser.FUNC_TOKENS and one.text.upper() in known:
            yield Token(TokenType.VAR, _MARK + one.text, one.line, one.col, one.start, one.end, one.comments)
        else:
            yield one
