"""Whether members are other than they were."""

from __future__ import annotations

from dataclasses import dataclass

from segpy.plan.model_features import FeatureColumn
from segpy.plan.model_panel import PanelPlan


@dataclass(frozen=True, slots=True)
class DriftPlan:
    """Segments of one entity, and the features by which their members are compared: first numbers, then texts."""

    panel: PanelPlan
    numbers: tuple[FeatureColumn, ...]
    texts: tuple[FeatureColumn, ...]

    @property
    def features(self) -> tuple[FeatureColumn, ...]:
        """All of them, in the order in which they are told."""
        return (*self.numbers, *self.texts)
