"""Asks the warehouse up to when events are known. Builds nothing."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from segpy.diagnostics.model import Diagnostic
from segpy.warehouse.model import Target
from segpy.warehouse.model_until import Until
from segpy.warehouse.query import rows_of

_EPOCH = datetime(1970, 1, 1)


def until(target: Target, manifest: Any, sql: str, variables: dict[str, object]) -> Until | Diagnostic:
    """The instant of a run now, and when the last event before it was."""
    rows = rows_of(target, manifest, sql, variables)
    if isinstance(rows, Diagnostic):
        return rows
    ((as_of, last_at),) = rows
    last = None if last_at is None else _EPOCH + timedelta(microseconds=int(last_at))
    return Until(datetime.fromisoformat(str(as_of)[:19]), last)
