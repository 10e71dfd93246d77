"""Plans a look back."""

from __future__ import annotations

from segpy.plan.model_backtest import BacktestPlan
from segpy.plan.panel import panel_plan
from segpy.resolve.model import Bound
from segpy.resolve.model_experiments import EntityOutcome
from segpy.spec.duration import Duration, parse_duration

_DAYS, _WEEKS = 14 * 86_400, 26 * 7 * 86_400


def backtest_plan(
    bound: Bound, segments: tuple[str, ...], looked_for: EntityOutcome, gap: Duration, horizon: Duration | None
) -> BacktestPlan:
    """What is looked back for; `horizon` in place of the outcome's own."""
    panel = panel_plan(bound, looked_for.entity, segments, outcomes=(looked_for,))
    (outcome,) = panel.entity.outcomes
    length = horizon or outcome.within
    return BacktestPlan(panel, outcome, gap, length, _period(length))


def _period(horizon: Duration) -> Duration:
    """Days of up to two weeks, weeks of up to half a year, else four weeks: some dozen periods that people count by."""
    seconds = horizon.seconds
    found = parse_duration("1 day" if seconds <= _DAYS else "1 week" if seconds <= _WEEKS else "4 weeks")
    assert found is not None
    return found
