"""Asks the warehouse how large segments were month by month. Builds nothing."""

from __future__ import annotations

from typing import Any

from segpy.diagnostics.model import Diagnostic
from segpy.warehouse.model import Target
from segpy.warehouse.model_forecast import MonthRow
from segpy.warehouse.query import Row, rows_of


def months_of(
    target: Target, manifest: Any, sql: str, variables: dict[str, object]
) -> tuple[MonthRow, ...] | Diagnostic:
    """The months in which there were members."""
    rows = rows_of(target, manifest, sql, variables)
    return rows if isinstance(rows, Diagnostic) else tuple(map(month_row, rows))


def month_row(row: Row) -> MonthRow:
    """A row of the query of months."""
    segment, place, members, value = row
    return MonthRow(int(segment), int(place), int(members), None if value is None else float(value))
