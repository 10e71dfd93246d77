"""Random streams as a warehouse comes to know them: events that are late, told twice, taken back, or of the future."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Told:
    """A row of a source: there from `arrives` on, until it is `removed`. `number` tells it from all others."""

    number: int
    id: str | None
    occurred_at: datetime
    arrives: datetime
    removed: datetime | None

    def there(self, now: datetime) -> bool:
        """Whether a query sees it now."""
        return self.arrives <= now and (self.removed is None or now < self.removed)


@dataclass(frozen=True)
class Promise:
    """What is promised of a stream: events come up to `lateness` late, or at any time where each says when it came."""

    lateness: timedelta
    loaded: bool


def arrivals(chance: Random, promise: Promise, start: datetime, days: int, count: int) -> Sequence[Told]:
    """Rows that keep a promise, of so many days."""
    return tuple(_rows(chance, promise, start, days, count))


def _rows(chance: Random, promise: Promise, start: datetime, days: int, count: int) -> Iterator[Told]:
    number = 0
    for i in range(count):
        occurred = start + _some_time(chance, days)
        first = _arrival(chance, promise, occurred)
        id_ = None if chance.random() < 0.1 else f"e{i}"
        yield Told(number, id_, occurred, first, _removal(chance, promise, occurred, first))
        number += 1
        while id_ is not None and chance.random() < 0.3:
            again = _again(chance, promise, occurred, first)
            if again is not None:
                yield Told(number, id_, *again, _removal(chance, promise, *again))
                number += 1


def _some_time(chance: Random, days: int) -> timedelta:
    """Often on the edge of a day, or a microsecond beside it."""
    day = DAY * chance.randrange(days)
    if chance.random() < 0.4:
        return day + timedelta(microseconds=chance.choice((0, 0, 1, -1)))
    return day + HOUR * chance.randrange(24) + timedelta(microseconds=chance.choice((0, 0, 5)))


def _arrival(chance: Random, promise: Promise, occurred: datetime) -> datetime:
    """At once, late, or ahead of its time."""
    match chance.randrange(8):
        case 0:
            return occurred - chance.randrange(6) * DAY - HOUR
        case 1 | 2 | 3:
            most = promise.lateness if not promise.loaded else 20 * DAY
            return occurred + most * chance.random()
        case 4:
            return occurred + promise.lateness
    return occurred


def _known(promise: Promise, occurred: datetime, arrives: datetime) -> datetime:
    return max(occurred, arrives) if promise.loaded else occurred


def _removal(chance: Random, promise: Promise, occurred: datetime, arrives: datetime) -> datetime | None:
    """Not later than an event may come."""
    if chance.random() < 0.75:
        return None
    latest = _known(promise, occurred, arrives) + promise.lateness
    if latest <= arrives:
        return None
    return arrives + (latest - arrives) * chance.random()


def _again(chance: Random, promise: Promise, occurred: datetime, first: datetime) -> tuple[datetime, datetime] | None:
    """A copy: of the same time, or one that is known no later than `lateness` after the first."""
    when = occurred if chance.random() < 0.6 else occurred + promise.lateness * chance.random() * 0.9
    known = _known(promise, occurred, first)
    arrives = max(_arrival(chance, promise, when), first)
    if not promise.loaded:
        return when, min(arrives, when + promise.lateness)
    again = min(arrives, known + promise.lateness)
    return (when, again) if _known(promise, when, again) - known <= promise.lateness else None
