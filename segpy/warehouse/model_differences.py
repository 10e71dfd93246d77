"""What a change of the specs makes of segments."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MembersDiffer:
    """How many are in a segment before a change and after it, and how many of them in both; of how many people."""

    segment: str
    entity: str
    as_of: str
    before: int
    after: int
    staying: int
    population_before: int
    population_after: int
    leaving_for: tuple[tuple[str, int], ...] = ()  # rules of after in English, and how many who leave fail them
    entering_for: tuple[tuple[str, int], ...] = ()  # rules of before, and how many who enter failed them

    @property
    def entering(self) -> int:
        """Members only after the change."""
        return self.after - self.staying

    @property
    def leaving(self) -> int:
        """Members only before the change."""
        return self.before - self.staying

    @property
    def jaccard(self) -> float | None:
        """Those in both as a part of those in either (Jaccard, 1901), from 0 to 1; None where nobody is in either."""
        either = self.before + self.after - self.staying
        return self.staying / either if either else None
