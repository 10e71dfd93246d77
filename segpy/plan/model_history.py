"""Membership over time: flags that depend on earlier runs, and the models that history stands in."""

from __future__ import annotations

from dataclasses import dataclass

from segpy.spec.model import Membership, OnChange, Reentry


@dataclass(frozen=True, slots=True)
class Remembered:
    """Membership of a segment by its rules, given what earlier runs found.

    `holds` is the flag that says whether the conditions hold now; any of `ahead` being true takes the entity out of its
    exclusive group's later segments.
    """

    segment: str
    holds: str
    ahead: tuple[str, ...]
    content_hash: str
    rules: Membership

    @property
    def lapses(self) -> bool:
        """Whether somebody can be a member while the conditions do not hold."""
        return self.rules.grace is not None or self.rules.minimum_stay is not None

    @property
    def bars(self) -> bool:
        """Whether somebody can be kept out while the conditions hold."""
        return self.rules.reentry is Reentry.NEVER or self.rules.expires is not None

    @property
    def carries(self) -> bool:
        """Whether a changed definition takes over the memberships under the former one."""
        return self.rules.on_change is OnChange.CARRY


@dataclass(frozen=True, slots=True)
class HistoryModels:
    """The names of the models that membership over time stands in. `moves` is None without exclusive groups."""

    spells: str
    membership: str
    changes: str
    sizes: str
    moves: str | None
    audiences: str
    people: str
    audience_memberships: str

    @property
    def names(self) -> tuple[str, ...]:
        """All of them."""
        found = (self.spells, self.membership, self.changes, self.sizes, self.moves)
        everywhere = (*found, self.audiences, self.people, self.audience_memberships)
        return tuple(name for name in everywhere if name is not None)
