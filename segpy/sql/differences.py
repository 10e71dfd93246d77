"""Who is in a segment under one version of the specs and under another, in one query that builds nothing."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from segpy.plan.model import EntityPlan, Plan
from segpy.spec.expression import Type
from segpy.sql.build import dialects_of, entity_queries, written
from segpy.sql.inline import inlined
from segpy.sql.lower.query import lower
from segpy.sql.model import Cte, MembersQuery, OutputColumn, Query
from segpy.sql.nodes import Operation
from segpy.sql.relations import Relations
from segpy.sql.tree import as_of, cast, coalesce, column, named, number, output, select, table, union_all

SIDES = ("before", "after")


def members_queries(
    before: Plan, after: Plan, segments: frozenset[str], adapter: str | None
) -> tuple[MembersQuery, ...]:
    """A query for each entity that has some of the segments in one version or both."""
    dialects = dialects_of(after.bound.settings.dialects)
    dialect = next((one for one in dialects if one.adapter == adapter), dialects[0])
    found = []
    for name in sorted({*_with_segments(before), *_with_segments(after)}):
        sides = [_with_segments(plan).get(name) for plan in (before, after)]
        names = sorted(segments & {flag for side in sides if side is not None for flag in _names(side)})
        if names:
            query = _query((before, after), sides, names)
            text = written(lower(query, dialect), dialect)
            found.append(MembersQuery(name, tuple(names), text))
    return tuple(found)


def _with_segments(plan: Plan) -> dict[str, EntityPlan]:
    return {one.entity.name: one for one in plan.entities if one.segments is not None}


def _names(entity: EntityPlan) -> set[str]:
    return {one.segment.name for one in entity.segments.segments} if entity.segments is not None else set()


def _query(plans: tuple[Plan, Plan], sides: Sequence[EntityPlan | None], names: Sequence[str]) -> Query:
    relations = Relations(plans[1].bound.settings.grain)
    ctes: list[Cte] = []
    parts: list[exp.Select] = []
    for side, plan, entity in zip(SIDES, plans, sides, strict=True):
        if entity is not None:
            ctes.append(_side(side, plan, entity, relations))
            parts.append(_of_side(side, entity, names))
    places = range(len(names) + 1)
    once = [
        named(coalesce(exp.Max(this=column(_cell(side, i))), number(0)), _cell(side, i))
        for side in SIDES
        for i in places
    ]
    ctes += [
        Cte("sides", ("everybody on each side, 1 for each segment that they are in",), union_all(parts)),
        Cte("people", (), select(once, table("sides"), group_by=[column("entity_key")])),
    ]
    instant = cast(as_of(), Type.TEXT)
    columns: list[exp.Expr] = [named(instant, "as_of")]
    outputs: list[OutputColumn] = [output("as_of", Type.TEXT, "the instant")]
    for i, name in enumerate(("the population", *names)):
        mine, theirs = (column(_cell(side, i)) for side in SIDES)
        both = exp.Mul(this=mine.copy(), expression=theirs.copy())
        for told, value in (("before", mine), ("after", theirs), ("both", both)):
            total = cast(coalesce(exp.Sum(this=value), number(0)), Type.INTEGER)
            columns.append(named(total, f"{told}_{i}"))
            outputs.append(output(f"{told}_{i}", Type.INTEGER, f"{name}: {told}"))
    final = select(columns, table("people"))
    return Query("members", "one row in all", tuple(ctes), final, tuple(outputs), relations.placeholders)


def _side(side: str, plan: Plan, entity: EntityPlan, relations: Relations) -> Cte:
    """One version of the flags, with all that they are made from inside of it."""
    assert entity.segments is not None
    flags = entity.segments.model
    models, read = inlined(entity_queries(plan, kept=False), (flags,))
    given = tuple(
        Cte(name, (), select([exp.Star()], table(relations.filled_in(name, jinja)))) for jinja, name in read.items()
    )
    return Cte(f"segments_{side}", (), select([exp.Star()], table(flags)), ctes=(*given, *models))


def _of_side(side: str, entity: EntityPlan, names: Sequence[str]) -> exp.Select:
    key = cast(column(entity.entity.key), Type.TEXT)
    here = _names(entity)
    cells: list[exp.Expr] = [named(key, "entity_key")]
    for other in SIDES:
        cells.append(named(number(1 if other == side else 0), _cell(other, 0)))
        for i, name in enumerate(names, 1):
            told = other == side and name in here
            cells.append(named(Operation.ONE_IF(column(name)) if told else number(0), _cell(other, i)))
    return select(cells, table(f"segments_{side}"))


def _cell(side: str, place: int) -> str:
    return f"is_{side}_{place}"
