"""Reads the features of everybody. Builds nothing."""

from __future__ import annotations

from typing import Any

from segpy.diagnostics.model import Diagnostic
from segpy.warehouse.model import Target
from segpy.warehouse.model_numbers import Numbers
from segpy.warehouse.query import rows_of


def numbers_of(target: Target, manifest: Any, sql: str, as_of: str | None) -> Numbers | Diagnostic:
    """Who there is and what is known of each, in the order of the keys; `as_of` where the query asks for an instant."""
    rows = rows_of(target, manifest, sql, {"segpy_as_of": as_of} if as_of is not None else {})
    if isinstance(rows, Diagnostic):
        return rows
    ordered = sorted(rows, key=lambda row: str(row[0]))
    instants = {str(row[1])[:19] for row in rows if row[1] is not None}
    return Numbers(
        max(instants, default=None),
        tuple(str(row[0]) for row in ordered),
        tuple(tuple(None if value is None else float(value) for value in row[2:]) for row in ordered),
    )
