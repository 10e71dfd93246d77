"""Plans a look back."""

from __future__ import annotations

from dataclasses import replace

from segpy.plan.build import build_plan
from segpy.plan.model import Plan
from segpy.plan.model_backtest import BacktestPlan
from segpy.plan.model_features import FromAttribute
from segpy.plan.part import part_of
from segpy.resolve.model import Bound
from segpy.resolve.model_experiments import EntityOutcome
from segpy.spec.duration import Duration, parse_duration

_DAYS, _WEEKS = 14 * 86_400, 26 * 7 * 86_400


def backtest_plan(
    bound: Bound, segments: tuple[str, ...], looked_for: EntityOutcome, gap: Duration, horizon: Duration | None
) -> BacktestPlan:
    """What is looked back for; `horizon` in place of the outcome's own."""
    part = part_of(bound, segments)
    by_conditions = replace(part, segments=tuple(replace(one, membership=None) for one in part.segments))
    plan = build_plan(by_conditions, (looked_for,))
    entity = next(one for one in plan.entities if one.entity.name == looked_for.entity)
    (outcome,) = entity.outcomes
    length = horizon or outcome.within
    return BacktestPlan(plan, entity, segments, outcome, gap, length, _period(length), _as_now(plan))


def _as_now(plan: Plan) -> tuple[str, ...]:
    """Attributes without versions that something looks at; since when somebody is there stays what it was."""
    found: list[str] = []
    for one in plan.entities:
        if one.entity.validity is None:
            origins = (each.origin for each in one.features.columns)
            attributes = {each.attribute.name for each in origins if isinstance(each, FromAttribute)}
            found += sorted(f"{one.entity.name}.{name}" for name in attributes - {one.entity.start})
    return tuple(found)


def _period(horizon: Duration) -> Duration:
    """Days of up to two weeks, weeks of up to half a year, else four weeks: some dozen periods that people count by."""
    seconds = horizon.seconds
    found = parse_duration("1 day" if seconds <= _DAYS else "1 week" if seconds <= _WEEKS else "4 weeks")
    assert found is not None
    return found
