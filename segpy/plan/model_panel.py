"""Who was in segments at several instants."""

from __future__ import annotations

from dataclasses import dataclass

from segpy.plan.model import EntityPlan, Plan


@dataclass(frozen=True, slots=True)
class PanelPlan:
    """Segments of one entity, and all that they look at.

    They are there by their conditions alone: rules of membership ask what earlier runs found. `as_now` are attributes
    that are not known as they were, only as they are.
    """

    plan: Plan
    entity: EntityPlan
    segments: tuple[str, ...]
    as_now: tuple[str, ...]
