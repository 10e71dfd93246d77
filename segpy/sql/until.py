"""The instant of a run now, and up to when events are known."""

from __future__ import annotations

from sqlglot import exp

from segpy.plan.model_panel import PanelPlan
from segpy.spec.expression import Type
from segpy.sql.build import dialect_of, entity_queries, written
from segpy.sql.inline import from_warehouse
from segpy.sql.lower.query import lower
from segpy.sql.model import Cte, Query
from segpy.sql.nodes import Operation
from segpy.sql.relations import Relations
from segpy.sql.tree import as_of, cast, column, named, output, select, table


def until_sql(plan: PanelPlan, adapter: str | None) -> str:
    """The instant of a run now, and when the last event before it was, in microseconds since 1970; null without one."""
    relations, events = Relations(plan.plan.bound.settings.grain), plan.entity.events
    ctes: tuple[Cte, ...] = ()
    last: exp.Expr = cast(exp.Null(), Type.INTEGER)
    if events is not None:
        ctes = from_warehouse(entity_queries(plan.plan, kept=False), (events.model,), relations)
        last = Operation.MICROSECONDS(exp.Max(this=column("occurred_at")))
    columns = [named(cast(as_of(), Type.TEXT), "as_of"), named(last, "last_at")]
    outputs = (output("as_of", Type.TEXT, "as_of"), output("last_at", Type.INTEGER, "last_at"))
    source = table(events.model) if events is not None else None
    final = select(columns, source) if source is not None else exp.Select(expressions=columns)
    query = Query("until", "one row in all", ctes, final, outputs, relations.placeholders)
    dialect = dialect_of(plan.plan, adapter)
    return written(lower(query, dialect), dialect)
