"""What a sequence measures, found by trying every choice of events. Slow, and plain enough to be believed.

It knows nothing of specs or SQL: events are positions in a list of times, a step is the set of events that it can take.
Ties are read as `any`: events of one instant may be taken in the order of the steps.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations
from typing import TypeAlias

Group: TypeAlias = tuple[int, ...]
Match: TypeAlias = tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One step: the events that it can take, and those that bar it (`without`)."""

    takes: frozenset[int]
    bars: frozenset[int] = frozenset()
    within: timedelta | None = None
    times: int = 1


@dataclass(frozen=True, slots=True)
class Pattern:
    """A sequence over one entity's events. `since` is the lower edge of its window, None without one."""

    steps: tuple[Step, ...]
    complete_within: timedelta | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a sequence measures. `step_seconds` holds steps 2, 3, … in order."""

    completed: bool
    step: int
    completions: int
    first_at: datetime | None
    last_at: datetime | None
    seconds: float | None
    fastest_seconds: float | None
    step_seconds: tuple[float | None, ...]


def outcome(times: Sequence[datetime | None], pattern: Pattern, as_of: datetime) -> Outcome:
    """The measures of `pattern` over the events of one entity, as seen at `as_of`."""
    seen = {
        event: at
        for event, at in enumerate(times)
        if at is not None and at < as_of and (pattern.since is None or at >= pattern.since)
    }
    found = list(matches(seen, pattern))
    length = len(pattern.steps)
    complete = [match for match in found if len(match) == length]
    ends = [end_of(seen, match) for match in complete]
    return Outcome(
        completed=bool(complete),
        step=max(map(len, found), default=0),
        completions=len({event for match in complete for event in match[-1] if seen[event] == end_of(seen, match)}),
        first_at=min(ends, default=None),
        last_at=max(ends, default=None),
        seconds=first_reach(seen, complete),
        fastest_seconds=min((seconds_of(seen, match) for match in complete), default=None),
        step_seconds=tuple(
            first_reach(seen, [match for match in found if len(match) == reached]) for reached in range(2, length + 1)
        ),
    )


def matches(seen: dict[int, datetime], pattern: Pattern, begun: Match = ()) -> Iterator[Match]:
    """Every valid match of every prefix of the pattern that goes on from `begun`."""
    if begun:
        yield begun
    if len(begun) == len(pattern.steps):
        return
    step = pattern.steps[len(begun)]
    used = {event for group in begun for event in group}
    free = [event for event in sorted(step.takes) if event in seen and event not in used]
    for group in combinations(free, step.times):
        longer = (*begun, group)
        if valid_end(seen, pattern, longer):
            yield from matches(seen, pattern, longer)


def valid_end(seen: dict[int, datetime], pattern: Pattern, match: Match) -> bool:
    """Whether the last group of `match` may follow the groups before it."""
    step = pattern.steps[len(match) - 1]
    end = end_of(seen, match)
    own = {event for group in match for event in group}
    bars = [seen[event] for event in step.bars if event in seen and event not in own]
    if pattern.complete_within is not None and end - start_of(seen, match) > pattern.complete_within:
        return False
    if len(match) == 1:
        return not any(bar < end for bar in bars)
    before = end_of(seen, match[:-1])
    if any(seen[event] < before for event in match[-1]):
        return False
    if step.within is not None and end - before > step.within:
        return False
    return not any(before < bar < end for bar in bars)


def start_of(seen: dict[int, datetime], match: Match) -> datetime:
    """The time of the first matched event."""
    return min(seen[event] for event in match[0])


def end_of(seen: dict[int, datetime], match: Match) -> datetime:
    """The time of the last step: that of the last event it took."""
    return max(seen[event] for event in match[-1])


def seconds_of(seen: dict[int, datetime], match: Match) -> float:
    """How long the match took."""
    return (end_of(seen, match) - start_of(seen, match)).total_seconds()


def first_reach(seen: dict[int, datetime], found: Sequence[Match]) -> float | None:
    """Of the matches that end first, the duration of the one that starts last."""
    first = min((end_of(seen, match) for match in found), default=None)
    return min((seconds_of(seen, match) for match in found if end_of(seen, match) == first), default=None)
