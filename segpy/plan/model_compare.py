"""How the definitions of two versions of the specs differ."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Change(Enum):
    """What became of a definition. `FOLLOWS`: it says the same, and something that it looks at means something else."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    FOLLOWS = "follows"
    REWORDED = "reworded"  # the same meaning under another description, owner, …


@dataclass(frozen=True, slots=True)
class SegmentChange:
    """A segment that is not what it was. `before` and `after` are its definition in English, None where there is none.

    `because` names what the change comes from: of FOLLOWS other segments, of CHANGED what is no condition
    (`membership`, `population`), of REWORDED the keys. `version_kept` where the meaning changed, and the author's
    number did not. `holdouts` are those that it has on either side, and `playbook` is what is done with its members on
    the newer side that it is on: whom its members' coming and going reaches.
    """

    segment: str
    entity: str
    change: Change
    before: tuple[str, ...] | None
    after: tuple[str, ...] | None
    because: tuple[str, ...] = ()
    version_kept: bool = False
    holdouts: tuple[str, ...] = ()
    playbook: str = ""

    @property
    def affects_members(self) -> bool:
        """Whether somebody else may be a member now."""
        return self.change is not Change.REWORDED


@dataclass(frozen=True, slots=True)
class FeatureChange:
    """A feature that is not what it was; `before` and `after` say in English what it measures."""

    feature: str
    entity: str
    change: Change
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class HoldoutChange:
    """A hold-out that is not what it was; `before` and `after` say in English who is held out.

    `because` names the keys that differ. `version_kept` where it is dealt in other strata under the same version: who
    was drawn before would stand beside others who were drawn in another way.
    """

    holdout: str
    entity: str
    change: Change
    before: str | None
    after: str | None
    because: tuple[str, ...] = ()
    version_kept: bool = False


@dataclass(frozen=True, slots=True)
class Comparison:
    """All that differs, in the order of the names; `same` counts the segments that mean what they meant."""

    segments: tuple[SegmentChange, ...]
    features: tuple[FeatureChange, ...]
    same: int
    holdouts: tuple[HoldoutChange, ...] = ()
