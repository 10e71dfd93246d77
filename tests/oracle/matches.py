"""Sequences, by trying every choice of events.

A match is one group of events for each step. It is built step by step, and every group that could stand next is tried.
What is left to judge of a group is written in `follows`, `in_time` and `undisturbed`: one rule each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations, permutations
from typing import Any, TypeAlias

from segpy.spec import model_measures as written
from segpy.spec.model_measures import Narrowed, Output, Start, Ties
from tests.oracle.cells import Cell
from tests.oracle.clock import length
from tests.oracle.log import Event

Group: TypeAlias = tuple[Event, ...]
Match: TypeAlias = tuple[Group, ...]
IsOne: TypeAlias = Callable[[Narrowed, Event], bool]


@dataclass(frozen=True, slots=True)
class Scene:
    """Where matches are looked for: an entity's events, those in the sequence's window, and how to tell events."""

    sequence: written.Sequence
    events: Sequence[Event]
    windowed: Sequence[Event]
    as_of: datetime
    ties: Ties
    is_one: IsOne

    def place(self, event: Event) -> tuple[Any, ...]:
        """An event's place in time: with `ordered` its order beside its instant, unknown ones after all others."""
        if self.ties is Ties.ORDERED:
            return event.at, event.order is None, event.order or 0
        return (event.at,)

    def first(self, group: Group) -> tuple[Any, ...]:
        """The place of a group's first event."""
        return min(map(self.place, group))

    def last(self, group: Group) -> tuple[Any, ...]:
        """The place of a group's last event."""
        return max(map(self.place, group))


@dataclass(frozen=True, slots=True)
class Attempt:
    """A match of the first steps, with the values of `same` that it shares."""

    match: Match
    values: tuple[Cell, ...]


def measured(scene: Scene) -> dict[tuple[Output, int], Cell]:
    """Everything that a sequence measures."""
    attempts = list(all_attempts(scene))
    steps = len(scene.sequence.steps)
    reached = [one for one in attempts if len(one.match) == steps]
    complete = [one for one in reached if stays_without(scene, one)]
    ends = [ended(one) for one in complete]
    found: dict[tuple[Output, int], Cell] = {
        (Output.COMPLETED, 0): bool(complete),
        (Output.STEP, 0): max((len(one.match) for one in attempts), default=0),
        (Output.COMPLETIONS, 0): len({event for one in complete for event in finishers(scene, one)}),
        (Output.FIRST_AT, 0): min(ends, default=None),
        (Output.LAST_AT, 0): max(ends, default=None),
        (Output.SECONDS, 0): first_reach(scene, complete),
        (Output.FASTEST_SECONDS, 0): min(map(seconds, complete), default=None),
        (Output.MATCHES, 0): one_after_another(scene, complete),
    }
    for step in range(2, steps + 1):
        found[Output.STEP_SECONDS, step] = first_reach(scene, [one for one in attempts if len(one.match) == step])
    return found


# Finding matches


def all_attempts(scene: Scene) -> Iterator[Attempt]:
    """Every match of the first step, the first two, …, of events that share their values of `same`."""
    if not scene.sequence.same:
        yield from (Attempt(match, ()) for match in grown(scene, scene.windowed, ()))
        return
    by_value: dict[tuple[Cell, ...], list[Event]] = {}
    for event in scene.windowed:
        values = shared(scene, event)
        if None not in values:
            by_value.setdefault(values, []).append(event)
    for values, events in by_value.items():
        yield from (Attempt(match, values) for match in grown(scene, events, ()))


def shared(scene: Scene, event: Event) -> tuple[Cell, ...]:
    """An event's values of `same`."""
    return tuple(event.cells.get(name.text) for name in scene.sequence.same)


def grown(scene: Scene, events: Sequence[Event], match: Match) -> Iterator[Match]:
    """Every match that begins with this one."""
    if match:
        yield match
    if len(match) == len(scene.sequence.steps):
        return
    step = scene.sequence.steps[len(match)]
    used = {event for group in match for event in group}
    free = [event for event in events if event not in used]
    if not match and scene.sequence.start is not Start.ANY:
        free = at_the_edge(scene, step, free)
    for group in combinations(free, max(step.times, len(step.items))):
        longer = (*match, group)
        if (
            fills(scene, step, group)
            and follows(scene, longer)
            and in_time(scene, longer)
            and undisturbed(scene, longer)
        ):
            yield from grown(scene, events, longer)


def at_the_edge(scene: Scene, step: written.Step, events: Iterable[Event]) -> list[Event]:
    """The occurrences of the first step at the first, or last, place where there is one."""
    occurrences = [event for event in events if fills(scene, step, (event,))]
    choose = min if scene.sequence.start is Start.FIRST else max
    edge = choose(map(scene.place, occurrences), default=None)
    return [event for event in occurrences if scene.place(event) == edge]


def fills(scene: Scene, step: written.Step, group: Group) -> bool:
    """Whether each event of the group can be one of those that the step wants."""
    if len(step.items) == 1:
        return all(scene.is_one(step.items[0], event) for event in group)
    return any(all(map(scene.is_one, step.items, order)) for order in permutations(group))


def follows(scene: Scene, match: Match) -> bool:
    """Whether the last group lies behind the one before it, as `ties` reads events of one instant."""
    group, step = match[-1], scene.sequence.steps[len(match) - 1]
    if (
        scene.ties is not Ties.ANY
        and len(step.items) == 1
        and len({scene.place(event) for event in group}) < len(group)
    ):
        return False
    if len(match) == 1:
        return True
    before = scene.last(match[-2])
    return scene.first(group) >= before if scene.ties is Ties.ANY else scene.first(group) > before


def in_time(scene: Scene, match: Match) -> bool:
    """Whether the last group keeps `within`, `after` and `complete_within`."""
    group, step = match[-1], scene.sequence.steps[len(match) - 1]
    total = scene.sequence.complete_within
    if total is not None and latest(group) - earliest(match[0]) > length(total.duration):
        return False
    if len(match) == 1:
        return True
    gaps = [event.at - latest(match[-2]) for event in group]
    if len(step.items) > 1:
        gaps = [min(gaps)]  # a group in any order is measured to its first
    longest = step.within is None or all(gap <= length(step.within.duration) for gap in gaps)
    return longest and (step.after is None or all(gap >= length(step.after.duration) for gap in gaps))


def undisturbed(scene: Scene, match: Match) -> bool:
    """Whether nothing unwanted lies strictly between the step before, or the window's edge, and this step."""
    step = scene.sequence.steps[len(match) - 1]
    own = {event for group in match for event in group}
    until = scene.last(match[-1])
    for event in scene.windowed:
        between = scene.place(event) < until and (len(match) == 1 or scene.last(match[-2]) < scene.place(event))
        if between and event not in own and unwanted(scene, step, event):
            return False
    return True


def unwanted(scene: Scene, step: written.Step, event: Event) -> bool:
    """Whether an event may not lie before this step: it is named in `without`, or `directly` bars every one."""
    if any(scene.is_one(one, event) for one in step.without):
        return True
    ignored = any(scene.is_one(Narrowed(one, None), event) for one in scene.sequence.ignore)
    return step.directly and bool(event.names) and not ignored


def stays_without(scene: Scene, attempt: Attempt) -> bool:
    """Whether what must not follow did not, and the time for it has passed."""
    barred = scene.sequence.then_without
    if barred is None:
        return True
    end, until = scene.last(attempt.match[-1]), ended(attempt) + length(barred.length.duration)
    if until >= scene.as_of:
        return False
    return not any(
        scene.is_one(barred.unwanted, event)
        and scene.place(event) > end
        and event.at <= until
        and shared(scene, event) == attempt.values
        for event in scene.events
    )


# Telling of them


def earliest(group: Group) -> datetime:
    """When a group begins."""
    return min(event.at for event in group)


def latest(group: Group) -> datetime:
    """When a group ends: the step's time."""
    return max(event.at for event in group)


def ended(attempt: Attempt) -> datetime:
    """When the last step was taken."""
    return latest(attempt.match[-1])


def seconds(attempt: Attempt) -> float:
    """From the first event to the last."""
    return (ended(attempt) - earliest(attempt.match[0])).total_seconds()


def finishers(scene: Scene, attempt: Attempt) -> list[Event]:
    """The events of the last step that end the match."""
    group = attempt.match[-1]
    return [event for event in group if scene.place(event) == scene.last(group)]


def first_reach(scene: Scene, attempts: Sequence[Attempt]) -> float | None:
    """Of those that end first, the duration of the one that starts last."""
    first = min((scene.last(one.match[-1]) for one in attempts), default=None)
    return min((seconds(one) for one in attempts if scene.last(one.match[-1]) == first), default=None)


def one_after_another(scene: Scene, complete: Sequence[Attempt]) -> int:
    """Matches without overlap, each the one that ends first of those that begin after the last one ended; by value."""
    count = 0
    for values in {one.values for one in complete}:
        left = [one.match for one in complete if one.values == values]
        while left:
            end = min(scene.last(match[-1]) for match in left)
            left = [match for match in left if scene.first(match[0]) > end]
            count += 1
    return count
