"""Asks the warehouse who members were at several instants. Builds nothing."""

from __future__ import annotations

from typing import Any

from segpy.diagnostics.model import Diagnostic
from segpy.warehouse.model import Target
from segpy.warehouse.model_drift import DriftRow
from segpy.warehouse.query import Row, rows_of


def drift_rows(
    target: Target, manifest: Any, sql: str, variables: dict[str, object]
) -> tuple[DriftRow, ...] | Diagnostic:
    """The counts of a comparison."""
    rows = rows_of(target, manifest, sql, variables)
    return rows if isinstance(rows, Diagnostic) else tuple(map(drift_row, rows))


def drift_row(row: Row) -> DriftRow:
    """A row of the query of a comparison."""
    kind, segment, feature, instant, place, members, edge, label = row
    whole = [int(one or 0) for one in (segment, feature, instant, place, members)]
    numbers, words = None if edge is None else float(edge), None if label is None else str(label)
    return DriftRow(str(kind), whole[0], whole[1], whole[2], whole[3], whole[4], numbers, words)
