"""`segment_stays`: for how many weeks members stay, as counts that life tables are made of.

Whoever was in at the first run that knows a segment has been so for nobody knows how long, and is left out. Whose
definition changed was observed until then, and who is in still until now, in weeks that are over.
"""

from __future__ import annotations

from sqlglot import exp

from segpy.plan.model import Plan
from segpy.spec.expression import Type
from segpy.sql.cells import one_if
from segpy.sql.model import Cte, OutputColumn, Query
from segpy.sql.nodes import Operation
from segpy.sql.operations import seconds_between
from segpy.sql.relations import Relations
from segpy.sql.tree import (
    all_of,
    any_of,
    as_of,
    cast,
    coalesce,
    column,
    inner_join,
    is_known,
    is_null,
    named,
    number,
    output,
    select,
    table,
    text,
)

_SEGMENT = ("segment", "entity")
_WEEK = 7 * 86_400
_CARRIED = "definition_carried"
_OF_SPECS = ("definition_changed", "segment_removed")
"""Reasons for which a membership ends without anybody leaving."""


def stays_query(plan: Plan, name: str) -> Query:
    """A row for each segment and week in which somebody left, or was seen for the last time."""
    relations = Relations(plan.bound.settings.grain)
    ctes = (
        Cte("began", ("since when history knows a segment",), _began(plan, relations)),
        Cte("memberships", ("those whose beginning is known",), _memberships(plan, relations)),
        Cte("stays", ("the week in which somebody left, or the last that they were seen through",), _stays()),
        Cte("counted", (), _counted()),
    )
    grain = "one row a segment and week"
    return Query(name, grain, ctes, _told(), _columns(), relations.placeholders, view=True)


def _columns() -> tuple[OutputColumn, ...]:
    return (
        output("segment", Type.TEXT, "The segment."),
        output("entity", Type.TEXT, "Whom it is about."),
        output("as_of", Type.TIMESTAMP, "Until when memberships were observed."),
        output("week", Type.INTEGER, "The week since entering, from 1."),
        output("at_risk", Type.INTEGER, "How many memberships lasted until it, and were observed in it."),
        output("ended", Type.INTEGER, "How many of these ended in it."),
        output("censored", Type.INTEGER, "How many were observed to its end, and no further."),
    )


def _began(plan: Plan, relations: Relations) -> exp.Query:
    columns = [column("segment"), named(exp.Min(this=column("as_of")), "began_at")]
    return select(columns, table(relations.model(plan.history.sizes)), group_by=[column("segment")])


def _memberships(plan: Plan, relations: Relations) -> exp.Query:
    def own(name: str) -> exp.Column:
        return column(name, "memberships")

    reason = own("exit_reason")
    by_specs = any_of(exp.EQ(this=reason.copy(), expression=text(one)) for one in _OF_SPECS)
    ended = all_of([is_known(own("exited_at")), exp.Not(this=exp.paren(coalesce(exp.paren(by_specs), exp.false())))])
    columns = [
        own("segment"),
        own("entity"),
        named(own("since"), "began_at"),
        named(coalesce(own("exited_at"), as_of()), "until"),
        named(one_if(ended), "has_ended"),
    ]
    goes_on = exp.NEQ(this=reason.copy(), expression=text(_CARRIED))
    where = [
        exp.GT(this=own("since"), expression=column("began_at", "began")),
        any_of([is_null(reason.copy()), goes_on]),
    ]
    same = exp.EQ(this=column("segment", "began"), expression=own("segment"))
    source = table(relations.model(plan.history.membership), "memberships")
    return select(columns, source, joins=[inner_join("began", same)], where=where)


def _stays() -> exp.Query:
    weeks = exp.Div(
        this=seconds_between(column("began_at"), column("until")), expression=number(_WEEK), typed=False, safe=False
    )
    over = cast(Operation.FLOOR(weeks), Type.INTEGER)
    week = exp.Add(this=over, expression=column("has_ended"))
    return select([*map(column, _SEGMENT), named(week, "week"), column("has_ended")], table("memberships"))


def _counted() -> exp.Query:
    keys = [*map(column, _SEGMENT), column("week")]
    ended = cast(exp.Sum(this=column("has_ended")), Type.INTEGER)
    columns = [*keys, named(exp.Count(this=exp.Star()), "stays"), named(ended, "ended")]
    where = [exp.GT(this=column("week"), expression=number(0))]
    return select(columns, table("stays"), where=where, group_by=[one.copy() for one in keys])


def _told() -> exp.Query:
    at_risk = exp.Window(
        this=exp.Sum(this=column("stays")),
        partition_by=[*map(column, _SEGMENT)],
        order=exp.Order(expressions=[exp.Ordered(this=column("week"), desc=True)]),
        spec=exp.WindowSpec(kind="ROWS", start="UNBOUNDED", start_side="PRECEDING", end="CURRENT ROW"),
    )
    columns = [
        *map(column, _SEGMENT),
        named(as_of(), "as_of"),
        column("week"),
        named(cast(at_risk, Type.INTEGER), "at_risk"),
        column("ended"),
        named(exp.Sub(this=column("stays"), expression=column("ended")), "censored"),
    ]
    return select(columns, table("counted"))
