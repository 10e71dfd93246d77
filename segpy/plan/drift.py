"""Plans a comparison of members with those of another time."""

from __future__ import annotations

from collections.abc import Iterable

from segpy.plan.model_drift import DriftPlan
from segpy.plan.panel import panel_plan
from segpy.resolve.model import Bound
from segpy.resolve.model_measures import type_of
from segpy.resolve.model_personal import is_personal, is_withheld
from segpy.spec.expression import Type

_NUMBERS = (Type.NUMBER, Type.INTEGER, Type.DURATION, Type.BOOLEAN)


def drift_plan(bound: Bound, entity: str, segments: tuple[str, ...], only: Iterable[str] = ()) -> DriftPlan:
    """By the features of their entity, and what their conditions look at; by some of these where they are named.

    Points of time are no such features: they are always later than they were. Nor is what tells who somebody is.
    """
    named = frozenset(only)
    declared = (one for one in bound.features if one.entity == entity and (not named or one.name in named))
    told = [
        one.name
        for one in declared
        if type_of(one.measure) in (*_NUMBERS, Type.TEXT) and not (is_personal(one.measure) or is_withheld(one.measure))
    ]
    panel = panel_plan(bound, entity, segments, told)
    shown = [one for one in panel.entity.features.shown if not one.personal and (not named or one.name in named)]
    return DriftPlan(
        panel,
        tuple(one for one in shown if one.type in _NUMBERS),
        tuple(one for one in shown if one.type is Type.TEXT),
    )
