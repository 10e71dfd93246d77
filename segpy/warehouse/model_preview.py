"""What a segment would be like."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RulePassed:
    """A rule of a segment: how many pass it and all before it, how many pass it, and how many fail it alone.

    Position 0 is the whole population.
    """

    position: int
    condition: str
    description: str
    remaining: int
    passing: int
    failing_only: int


@dataclass(frozen=True, slots=True)
class Overlap:
    """Another segment of the same entity: how many are in it, and how many in both."""

    segment: str
    members: int
    both: int


@dataclass(frozen=True, slots=True)
class Preview:
    """A segment as it would be, by the rules as they hold at an instant."""

    segment: str
    entity: str
    as_of: str
    members: int
    population: int
    rules: tuple[RulePassed, ...]
    overlaps: tuple[Overlap, ...]

    @property
    def share(self) -> float | None:
        """Members as a part of the population, from 0 to 1."""
        return self.members / self.population if self.population else None

    def jaccard(self, other: Overlap) -> float | None:
        """Those in both segments as a part of those in either (Jaccard, 1901), from 0 to 1."""
        either = self.members + other.members - other.both
        return other.both / either if either else None
