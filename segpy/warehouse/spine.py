"""The instants of a backfill, and which of them are still to be built."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from segpy.spec.duration import Duration


def spine(first: datetime, last: datetime, every: Duration) -> tuple[datetime, ...]:
    """`first`, then an instant every so long, and `last`, be the last step shorter. Empty where `last` is earlier.

    Months are counted from `first`: from 31 January they end on the last days of the months after it.
    """
    even = steps(first, last, every)
    return even if not even or even[-1] == last else (*even, last)


def steps(first: datetime, last: datetime, every: Duration) -> tuple[datetime, ...]:
    """`first`, then an instant every so long, none of them after `last`, nor after the last year of the calendar."""
    found: list[datetime] = []
    with suppress(OverflowError, ValueError):
        while (instant := later(first, every, len(found))) <= last:
            found.append(instant)
    return tuple(found)


def already_built(instants: Sequence[datetime], runs: Sequence[datetime]) -> int | None:
    """How many of the instants, from the first, history holds already, and nothing else since the first of them.

    None where history holds another run since then: going on would leave it in the midst of what was asked.
    """
    since = [run for run in sorted(runs) if run >= instants[0]]
    return len(since) if since == list(instants[: len(since)]) else None


def later(first: datetime, every: Duration, steps: int) -> datetime:
    """So many steps after an instant, before it where they are negative; the last day of a month that is too short.

    Raises OverflowError or ValueError beyond the years 1 to 9999.
    """
    if every.exact:
        return first + steps * timedelta(microseconds=every.microseconds)
    years, month = divmod(first.month - 1 + steps * every.months, 12)
    year = first.year + years
    return first.replace(year=year, month=month + 1, day=min(first.day, monthrange(year, month + 1)[1]))
