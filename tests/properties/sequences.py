"""Random sequences and random event logs, made so that ties, edges and overlapping filters are common."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
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
    """A row of the log. `when` is None where the time is unknown; `seq` orders those of one instant, `p` is shared."""

    name: str
    when: datetime | None
    v: int | None
    p: str | None = "p"
    seq: int | None = None

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
    """One event of the taxonomy or several, or `any`; perhaps only the marked ones."""

    events: tuple[str, ...]
    marked_only: bool = False

    def __str__(self) -> str:
        where = f", where: '{MARKED}'" if self.marked_only else ""
        return f"{{event: {self.written}{where}}}"

    @property
    def written(self) -> str:
        """The operand."""
        return self.events[0] if len(self.events) == 1 else f"[{', '.join(self.events)}]"

    def means(self, event: Event) -> bool:
        """Whether a row is one of these."""
        names = KINDS if self.events == ("any",) else self.events
        return any(KINDS[name][1](event) for name in names) and (event.marked or not self.marked_only)


@dataclass(frozen=True, slots=True)
class Part:
    """A step as the spec writes it; durations in days. With several items, each of them in any order."""

    items: tuple[Named, ...]
    times: int
    within: int | None
    without: tuple[Named, ...]
    after: int | None = None
    directly: bool = False

    def __str__(self) -> str:
        group = f"any_order: [{', '.join(map(str, self.items))}]"
        keys = [group if len(self.items) > 1 else str(self.items[0])[1:-1]]
        keys += [f"times: {self.times}"] if self.times > 1 else []
        keys += [f"within: {self.within} days"] if self.within is not None else []
        keys += [f"after: {self.after} days"] if self.after is not None else []
        keys += [f"without: [{', '.join(map(str, self.without))}]"] if self.without else []
        keys += ["directly: true"] if self.directly else []
        return "{" + ", ".join(keys) + "}"


@dataclass(frozen=True, slots=True)
class Whole:
    """A sequence as the spec writes it; durations in days. `order` tells whether the stream declares one."""

    parts: tuple[Part, ...]
    complete_within: int | None
    in_the_last: int | None
    same: bool = False
    start: str | None = None
    ties: str | None = None
    then: tuple[Named, int] | None = None
    ignore: tuple[str, ...] = ()
    order: bool = False

    def __str__(self) -> str:
        keys = [f"steps: [{', '.join(map(str, self.parts))}]"]
        keys += [f"complete_within: {self.complete_within} days"] if self.complete_within is not None else []
        keys += [f"in_the_last: {self.in_the_last} days"] if self.in_the_last is not None else []
        keys += ["same: p"] if self.same else []
        keys += [f"start: {self.start}"] if self.start is not None else []
        keys += [f"ties: {self.ties}"] if self.ties is not None else []
        keys += [f"then_without: {str(self.then[0])[:-1]}, for: {self.then[1]} days}}"] if self.then else []
        keys += [f"ignore: [{', '.join(self.ignore)}]"] if self.ignored else []
        return "{" + ", ".join(keys) + "}"

    @property
    def ignored(self) -> tuple[str, ...]:
        """What `directly` overlooks, where a step says that."""
        return self.ignore if any(part.directly for part in self.parts) else ()

    def pattern(self, events: tuple[Event, ...]) -> Pattern:
        """What the oracle is asked."""

        def those(*named: Named) -> frozenset[int]:
            return frozenset(number for number, event in enumerate(events) if any(one.means(event) for one in named))

        foreign = those(Named(("any",))) - those(*(Named((name,)) for name in self.ignored))

        def step(part: Part) -> Step:
            bars = those(*part.without) | (foreign if part.directly else frozenset())
            others = tuple(those(item) for item in part.items[1:])
            return Step(those(part.items[0]), bars, days(part.within), part.times, days(part.after), others)

        return Pattern(
            tuple(map(step, self.parts)),
            days(self.complete_within),
            None if self.in_the_last is None else AS_OF - self.in_the_last * DAY,
            self.ties or ("ordered" if self.order else "any"),
            tuple(event.seq for event in events),
            tuple(event.p for event in events) if self.same else None,
            self.start or "any",
            None if self.then is None else (those(self.then[0]), self.then[1] * DAY),
        )


def days(number: int | None) -> timedelta | None:
    """A duration of so many days."""
    return None if number is None else number * DAY


def named() -> st.SearchStrategy[Named]:
    """One event or several; plain names are the likelier ones."""
    usual = st.sampled_from([*["a", "b", "c"] * 3, "a_or_b"]).map(lambda name: (name,))
    rare = st.sampled_from([*((name,) for name in KINDS), ("a", "x"), ("b", "marked"), ("any",)])
    return st.builds(Named, usual | usual | rare, st.sampled_from([False] * 6 + [True]))


def bars() -> st.SearchStrategy[Named]:
    """What must not be there."""
    names = st.sampled_from([("x",), ("x",), *((name,) for name in KINDS), ("x", "b")])
    return st.builds(Named, names, st.sampled_from([False, False, True]))


@st.composite
def parts(draw: st.DrawFn) -> Part:
    """A step; one in eight is a group."""
    without = draw(st.lists(bars(), max_size=draw(st.sampled_from([0, 0, 0, 1, 1, 2])), unique=True))
    within, after = draw(st.sampled_from([None, None, None, 1, 2, 3])), draw(st.sampled_from([None] * 5 + [0, 1, 2]))
    after = after if after is None or within is None or after <= within else None
    directly = draw(st.sampled_from([False] * 5 + [True]))
    if draw(st.integers(0, 7)) == 0:
        items = draw(
            st.sampled_from([("a", "b"), ("b", "c"), ("c", "x"), ("a", "b", "c"), ("b", "c", "x"), ("a", "a")])
        )
        group = tuple(Named((name,), draw(st.sampled_from([False] * 5 + [True]))) for name in items)
        return Part(group, 1, None if draw(st.integers(0, 3)) else within, tuple(without[:1]), after, directly)
    times = draw(st.sampled_from([1] * 8 + [2, 2, 3]))
    return Part((draw(named()),), times, within, tuple(without), after, directly)


@st.composite
def wholes(draw: st.DrawFn, order: bool = False) -> Whole:
    """A sequence of one to four steps."""
    length = draw(st.sampled_from([2, 2, 2, 3, 3, 3, 4, 4, 1]))
    first, *rest = draw(st.lists(parts(), min_size=length, max_size=length))
    first = replace(first, within=None, after=None, directly=False)
    total = draw(st.sampled_from([None, None, None, 1, 2, 3, 4]))
    single = first.times == 1 and len(first.items) == 1
    whole = Whole(
        (first, *rest),
        total,
        draw(st.sampled_from([None, None, None, 3, 4, 5])),
        draw(st.sampled_from([False, False, True])),
        draw(st.sampled_from([None, None, None, None, "any", "first", "last"])) if single else None,
        draw(st.sampled_from([None, "any", "strict"] + (["ordered", None] if order else [None, None]))),
        draw(st.none() | st.none() | st.tuples(bars(), st.sampled_from([1, 1, 2]))),
        draw(st.sampled_from([(), ("x",), ("marked",), ("a_or_b", "x")])),
        order,
    )
    return possible(whole)


def possible(whole: Whole) -> Whole:
    """The sequence without a bound that it could never keep: such a one is refused."""
    least = sum(part.after or 0 for part in whole.parts)
    total, window = whole.complete_within, whole.in_the_last
    return replace(
        whole,
        complete_within=total if total is None or least <= total else None,
        in_the_last=window if window is None or least < window else None,
    )


@st.composite
def several(draw: st.DrawFn) -> tuple[Whole, ...]:
    """One to three sequences; the others may begin as the first one does."""
    order = draw(st.booleans())
    first = draw(wholes(order))
    chosen = [first]
    for other in draw(st.lists(wholes(order), max_size=2)):
        shared = draw(st.integers(0, len(first.parts)))
        if shared:
            other = replace(other, parts=(*first.parts[:shared], *other.parts[1:])[:4], complete_within=None)
        chosen.append(possible(replace(other, start=None)) if shared else other)
    return tuple(chosen)


def spec_of(sequences: tuple[Whole, ...]) -> str:
    """The spec that declares each sequence as a feature, and counts the matches of the first."""
    events = "".join(f"  {name}: {declared}\n" for name, (declared, _) in KINDS.items())
    features = "".join(f"  s{number}: {{sequence: {whole}}}\n" for number, whole in enumerate(sequences))
    order = "    order: seq\n" if sequences[0].order else ""
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
{order}    properties: {{v: integer, p: text}}
events:
{events}features:
{features}segments:
  done: {{entity: user, all: [{{sequence: {sequences[0]}}}]}}
  twice: {{entity: user, all: [{{sequence: {sequences[0]}, completed: {{at_least: 2}}}}]}}
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
    shared = chance.choice([["p"], ["p", "p", "q"], ["p", "q", None]])
    for _ in range(chance.randint(0, MOST_EVENTS)):
        when = chance.choice(instants) + timedelta(microseconds=chance.choice(beside))
        name = "z" if chance.random() < 0.03 else chance.choice(names)
        unknown = None if chance.random() < 0.02 else when
        yield Event(
            name, unknown, chance.choice([0, 1, 1, 2, None]), chance.choice(shared), chance.choice([1, 1, 2, 3, None])
        )


COLUMNS = {
    "user_id": "text",
    "name": "text",
    "at": "timestamp",
    "v": "integer",
    "p": "text",
    "seq": "integer",
}


def cell(value: object) -> str | None:
    """A value as input tables hold it."""
    return None if value is None else str(value)


def tables_of(log: Mapping[str, tuple[Event, ...]]) -> tuple[Table, ...]:
    """The log as input tables."""
    rows = tuple(
        (key, event.name, *map(cell, (event.when, event.v, event.p, event.seq)))
        for key, events in log.items()
        for event in events
    )
    return (
        Table("events", COLUMNS, rows),
        Table("people", {"user_id": "text", "plan": "text"}, tuple((key, None) for key in log)),
    )


def expected_row(sequences: tuple[Whole, ...], events: tuple[Event, ...]) -> Row:
    """What the features table must hold for an entity with these events."""
    row: Row = {}
    for number, whole in enumerate(sequences):
        found = outcome([event.when for event in events], whole.pattern(events), AS_OF)
        row |= {f"s{number}_{measure}": value for measure, value in columns_of(found).items()}
        if number == 0:
            row |= {"matches": found.matches, "done": found.completed, "twice": found.matches >= 2}
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
