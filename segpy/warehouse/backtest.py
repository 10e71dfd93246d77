"""Asks the warehouse what segments would have caught. Builds nothing."""

from __future__ import annotations

from typing import Any

from segpy.diagnostics.model import Diagnostic
from segpy.warehouse.model import Target
from segpy.warehouse.model_backtest import Count
from segpy.warehouse.query import Row, rows_of


def counts(target: Target, manifest: Any, sql: str, variables: dict[str, object]) -> tuple[Count, ...] | Diagnostic:
    """The counts of a look back."""
    rows = rows_of(target, manifest, sql, variables)
    return rows if isinstance(rows, Diagnostic) else tuple(map(count_of, rows))


def count_of(row: Row) -> Count:
    """A row of the query of a look back."""
    kind, segment, place, people, looks, members, converted, converted_inside, before, stayed, mean, variance = row
    told = (int(one or 0) for one in (people, looks, members, converted, converted_inside, before, stayed))
    numbers = (None if one is None else float(one) for one in (mean, variance))
    return Count(str(kind), int(segment), None if place is None else int(place), *told, *numbers)
