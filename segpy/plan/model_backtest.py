"""What is looked back for: who would have been in segments, and what came of them."""

from __future__ import annotations

from dataclasses import dataclass

from segpy.plan.model_holdouts import OutcomePlan
from segpy.plan.model_panel import PanelPlan
from segpy.spec.duration import Duration


@dataclass(frozen=True, slots=True)
class BacktestPlan:
    """Segments of one entity at several instants, and the outcome in `[instant + gap, instant + gap + horizon)`.

    Conversions are told apart by how many `period`s after the gap they came.
    """

    panel: PanelPlan
    outcome: OutcomePlan
    gap: Duration
    horizon: Duration
    period: Duration
