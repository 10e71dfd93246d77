"""What the warehouse tells of how long members stay."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WeekRow:
    """A row of `segment_stays`: a week since entering, from 1, and how many ended in it or were seen no further."""

    segment: str
    week: int
    at_risk: int
    ended: int
    censored: int


@dataclass(frozen=True, slots=True)
class StaysRead:
    """The counts of all segments as of the last run, None where there was none.

    `since` has, for each segment that history knows, the first run that knew it.
    """

    as_of: str | None
    since: dict[str, str]
    weeks: tuple[WeekRow, ...]
