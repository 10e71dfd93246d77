"""Counts over a stretch that ends at each row, on an engine whose windows cannot be so long.

Each row is there twice: where it comes into the stretch, and where it drops out again, counted as one less. The running
sum of these is, at the last row of an instant, how many are in the stretch. Within an instant those that drop out come
first, so that no sum is greater than the count that it leads up to: the greatest sums are the greatest counts, which is
what they are wanted for.
"""

from __future__ import annotations

from dataclasses import replace

from sqlglot import exp

from segpy.sql.model import Cte
from segpy.sql.tree import column, named, number, select, table, union_all

_PLACE = "_place"


def rolling_by_sums(cte: Cte) -> list[Cte]:
    """A CTE without windows of a length, behind those that it now reads."""
    query = cte.query
    rolled = [item for item in query.expressions if _is_rolling(item)] if isinstance(query, exp.Select) else []
    if not rolled:
        return [cte]
    assert isinstance(query, exp.Select)
    window = rolled[0].this
    (key,) = window.args["partition_by"]
    name = key.name
    (place,) = window.args["order"].expressions
    once = query.copy()
    once.set("expressions", [key.copy(), named(place.this.copy(), _PLACE)])
    entered, turns = f"{cte.name}_entering", f"{cte.name}_turns"
    changes = {item.alias: f"_change_of_{item.alias}" for item in rolled}
    parts = [_part(name, entered, column(_PLACE), dict.fromkeys(changes.values(), 1))]
    for item in rolled:
        length = exp.Add(this=item.this.args["spec"].args["start"].copy(), expression=number(1))
        out = exp.Add(this=column(_PLACE), expression=exp.paren(length))
        parts.append(
            _part(name, entered, out, {change: -1 if one == item.alias else 0 for one, change in changes.items()})
        )
    sums = [named(_running(name, change), one) for one, change in changes.items()]
    return [
        Cte(entered, ("each at its place",), once),
        Cte(turns, ("each once more where it leaves the stretch, as one less",), union_all(parts)),
        replace(cte, query=select([column(name), *sums], table(turns))),
    ]


def _is_rolling(item: exp.Expr) -> bool:
    window = item.this if isinstance(item, exp.Alias) else None
    spec = window.args.get("spec") if isinstance(window, exp.Window) else None
    return spec is not None and spec.args["kind"] == "RANGE" and isinstance(spec.args["start"], exp.Literal)


def _part(key: str, source: str, place: exp.Expr, changes: dict[str, int]) -> exp.Select:
    columns = [column(key), named(place, _PLACE), *(named(number(by), change) for change, by in changes.items())]
    return select(columns, table(source))


def _running(key: str, change: str) -> exp.Window:
    return exp.Window(
        this=exp.Sum(this=column(change)),
        partition_by=[column(key)],
        order=exp.Order(expressions=[exp.Ordered(this=column(_PLACE)), exp.Ordered(this=column(change))]),
        spec=exp.WindowSpec(kind="ROWS", start="UNBOUNDED", start_side="PRECEDING", end="CURRENT ROW"),
    )
