"""What the warehouse counts of members at several instants."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DriftRow:
    """A row of a comparison: `drift_sql` says what each kind of them holds. Places count from 0, -1 is unknown."""

    kind: str
    segment: int
    feature: int
    instant: int
    place: int
    members: int
    edge: float | None
    label: str | None
