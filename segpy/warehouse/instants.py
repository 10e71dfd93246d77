"""Which of many runs a review looks at: as many as a chart shows, and one a month for what months tell."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from segpy.spec.duration import Duration
from segpy.warehouse.spine import later

SHOWN = 60
"""How many instants of the time that is shown are looked at, at most."""


def months_before(instant: datetime, months: int) -> datetime:
    """The same day so many months before, or the last of a month that is too short."""
    return later(instant, Duration(months=1), -months)


def compared_with(runs: Sequence[datetime]) -> datetime | None:
    """The last run that is a month before the last of all, or longer; else the first. None of a single run."""
    if len(runs) < 2:
        return None
    month_ago = months_before(max(runs), 1)
    return max((one for one in runs if one <= month_ago), default=min(runs))


def by_month(runs: Sequence[datetime]) -> tuple[datetime | None, ...]:
    """The last run of each month that ends with the last run's day, the earliest first; None of a month without."""
    if not runs:
        return ()
    last, first = max(runs), min(runs)
    found: list[datetime | None] = []
    months = 0
    while (end := months_before(last, months)) >= first:
        begin = months_before(last, months + 1)
        found.append(max((one for one in runs if begin < one <= end), default=None))
        months += 1
    return tuple(reversed(found))


def looked_at(runs: Sequence[datetime], months: int) -> tuple[datetime, ...]:
    """The runs that a review reads the sizes of: those shown, thinned evenly, one a month, and that compared with."""
    if not runs:
        return ()
    last, begin = max(runs), months_before(max(runs), months)
    shown = sorted(one for one in runs if one >= begin)
    if len(shown) > SHOWN:
        slot = (last - begin) / (SHOWN - 1)
        shown = list({(last - one) // slot: one for one in shown}.values())  # the latest of each slot
    since = compared_with(runs)
    wanted = {*shown, last, *(one for one in by_month(runs) if one is not None), *([since] if since else [])}
    return tuple(sorted(wanted))
