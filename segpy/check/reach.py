"""How far back windows reach, in seconds before `as_of`, and which of them lies within which."""

from __future__ import annotations

from datetime import datetime
from math import ceil, floor
from typing import assert_never

from segpy.check.values import Values, span
from segpy.resolve.model import Settings
from segpy.resolve.model_measures import Anchored, BetweenAgo, Ever, InTheLast, Window, WithinFirst
from segpy.resolve.model_windows import CalendarEdge, Fixed, OnTheCalendar
from segpy.spec.duration import Duration
from segpy.spec.model import Grain
from segpy.spec.model_measures import CalendarUnit

_DAY = 86_400.0
_SHORTEST_MONTH, _LONGEST_MONTH = 28 * _DAY, 31 * _DAY
_EXACT = {"second": 1.0, "minute": 60.0, "hour": 3_600.0, "day": _DAY, "week": 7 * _DAY}
_SHORTEST = {**_EXACT, "month": 28 * _DAY, "year": 365 * _DAY}
_LONGEST = {**_EXACT, "month": 31 * _DAY, "year": 366 * _DAY}
NO_TIME = span((0.0, 1), (0.0, 1))


def longest(length: Duration) -> float:
    """The seconds that a length has at most, wherever it is laid."""
    return length.seconds if length.exact else length.months * _LONGEST_MONTH


def shortest(length: Duration) -> float:
    """The seconds that a length has at least, wherever it is laid."""
    return length.seconds if length.exact else length.months * _SHORTEST_MONTH


def ages(window: Window, retention: Duration | None = None) -> Values:
    """How long ago, in seconds, an event of a window can have been."""
    low, high = 0.0, None
    match window:
        case InTheLast(length):
            high = longest(length)
        case BetweenAgo(far, near):
            low, high = shortest(near), longest(far)
        case OnTheCalendar(first, last, zone):
            low, high = _nearest(last, zone), _farthest(first, zone)
    if retention is not None:
        high = longest(retention) if high is None else min(high, longest(retention))
    return span((low, 1), None if high is None else (high, 1))


def certain_ages(window: Window) -> Values:
    """Ages at which every event is in a window for certain."""
    match window:
        case InTheLast(length):
            return span((0.0, 1), (shortest(length), 1))
        case BetweenAgo(far, near):
            return span((longest(near), 1), (shortest(far), 1))
        case OnTheCalendar(first, last, zone):
            return span((_farthest(last, zone), 1), (_nearest(first, zone), 1))
        case _:
            return NO_TIME


def _nearest(edge: CalendarEdge, zone: str) -> float:
    """The seconds that lie between the beginning of a calendar unit and `as_of` at least."""
    return max(0.0, edge.back * _SHORTEST[edge.unit] - _turned(zone))


def _farthest(edge: CalendarEdge, zone: str) -> float:
    """The seconds that lie between the beginning of a calendar unit and `as_of` at most."""
    return (edge.back + 1) * _LONGEST[edge.unit] + _turned(zone)


def _turned(zone: str) -> float:
    """How far clocks can be turned in a time zone. Some have even left out a day, or had one twice."""
    return 0.0 if zone == "UTC" else _DAY


def most_units(unit: CalendarUnit, window: Window, zone: str | None, settings: Settings) -> int | None:
    """The units of the calendar that a window touches at most; None where it may touch any number."""
    days = most_days(window, zone, settings)
    length = {CalendarUnit.DAY: 1, CalendarUnit.WEEK: 7, CalendarUnit.MONTH: 28}[unit]
    return days if days is None or unit is CalendarUnit.DAY else ceil(days / length) + 1


def most_days(window: Window, zone: str | None, settings: Settings) -> int | None:
    """The calendar days that a window touches at most; None where it may touch any number."""
    match window:
        case OnTheCalendar(CalendarEdge(far, "day"), CalendarEdge(near, "day"), same) if same == zone:
            return far - near
        case InTheLast() | BetweenAgo() | OnTheCalendar():
            reach = ages(window, settings.retention)
            if reach.lowest is None or reach.highest is None:
                return 0  # all of it lies beyond retention
            first, last = (float(edge[0]) / _DAY for edge in (reach.highest, reach.lowest))  # type: ignore[arg-type]
            # A day's grain begins at midnight, and so do windows of whole days; others may begin at noon.
            aligned = settings.grain is Grain.DAY and zone == "UTC"
            return ceil(first) - floor(last) + (0 if aligned else 1) + _spare(zone)
        case WithinFirst(_, length) | Anchored(within=Duration() as length):
            return ceil(longest(length) / _DAY) + 1 + _spare(zone)
        case _:
            return None


def _spare(zone: str | None) -> int:
    """Where a day can have 23 hours, a stretch of time touches one more."""
    return 0 if zone == "UTC" else 1


def lies_within(one: Window, other: Window) -> bool:
    """Whether every instant of a window lies in the other, for everybody. False where that is not known."""
    if one == other or isinstance(other, Ever):
        return True
    match one, other:
        case WithinFirst(start, length), WithinFirst(start=same, length=wider):
            return start == same and not_longer(length, wider)
        case Anchored(side, anchor, nth, within=length), Anchored(within=wider):
            same_anchor = (side, anchor, nth) == (other.side, other.anchor, other.nth)
            return same_anchor and (wider is None or (length is not None and not_longer(length, wider)))
        case OnTheCalendar(far, near, zone), OnTheCalendar(farther, nearer, same) if zone == same:
            return _not_before(far, farther) and _not_before(nearer, near)
        case Fixed(start, end), Fixed(earlier, later):
            begins = earlier is None or (start is not None and _read(start.utc) >= _read(earlier.utc))
            ends = later is None or (end is not None and _read(end.utc) <= _read(later.utc))
            return begins and ends
    inner, outer = _edges(one), _edges(other)
    if inner is not None and outer is not None:
        return not_longer(inner[0], outer[0]) and not_longer(outer[1], inner[1])
    known = certain_ages(other)
    return not known.empty and ages(one) <= known


def _edges(window: Window) -> tuple[Duration, Duration] | None:
    match window:
        case InTheLast(length):
            return length, Duration()
        case BetweenAgo(far, near):
            return far, near
        case Ever() | OnTheCalendar() | Fixed() | WithinFirst() | Anchored():
            return None
        case _:
            assert_never(window)


def _not_before(one: CalendarEdge, other: CalendarEdge) -> bool:
    """Whether an edge never lies before another, both in one time zone."""
    return one.unit == other.unit and one.back <= other.back


def _read(instant: str) -> datetime:
    return datetime.fromisoformat(instant)


def not_longer(one: Duration, other: Duration) -> bool:
    """Whether a length is never longer than another, wherever both are laid."""
    if one.exact == other.exact:
        return (one.microseconds, one.months) <= (other.microseconds, other.months)
    return longest(one) <= shortest(other)
