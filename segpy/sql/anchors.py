"""Anchors of windows: the n-th (or the last) occurrence of an event, one row an entity."""

from __future__ import annotations

from collections.abc import Iterable

from sqlglot import exp

from segpy.plan.model_features import Anchor, Branch
from segpy.sql.model import Cte
from segpy.sql.operations import selected
from segpy.sql.tree import column, named, number, select, table


def anchor_ctes(branches: Iterable[Branch], key: str) -> list[Cte]:
    """The anchors of these branches, each once."""
    anchors = {branch.anchor.name: branch.anchor for branch in branches if branch.anchor is not None}
    return [_anchor(anchors[name], key) for name in sorted(anchors)]


def _anchor(anchor: Anchor, key: str) -> Cte:
    where = selected(anchor.selection)
    comment = (anchor.words,)
    occurred_at = column("occurred_at")
    if anchor.nth in (0, 1):
        edge = exp.Max(this=occurred_at) if anchor.nth == 0 else exp.Min(this=occurred_at)
        query = select([column(key), named(edge, "anchor_at")], table("events"), where=where, group_by=[column(key)])
        return Cte(anchor.name, comment, query)
    order = exp.Order(expressions=[exp.Ordered(this=occurred_at)])
    nth = exp.Anonymous(this="nth_value", expressions=[occurred_at.copy(), number(anchor.nth)])
    frame = exp.WindowSpec(
        kind="ROWS", start="UNBOUNDED", start_side="PRECEDING", end="UNBOUNDED", end_side="FOLLOWING"
    )
    window = exp.Window(this=nth, partition_by=[column(key)], order=order, spec=frame)
    query = select([column(key), named(window, "anchor_at")], table("events"), where=where, distinct=True)
    return Cte(anchor.name, comment, query)
