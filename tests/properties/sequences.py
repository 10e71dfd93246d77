"""Random sequences and random event logs, made so that ties, edges and overlapping filters are common."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import TypeAlias

from hypothesis import strategies as st

from tests.cases.sequence_oracle import Outcome, Pattern, Step, outcome
from tests.cases.tables import Row, Table

DAY = timedelta(days=1)
FIRST = datetime(2026, 3, 1)
AS_OF = FIRST + 6 * DAY
ENTITIES = 150
MOST_EVENTS = 10
MARKED = "v > 0"


@dataclass(frozen=True, slots=True)
class Event:
    """A row of the log. `when` is None where the time is unknown."""

    name: str
    when: datetime | None
    v: int | None

    @property
    def marked(self) -> bool:
        """What `MARKED` says of it."""
        return self.v is not None and self.v > 0


Kind: TypeAlias = tuple[str, Callable[[Event], bool]]

# The taxonomy: how the spec declares each event, and which rows it means. The last three overlap with the others.
KINDS: Mapping[str, Kind] = {
    "a": ("{stream: app, is: a}", lambda event: event.name == "a"),
    "b": ("{stream: app, is: b}", lambda event: event.name == "b"),
    "c": ("{stream: app, is: c}", lambda event: event.name == "c"),
    "x": ("{stream: app, is: x}", lambda event: event.name == "x"),
    "a_or_b": ("{stream: app, is: [a, b]}", lambda event: event.name in ("a", "b")),
    "a_marked": (f"{{stream: app, is: a, where: '{MARKED}'}}", lambda event: event.name == "a" and event.marked),
    "marked": (f"{{stream: app, where: '{MARKED}'}}", lambda event: event.marked),
}


@dataclass(frozen=True, slots=True)
class Named:
    """An event of the taxonomy, perhaps only the marked ones."""

    event: str
    marked_only: bool

    def __str__(self) -> str:
        return f"{{event: {self.event}, where: '{MARKED}'}}" if self.marked_only else f"{{event: {self.event}}}"

    def means(self, event: Event) -> bool:
        """Whether a row is one of these."""
        return KINDS[self.event][1](event) and (event.marked or not self.marked_only)


@dataclass(frozen=True, slots=True)
class Part:
    """A step as the spec writes it; durations in days."""

    named: Named
    times: int
    within: int | None
    without: tuple[Named, ...]

    def __str__(self) -> str:
        keys = [str(self.named)[1:-1]]
        keys += [f"times: {self.times}"] if self.times > 1 else []
        keys += [f"within: {self.within} days"] if self.within is not None else []
        keys += [f"without: [{', '.join(map(str, self.without))}]"] if self.without else []
        return "{" + ", ".join(keys) + "}"


@dataclass(frozen=True, slots=True)
class Whole:
    """A sequence as the spec writes it; durations in days."""

    parts: tuple[Part, ...]
    complete_within: int | None
    in_the_last: int | None

    def __str__(self) -> str:
        keys = [f"steps: [{', '.join(map(str, self.parts))}]"]
        keys += [f"complete_within: {self.complete_within} days"] if self.complete_within is not None else []
        keys += [f"in_the_last: {self.in_the_last} days"] if self.in_the_last is not None else []
        return "{" + ", ".join(keys) + "}"

    def pattern(self, events: tuple[Event, ...]) -> Pattern:
        """What the oracle is asked."""

        def those(*named: Named) -> frozenset[int]:
            return frozenset(number for number, event in enumerate(events) if any(one.means(event) for one in named))

        return Pattern(
            tuple(Step(those(part.named), those(*part.without), days(part.within), part.times) for part in self.parts),
            days(self.complete_within),
            None if self.in_the_last is None else AS_OF - self.in_the_last * DAY,
        )


def days(number: int | None) -> timedelta | None:
    """A duration of so many days."""
    return None if number is None else number * DAY


def named() -> st.SearchStrategy[Named]:
    """An event; plain names are the likelier ones."""
    usual = st.sampled_from(["a", "b", "c", "a", "b", "c", "a_or_b"])
    return st.builds(Named, usual | st.sampled_from(list(KINDS)), st.sampled_from([False] * 6 + [True]))


def parts() -> st.SearchStrategy[Part]:
    """A step."""
    bar = st.builds(Named, st.just("x") | st.sampled_from(list(KINDS)), st.sampled_from([False, False, True]))
    return st.builds(
        Part,
        named(),
        st.sampled_from([1] * 8 + [2, 2, 3]),
        st.sampled_from([None, None, None, 1, 2, 3]),
        st.sampled_from([0, 0, 0, 1, 1, 2]).flatmap(
            lambda size: st.lists(bar, min_size=size, max_size=size, unique=True).map(tuple)
        ),
    )


@st.composite
def wholes(draw: st.DrawFn) -> Whole:
    """A sequence of one to four steps."""
    length = draw(st.sampled_from([2, 2, 2, 3, 3, 3, 4, 4, 1]))
    first, *rest = draw(st.lists(parts(), min_size=length, max_size=length))
    first = Part(first.named, first.times, None, first.without)
    return Whole(
        (first, *rest),
        draw(st.sampled_from([None, None, None, 1, 2, 3, 4])),
        draw(st.sampled_from([None, None, None, 3, 4, 5])),
    )


@st.composite
def several(draw: st.DrawFn) -> tuple[Whole, ...]:
    """One to three sequences; the others may begin as the first one does."""
    first = draw(wholes())
    chosen = [first]
    for other in draw(st.lists(wholes(), max_size=2)):
        shared = draw(st.integers(0, len(first.parts)))
        tail = other.parts[1:] if shared else other.parts
        chosen.append(Whole((*first.parts[:shared], *tail)[:4], other.complete_within, other.in_the_last))
    return tuple(chosen)


def spec_of(sequences: tuple[Whole, ...]) -> str:
    """The spec that declares each sequence as a feature."""
    events = "".join(f"  {name}: {declared}\n" for name, (declared, _) in KINDS.items())
    features = "".join(f"  s{number}: {{sequence: {whole}}}\n" for number, whole in enumerate(sequences))
    return f"""entities:
  user:
    key: user_id
    attributes: {{relation: ref('people'), columns: {{plan: text}}}}
streams:
  app:
    relation: ref('events')
    entity: {{user: user_id}}
    occurred_at: at
    event: name
    properties: {{v: integer}}
events:
{events}features:
{features}segments:
  done: {{entity: user, all: [{{sequence: {sequences[0]}}}]}}
"""


def random_log(seed: int) -> dict[str, tuple[Event, ...]]:
    """The events of some entities, most of them on few instants."""
    chance = Random(seed)
    return {f"u{number}": tuple(random_events(chance)) for number in range(ENTITIES)}


def random_events(chance: Random) -> Iterator[Event]:
    """The events of one entity, in any order. Some stand a microsecond beside a whole day, some at or after `as_of`."""
    instants = [FIRST + chance.randint(0, 6) * DAY for _ in range(chance.randint(1, 5))]
    beside = chance.choice([[0], [0], [0, 0, 0, 1, -1]])
    names = chance.choice(["abc", "abc", "abcx", "aab", "aabbccx"])
    for _ in range(chance.randint(0, MOST_EVENTS)):
        when = chance.choice(instants) + timedelta(microseconds=chance.choice(beside))
        yield Event(chance.choice(names), None if chance.random() < 0.02 else when, chance.choice([0, 1, 1, 2, None]))


def tables_of(log: Mapping[str, tuple[Event, ...]]) -> tuple[Table, ...]:
    """The log as input tables."""
    rows = tuple(
        (key, event.name, None if event.when is None else str(event.when), None if event.v is None else str(event.v))
        for key, events in log.items()
        for event in events
    )
    return (
        Table("events", {"user_id": "text", "name": "text", "at": "timestamp", "v": "integer"}, rows),
        Table("people", {"user_id": "text", "plan": "text"}, tuple((key, None) for key in log)),
    )


def expected_row(sequences: tuple[Whole, ...], events: tuple[Event, ...]) -> Row:
    """What the features table must hold for an entity with these events."""
    row: Row = {}
    for number, whole in enumerate(sequences):
        found = outcome([event.when for event in events], whole.pattern(events), AS_OF)
        row |= {f"s{number}_{measure}": value for measure, value in columns_of(found).items()}
    return row


def columns_of(found: Outcome) -> Row:
    """An outcome under the names of a feature's columns."""
    steps = {f"step_{number}_seconds": seconds for number, seconds in enumerate(found.step_seconds, start=2)}
    return {
        "completed": found.completed,
        "step": found.step,
        "completions": found.completions,
        "first_at": None if found.first_at is None else found.first_at.isoformat(sep=" "),
        "last_at": None if found.last_at is None else found.last_at.isoformat(sep=" "),
        "seconds": found.seconds,
        "fastest_seconds": found.fastest_seconds,
        **steps,
    }
