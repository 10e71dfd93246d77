"""Windows that go by the calendar or by fixed dates, bound to a time zone."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from segpy.resolve.model_windows import CalendarEdge, Fixed, Instant, OnTheCalendar
from segpy.resolve.scope import Findings
from segpy.resolve.time_errors import NotAnInstant, NothingBetween
from segpy.resolve.typing import instant_literal
from segpy.spec import model_measures as written
from segpy.spec.duration import amount_in
from segpy.spec.model_values import Length, Value


def last_units(length: Length, zone: str) -> OnTheCalendar:
    """The last whole units of the calendar before the one that `as_of` lies in."""
    return OnTheCalendar(_edge(length), CalendarEdge(0, length.unit), zone, last=True)


def units_ago(window: written.BetweenAgo, zone: str) -> OnTheCalendar:
    """Between two edges, each at the beginning of a unit of its own."""
    return OnTheCalendar(_edge(window.far), _edge(window.near), zone, last=False)


def _edge(length: Length) -> CalendarEdge:
    return CalendarEdge(amount_in(length.duration, length.unit), length.unit)


def fixed(window: written.Fixed, zone: str, findings: Findings) -> Fixed:
    """A window between instants that were written as the clocks of a time zone show them."""
    ends = findings.whole(
        [lambda value=value: _instant(value, zone, findings) for value in (window.start, window.end)]  # type: ignore[misc]
    )
    start, end = ends
    if start is not None and end is not None and window.end is not None and end.utc <= start.utc:
        raise findings.fail(NothingBetween(span=window.end.span, start=start.shown, end=end.shown))
    return Fixed(start, end)


def _instant(value: Value | None, zone: str, findings: Findings) -> Instant | None:
    """What a date or a timestamp means: of two instants that the clocks show alike it is the first.

    What they never show, because they are put forward, is read as if they had not been yet.
    """
    if value is None:
        return None
    literal = instant_literal(value.value) if isinstance(value.value, str) else None
    if literal is None:
        raise findings.fail(NotAnInstant(span=value.span, found=str(value.value)))
    try:
        known = datetime.fromisoformat(str(literal.value)).replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(UTC)
        shown = known.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    except OverflowError:
        raise findings.fail(NotAnInstant(span=value.span, found=str(value.value))) from None
    return Instant(known.replace(tzinfo=None).isoformat(" "), _short(shown))


def _short(shown: datetime) -> str:
    """A date where it is midnight, else the time as far as it is not 0."""
    if shown.time() == datetime.min.time():
        return shown.date().isoformat()
    return shown.isoformat(" ", "auto" if shown.second or shown.microsecond else "minutes")
