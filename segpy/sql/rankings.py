"""Branches in which one event or value of each entity is chosen by rank: `first_value`, `last_value`, `most_frequent`.

A branch ranks for all of its windows at once: a column of ranks for each, null outside its window.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from segpy.plan.model_features import BranchColumn, Way
from segpy.resolve.model_measures import Ever, InTheLast
from segpy.sql.frames import Frame
from segpy.sql.model import Cte
from segpy.sql.operations import filtered, greatest
from segpy.sql.tree import column, is_known, named, number, select, table

_VALUE = "_value"


def ranked_ctes(frame: Frame) -> list[Cte]:
    """The first or last event with a known value; of several at its instant the one with the smallest value."""
    name = f"{frame.branch.name}_ranked"
    value = frame.branch.columns[0].value
    assert value is not None
    last = frame.branch.way is Way.LAST
    order = [exp.Ordered(this=frame.occurred_at(), desc=last or None, nulls_first=False)]
    if frame.branch.ordered:
        order.append(exp.Ordered(this=frame.column("event_order"), desc=last or None, nulls_first=False))
    order.append(exp.Ordered(this=frame.column(value), nulls_first=False))
    ranks = [named(_rank_in_window(one, frame, order), one.name) for one in frame.branch.columns]
    columns = [frame.key(), named(frame.column(value), _VALUE), *ranks]
    query = frame.events(columns, where=[is_known(frame.column(value))])
    comment = f"those with a known {value}, the {'latest' if last else 'earliest'} first, then the smallest {value}"
    return [Cte(name, (comment,), query), _chosen(frame, name)]


def _rank_in_window(one: BranchColumn, frame: Frame, order: Sequence[exp.Expr]) -> exp.Expr:
    inside = frame.inside(one)
    # What is last of all is last in every window that ends at `as_of`: such windows share one order.
    shared = frame.branch.way is Way.LAST and isinstance(one.window, Ever | InTheLast)
    apart: list[exp.Expr] = [frame.key()]
    if inside is not None and not shared:
        apart.append(inside)
    rank = _row_number(apart, order)
    return rank if inside is None else exp.Case(ifs=[exp.If(this=inside.copy(), true=rank)])


def frequency_ctes(frame: Frame) -> list[Cte]:
    """The value that is there most often; of several the smallest."""
    branch, key = frame.branch, column(frame.key_name)
    value = branch.columns[0].value
    assert value is not None
    each, ranked = f"{branch.name}_each", f"{branch.name}_ranked"
    counts = [named(filtered(exp.Count(this=exp.Star()), frame.inside(one)), one.name) for one in branch.columns]
    counted = frame.events(
        [frame.key(), named(frame.column(value), _VALUE), *counts],
        where=[is_known(frame.column(value))],
        group_by=[frame.key(), frame.column(value)],
    )
    ranks = []
    for one in branch.columns:
        times = column(one.name)
        order = [exp.Ordered(this=times, desc=True, nulls_first=False), exp.Ordered(this=column(_VALUE))]
        there = exp.GT(this=times.copy(), expression=number(0))
        ranks.append(named(exp.Case(ifs=[exp.If(this=there, true=_row_number([key], order))]), one.name))
    return [
        Cte(each, (f"how often each {value} is there",), counted),
        Cte(
            ranked,
            (f"the most frequent {value} first, then the smallest",),
            select([key.copy(), column(_VALUE), *ranks], table(each)),
        ),
        _chosen(frame, ranked),
    ]


def _chosen(frame: Frame, source: str) -> Cte:
    """The value that ranks first in each window."""
    columns: list[exp.Expr] = [column(frame.key_name)]
    for one in frame.branch.columns:
        first = exp.EQ(this=column(one.name), expression=number(1))
        columns.append(named(greatest(column(_VALUE), one.type, first), one.name))
    query = select(columns, table(source), group_by=[column(frame.key_name)])
    return Cte(frame.branch.name, frame.comment, query)


def _row_number(apart: Sequence[exp.Expr], order: Sequence[exp.Expr]) -> exp.Window:
    return exp.Window(
        this=exp.RowNumber(),
        partition_by=[part.copy() for part in apart],
        order=exp.Order(expressions=[part.copy() for part in order]),
    )
