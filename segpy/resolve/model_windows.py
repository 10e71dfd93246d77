"""Windows that go by the calendar or by fixed instants."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class CalendarEdge:
    """The beginning of the calendar unit that `as_of` lies in, and from there so many units `back`."""

    back: int
    unit: str


@dataclass(frozen=True, slots=True)
class OnTheCalendar:
    """`[far, near)` by the calendar and the clocks of a time zone; `last` where it was written as `in_the_last`."""

    far: CalendarEdge
    near: CalendarEdge
    zone: str
    last: bool = field(compare=False)


@dataclass(frozen=True, slots=True)
class Instant:
    """An instant in UTC as ISO text, and what the clocks of the project's time zone show then."""

    utc: str
    shown: str = field(compare=False)


@dataclass(frozen=True, slots=True)
class Fixed:
    """`[start, min(end, as_of))`; at least one of the two is there."""

    start: Instant | None
    end: Instant | None
