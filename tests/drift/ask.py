"""Compare members of several instants with the generated query on an in-memory DuckDB."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

import duckdb

from segpy.plan.model_drift import DriftPlan
from segpy.sql.drift import drift_sql
from segpy.warehouse.drift import drift_row
from segpy.warehouse.model_drift import DriftRow
from tests.backtests.ask import rendered
from tests.cases.tables import Table, create


def counts(
    plan: DriftPlan, tables: Iterable[Table], instants: Sequence[datetime], as_of: datetime
) -> tuple[DriftRow, ...]:
    """What the warehouse counts."""
    with duckdb.connect(":memory:", config={"threads": 1}) as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute("set asof_loop_join_threshold = 0")
        for table in tables:
            create(connection, table)
        sql = rendered(drift_sql(plan, instants, "duckdb"), as_of)
        return tuple(map(drift_row, connection.execute(sql).fetchall()))
