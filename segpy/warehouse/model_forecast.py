"""What the warehouse counts of segments month by month."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MonthRow:
    """The members of a segment at the beginning of a month, and their value in it; places count from 0."""

    segment: int
    place: int
    members: int
    value: float | None
