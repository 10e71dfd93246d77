"""Puts results that take statistics into their table, for BI."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from segpy.diagnostics.model import Diagnostic
from segpy.measure.model import Estimate, Status, withheld
from segpy.plan.model import Plan
from segpy.plan.model_results import ResultTable, Row
from segpy.sql.result_rows import result_rows
from segpy.warehouse.model import Target
from segpy.warehouse.results import save


def saved(
    plan: Plan, adapter: str | None, where: Target, manifest: Any, table: ResultTable, rows: Sequence[Row]
) -> str | Diagnostic | None:
    """The model that has the rows now, or what stood against it; None without rows, or a table that could have them."""
    model = plan.results.name_of(table)
    if not rows or model is None:
        return None
    return save(where, manifest, model, table.variable, result_rows(plan, table, rows, adapter)) or model


def figure_row(figure: str, place: str, one: Estimate) -> Row:
    """The columns of a row that tell a figure, its interval and whether it may be read."""
    interval = one.interval
    return {
        "figure": figure,
        "place": place,
        "n": one.n,
        "estimate": one.estimate,
        "estimate_low": interval.low if interval is not None else None,
        "estimate_high": interval.high if interval is not None else None,
        "status": one.status.value,
    }


def plain_number(n: int, value: float | None) -> Estimate:
    """A number that is no estimate, so that it has no interval; withheld where there is none."""
    return withheld(n, Status.TOO_FEW) if value is None else Estimate(n, Status.READABLE, None, float(value))
