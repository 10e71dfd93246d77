"""What segments bought of products in periods, and at which prices, in one query.

Who is in a segment is told at the start of each period, from what was known then: whoever came in for what they bought
in a period is not counted as having bought it as a member.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import pairwise

from sqlglot import exp

from segpy.plan.model_price import PricePlan
from segpy.spec.expression import Type
from segpy.sql.build import dialect_of, written
from segpy.sql.lower.query import lower
from segpy.sql.model import Cte, Query
from segpy.sql.operations import selected
from segpy.sql.panel import PANEL, Beside, at_instant, inside, panel, whole_of
from segpy.sql.relations import Relations
from segpy.sql.tree import (
    all_of,
    any_of,
    cast,
    coalesce,
    column,
    inner_join,
    is_known,
    is_null,
    left_join,
    listed,
    named,
    number,
    output,
    select,
    table,
    text,
    told,
    union_all,
)

_COLUMNS = {
    "kind": Type.TEXT,
    "segment": Type.INTEGER,
    "place": Type.INTEGER,
    "name": Type.TEXT,
    "product": Type.INTEGER,
    "counted": Type.INTEGER,
    "quantity": Type.NUMBER,
    "price": Type.NUMBER,
}
_PERIODS, _PURCHASES, _USABLE, _SOLD, _RANKED, _CHOSEN, _PRICES, _BOUGHT = (
    *("periods", "purchases", "usable", "sold", "ranked", "chosen", "prices", "bought"),
)


def price_sql(plan: PricePlan, edges: Sequence[datetime], adapter: str | None) -> str:
    """What was bought, by `kind`; periods lie between one of the `edges` and the next, which is no more of it.

    `segment` is its place among those asked for, `place` that of a period, `product` that of a product among those sold
    most, from 1 on. cell: the pieces that members bought of a product in a period in which anybody did, 0 included, and
    its price then: the mean over all pieces, whoever bought them. members: how many there were at the start of a
    period. product: its name, and the pieces sold in all. products: how many were sold. left_out: purchases that tell
    no price or quantity, by what is wrong with them. purchases: all of them.
    """
    relations = Relations(plan.panel.plan.bound.settings.grain)
    ctes = [*panel(plan.panel, edges[:-1], relations, lambda _: _members(plan))]
    ctes.append(Cte(_PERIODS, ("from an instant up to the next",), _periods(edges, relations)))
    ctes.append(Cte(_PURCHASES, (), _purchases(plan), copied=True))
    ctes.append(Cte(_USABLE, (), select([exp.Star()], table(_PURCHASES), where=[is_null(column("flaw"))])))
    ctes.append(Cte(_SOLD, (), _sold()))
    ctes.append(Cte(_RANKED, ("the most sold first",), _ranked()))
    chosen = exp.LTE(this=column("nth"), expression=number(plan.most))
    ctes.append(Cte(_CHOSEN, (), select([exp.Star()], table(_RANKED), where=[chosen])))
    ctes.append(Cte(_PRICES, ("of everybody's purchases, each piece alike",), _prices()))
    ctes.append(Cte(_BOUGHT, ("by members",), _bought(plan)))
    parts = [*_by_segment(plan), _products(), _count("products", _SOLD), _count("purchases", _PURCHASES), _left_out()]
    outputs = tuple(output(name, type_, name) for name, type_ in _COLUMNS.items())
    query = Query("price", "one row a figure", tuple(ctes), union_all(parts), outputs, relations.placeholders)
    dialect = dialect_of(plan.panel.plan, adapter)
    return written(lower(query, dialect), dialect)


def _members(plan: PricePlan) -> Beside:
    """Of each instant only who is in one of the segments."""
    flags = plan.panel.entity.segments
    assert flags is not None
    return Beside(where=(any_of(column(name, flags.model) for name in plan.panel.segments),))


def _periods(edges: Sequence[datetime], relations: Relations) -> exp.Query:
    instants = [told(at_instant(relations, place, edge)) for place, edge in enumerate(edges)]
    rows = [(number(place), begins.copy(), ends.copy()) for place, (begins, ends) in enumerate(pairwise(instants))]
    return listed(("place", "begins", "ends"), rows)


def _purchases(plan: PricePlan) -> exp.Query:
    """Each of anybody, with its period, and what is wrong with it, if anything."""
    entity, bought = plan.panel.entity, plan.purchase
    assert entity.events is not None
    events = whole_of(entity.events.model)
    product, price = column(bought.product, events), cast(column(bought.price, events), Type.NUMBER)
    pieces = cast(number(1) if bought.quantity is None else column(bought.quantity, events), Type.NUMBER)
    flaws = {
        "no_product": is_null(product),
        "no_price": is_null(price),
        "price_not_above_0": exp.LTE(this=price, expression=number(0)),
    }
    if bought.quantity is not None:
        flaws["no_quantity"] = is_null(pieces)
        flaws["quantity_not_above_0"] = exp.LTE(this=pieces, expression=number(0))
    flaw = exp.Case(ifs=[exp.If(this=wrong.copy(), true=text(name)) for name, wrong in flaws.items()])
    columns = [
        named(column(entity.entity.key, events), "who"),
        column("place", _PERIODS),
        named(cast(product.copy(), Type.TEXT), "product"),
        named(price.copy(), "price"),
        named(pieces.copy(), "pieces"),
        named(flaw, "flaw"),
    ]
    at = column("occurred_at", events)
    within = all_of(
        [
            exp.GTE(this=at, expression=column("begins", _PERIODS)),
            exp.LT(this=at.copy(), expression=column("ends", _PERIODS)),
        ]
    )
    where = selected(bought.selection, events)
    return select(columns, table(events), joins=[inner_join(_PERIODS, within)], where=where)


def _sold() -> exp.Query:
    columns = [column("product"), named(exp.Sum(this=column("pieces")), "pieces")]
    return select(columns, table(_USABLE), group_by=[column("product")])


def _ranked() -> exp.Query:
    order = exp.Order(
        expressions=[
            exp.Ordered(this=column("pieces"), desc=True, nulls_first=False),
            exp.Ordered(this=column("product"), nulls_first=False),
        ]
    )
    nth = exp.Window(this=exp.RowNumber(), order=order)
    return select([column("product"), column("pieces"), named(nth, "nth")], table(_SOLD))


def _prices() -> exp.Query:
    spent = exp.Sum(this=exp.Mul(this=column("price", _USABLE), expression=column("pieces", _USABLE)))
    pieces = exp.Sum(this=column("pieces", _USABLE))
    mean = exp.Div(this=spent, expression=pieces, typed=False, safe=False)
    by = [column("nth", _CHOSEN), column("place", _USABLE)]
    columns = [*by, named(mean, "price")]
    return select(columns, table(_USABLE), joins=[_of_chosen()], group_by=[one.copy() for one in by])


def _of_chosen() -> exp.Join:
    return inner_join(_CHOSEN, exp.EQ(this=column("product", _CHOSEN), expression=column("product", _USABLE)))


def _bought(plan: PricePlan) -> exp.Query:
    """The pieces that the members of each segment bought, side by side."""
    same = [exp.EQ(this=column(name, PANEL), expression=column(name, _USABLE)) for name in ("who", "place")]
    by = [column("nth", _CHOSEN), column("place", _USABLE)]
    columns: list[exp.Expr] = [*by]
    for i in range(len(plan.panel.segments)):
        own = exp.Mul(this=column("pieces", _USABLE), expression=column(inside(i), PANEL))
        columns.append(named(exp.Sum(this=own), f"pieces_{i}"))
    joins = [_of_chosen(), inner_join(PANEL, all_of(same))]
    return select(columns, table(_USABLE), joins=joins, group_by=[one.copy() for one in by])


def _by_segment(plan: PricePlan) -> list[exp.Query]:
    """The cells and the members of each segment."""
    found: list[exp.Query] = []
    same = [exp.EQ(this=column(name, _BOUGHT), expression=column(name, _PRICES)) for name in ("nth", "place")]
    for i in range(len(plan.panel.segments)):
        cell = {
            "segment": number(i),
            "place": column("place", _PRICES),
            "product": column("nth", _PRICES),
            "quantity": coalesce(column(f"pieces_{i}", _BOUGHT), number(0)),
            "price": column("price", _PRICES),
        }
        found.append(_rows("cell", cell, _PRICES, joins=[left_join(_BOUGHT, all_of(one.copy() for one in same))]))
        members = {"segment": number(i), "place": column("place"), "counted": exp.Count(this=exp.Star())}
        is_in = exp.EQ(this=column(inside(i)), expression=number(1))
        found.append(_rows("members", members, PANEL, where=[is_in], by=[column("place")]))
    return found


def _products() -> exp.Query:
    own = {"name": column("product"), "product": column("nth"), "quantity": column("pieces")}
    return _rows("product", own, _CHOSEN)


def _count(kind: str, source: str) -> exp.Query:
    return _rows(kind, {"counted": exp.Count(this=exp.Star())}, source)


def _left_out() -> exp.Query:
    own = {"name": column("flaw"), "counted": exp.Count(this=exp.Star())}
    return _rows("left_out", own, _PURCHASES, where=[is_known(column("flaw"))], by=[column("flaw")])


def _rows(
    kind: str,
    own: Mapping[str, exp.Expr],
    source: str,
    *,
    joins: Sequence[exp.Join] = (),
    where: Sequence[exp.Expr] = (),
    by: Sequence[exp.Expr] = (),
) -> exp.Query:
    """Rows of one kind, with all columns."""
    told_of = {"kind": text(kind), **own}
    columns = []
    for name, type_ in _COLUMNS.items():
        value = told_of.get(name, exp.Null()).copy()
        columns.append(named(value if name == "kind" else cast(value, type_), name))
    return select(columns, table(source), joins=joins, where=where, group_by=by)
