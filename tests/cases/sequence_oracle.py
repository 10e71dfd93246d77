"""What a sequence measures, found by trying every choice of events. Slow, and plain enough to be believed.

It knows nothing of specs or SQL: events are positions in a list of times, a step is the set of events that it can take.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import combinations, product
from typing import Any, TypeAlias

Group: TypeAlias = tuple[int, ...]
Match: TypeAlias = tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One step: the events that it can take, and those that bar it (`without`, `directly`).

    With `others` it is a group in any order: one event of `takes`, and one of each of the others.
    """

    takes: frozenset[int]
    bars: frozenset[int] = frozenset()
    within: timedelta | None = None
    times: int = 1
    after: timedelta | None = None
    others: tuple[frozenset[int], ...] = ()


@dataclass(frozen=True, slots=True)
class Pattern:
    """A sequence over one entity's events. `since` is the lower edge of its window, None without one.

    `order` holds what a stream's `order` says of each event, `values` what `same` does: None for nulls.
    `then` are the events that must not follow for so long.
    """

    steps: tuple[Step, ...]
    complete_within: timedelta | None = None
    since: datetime | None = None
    ties: str = "any"
    order: tuple[int | None, ...] = ()
    values: tuple[Any, ...] | None = None
    start: str = "any"
    then: tuple[frozenset[int], timedelta] | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """The events that can be matched, by their times, and those that can follow."""

    pattern: Pattern
    when: dict[int, datetime]
    later: dict[int, datetime]
    starts: frozenset[int] = field(default=frozenset())

    def place(self, event: int) -> tuple[Any, ...]:
        """What tells which event comes before which: with an order its number too, an unknown one last."""
        at = self.later[event]
        if self.pattern.ties != "ordered":
            return (at,)
        number = self.pattern.order[event]
        return (at, number is None, number or 0)

    def value(self, event: int) -> Any:
        """What all events of a match have in common; the same for all where nothing is asked."""
        return 0 if self.pattern.values is None else self.pattern.values[event]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a sequence measures. `step_seconds` holds steps 2, 3, … in order; `matches` are those without overlap."""

    completed: bool
    step: int
    completions: int
    first_at: datetime | None
    last_at: datetime | None
    seconds: float | None
    fastest_seconds: float | None
    step_seconds: tuple[float | None, ...]
    matches: int = 0


def outcome(times: Sequence[datetime | None], pattern: Pattern, as_of: datetime) -> Outcome:
    """The measures of `pattern` over the events of one entity, as seen at `as_of`."""
    visible = {event: at for event, at in enumerate(times) if at is not None and at < as_of}
    when = {event: at for event, at in visible.items() if pattern.since is None or at >= pattern.since}
    seen = with_starts(Seen(pattern, when, visible))
    found = list(matches(seen))
    length = len(pattern.steps)
    whole = [match for match in found if len(match) == length and never_followed(seen, match, as_of)]
    ends = [end_of(seen, match) for match in whole]
    last = {event for match in whole for event in match[-1] if seen.place(event) == end_place(seen, match)}
    return Outcome(
        completed=bool(whole),
        step=max(map(len, found), default=0),
        completions=len(last),
        first_at=min(ends, default=None),
        last_at=max(ends, default=None),
        seconds=first_reach(seen, whole),
        fastest_seconds=min((seconds_of(seen, match) for match in whole), default=None),
        step_seconds=tuple(
            first_reach(seen, [match for match in found if len(match) == reached]) for reached in range(2, length + 1)
        ),
        matches=without_overlap(seen, whole),
    )


def with_starts(seen: Seen) -> Seen:
    """With the events that the first step may take: of each value the first or the last, where that is asked."""
    takes = [event for event in seen.pattern.steps[0].takes if event in seen.when and seen.value(event) is not None]
    starts = set(takes)
    if seen.pattern.start != "any":
        edge = min if seen.pattern.start == "first" else max
        for event in takes:
            alike = [seen.place(other) for other in takes if seen.value(other) == seen.value(event)]
            if seen.place(event) != edge(alike):
                starts.discard(event)
    return Seen(seen.pattern, seen.when, seen.later, frozenset(starts))


def matches(seen: Seen, begun: Match = ()) -> Iterator[Match]:
    """Every valid match of every prefix of the pattern that goes on from `begun`."""
    if begun:
        yield begun
    if len(begun) == len(seen.pattern.steps):
        return
    for group in groups(seen, begun):
        longer = (*begun, group)
        if valid_end(seen, longer):
            yield from matches(seen, longer)


def groups(seen: Seen, begun: Match) -> Iterator[Group]:
    """Every choice of different events for the next step, all of the value that is shared."""
    step = seen.pattern.steps[len(begun)]
    used = {event for group in begun for event in group}

    def free(takes: frozenset[int]) -> list[int]:
        return [e for e in sorted(takes) if e in seen.when and e not in used and seen.value(e) is not None]

    chosen: Iterator[Group] = combinations(free(step.takes), step.times)
    if step.others:
        chosen = (group for group in product(*map(free, (step.takes, *step.others))) if len(set(group)) == len(group))
    for group in chosen:
        if len({seen.value(event) for earlier in (*begun, group) for event in earlier}) == 1:
            yield group


def valid_end(seen: Seen, match: Match) -> bool:
    """Whether the last group of `match` may follow the groups before it."""
    pattern, group = seen.pattern, match[-1]
    step = pattern.steps[len(match) - 1]
    end, place = end_of(seen, match), end_place(seen, match)
    own = {event for one in match for event in one}
    bars = [seen.place(event) for event in step.bars if event in seen.when and event not in own]
    if pattern.complete_within is not None and end - start_of(seen, match) > pattern.complete_within:
        return False
    if pattern.ties != "any" and not step.others and len({seen.place(event) for event in group}) < len(group):
        return False
    if len(match) == 1:
        return (pattern.start == "any" or set(group) <= seen.starts) and not any(bar < place for bar in bars)
    before, before_place = end_of(seen, match[:-1]), end_place(seen, match[:-1])
    places, times = [seen.place(event) for event in group], [seen.when[event] for event in group]
    if any(one < before_place or (one == before_place and pattern.ties != "any") for one in places):
        return False
    if step.after is not None and any(one < before + step.after for one in times):
        return False
    measured = min(times) if step.others else max(times)
    if step.within is not None and measured > before + step.within:
        return False
    return not any(before_place < bar < place for bar in bars)


def never_followed(seen: Seen, match: Match, as_of: datetime) -> bool:
    """Whether nothing unwanted came after a match for as long as it must not, and that time is over."""
    if seen.pattern.then is None:
        return True
    unwanted, length = seen.pattern.then
    end, value = end_of(seen, match), seen.value(match[0][0])
    return end + length < as_of and not any(
        seen.place(event) > end_place(seen, match) and at <= end + length and seen.value(event) == value
        for event, at in seen.later.items()
        if event in unwanted
    )


def without_overlap(seen: Seen, whole: Sequence[Match]) -> int:
    """How many matches there are, of each value the earliest end first, each next one starting later than that."""
    count = 0
    for value in {seen.value(match[0][0]) for match in whole}:
        spans = [
            (end_place(seen, match), min(map(seen.place, match[0])))
            for match in whole
            if seen.value(match[0][0]) == value
        ]
        while spans:
            count += 1
            end = min(spans)[0]
            spans = [span for span in spans if span[1] > end]
    return count


def start_of(seen: Seen, match: Match) -> datetime:
    """The time of the first matched event."""
    return min(seen.when[event] for event in match[0])


def end_of(seen: Seen, match: Match) -> datetime:
    """The time of the last step: that of the last event it took."""
    return max(seen.when[event] for event in match[-1])


def end_place(seen: Seen, match: Match) -> tuple[Any, ...]:
    """The place of the last event of the last step."""
    return max(map(seen.place, match[-1]))


def seconds_of(seen: Seen, match: Match) -> float:
    """How long the match took."""
    return (end_of(seen, match) - start_of(seen, match)).total_seconds()


def first_reach(seen: Seen, found: Sequence[Match]) -> float | None:
    """Of the matches that end first, the duration of the one that starts last."""
    first = min((end_place(seen, match) for match in found), default=None)
    return min((seconds_of(seen, match) for match in found if end_place(seen, match) == first), default=None)
