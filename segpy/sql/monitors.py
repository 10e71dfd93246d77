"""`segment_monitors`: how each segment fares, by what the runs of the last 28 days found.

Rates are of time at risk: whoever was a member at a run was at risk to leave until the next, and all others to enter.
"""

from __future__ import annotations

from sqlglot import exp

from segpy.plan.model import Plan
from segpy.spec.duration import Duration
from segpy.spec.expression import Type
from segpy.sql.cells import NOTHING_WITHHELD, WITHHELD, difference, over, small, unless, withheld_column
from segpy.sql.holdouts import HELD_OUT
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
    is_known,
    is_null,
    left_join,
    minus,
    named,
    number,
    output,
    select,
    table,
    text,
)

LOOK_BACK = Duration(microseconds=28 * 86_400_000_000)
_SEGMENT = ("segment", "entity")
_DAY = 86_400
_LOG_OF_2 = 0.6931471805599453


def monitors_query(plan: Plan, name: str) -> Query:
    """A row for each segment."""
    relations = Relations(plan.bound.settings.grain)
    ctes = (
        Cte("definitions", (), select([*map(column, _SEGMENT)], table(relations.model(plan.catalog)))),
        Cte("sizes", ("each run with the one before it",), _sizes(plan, relations)),
        Cte("before", ("the runs of 28 days before this one",), _before()),
        Cte("spans", ("from run to run since then: who could leave or enter, and who did",), _spans()),
        Cte("at_risk", (), _at_risk()),
        Cte("deadlines", ("who is to be answered, and by when",), _deadlines(plan, relations)),
        Cte("found", (), _found()),
    )
    final = _told(plan.bound.settings.min_cell_size, held_out=plan.holdouts is not None)
    return Query(name, "one row a segment", ctes, final, _columns(), relations.placeholders)


def _columns() -> tuple[OutputColumn, ...]:
    return (
        output("segment", Type.TEXT, "The segment."),
        output("entity", Type.TEXT, "Whom it is about."),
        output("as_of", Type.TIMESTAMP, "The run."),
        output("members", Type.INTEGER, "How many are in it."),
        output("runs_before", Type.INTEGER, "How many runs of the 28 days before know its size."),
        output("least_before", Type.INTEGER, "The smallest size at these."),
        output("median_before", Type.NUMBER, "The median of the sizes at these."),
        output("most_before", Type.INTEGER, "The largest size at these."),
        output("change", Type.NUMBER, "How far the size is from that median, as a part of it; null where that is 0."),
        output("entered", Type.INTEGER, "How many entered since the first run of 28 days, that one aside."),
        output("exited", Type.INTEGER, "How many left since."),
        output("member_days", Type.NUMBER, "How many days members spent in it since: who could have left."),
        output("outside_days", Type.NUMBER, "How many days others spent outside: who could have entered."),
        output("entry_rate", Type.NUMBER, "Entries by such days outside."),
        output("exit_rate", Type.NUMBER, "Exits by such days inside."),
        output("half_life_days", Type.NUMBER, "After how long half are left who leave at that rate; null of none."),
        output("due", Type.INTEGER, "How many members the playbook wants answered by some time; none held out."),
        output("overdue", Type.INTEGER, "Of how many that time is over."),
        withheld_column(),
    )


def _sizes(plan: Plan, relations: Relations) -> exp.Query:
    order = [exp.Ordered(this=column("as_of"))]
    numbers = ("members", "population", "entered", "exited")

    def before(name: str) -> exp.Expr:
        return named(over(exp.Lag(this=column(name)), _SEGMENT, [one.copy() for one in order]), f"{name}_before")

    columns = [*map(column, (*_SEGMENT, "as_of", *numbers)), *map(before, ("as_of", "members", "population"))]
    until_now = exp.LTE(this=column("as_of"), expression=as_of())
    return select(columns, table(relations.model(plan.history.sizes)), where=[until_now])


def _before() -> exp.Query:
    size = column("members")
    columns = [
        *map(column, _SEGMENT),
        named(exp.Count(this=size), "runs"),
        named(exp.Min(this=size.copy()), "least"),
        named(Operation.MEDIAN(cast(size.copy(), Type.NUMBER)), "median"),
        named(exp.Max(this=size.copy()), "most"),
    ]
    where = [
        exp.LT(this=column("as_of"), expression=as_of()),
        exp.GTE(this=column("as_of"), expression=minus(as_of(), LOOK_BACK)),
    ]
    return select(columns, table("sizes"), where=where, group_by=[*map(column, _SEGMENT)])


def _spans() -> exp.Query:
    days = exp.Div(
        this=seconds_between(column("as_of_before"), column("as_of")), expression=number(_DAY), typed=False, safe=False
    )
    outside = exp.Sub(this=column("population_before"), expression=column("members_before"))
    columns = [
        *map(column, (*_SEGMENT, "entered", "exited")),
        named(column("members_before"), "inside"),
        named(outside, "outside"),
        named(days, "days"),
    ]
    where = [
        is_known(column("as_of_before")),
        exp.GT(this=column("as_of"), expression=minus(as_of(), LOOK_BACK)),
    ]
    return select(columns, table("sizes"), where=where)


def _at_risk() -> exp.Query:
    """Sums, null where any of the numbers is withheld."""

    def whole(name: str, value: exp.Expr, type_: Type) -> exp.Expr:
        every = exp.EQ(this=exp.Count(this=exp.Star()), expression=exp.Count(this=column(name)))
        return exp.Case(ifs=[exp.If(this=every, true=cast(exp.Sum(this=value), type_))])

    def days(name: str) -> exp.Expr:
        return whole(name, exp.Mul(this=column(name), expression=column("days")), Type.NUMBER)

    columns = [
        *map(column, _SEGMENT),
        *(named(whole(name, column(name), Type.INTEGER), name) for name in ("entered", "exited")),
        named(days("inside"), "member_days"),
        named(days("outside"), "outside_days"),
    ]
    return select(columns, table("spans"), group_by=[*map(column, _SEGMENT)])


def _deadlines(plan: Plan, relations: Relations) -> exp.Query:
    late = exp.LT(this=column("respond_by"), expression=as_of())
    over_already = exp.Case(ifs=[exp.If(this=late, true=column("respond_by"))])
    columns = [
        *map(column, _SEGMENT),
        named(exp.Count(this=column("respond_by")), "due"),
        named(exp.Count(this=over_already), "overdue"),
    ]
    held_out = exp.EQ(this=column("arm"), expression=text(HELD_OUT))
    where = [exp.Not(this=exp.paren(coalesce(held_out, exp.false())))] if plan.holdouts is not None else []
    return select(columns, table(relations.model(plan.members)), where=where, group_by=[*map(column, _SEGMENT)])


def _found() -> exp.Query:
    def same(name: str) -> exp.Expr:
        return all_of(exp.EQ(this=column(one, name), expression=column(one, "definitions")) for one in _SEGMENT)

    now = exp.EQ(this=column("as_of", "sizes"), expression=as_of())
    columns = [
        *(column(name, "definitions") for name in _SEGMENT),
        column("members", "sizes"),
        named(coalesce(column("runs", "before"), number(0)), "runs_before"),
        *(named(column(name, "before"), f"{name}_before") for name in ("least", "median", "most")),
        *(column(name, "at_risk") for name in ("entered", "exited", "member_days", "outside_days")),
        *(named(coalesce(column(name, "deadlines"), number(0)), name) for name in ("due", "overdue")),
    ]
    joins = [
        left_join("sizes", all_of([same("sizes"), now])),
        left_join("before", same("before")),
        left_join("at_risk", same("at_risk")),
        left_join("deadlines", same("deadlines")),
    ]
    return select(columns, table("definitions"), joins=joins)


def _told(least: int | None, *, held_out: bool) -> exp.Query:
    def by(part: exp.Expr, whole: str) -> exp.Expr:
        some = Operation.NULL_IF(column(whole), number(0))
        return exp.Div(this=cast(part, Type.NUMBER), expression=some, typed=False, safe=False)

    change = by(difference(column("members"), column("median_before")), "median_before")
    left = Operation.NULL_IF(cast(column("exited"), Type.NUMBER), number(0))
    half = exp.Mul(this=column("member_days"), expression=number(_LOG_OF_2))
    due, overdue = column("due"), column("overdue")
    answers: list[exp.Expr] = [due, overdue]
    marked: exp.Expr = NOTHING_WITHHELD.copy()
    if least is not None:
        members = column("members")
        hidden = any_of(
            [
                is_null(members),
                # Beside the audience it would tell who is not held out and may not be written to.
                *([exp.GT(this=due.copy(), expression=number(0))] if held_out else []),
                *(small(one, least) for one in (due, overdue, difference(due, overdue), difference(members, due))),
            ]
        )
        answers = [named(unless(hidden, one), one.name) for one in (due, overdue)]
        flows = any_of([is_null(column("member_days")), is_null(column("entered"))])
        unknown = all_of([flows, exp.GT(this=column("runs_before"), expression=number(0))])
        marked = named(any_of([hidden, unknown]), WITHHELD)
    columns = [
        *map(column, _SEGMENT),
        named(as_of(), "as_of"),
        *map(column, ("members", "runs_before", "least_before", "median_before", "most_before")),
        named(change, "change"),
        *map(column, ("entered", "exited", "member_days", "outside_days")),
        named(by(column("entered"), "outside_days"), "entry_rate"),
        named(by(column("exited"), "member_days"), "exit_rate"),
        named(exp.Div(this=half, expression=left, typed=False, safe=False), "half_life_days"),
        *answers,
        marked,
    ]
    return select(columns, table("found"))
