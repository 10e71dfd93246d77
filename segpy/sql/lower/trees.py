"""One syntax tree to that of an engine: operations spelled, aggregates, types and names as it knows them."""

from __future__ import annotations

from sqlglot import exp

from segpy.dialects import Dialect
from segpy.sql.lower.meanings import with_meaning
from segpy.sql.lower.names import fitting, needs_quotes
from segpy.sql.lower.rewrites import rewrite
from segpy.sql.lower.spelling import spelled
from segpy.sql.lower.types import engine_type
from segpy.sql.nodes import Operation, arguments
from segpy.sql.tree import UTC

_AVERAGES = (exp.Avg, exp.StddevSamp, exp.VariancePop)


def lowered_tree(tree: exp.Query, dialect: Dialect) -> exp.Query:
    """A copy of a query in which every node is one that the engine knows."""
    whole = rewrite(tree.copy(), dialect)
    with_meaning(whole, dialect)
    for node in reversed(list(whole.walk())):  # what is inside comes before what it is inside of
        match node:
            case exp.Identifier():
                _fit(node, dialect)
            case exp.DataType():
                node.replace(engine_type(node, dialect))
            case exp.Literal() if not dialect.decimal_literals and not node.is_string:
                node.replace(_double(node))
            case exp.Filter() | exp.Avg() | exp.StddevSamp() | exp.VariancePop():
                node.replace(_aggregate(node, dialect))
            case exp.Least() | exp.Greatest() if not dialect.least_of_known:
                node.replace(_of_known(node))
            case exp.Interval() if dialect.interval_numbers:
                node.set("this", exp.Literal.number(node.name))
            case exp.Anonymous(this=Operation() as operation):
                node.replace(_spelled(operation, node, dialect))
            case _:
                pass
    return whole


def _fit(name: exp.Identifier, dialect: Dialect) -> None:
    """A name as it fits, in quotes where it needs them. Most names are as they should be."""
    written = fitting(name.name, dialect)
    if written != name.this:
        name.set("this", written)
    quoted = needs_quotes(written, dialect)
    if quoted is not name.args.get("quoted"):
        name.set("quoted", quoted)


def lowered_expression(value: exp.Expr, dialect: Dialect) -> exp.Expr:
    """A copy of an expression that stands by itself, as the engine knows it."""
    found: exp.Expr = lowered_tree(exp.Select(expressions=[value.copy()]), dialect).expressions[0]
    return found


def _spelled(operation: Operation, node: exp.Anonymous, dialect: Dialect) -> exp.Expr:
    """An operation as the engine writes it. What clocks show in UTC is the instant where that is of the same type."""
    if operation in (Operation.LOCAL, Operation.FROM_LOCAL) and not dialect.clock_type:
        given = arguments(node)
        if given["zone"].name == UTC:
            return given["value"]
    return spelled(operation, node, dialect)


def _double(node: exp.Literal) -> exp.Expr:
    """A number with a point as a double, which an exponent makes of it."""
    decimal = "." in node.name and "e" not in node.name.lower()
    return exp.Literal.number(f"{node.name}e0") if decimal else node


def _aggregate(node: exp.Expr, dialect: Dialect) -> exp.Expr:
    """An aggregate, with its filter where it has one, as the engine knows it: averages as doubles."""
    if isinstance(node.parent, exp.Filter):
        return node
    inner = node.this if isinstance(node, exp.Filter) else node
    if dialect.exact_averages and isinstance(inner, _AVERAGES):
        return exp.Cast(this=node.copy(), to=engine_type(exp.DataType(this=exp.DType.DOUBLE), dialect))
    return node.copy()


def _of_known(least: exp.Expr) -> exp.Expr:
    """The least of the values that are known, on an engine whose `least` is null where one of them is."""
    values = [least.this, *least.expressions]
    first = [exp.Coalesce(this=one.copy(), expressions=[o.copy() for o in values if o is not one]) for one in values]
    return type(least)(this=first[0], expressions=first[1:])
