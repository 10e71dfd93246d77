"""What a segment would be like, asked of the warehouse without building anything."""

from __future__ import annotations

from sqlglot import exp

from segpy.plan.model import EntityPlan, Plan
from segpy.spec.expression import Type
from segpy.sql.attrition import attrition_query
from segpy.sql.build import dialect_of, entity_queries, written
from segpy.sql.inline import from_warehouse
from segpy.sql.lower.query import lower
from segpy.sql.model import PreviewQueries, Query
from segpy.sql.nodes import Operation
from segpy.sql.relations import Relations
from segpy.sql.tree import all_of, as_of, cast, coalesce, column, named, number, output, select, table, text

_RULES = ("position", "condition", "description", "remaining", "passing", "failing_only")


def preview_queries(part: Plan, whole: Plan, segment: str, adapter: str | None) -> PreviewQueries:
    """The attrition of a segment, of a plan of what it needs, and its overlap with all others of its entity."""
    dialect = dialect_of(whole, adapter)
    rules = written(lower(_attrition(part, segment), dialect), dialect)
    entity = next(one for one in whole.entities if one.segments is not None and segment in _names(one))
    others = tuple(name for name in _names(entity) if name != segment)
    overlap = written(lower(_overlap(whole, entity, segment, others), dialect), dialect)
    return PreviewQueries(segment, entity.entity.name, rules, others, overlap)


def _names(entity: EntityPlan) -> tuple[str, ...]:
    return tuple(one.segment.name for one in entity.segments.segments) if entity.segments is not None else ()


def _attrition(plan: Plan, segment: str) -> Query:
    """The rules of the segment in their order, the population first."""
    relations = Relations(plan.bound.settings.grain)
    whole = attrition_query(plan, published=False)
    ctes = from_warehouse((*entity_queries(plan, kept=False), whole), (plan.attrition,), relations)
    chosen = exp.EQ(this=column("segment"), expression=text(segment))
    final = select([*map(column, _RULES)], table(plan.attrition), where=[chosen], order_by=[column("position")])
    types = (Type.INTEGER, Type.TEXT, Type.TEXT, *(Type.INTEGER,) * 3)
    outputs = tuple(output(name, type_, name) for name, type_ in zip(_RULES, types, strict=True))
    return Query("attrition", "one row a rule", ctes, final, outputs, relations.placeholders, shown=True)


def _overlap(plan: Plan, entity: EntityPlan, segment: str, others: tuple[str, ...]) -> Query:
    """One row: how many there are, how many in the segment; of each other how many are in it, and in both."""
    assert entity.segments is not None
    relations = Relations(plan.bound.settings.grain)
    ctes = from_warehouse(entity_queries(plan, kept=False), (entity.segments.model,), relations)
    columns = [named(cast(as_of(), Type.TEXT), "as_of"), named(exp.Count(this=exp.Star()), "population")]
    columns.append(_counted(column(segment), "members"))
    for i, other in enumerate(others):
        columns.append(_counted(column(other), f"other_{i}"))
        columns.append(_counted(all_of([column(segment), column(other)]), f"both_{i}"))
    names = ["population", "members", *(f"{one}_{i}" for i in range(len(others)) for one in ("other", "both"))]
    outputs = (output("as_of", Type.TEXT, "as_of"), *(output(name, Type.INTEGER, name) for name in names))
    final = select(columns, table(entity.segments.model))
    return Query("overlap", "one row in all", ctes, final, outputs, relations.placeholders)


def _counted(condition: exp.Expr, name: str) -> exp.Expr:
    return named(cast(coalesce(exp.Sum(this=Operation.ONE_IF(condition)), number(0)), Type.INTEGER), name)
