"""Asks the warehouse what segments bought, and at which prices. Builds nothing."""

from __future__ import annotations

from typing import Any

from segpy.diagnostics.model import Diagnostic
from segpy.warehouse.model import Target
from segpy.warehouse.model_price import Bought
from segpy.warehouse.query import Row, rows_of


def bought(target: Target, manifest: Any, sql: str, variables: dict[str, object]) -> tuple[Bought, ...] | Diagnostic:
    """What was bought in each period."""
    rows = rows_of(target, manifest, sql, variables)
    return rows if isinstance(rows, Diagnostic) else tuple(map(bought_of, rows))


def bought_of(row: Row) -> Bought:
    """A row of the query of what was bought."""
    kind, segment, place, name, product, counted, quantity, price = row
    numbers = (int(counted or 0), float(quantity or 0), float(price or 0))
    told = None if name is None else str(name)
    return Bought(str(kind), _whole(segment), _whole(place), told, _whole(product), *numbers)


def _whole(value: Any) -> int | None:
    return None if value is None else int(value)
