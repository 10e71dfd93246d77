"""Which instants a window holds. Whatever it holds lies before `as_of`, as all events that can be seen do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from segpy.spec.model_measures import Anchored, BetweenAgo, Ever, Fixed, InTheLast, Side, Window, WithinFirst
from segpy.spec.model_values import Length, Value
from tests.oracle.cells import in_utc
from tests.oracle.clock import back, calendar_edge, from_local, length

Holds = Callable[[datetime], bool]


def nothing(at: datetime) -> bool:
    """Holds no instant."""
    return False


def period(lower: datetime | None, upper: datetime | None) -> Holds:
    """`[lower, upper)`, open where an edge is missing."""
    return lambda at: (lower is None or lower <= at) and (upper is None or at < upper)


def holds(
    window: Window,
    as_of: datetime,
    zone: ZoneInfo,
    start: Callable[[], datetime | None],
    anchors: Callable[[Anchored], Sequence[datetime]],
) -> Holds:
    """The instants of a window; `start` and `anchors` tell what must be known of the entity for some of them."""

    def edge(duration: Length, *, calendar: bool) -> datetime:
        if calendar:
            return calendar_edge(as_of, duration.duration, duration.unit, zone)
        return back(as_of, duration.duration)

    match window:
        case Ever():
            return period(None, None)
        case InTheLast((one,), calendar):
            upper = calendar_edge(as_of, type(one.duration)(), one.unit, zone) if calendar else as_of
            return period(edge(one, calendar=calendar), upper)
        case BetweenAgo(far, near, calendar):
            return period(edge(far, calendar=calendar), edge(near, calendar=calendar))
        case Fixed(since, until):
            return period(written(since, zone), written(until, zone))
        case WithinFirst(first):
            begun = start()
            return nothing if begun is None else period(begun, begun + length(first.duration))
        case Anchored():
            return beside(window, sorted(anchors(window)))
        case _:
            raise AssertionError(window)


def beside(window: Anchored, occurrences: Sequence[datetime]) -> Holds:
    """After the anchor and at most `within` later, or before it and at most `within` earlier; never at its instant."""
    if len(occurrences) < max(window.nth, 1):
        return nothing
    anchor = occurrences[window.nth - 1]  # 0 stands for the last
    reach = None if window.within is None else length(window.within.duration)
    if window.side is Side.AFTER:
        return lambda at: anchor < at and (reach is None or at - anchor <= reach)
    return lambda at: at < anchor and (reach is None or anchor - at <= reach)


def written(value: Value | None, zone: ZoneInfo) -> datetime | None:
    """A date's midnight, or a timestamp, as the clocks of the zone show it."""
    if value is None:
        return None
    when = datetime.fromisoformat(str(value.value))
    return from_local(when, zone) if when.tzinfo is None else in_utc(when)
