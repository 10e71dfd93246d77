"""What is looked back for: who would have been in segments, and what came of them."""

from __future__ import annotations

from dataclasses import dataclass

from segpy.plan.model import EntityPlan, Plan
from segpy.plan.model_holdouts import OutcomePlan
from segpy.spec.duration import Duration


@dataclass(frozen=True, slots=True)
class BacktestPlan:
    """Segments of one entity at several instants, and the outcome in `[instant + gap, instant + gap + horizon)`.

    `plan` is of these segments and all that they look at, by their conditions alone: rules of membership ask what
    earlier runs found. Conversions are told apart by how many `period`s after the gap they came. `as_now` are
    attributes that are not known as they were, only as they are.
    """

    plan: Plan
    entity: EntityPlan
    segments: tuple[str, ...]
    outcome: OutcomePlan
    gap: Duration
    horizon: Duration
    period: Duration
    as_now: tuple[str, ...]
