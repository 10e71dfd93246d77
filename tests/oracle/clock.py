"""Calendar units in a time zone, and durations laid back from an instant."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from segpy.spec.duration import Duration
from segpy.spec.model_measures import CalendarUnit
from tests.oracle.cells import midnight


def local(when: datetime, zone: ZoneInfo) -> datetime:
    """What the clocks of a zone show at an instant."""
    return when.replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None)


def from_local(shown: datetime, zone: ZoneInfo) -> datetime:
    """The instant at which the clocks of a zone show this."""
    return shown.replace(tzinfo=zone).astimezone(UTC).replace(tzinfo=None)


def length(duration: Duration) -> timedelta:
    """An exact duration."""
    assert duration.exact
    return timedelta(microseconds=duration.microseconds)


def back(when: datetime, duration: Duration) -> datetime:
    """So long before; months are steps of the calendar, and end with the month where the day does not exist."""
    if duration.exact:
        return when - length(duration)
    year, month = divmod(when.year * 12 + when.month - 1 - duration.months, 12)
    last = monthrange(year, month + 1)[1]
    return when.replace(year=year, month=month + 1, day=min(when.day, last))


def unit_start(shown: datetime, unit: str) -> datetime:
    """The beginning of the calendar unit that holds a local time."""
    match unit:
        case "second":
            return shown.replace(microsecond=0)
        case "minute":
            return shown.replace(second=0, microsecond=0)
        case "hour":
            return shown.replace(minute=0, second=0, microsecond=0)
        case "day":
            return midnight(shown.date())
        case "week":
            return midnight(shown.date() - timedelta(days=shown.weekday()))
        case "month":
            return midnight(shown.date().replace(day=1))
        case _:
            return midnight(date(shown.year, 1, 1))


def calendar_edge(as_of: datetime, duration: Duration, unit: str, zone: ZoneInfo) -> datetime:
    """The start of `as_of`'s unit in the zone, and from there so many units back. Of hours and less, all are alike."""
    if unit in ("second", "minute", "hour"):
        shown = local(as_of, zone)
        return as_of - (shown - unit_start(shown, unit)) - length(duration)
    return from_local(back(unit_start(local(as_of, zone), unit), duration), zone)


def unit_number(when: datetime, unit: CalendarUnit, zone: ZoneInfo) -> int:
    """A number for the calendar unit that holds an instant: the next unit has the next number."""
    day = local(when, zone).date()
    match unit:
        case CalendarUnit.DAY:
            return day.toordinal()
        case CalendarUnit.WEEK:
            return (day.toordinal() - day.weekday()) // 7
        case CalendarUnit.MONTH:
            return day.year * 12 + day.month
