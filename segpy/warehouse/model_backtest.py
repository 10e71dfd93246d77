"""What the warehouse counts for a look back."""

from __future__ import annotations

from dataclasses import dataclass


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
