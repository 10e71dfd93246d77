"""How large segments are and were, and who moves between those of an exclusive group."""

from __future__ import annotations

from dataclasses import replace

from sqlglot import exp

from segpy.plan.model import Plan
from segpy.spec.expression import Type
from segpy.sql.by_definition import inside
from segpy.sql.cells import NOTHING_WITHHELD, sizes_withheld, withheld_column
from segpy.sql.membership import all_changes
from segpy.sql.model import Cte, Query
from segpy.sql.nodes import Operation
from segpy.sql.operations import seconds_between
from segpy.sql.relations import Relations
from segpy.sql.remembered import MEMBER
from segpy.sql.spells import outlasting
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
    union_all,
)
from segpy.sql.withheld import moves_withheld

_SEGMENT = ("segment", "entity")


def sizes_query(plan: Plan) -> Query:
    """One row a segment for this run, added to those of the runs before."""
    relations = Relations(plan.bound.settings.grain)
    least, grain = plan.bound.settings.min_cell_size, plan.bound.settings.grain
    spells = relations.model(plan.history.spells)
    keys = [column(name) for name in _SEGMENT]
    member = exp.EQ(this=column("kind"), expression=text(MEMBER))
    stay = Operation.MEDIAN(seconds_between(column("since"), as_of()))
    members = [*keys, named(_count(), "members"), named(stay, "median_stay_seconds")]
    at_this_run = exp.EQ(this=column("changed_at"), expression=as_of())
    turned = [*keys, *(named(_counted(change), change) for change in ("entered", "exited"))]
    above, changes = _changes(plan, relations)
    ctes: tuple[Cte, ...] = (
        *above,
        Cte("definitions", (), select([exp.Star()], table(relations.model(plan.catalog)))),
        Cte("populations", (), populations(plan, relations)),
        Cte(
            "members",
            ("the members of now, and how long they have been in",),
            select(members, table(spells), where=[member, is_null(column("to_at"))], group_by=_copies(keys)),
        ),
        Cte(
            "changes",
            ("who came and went with this run",),
            select(turned, changes, where=[at_this_run], group_by=_copies(keys)),
        ),
    )
    columns = (
        output("segment", Type.TEXT, "The segment."),
        output("entity", Type.TEXT, "Whom it is about."),
        output("as_of", Type.TIMESTAMP, "The run."),
        output("members", Type.INTEGER, "How many were in it."),
        output("population", Type.INTEGER, "How many there were in all."),
        output("share", Type.NUMBER, "Members by population; null where nobody is there."),
        output("entered", Type.INTEGER, "How many this run found to have entered."),
        output("exited", Type.INTEGER, "How many this run found to have left."),
        output("median_stay_seconds", Type.NUMBER, "For how long the members had been in, the median; null of nobody."),
        withheld_column(),
    )
    final, kept = _sizes([NOTHING_WITHHELD.copy()]), outlasting("as_of", grain)
    if least is not None:
        withheld, final = sizes_withheld(_sizes([]), tuple(inside(plan)), least, relations)
        ctes += withheld
        kept = replace(outlasting("as_of", grain, (*_SEGMENT, "as_of")), continues="is_incremental()")
    return Query(
        plan.history.sizes, "one row a segment and run", ctes, final, columns, relations.placeholders, kept=kept
    )


def _changes(plan: Plan, relations: Relations) -> tuple[list[Cte], exp.Table]:
    """Who entered and who left, all of them: `segment_changes` is silent about who may not be told of."""
    asked = any(one.entity.asks for one in plan.entities if one.segments is not None)
    if asked or plan.holdouts is not None:
        every = union_all(all_changes(relations.model(plan.history.spells)))
        words = ("who entered and who left, whoever may be told of them",)
        return [Cte("all_changes", words, every)], table("all_changes", "changes")
    return [], table(relations.model(plan.history.changes), "changes")


def _count() -> exp.Expr:
    return exp.Count(this=exp.Star())


def _counted(change: str) -> exp.Expr:
    """How many of a kind of changes there are."""
    one = Operation.ONE_IF(exp.EQ(this=column("change"), expression=text(change)))
    return cast(exp.Sum(this=one), Type.INTEGER)


def _copies(keys: list[exp.Column]) -> list[exp.Expr]:
    return [key.copy() for key in keys]


def populations(plan: Plan, relations: Relations) -> exp.Query:
    """How many there are of each entity."""
    return union_all(
        [
            select(
                [named(text(entity.entity.name), "entity"), named(_count(), "population")],
                table(relations.model(entity.segments.model)),
            )
            for entity in plan.entities
            if entity.segments is not None
        ]
    )


def _sizes(more: list[exp.Expr]) -> exp.Query:
    def told(name: str, source: str) -> exp.Expr:
        return coalesce(column(name, source), number(0))

    population = column("population", "populations")
    whole = Operation.NULL_IF(cast(population, Type.NUMBER), number(0))
    share = exp.Div(this=cast(told("members", "members"), Type.NUMBER), expression=whole, typed=False, safe=False)
    columns = [
        *(column(name, "definitions") for name in _SEGMENT),
        named(as_of(), "as_of"),
        named(told("members", "members"), "members"),
        population.copy(),
        named(share, "share"),
        *(named(told(name, "changes"), name) for name in ("entered", "exited")),
        column("median_stay_seconds", "members"),
        *more,
    ]
    joins = [
        inner_join("populations", _same("populations", ("entity",))),
        left_join("members", _same("members", _SEGMENT)),
        left_join("changes", _same("changes", _SEGMENT)),
    ]
    return select(columns, table("definitions"), joins=joins)


def _same(source: str, columns: tuple[str, ...]) -> exp.Expr:
    return all_of(exp.EQ(this=column(name, source), expression=column(name, "definitions")) for name in columns)


def moves_query(plan: Plan, name: str) -> Query:
    """Who went from which segment of an exclusive group to which, run by run."""
    relations = Relations(plan.bound.settings.grain)
    grouped = select(
        [*map(column, _SEGMENT), column("exclusive_group")],
        table(relations.model(plan.catalog)),
        where=[is_known(column("exclusive_group"))],
    )
    keys = [
        column("exclusive_group", "definitions"),
        *(column(one, "changes") for one in ("entity", "entity_key", "changed_at")),
    ]
    every, changes = _changes(plan, relations)
    turns = select(
        [*keys, *(named(_segment_of(change), to) for change, to in _ENDS.items())],
        changes,
        joins=[inner_join("definitions", _same("changes", _SEGMENT))],
        group_by=_copies(keys),
    )
    ends = [column(one) for one in _ENDS.values()]
    other = any_of([*map(is_null, ends), exp.NEQ(this=ends[0].copy(), expression=ends[1].copy())])
    by = [column("exclusive_group"), column("entity"), column("changed_at"), *(one.copy() for one in ends)]
    told = [*by[:2], named(by[2], "as_of"), *by[3:], named(_count(), "entities")]
    least = plan.bound.settings.min_cell_size
    more = [NOTHING_WITHHELD.copy()] if least is None else []
    final: exp.Query = select([*told, *more], table("turns"), where=[other], group_by=_copies(by))
    columns = (
        output("exclusive_group", Type.TEXT, "The exclusive group."),
        output("entity", Type.TEXT, "Whom its segments are about."),
        output("as_of", Type.TIMESTAMP, "The run that found the move."),
        output("from_segment", Type.TEXT, "The segment that was left; null from outside of the group."),
        output("to_segment", Type.TEXT, "The segment that was entered; null out of the group."),
        output("entities", Type.INTEGER, "How many moved so."),
        withheld_column(),
    )
    ctes: tuple[Cte, ...] = (
        *every,
        Cte("definitions", (), grouped),
        Cte("turns", ("what each of the moved left and entered in a group at one run",), turns),
    )
    if least is not None:
        above, final = moves_withheld(final, plan.history.sizes, least, relations)
        ctes += above
    grain = "one row an exclusive group, run, segment left and segment entered"
    return Query(name, grain, ctes, final, columns, relations.placeholders, view=True)


_ENDS = {"exited": "from_segment", "entered": "to_segment"}


def _segment_of(change: str) -> exp.Expr:
    """The segment of a kind of change; at one run there is at most one in a group."""
    is_so = exp.EQ(this=column("change", "changes"), expression=text(change))
    return exp.Max(this=exp.Case(ifs=[exp.If(this=is_so, true=column("segment", "changes"))]))
