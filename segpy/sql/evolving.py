"""The features of everybody as numbers: as the last build left them, or at another instant without a build."""

from __future__ import annotations

from collections.abc import Sequence

from segpy.plan.model import Plan
from segpy.spec.expression import Type
from segpy.sql.build import dialect_of, entity_queries, written
from segpy.sql.inline import from_warehouse
from segpy.sql.lower.query import lower
from segpy.sql.model import Cte, Query
from segpy.sql.relations import Relations
from segpy.sql.tree import cast, column, named, output, select, table


def numbers_query(plan: Plan, entity: str, features: Sequence[str], adapter: str | None, *, built: bool) -> str:
    """One row an entity: its key and the instant as text, then each feature.

    With `built` they are read from the features model, else computed from what the streams and entities are read from.
    """
    one = next(each for each in plan.entities if each.entity.name == entity)
    relations = Relations(plan.bound.settings.grain)
    model = one.features.model
    ctes: tuple[Cte, ...] = ()
    if not built:
        ctes = from_warehouse(entity_queries(plan, kept=False), (model,), relations)
    columns = [
        named(cast(column(one.entity.key), Type.TEXT), "entity_key"),
        named(cast(column("as_of"), Type.TEXT), "evaluated_at"),
        *(named(cast(column(name), Type.NUMBER), f"feature_{i}") for i, name in enumerate(features)),
    ]
    final = select(columns, table(relations.model(model) if built else model))
    outputs = (
        output("entity_key", Type.TEXT, "The key."),
        output("evaluated_at", Type.TEXT, "The instant."),
        *(output(f"feature_{i}", Type.NUMBER, name) for i, name in enumerate(features)),
    )
    dialect = dialect_of(plan, adapter)
    return written(
        lower(Query("numbers", "one row an entity", ctes, final, outputs, relations.placeholders), dialect), dialect
    )
