"""Tables of results that take statistics: a command gives rows to dbt; a run without them keeps what there is."""

from __future__ import annotations

from segpy.plan.model import Plan
from segpy.plan.model_results import ResultTable
from segpy.sql.model import Kept, Query
from segpy.sql.relations import Relations
from segpy.sql.tree import cast, column, named, output, select, table


def result_queries(plan: Plan) -> tuple[Query, ...]:
    """The models of a project's results."""
    return tuple(_query(plan, name, of) for name, of in plan.results.tables)


def _query(plan: Plan, name: str, of: ResultTable) -> Query:
    """What this run was given, each value in its type: they come as text, which all engines read alike."""
    relations = Relations(plan.bound.settings.grain)
    given = relations.rows_given(of.variable, [one.name for one in of.columns])
    columns = [named(cast(column(one.name), one.type), one.name) for one in of.columns]
    outputs = tuple(output(one.name, one.type, one.description) for one in of.columns)
    kept = Kept(of.key, by_meaning=False)
    return Query(name, of.grain, (), select(columns, table(given)), outputs, relations.placeholders, kept=kept)
