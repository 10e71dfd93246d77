"""Which attempt at a sequence got furthest, and what broke it, by trying everything. Slow, and plain.

What could still be is found by making it so: events of the future are put beside those of the past.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import combinations, permutations
from typing import Any

from tests.cases.sequence_oracle import (
    Group,
    Match,
    Pattern,
    Seen,
    end_of,
    end_place,
    groups,
    matches,
    never_followed,
    start_of,
    valid_end,
    with_starts,
)


@dataclass(frozen=True, slots=True)
class Furthest:
    """The best attempts, alike in how many steps they did, when they did the last, and when they began.

    `broken` are, of each of them, the sets of kinds that may be told of what broke it; none where too little came.
    """

    steps: int
    attempts: tuple[Match, ...]
    completed: bool
    broken: tuple[frozenset[frozenset[str]], ...]


def scene(times: Sequence[datetime | None], pattern: Pattern, as_of: datetime) -> Seen:
    visible = {event: at for event, at in enumerate(times) if at is not None and at < as_of}
    when = {event: at for event, at in visible.items() if pattern.since is None or at >= pattern.since}
    return with_starts(Seen(pattern, when, visible))


def furthest(seen: Seen, as_of: datetime) -> Furthest:
    """The best attempts of all."""
    found = list(matches(seen))
    steps = max(map(len, found), default=0)
    longest = [match for match in found if len(match) == steps]
    whole = steps == len(seen.pattern.steps)
    completed = [match for match in longest if whole and never_followed(seen, match, as_of)]
    ranked = {match: (end_place(seen, match), start_of(seen, match)) for match in completed or longest}
    best = tuple(match for match, rank in ranked.items() if rank == max(ranked.values()))
    broken: tuple[frozenset[frozenset[str]], ...] = ()
    if not whole:
        broken = tuple(frozenset(what_broke(seen, match)) for match in best)
    if not best:
        broken = (frozenset(kinds for one in _apart(seen) for kinds in what_broke(one, ())),)
    return Furthest(steps, best, bool(completed), broken)


def what_broke(seen: Seen, match: Match) -> Iterator[frozenset[str]]:
    """Of all that could have been the next step and is not too soon, what ends first: what the least is against."""
    chosen = [(group, violations(seen, match, group)) for group in groups(seen, match) if in_order(seen, match, group)]
    in_time = [(group, against) for group, against in chosen if "too_soon" not in against]
    ends = [end_place(seen, (*match, group)) for group, _ in in_time]
    first = [against for (_, against), end in zip(in_time, ends, strict=True) if end == min(ends)]
    yield from (frozenset(against) for against in first if len(against) == min(map(len, first)))


def _apart(seen: Seen) -> Iterator[Seen]:
    """The same, of each value of `same` alone: where nothing is reached any of them may be told of."""
    if seen.pattern.values is None:
        yield seen
        return
    for value in {seen.value(event) for event in seen.when} - {None}:
        alike = tuple(one if one == value else None for one in seen.pattern.values)
        yield replace(seen, pattern=replace(seen.pattern, values=alike))


def in_order(seen: Seen, match: Match, group: Group) -> bool:
    """Whether a group may follow as far as the order of events goes."""
    step, strict = seen.pattern.steps[len(match)], seen.pattern.ties != "any"
    places = [seen.place(event) for event in group]
    if strict and not step.others and len(set(places)) < len(places):
        return False
    if not match:
        return seen.pattern.start == "any" or set(group) <= seen.starts
    before = end_place(seen, match)
    return all(place > before or (place == before and not strict) for place in places)


def violations(seen: Seen, match: Match, group: Group) -> set[str]:
    """All that a group is against, by leaving out all other limits and asking whether it may follow."""
    pattern, found = seen.pattern, set[str]()
    step, free = (
        pattern.steps[len(match)],
        replace(pattern.steps[len(match)], within=None, after=None, bars=frozenset()),
    )

    def may(one: Any, total: timedelta | None = None) -> bool:
        steps = (*pattern.steps[: len(match)], one, *pattern.steps[len(match) + 1 :])
        other = replace(seen, pattern=replace(pattern, steps=steps, complete_within=total))
        return valid_end(other, (*match, group))

    assert may(free)
    limits = {
        "too_late": replace(free, within=step.within),
        "too_soon": replace(free, after=step.after),
        "between": replace(free, bars=step.bars),
    }
    found |= {kind for kind, one in limits.items() if not may(one)}
    return found | (set() if may(free, pattern.complete_within) else {"too_long"})


def possible(seen: Seen, match: Match, at: datetime, window: timedelta | None) -> bool:
    """Whether the next step would be done if what is missing happened at an instant of the future."""
    step = seen.pattern.steps[len(match)]
    if window is not None and start_of(seen, match) < at + timedelta(microseconds=1) - window:
        return False
    many = step.times if not step.others else 1 + len(step.others)
    first = 1 + max([*seen.later, *(len(seen.pattern.values or ()),), len(seen.pattern.order), 1000])
    added = tuple(range(first, first + many))
    apart = timedelta(microseconds=1 if seen.pattern.ties == "strict" else 0)
    times = {event: at + i * apart for i, event in enumerate(added)}
    alike = seen.value(match[0][0])
    values = None if seen.pattern.values is None else _beside(seen.pattern.values, dict.fromkeys(added, alike))
    pattern = replace(seen.pattern, values=values, order=_beside(seen.pattern.order, {one: one for one in added}))
    future = Seen(pattern, seen.when | times, seen.later | times, seen.starts)
    used = {event for group in match for event in group}
    past = [event for event in seen.when if event not in used and seen.value(event) == alike]
    items = (step.takes,) * step.times if not step.others else (step.takes, *step.others)
    for size in range(many + 1):
        for own in combinations(past, size):
            for places in permutations(range(many), size):
                if all(event in items[place] for event, place in zip(own, places, strict=True)):
                    group = (*own, *added[size:])
                    if valid_end(future, (*match, group)):
                        return True
    return False


def _beside(values: Sequence[Any], others: dict[int, Any]) -> tuple[Any, ...]:
    """Values by number, with others far behind."""
    last = max(others)
    return tuple(others.get(i, values[i] if i < len(values) else None) for i in range(last + 1))


def opening(seen: Seen, match: Match, as_of: datetime) -> datetime:
    """When the next step could be done at the earliest."""
    after = seen.pattern.steps[len(match)].after
    return as_of if after is None else max(as_of, end_of(seen, match) + after)
