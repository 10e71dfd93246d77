"""What the warehouse counts for a look back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Until:
    """The instant of a run now, and when the last event before it was; None without one."""

    as_of: datetime
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class Count:
    """A row of a look back: `backtest_sql` says what each kind of them holds. `segment` and `place` count from 0."""

    kind: str
    segment: int
    place: int | None
    people: int
    looks: int
    members: int
    converted: int
    converted_inside: int
    before: int
    stayed: int
    mean: float | None
    variance: float | None
