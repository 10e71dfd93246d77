"""What of an entity is kept from run to run, and what each run computes anew."""

from __future__ import annotations

from dataclasses import replace

from segpy.plan.model import KeptPlan
from segpy.plan.model_features import Branch, BranchColumn, FeaturesPlan, Way
from segpy.resolve.model import Settings
from segpy.resolve.model_events import Entity
from segpy.resolve.model_measures import Aggregation
from segpy.spec.model import Population


def kept_plan(entity: Entity, features: FeaturesPlan, settings: Settings, prefix: str) -> KeptPlan | None:
    """What is kept of an entity: nothing unless it is said how late events may arrive.

    Nothing either where events are those of members: whose they are can change without an event.
    """
    if settings.lateness is None or entity.members is not None:
        return None
    # Who is retained by an event that no feature needs is not told by when they were first seen.
    by_events = entity.population is not Population.ATTRIBUTES and settings.retention is None
    return KeptPlan(
        f"{prefix}{entity.name}_touched",
        settings.lateness,
        f"{prefix}{entity.name}_measures",
        f"{prefix}{entity.name}_seen" if by_events else None,
        _with(features.branches, kept=True),
        _with(features.branches, kept=False),
    )


def _with(branches: tuple[Branch, ...], *, kept: bool) -> tuple[Branch, ...]:
    """The branches with those of their columns that are kept, or with the others."""
    found = []
    for branch in branches:
        columns = tuple(one for one in branch.columns if _holds(branch, one) is kept)
        if columns:
            found.append(replace(branch, columns=columns))
    return tuple(found)


def _holds(branch: Branch, one: BranchColumn) -> bool:
    """Whether a value stays what it is as long as no event comes, goes or leaves a window.

    Not so where each event counts by its age. Where windows begin with an attribute, that can change by itself.
    """
    return branch.way is not Way.PERIODS and one.aggregation is not Aggregation.DECAYED and branch.start is None
