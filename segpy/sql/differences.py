"""Who is in a segment under one version of the specs and under another, in one query that builds nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlglot import exp

from segpy.plan.model import EntityPlan, Plan, SegmentPlan
from segpy.plan.model_explained import Rule
from segpy.spec.expression import Type
from segpy.sql.build import dialect_of, entity_queries, written
from segpy.sql.inline import from_warehouse
from segpy.sql.lower.query import lower
from segpy.sql.model import Cte, MembersQuery, OutputColumn, Query, Reason
from segpy.sql.nodes import Operation
from segpy.sql.relations import Relations
from segpy.sql.tree import (
    all_of,
    as_of,
    cast,
    coalesce,
    column,
    inner_join,
    named,
    negated,
    number,
    output,
    select,
    table,
    union_all,
)
from segpy.sql.verdicts import FEATURES, SEGMENTS, holds

SIDES = ("before", "after")
_OTHER = {"before": "after", "after": "before"}


@dataclass(frozen=True, slots=True)
class _Side:
    """An entity under one version of the specs, and those of its segments that are looked at."""

    name: str
    plan: Plan
    entity: EntityPlan
    segments: dict[str, SegmentPlan]


def members_queries(
    before: Plan, after: Plan, segments: frozenset[str], adapter: str | None
) -> tuple[MembersQuery, ...]:
    """A query for each entity that has some of the segments in one version or both."""
    dialect = dialect_of(after, adapter)
    found = []
    entities = {one.entity.name for plan in (before, after) for one in plan.entities}
    for entity in sorted(entities):
        plans = zip(SIDES, (before, after), strict=True)
        sides = [side for name, plan in plans if (side := _side(name, plan, entity, segments)) is not None]
        names = tuple(sorted({name for side in sides for name in side.segments}))
        if names:
            reasons = _reasons(sides, names)
            query = _query(sides, names, reasons, after)
            found.append(MembersQuery(entity, names, tuple(reasons), written(lower(query, dialect), dialect)))
    return tuple(found)


def _side(name: str, plan: Plan, entity: str, segments: frozenset[str]) -> _Side | None:
    for one in plan.entities:
        if one.entity.name == entity and one.segments is not None:
            looked_at = {each.segment.name: each for each in one.segments.segments if each.segment.name in segments}
            return _Side(name, plan, one, looked_at)
    return None


def _reasons(sides: Sequence[_Side], names: Sequence[str]) -> dict[Reason, Rule]:
    """Of a segment with two sides each rule: who leaves fails one after, and who enters failed one before."""
    return {
        Reason(name, side.name, rule.words): rule
        for name in names
        for side in sides
        if all(name in other.segments for other in sides) and len(sides) == len(SIDES)
        for rule in side.segments[name].apart.rules
    }


def _query(sides: Sequence[_Side], names: Sequence[str], reasons: dict[Reason, Rule], after: Plan) -> Query:
    relations = Relations(after.bound.settings.grain)
    cells = [_cell(side, i) for side in SIDES for i in range(len(names) + 1)]
    cells += [_failed(i) for i in range(len(reasons))]
    once = [named(coalesce(exp.Max(this=column(cell)), number(0)), cell) for cell in cells]
    ctes = (
        *(_models(side, relations) for side in sides),
        Cte(
            "sides",
            ("everybody on each side: 1 for each segment that they are in, and for each rule that they fail",),
            union_all([_of_side(side, names, reasons) for side in sides]),
        ),
        Cte("people", (), select(once, table("sides"), group_by=[column("entity_key")])),
    )
    columns: list[exp.Expr] = [named(cast(as_of(), Type.TEXT), "as_of")]
    outputs: list[OutputColumn] = [output("as_of", Type.TEXT, "The instant.")]

    def summed(value: exp.Expr, name: str) -> None:
        columns.append(named(cast(coalesce(exp.Sum(this=value), number(0)), Type.INTEGER), name))
        outputs.append(output(name, Type.INTEGER, "How many."))

    for i in range(len(names) + 1):
        mine, theirs = (column(_cell(side, i)) for side in SIDES)
        summed(mine, f"before_{i}")
        summed(theirs, f"after_{i}")
        summed(exp.Mul(this=mine.copy(), expression=theirs.copy()), f"both_{i}")
    for i, reason in enumerate(reasons):
        place = names.index(reason.segment) + 1
        there = column(_cell(_OTHER[reason.side], place))
        gone = exp.EQ(this=column(_cell(reason.side, place)), expression=number(0))
        failed = exp.EQ(this=column(_failed(i)), expression=number(1))
        is_so = all_of([exp.EQ(this=there, expression=number(1)), gone, failed])
        summed(Operation.ONE_IF(is_so), f"for_{i}")
    return Query(
        "members", "one row in all", ctes, select(columns, table("people")), tuple(outputs), relations.placeholders
    )


def _models(side: _Side, relations: Relations) -> Cte:
    """One version of the flags, with all that they are made from inside of it, and whatever the rules look at."""
    entity = side.entity
    assert entity.segments is not None
    flags, features = entity.segments.model, entity.features.model
    ctes = from_warehouse(entity_queries(side.plan, kept=False), (flags, features), relations)
    key = entity.entity.key
    same = exp.EQ(this=column(key, SEGMENTS), expression=column(key, FEATURES))
    columns: list[exp.Expr] = [named(cast(column(key, SEGMENTS), Type.TEXT), "entity_key")]
    columns += [column(name, SEGMENTS) for name in sorted(side.segments)]
    columns += [
        named(holds(rule.need), rule.column)
        for name in sorted(side.segments)
        for rule in side.segments[name].apart.rules
    ]
    final = select(columns, table(flags, SEGMENTS), joins=[inner_join(features, same, FEATURES)])
    return Cte(f"segments_{side.name}", (), final, ctes=ctes)


def _of_side(side: _Side, names: Sequence[str], reasons: dict[Reason, Rule]) -> exp.Select:
    cells: list[exp.Expr] = [column("entity_key")]
    for other in SIDES:
        cells.append(named(number(1 if other == side.name else 0), _cell(other, 0)))
        for i, name in enumerate(names, 1):
            told = other == side.name and name in side.segments
            cells.append(named(Operation.ONE_IF(column(name)) if told else number(0), _cell(other, i)))
    for i, (reason, rule) in enumerate(reasons.items()):
        told = reason.side == side.name
        cells.append(named(Operation.ONE_IF(negated(column(rule.column))) if told else number(0), _failed(i)))
    return select(cells, table(f"segments_{side.name}"))


def _cell(side: str, place: int) -> str:
    return f"is_{side}_{place}"


def _failed(place: int) -> str:
    return f"fails_{place}"
