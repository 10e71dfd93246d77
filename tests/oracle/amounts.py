"""Measures of a list of events that qualify: those in the window, of the right kind, with a known property."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from segpy.spec.model_measures import Statistic, StreakDetail, StreakKind
from tests.oracle.cells import Cell
from tests.oracle.log import Event


def mean(values: Sequence[float]) -> float | None:
    """Null without values."""
    return math.fsum(values) / len(values) if values else None


def median(values: Iterable[float]) -> float | None:
    """The middle value; of two, what lies halfway."""
    ranked = sorted(values)
    if not ranked:
        return None
    low, high = ranked[(len(ranked) - 1) // 2], ranked[len(ranked) // 2]
    return (low + high) / 2


def sample_deviation(values: Sequence[float]) -> float | None:
    """By n - 1; null under two values."""
    if len(values) < 2:
        return None
    middle = math.fsum(values) / len(values)
    return math.sqrt(math.fsum((value - middle) ** 2 for value in values) / (len(values) - 1))


def first_value(events: Sequence[Event], prop: str) -> Cell:
    """Of the earliest event; of several the one with the lowest order, then the smallest value."""

    def place(event: Event) -> tuple[Any, ...]:
        return event.at, event.order is None, event.order or 0, event.cells[prop]

    return min(events, key=place).cells[prop] if events else None


def last_value(events: Sequence[Event], prop: str) -> Cell:
    """Of the latest event; of several the one with the highest order, then the smallest value."""
    if not events:
        return None
    latest = [event for event in events if event.at == max(one.at for one in events)]
    orders = [event.order for event in latest if event.order is not None]
    if orders:
        latest = [event for event in latest if event.order == max(orders)]
    values: list[Any] = [event.cells[prop] for event in latest]
    found: Cell = min(values)
    return found


def most_frequent(values: Sequence[Any]) -> Cell:
    """The smallest of those that are there most often."""
    counted = Counter(values)
    return min((value for value in counted if counted[value] == max(counted.values())), default=None)


def gap(times: Iterable[datetime], statistic: Statistic) -> float | None:
    """Of the seconds between consecutive events."""
    ranked = sorted(times)
    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(ranked)]
    if not gaps:
        return None
    match statistic:
        case Statistic.AVG:
            return mean(gaps)
        case Statistic.STDDEV:
            return sample_deviation(gaps)
        case Statistic.MAX:
            return max(gaps)
        case Statistic.LAST:
            return gaps[-1]


def streak(units: Iterable[int], detail: StreakDetail, now: int) -> int:
    """Units with the event in the longest, or the current, run of units with at most `allow_gap` missing in a row."""
    runs: list[list[int]] = []
    for unit in sorted(set(units)):
        if runs and unit - runs[-1][-1] <= detail.allow_gap + 1:
            runs[-1].append(unit)
        else:
            runs.append([unit])
    if detail.kind is StreakKind.CURRENT:
        runs = [run for run in runs if now - run[-1] <= detail.allow_gap + 1]
    return max(map(len, runs), default=0)


def burst(times: Sequence[datetime], per: timedelta) -> int:
    """Most events in any stretch `(t - per, t]`."""
    return max((sum(end - per < at <= end for at in times) for end in times), default=0)


def decayed(weighed: Iterable[tuple[datetime, float]], as_of: datetime, half_life: timedelta) -> float:
    """Each weight halved for every half-life of age."""
    return math.fsum(weight * 0.5 ** ((as_of - at) / half_life) for at, weight in weighed)
