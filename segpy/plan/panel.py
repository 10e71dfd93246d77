"""Plans who was in segments at several instants."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from segpy.plan.build import build_plan
from segpy.plan.model import Plan
from segpy.plan.model_features import FromAttribute
from segpy.plan.model_panel import PanelPlan
from segpy.plan.part import part_of
from segpy.resolve.model import Bound
from segpy.resolve.model_experiments import EntityOutcome
from segpy.resolve.model_purchases import Purchase


def panel_plan(
    bound: Bound,
    entity: str,
    segments: tuple[str, ...],
    features: Iterable[str] = (),
    outcomes: tuple[EntityOutcome, ...] = (),
    purchase: Purchase | None = None,
) -> PanelPlan:
    """These segments of an entity, with these features, outcomes and purchases beside them."""
    part = part_of(bound, segments, features)
    by_conditions = replace(part, segments=tuple(replace(one, membership=None) for one in part.segments))
    plan = build_plan(by_conditions, outcomes, purchase)
    found = next(one for one in plan.entities if one.entity.name == entity)
    return PanelPlan(plan, found, segments, _as_now(plan))


def _as_now(plan: Plan) -> tuple[str, ...]:
    """Attributes without versions that something looks at; since when somebody is there stays what it was."""
    found: list[str] = []
    for one in plan.entities:
        if one.entity.validity is None:
            origins = (each.origin for each in one.features.columns)
            attributes = {each.attribute.name for each in origins if isinstance(each, FromAttribute)}
            found += sorted(f"{one.entity.name}.{name}" for name in attributes - {one.entity.start})
    return tuple(found)
