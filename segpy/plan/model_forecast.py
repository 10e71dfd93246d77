"""How large segments were month by month, and what their members were worth."""

from __future__ import annotations

from dataclasses import dataclass

from segpy.plan.model_backtest import BacktestPlan
from segpy.plan.model_panel import PanelPlan


@dataclass(frozen=True, slots=True)
class ForecastPlan:
    """Segments of one entity at the beginnings of months; `worth` has the outcome whose value is told, if any is."""

    panel: PanelPlan
    worth: BacktestPlan | None
