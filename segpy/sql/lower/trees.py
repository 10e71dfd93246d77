"""One syntax tree to that of an engine: operations spelled, aggregates, types and names as it knows them."""

from __future__ import annotations

from sqlglot import exp

from segpy.dialects import Dialect
from segpy.sql.lower.names import fitting, needs_quotes
from segpy.sql.lower.spelling import spelled
from segpy.sql.lower.types import engine_type
from segpy.sql.nodes import Operation

_AVERAGES = (exp.Avg, exp.StddevSamp, exp.VariancePop)


def lowered_tree(tree: exp.Query, dialect: Dialect) -> exp.Query:
    """A copy of a query in which every node is one that the engine knows."""
    whole = tree.copy()
    for node in reversed(list(whole.walk())):  # what is inside comes before what it is inside of
        match node:
            case exp.Identifier():
                node.set("this", fitting(node.name, dialect))
                node.set("quoted", needs_quotes(node.name, dialect))
            case exp.DataType():
                node.replace(engine_type(node, dialect))
            case exp.Literal() if not dialect.decimal_literals and not node.is_string:
                node.replace(_double(node))
            case exp.Filter() | exp.Avg() | exp.StddevSamp() | exp.VariancePop():
                node.replace(_aggregate(node, dialect))
            case exp.Least() | exp.Greatest() if not dialect.least_of_known:
                node.replace(_of_known(node))
            case Operation():
                node.replace(spelled(node, dialect))
            case _:
                pass
    return whole


def lowered_expression(value: exp.Expr, dialect: Dialect) -> exp.Expr:
    """A copy of an expression that stands by itself, as the engine knows it."""
    found: exp.Expr = lowered_tree(exp.Select(expressions=[value.copy()]), dialect).expressions[0]
    return found


def _double(node: exp.Literal) -> exp.Expr:
    """A number with a point as a double, which an exponent makes of it."""
    decimal = "." in node.name and "e" not in node.name.lower()
    return exp.Literal.number(f"{node.name}e0") if decimal else node


def _aggregate(node: exp.Expr, dialect: Dialect) -> exp.Expr:
    """An aggregate, with its filter where it has one, as the engine knows it: averages as doubles."""
    if isinstance(node.parent, exp.Filter):
        return node
    inner = node.this if isinstance(node, exp.Filter) else node
    found = _conditional(node) if isinstance(node, exp.Filter) and not dialect.filter_clause else node.copy()
    if dialect.exact_averages and isinstance(inner, _AVERAGES):
        return exp.Cast(this=found, to=engine_type(exp.DataType(this=exp.DType.DOUBLE), dialect))
    return found


def _conditional(filtered: exp.Filter) -> exp.Expr:
    """An aggregate over the values of the rows that fulfil a condition, those of others being null."""
    aggregate, condition = filtered.this, filtered.expression.this
    value = exp.Literal.number(1) if isinstance(aggregate.this, exp.Star) else aggregate.this
    distinct = isinstance(value, exp.Distinct)
    chosen = exp.Case(ifs=[exp.If(this=condition, true=value.expressions[0] if distinct else value)])
    made: exp.Expr = aggregate.copy()
    made.set("this", exp.Distinct(expressions=[chosen]) if distinct else chosen)
    return made


def _of_known(least: exp.Expr) -> exp.Expr:
    """The least of the values that are known, on an engine whose `least` is null where one of them is."""
    values = [least.this, *least.expressions]
    first = [exp.Coalesce(this=one.copy(), expressions=[o.copy() for o in values if o is not one]) for one in values]
    return type(least)(this=first[0], expressions=first[1:])
