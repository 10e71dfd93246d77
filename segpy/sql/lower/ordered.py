"""Aggregates that put the rows of a group in an order, on engines that have none, or no two of them in one select."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlglot import exp

from segpy.sql.model import Cte
from segpy.sql.nodes import Operation, arguments, operation
from segpy.sql.tree import all_of, column, left_join, named, select, table


def firsts_by_places(cte: Cte) -> list[Cte]:
    """The value of the row that comes first: of the rows at the least place of their group, which a window finds."""
    query = cte.query.copy()
    if not isinstance(query, exp.Select):
        return [cte]
    windows = [window for item in query.expressions for window in _places(item, query)]
    if not windows:
        return [cte]
    source = query.args["from_"].this
    places = f"{cte.name}_places"
    query.set("from_", exp.From(this=table(places, source.alias_or_name)))
    read = select([exp.Star(), *windows], table(source.name))
    for one in read.find_all(exp.Column):
        one.set("table", None)
    return [Cte(places, ("beside each the place of the first that counts",), read), replace(cte, query=query)]


def _places(item: exp.Expr, query: exp.Select) -> list[exp.Expr]:
    """The windows that tell the places of the firsts in an item, which from now on reads them."""
    found = [one for one in item.find_all(exp.Anonymous) if operation(one) is Operation.FIRST_BY]
    if not found:
        return []
    (first,) = found
    value, place, condition = arguments(first).values()
    name = f"_place_of_{item.alias}"
    counted = exp.Case(ifs=[exp.If(this=condition.copy(), true=place.copy())])
    keys = [key.copy() for key in query.args["group"].expressions]
    here = all_of([condition.copy(), exp.EQ(this=place.copy(), expression=column(name))])
    first.replace(exp.Max(this=exp.Case(ifs=[exp.If(this=here, true=value.copy())])))
    return [named(exp.Window(this=exp.Min(this=counted), partition_by=keys), name)]


def medians_apart(cte: Cte) -> list[Cte]:
    """Each median in a select of its own, joined to the other aggregates of its group."""
    query = cte.query
    if not isinstance(query, exp.Select) or not query.args.get("group"):
        return [cte]
    medians = [item for item in query.expressions if _is_median(item)]
    keys = query.args["group"].expressions
    rest = [item for item in query.expressions if item not in medians]
    if not medians or (len(medians) == 1 and len(rest) == len(keys)):
        return [cte]
    others = f"{cte.name}_others"
    names = [next(item.alias_or_name for item in rest if _unnamed(item) == key) for key in keys]
    apart = {item.alias: f"{cte.name}_{item.alias}" for item in medians}
    keyed = [item for item in rest if item.alias_or_name in names]
    items = [column(item.alias_or_name, apart.get(item.alias_or_name, others)) for item in query.expressions]
    joins = [
        left_join(name, all_of([exp.EQ(this=column(key, others), expression=column(key, name)) for key in names]))
        for name in apart.values()
    ]
    return [
        replace(cte, name=others, query=_only(query, rest)),
        *(replace(cte, name=apart[item.alias], comment=(), query=_only(query, [*keyed, item])) for item in medians),
        Cte(cte.name, (), select(items, table(others), joins=joins)),
    ]


def _is_median(item: exp.Expr) -> bool:
    return any(operation(one) is Operation.MEDIAN for one in item.find_all(exp.Anonymous))


def _unnamed(item: exp.Expr) -> exp.Expr:
    value: exp.Expr = item.this if isinstance(item, exp.Alias) else item
    return value


def _only(query: exp.Select, items: Sequence[exp.Expr]) -> exp.Select:
    """The same query of some of its items."""
    only = query.copy()
    only.set("expressions", [item.copy() for item in items])
    return only
