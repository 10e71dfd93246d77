"""`segment_stays`: for how many weeks members stay, as counts that life tables are made of.

Whoever was in at the first run that knows a segment has been so for nobody knows how long, and is left out. The others
are observed until now, or until the definition changed, in weeks that are over by then. That goes for those who left
too: of a week that is not over, those who left in it are known already, those who stay in it are not, and to count the
ones without the others would let everybody seem to leave.
"""

from __future__ import annotations

from sqlglot import exp

from segpy.plan.model import Plan
from segpy.spec.expression import Type
from segpy.sql.cells import is_one, one_if
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
    left_join,
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
        Cte("changes", ("until when nobody can have been observed longer",), _changes(plan, relations)),
        Cte("memberships", ("those whose beginning is known",), _memberships(plan, relations)),
        Cte("observed", ("until when each would have been observed, had nobody left",), _observed()),
        Cte("weeks", ("weeks that somebody was in for, and weeks that were over",), _weeks()),
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


def _by_specs(reason: exp.Expr) -> exp.Expr:
    return any_of(exp.EQ(this=reason.copy(), expression=text(one)) for one in _OF_SPECS)


def _changes(plan: Plan, relations: Relations) -> exp.Query:
    columns = [column("segment"), named(column("exited_at"), "changed_at")]
    source = table(relations.model(plan.history.membership))
    return select(columns, source, where=[_by_specs(column("exit_reason"))], distinct=True)


def _memberships(plan: Plan, relations: Relations) -> exp.Query:
    def own(name: str) -> exp.Column:
        return column(name, "memberships")

    reason = own("exit_reason")
    by_specs = coalesce(exp.paren(_by_specs(reason)), exp.false())
    ended = all_of([is_known(own("exited_at")), exp.Not(this=exp.paren(by_specs))])
    columns = [
        own("segment"),
        own("entity"),
        own("entity_key"),
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


def _observed() -> exp.Query:
    """The first change of the definition after somebody entered ends what is known of them, else the last run does."""

    def own(name: str) -> exp.Column:
        return column(name, "memberships")

    keys = [own(name) for name in (*_SEGMENT, "entity_key", "began_at", "until", "has_ended")]
    changed = column("changed_at", "changes")
    later = exp.GT(this=changed, expression=own("began_at"))
    until = exp.Case(ifs=[exp.If(this=later, true=changed.copy())], default=as_of())
    columns = [*keys, named(exp.Min(this=until), "observed_until")]
    same = exp.EQ(this=column("segment", "changes"), expression=own("segment"))
    joins = [left_join("changes", same)]
    return select(columns, table("memberships"), joins=joins, group_by=[one.copy() for one in keys])


def _weeks() -> exp.Query:
    columns = [
        *map(column, _SEGMENT),
        column("has_ended"),
        named(_weeks_until("until"), "inside"),
        named(_weeks_until("observed_until"), "seen"),
    ]
    return select(columns, table("observed"))


def _weeks_until(name: str) -> exp.Expr:
    """How many whole weeks there are from the beginning to an instant."""
    weeks = exp.Div(
        this=seconds_between(column("began_at"), column(name)), expression=number(_WEEK), typed=False, safe=False
    )
    return cast(Operation.FLOOR(weeks), Type.INTEGER)


def _stays() -> exp.Query:
    known = all_of([is_one("has_ended"), exp.LT(this=column("inside"), expression=column("seen"))])
    after = exp.Add(this=column("inside"), expression=number(1))
    week = exp.Case(ifs=[exp.If(this=known, true=after)], default=column("seen"))
    columns = [*map(column, _SEGMENT), named(week, "week"), named(one_if(known.copy()), "has_ended")]
    return select(columns, table("weeks"))


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
