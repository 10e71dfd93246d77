"""Rows of results as a query, to be given to the model of their table."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from segpy.dialects import Dialect
from segpy.plan.model import Plan
from segpy.plan.model_results import Cell, ResultTable, Row
from segpy.spec.expression import Type
from segpy.sql.build import dialect_of, written
from segpy.sql.lower.query import lower
from segpy.sql.model import Query
from segpy.sql.tree import cast, listed, output, text


def result_rows(plan: Plan, of: ResultTable, rows: Sequence[Row], adapter: str | None) -> str:
    """A query that yields these rows, each value as text; there is at least one row."""
    strangers = {name for row in rows for name in row} - {one.name for one in of.columns}
    if strangers:
        raise AssertionError(f"the table has no columns {sorted(strangers)}")
    dialect = dialect_of(plan, adapter)
    names = [one.name for one in of.columns]
    final = listed(names, [[_cell(row.get(name)) for name in names] for row in rows])
    outputs = tuple(output(name, Type.TEXT, name) for name in names)
    return _text(Query("rows", of.grain, (), final, outputs, ()), dialect)


def _text(query: Query, dialect: Dialect) -> str:
    return written(lower(query, dialect), dialect)


def _cell(value: Cell) -> exp.Expr:
    if value is None:
        return cast(exp.Null(), Type.TEXT)
    return text(repr(value) if isinstance(value, float) else str(value))
