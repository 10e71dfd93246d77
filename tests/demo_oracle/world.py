"""The seeds as lives: for everybody what is known of them, and what they visibly did.

Visible is an event with a time before `as_of` and with somebody it belongs to; of several deliveries the earliest.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

AS_OF = datetime(2026, 3, 10)
ZONE = ZoneInfo("Europe/Berlin")  # whose calendar and clocks count
SEEDS = Path(__file__).parents[2] / "seeds"

Cells = dict[str, str | None]


@dataclass(frozen=True, slots=True)
class Event:
    """One row of a log. Events are equal only if they are the same row."""

    at: datetime
    stream: str
    name: str
    cells: Cells = field(compare=False, hash=False)
    row: int = 0

    def __getitem__(self, column: str) -> str | None:
        return self.cells[column]


@dataclass(frozen=True, slots=True)
class Kind:
    """Which events are meant: of a stream, with one of these names (any, if there are none), that pass a test."""

    stream: str
    names: tuple[str, ...] = ()
    passes: Callable[[Event], bool] = lambda event: True

    def __contains__(self, event: Event) -> bool:
        return event.stream == self.stream and (not self.names or event.name in self.names) and self.passes(event)


@dataclass(slots=True)
class Life:
    """Somebody at `as_of`. Without a row of attributes `about` is empty."""

    key: str
    as_of: datetime
    about: Cells = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)

    def all(self, kind: Kind, since: datetime = datetime.min, until: datetime = datetime.max) -> list[Event]:
        """The events of a kind in `[since, until)`, in order of time."""
        return sorted((e for e in self.events if e in kind and since <= e.at < until), key=lambda e: e.at)

    def lately(self, kind: Kind, days: float) -> list[Event]:
        """The events of a kind in the last so many days."""
        return self.all(kind, self.ago(days))

    def ago(self, days: float) -> datetime:
        """The instant so many days before `as_of`."""
        return self.as_of - timedelta(days=days)

    def since_first(self, kind: Kind) -> timedelta | None:
        """How long ago the first of them was, None if there is none."""
        found = self.all(kind)
        return self.as_of - found[0].at if found else None

    def since_last(self, kind: Kind) -> timedelta | None:
        """How long ago the last of them was, None if there is none."""
        found = self.all(kind)
        return self.as_of - found[-1].at if found else None

    def text(self, attribute: str) -> str | None:
        """An attribute, None where it is not known."""
        return self.about.get(attribute)

    def number(self, attribute: str) -> Fraction | None:
        """A number among the attributes."""
        cell = self.text(attribute)
        return None if cell is None else Fraction(cell)

    def time(self, attribute: str) -> datetime | None:
        """An instant among the attributes."""
        cell = self.text(attribute)
        return None if cell is None else datetime.fromisoformat(cell)

    def age(self, attribute: str) -> timedelta | None:
        """How long ago an attribute's instant was; None where that is not known or still to come."""
        at = self.time(attribute)
        return self.as_of - at if at is not None and at < self.as_of else None


def days_active(events: Iterable[Event]) -> int:
    """On how many calendar days something happened."""
    return len({local(event.at).date() for event in events})


def local(at: datetime) -> datetime:
    """What the clocks show where the people of the demonstration live. Logs are written in UTC."""
    return at.replace(tzinfo=UTC).astimezone(ZONE).replace(tzinfo=None)


def gaps(events: Sequence[Event]) -> list[Fraction]:
    """The seconds between consecutive events."""
    return [seconds(later.at - earlier.at) for earlier, later in pairwise(events)]


def seconds(length: timedelta) -> Fraction:
    """A duration, exactly."""
    return Fraction(length // timedelta(microseconds=1), 1_000_000)


def mean(values: Sequence[Fraction]) -> Fraction:
    """The mean of at least one value."""
    return sum(values, Fraction(0)) / len(values)


def ranks(found: Mapping[str, Fraction]) -> dict[str, Fraction]:
    """From 0 for the least to 1 for the greatest value; equal values in the order of the keys, which are numbers."""
    ordered = sorted(found, key=lambda key: (found[key], int(key)))
    return {key: Fraction(place, max(len(ordered) - 1, 1)) for place, key in enumerate(ordered)}


def distinct(events: Iterable[Event], column: str) -> int:
    """How many different values there are; what is not known is none."""
    return len({event[column] for event in events} - {None})


def numbers(events: Iterable[Event], column: str) -> list[Fraction]:
    """A column's numbers, as far as they are known."""
    cells = (event[column] for event in events)
    return [Fraction(cell) for cell in cells if cell is not None]


def rows(seed: str) -> Iterator[Cells]:
    """A seed's rows; an empty cell is null."""
    with (SEEDS / f"{seed}.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield {column: cell or None for column, cell in row.items()}


@dataclass(frozen=True, slots=True)
class Reading:
    """How the seeds are read. Tests bend the rules one by one, to see that each of them matters here."""

    as_of: datetime = AS_OF
    seen_until: datetime = AS_OF
    once: bool = True

    def visible(self, stream: str, log: Iterable[Cells], key: str, id: str, at: str) -> list[tuple[str, Event]]:  # noqa: A002
        """Whose event each is, of those that can be seen."""
        seen: list[tuple[str, Event]] = []
        for number, row in enumerate(log):
            who, when = row[key], row[at]
            if who is not None and when is not None and datetime.fromisoformat(when) < self.seen_until:
                name = row.get("event_name") or ""
                seen.append((who.lower(), Event(datetime.fromisoformat(when), stream, name, row, number)))
        if not self.once:
            return seen
        first: dict[str, tuple[str, Event]] = {}
        for who, event in sorted(seen, key=lambda pair: pair[1].at):
            first.setdefault(str(event[id]), (who, event))
        return list(first.values())

    def lives(self, about: Iterable[Cells], key: str, *logs: list[tuple[str, Event]]) -> dict[str, Life]:
        """Everybody who has attributes or an event."""
        found = {str(row[key]): Life(str(row[key]), self.as_of, row) for row in about}
        for who, event in (pair for log in logs for pair in log):
            found.setdefault(who, Life(who, self.as_of)).events.append(event)
        return found
