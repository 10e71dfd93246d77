"""Plans how large segments were month by month."""

from __future__ import annotations

from segpy.plan.backtest import backtest_plan
from segpy.plan.model_forecast import ForecastPlan
from segpy.plan.panel import panel_plan
from segpy.resolve.model import Bound
from segpy.resolve.model_experiments import EntityOutcome
from segpy.spec.duration import Duration, parse_duration


def forecast_plan(bound: Bound, entity: str, segments: tuple[str, ...], outcome: EntityOutcome | None) -> ForecastPlan:
    """With what the outcome is worth in each month, where there is one."""
    if outcome is None:
        return ForecastPlan(panel_plan(bound, entity, segments), None)
    worth = backtest_plan(bound, segments, outcome, Duration(), parse_duration("1 month"))
    return ForecastPlan(worth.panel, worth)
