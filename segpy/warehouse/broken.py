"""What keeps an attempt at a sequence from going on: of the events that came, or that there is still time for.

Of all that the next step could have taken, what comes first and not too soon is judged: nothing that comes later can be
in time where that is too late, or have less between. Where the step takes several, the first that are enough.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby, product
from math import prod

from segpy.plan.model import StepPlan
from segpy.spec.model_measures import Ties
from segpy.warehouse.attempts import (
    Place,
    Scene,
    Taken,
    TooCrowded,
    barring,
    is_one,
    length,
    starters,
    starts_of,
    takes,
)
from segpy.warehouse.model_why import Attempt, Broken, Happened, Kind, Standing

_MOST_CHOICES = 20_000


@dataclass(frozen=True, slots=True)
class _Next:
    """The step that an attempt goes on with: the events that it could take, in their order, and what bars it."""

    scene: Scene
    taken: Taken | None
    step: StepPlan
    free: tuple[int, ...]
    bars: tuple[int, ...]

    def at(self, number: int) -> datetime:
        """When an event was."""
        return self.scene.events[number].at

    def place(self, number: int) -> Place:
        """Where an event stands in the order of all."""
        return self.scene.place(self.scene.events[number])

    @property
    def many(self) -> int:
        """How many events the step takes."""
        return self.step.times if len(self.step.items) == 1 else len(self.step.items)

    @property
    def opens(self) -> datetime | None:
        """The first instant at which an event may come, where the step before must be so long ago."""
        if self.taken is None or self.step.after is None:
            return None
        return self.taken.reached_at + length(self.step.after)

    def between(self, end: Place | None, own: Sequence[int]) -> list[int]:
        """What bars between the step before and a place, or at any time after, save the events of the match."""
        used = {*own, *(self.taken.events if self.taken else ())}
        return [
            number
            for number in self.bars
            if number not in used
            and (self.taken is None or self.place(number) > self.taken.reached)
            and (end is None or self.place(number) < end)
        ]


def beginning(scene: Scene) -> Attempt:
    """Why no attempt got over the first step."""
    by_values, allowed, bars = starters(scene), starts_of(scene), tuple(_bars(scene, 0))
    if not by_values:
        return Attempt((), Standing.BROKEN, tuple(_nothing_to_begin_with(scene)))
    found: list[tuple[bool, int, Place, Attempt]] = []
    for numbers in by_values.values():
        free = tuple(number for number in numbers if number in allowed)
        attempt = _judged(_Next(scene, None, scene.sequence.steps[0], free, bars))
        whole = not {one.kind for one in attempt.broken} & {Kind.TOO_FEW, Kind.NEVER}
        found.append((whole, len(free), scene.place(scene.events[numbers[-1]]), attempt))
    return max(found, key=lambda one: one[:3])[3]  # of several values that which has most of what the step takes


def _nothing_to_begin_with(scene: Scene) -> Iterator[Broken]:
    """Of the first step's events none is in the window and of known values."""
    step = scene.sequence.steps[0]
    found = [event for event in scene.events if takes(step, event)]
    inside = [event for event in found if scene.windowed(event)]
    if inside:
        yield Broken(Kind.OTHER_VALUE, inside[-1].at, words=_words(step, inside[-1]))
    elif found:
        yield Broken(Kind.OUTSIDE, found[-1].at, words=_words(step, found[-1]))
    else:
        yield Broken(Kind.NEVER, words=_wanted(step))


def going_on(scene: Scene, taken: Taken) -> Attempt:
    """What became of an attempt that did some steps, not all, and went no further."""
    step = scene.sequence.steps[taken.done]
    strict = scene.sequence.ties is not Ties.ANY
    numbers = [
        number
        for number, event in enumerate(scene.events)
        if takes(step, event) and scene.windowed(event) and number not in taken.events
    ]
    after = [
        number
        for number in numbers
        if (scene.place(scene.events[number]) > taken.reached)
        or (not strict and scene.place(scene.events[number]) == taken.reached)
    ]
    free = [number for number in after if scene.values(scene.events[number]) == taken.values]
    found = _judged(_Next(scene, taken, step, tuple(free), tuple(_bars(scene, taken.done))))
    others = [number for number in after if number not in free]
    if not free and others and found.broken:
        other = scene.events[others[0]]
        told = Broken(Kind.OTHER_VALUE, other.at, words=_words(step, other))
        return replace(found, broken=(told, *(one for one in found.broken if one.kind is not Kind.NEVER)))
    return found


def followed(scene: Scene, taken: Taken) -> Attempt:
    """What became of an attempt that did all steps: whether something followed that must not."""
    steps, then = _steps(scene, taken), scene.sequence.then_without
    if then is None:
        return Attempt(steps, Standing.COMPLETED)
    until = taken.reached_at + length(then.length)
    for event in scene.events:
        in_time = scene.place(event) > taken.reached and event.at <= until
        if in_time and is_one(then.selection, event) and scene.values(event) == taken.values:
            seconds = (event.at - taken.reached_at).total_seconds()
            told = Broken(Kind.FOLLOWED, event.at, seconds, then.selection.words)
            return Attempt(steps, Standing.BROKEN, (told,))
    if until < scene.as_of:
        return Attempt(steps, Standing.COMPLETED)
    return Attempt(steps, Standing.WAITING, until=until)


def _bars(scene: Scene, done: int) -> list[int]:
    return barring(scene, scene.sequence.steps[done])


def _steps(scene: Scene, taken: Taken | None) -> tuple[tuple[Happened, ...], ...]:
    return tuple(tuple(scene.events[one] for one in step) for step in taken.steps) if taken else ()


def _judged(ahead: _Next) -> Attempt:
    """Why the events that came would not do."""
    steps = _steps(ahead.scene, ahead.taken)
    opens = ahead.opens
    fit = [number for number in ahead.free if opens is None or ahead.at(number) >= opens]
    groups = list(_choices(ahead, fit))
    if groups:
        end = min(_end(ahead, group) for group in groups)
        told = [tuple(_violated(ahead, group)) for group in groups if _end(ahead, group) == end]
        return Attempt(steps, Standing.BROKEN, min(told, key=len))
    soon = [number for number in ahead.free if number not in fit]
    return _unfinished(ahead, fit, soon)


def _choices(ahead: _Next, fit: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """What the step can take of events: of one kind the first that are enough, of a group all that end as early."""
    step = ahead.step
    if len(step.items) > 1:
        kinds = _by_item(ahead, fit)
        ends = [_end(ahead, group) for group in _groups([kind[: len(kinds)] for kind in kinds])]
        if ends:
            yield from _groups([[one for one in kind if ahead.place(one) <= min(ends)] for kind in kinds])
        return
    chosen = _one_by_one(ahead, fit)
    if len(chosen) >= step.times:
        yield tuple(chosen[: step.times])


def _by_item(ahead: _Next, fit: Sequence[int]) -> list[list[int]]:
    return [[one for one in fit if is_one(item, ahead.scene.events[one])] for item in ahead.step.items]


def _groups(kinds: Sequence[Sequence[int]]) -> Iterator[tuple[int, ...]]:
    """Each way to take one event of each kind, none of them twice."""
    if prod(map(len, kinds)) > _MOST_CHOICES:
        raise TooCrowded
    return (group for group in product(*kinds) if len(set(group)) == len(group))


def _one_by_one(ahead: _Next, fit: Sequence[int]) -> list[int]:
    """What a step of one kind takes: of one place those first that would bar, so that none of them is left between."""
    chosen: list[int] = []
    for _, together in groupby(fit, key=ahead.place):
        alike = sorted(together, key=lambda one: one not in ahead.bars)
        chosen += alike if ahead.scene.sequence.ties is Ties.ANY else alike[:1]
    return chosen


def _end(ahead: _Next, group: Sequence[int]) -> Place:
    return max(map(ahead.place, group))


def _violated(ahead: _Next, group: Sequence[int]) -> Iterator[Broken]:
    """All that such a choice is against, of those that do not come too soon."""
    scene, step, taken = ahead.scene, ahead.step, ahead.taken
    times = [ahead.at(number) for number in group]
    last = scene.events[max(group, key=ahead.place)]
    if taken is not None and step.within is not None:
        measured = min(times) if len(step.items) > 1 else max(times)
        over = measured - taken.reached_at - length(step.within)
        if over > timedelta():
            which = scene.events[min(group, key=ahead.place)] if len(step.items) > 1 else last
            yield Broken(Kind.TOO_LATE, measured, over.total_seconds(), _words(step, which))
    whole = scene.sequence.complete_within
    if whole is not None:
        over = max(times) - (taken.started_at if taken else min(times)) - length(whole)
        if over > timedelta():
            yield Broken(Kind.TOO_LONG, max(times), over.total_seconds(), _words(step, last))
    yield from _barred(ahead, ahead.between(_end(ahead, group), group), max(times))


def _barred(ahead: _Next, between: Sequence[int], came: datetime | None) -> Iterator[Broken]:
    if between:
        event = ahead.scene.events[between[0]]
        words = next(one.words for one in ahead.step.without if is_one(one, event))
        yield Broken(Kind.BETWEEN, event.at, words=words, came=came)


def _unfinished(ahead: _Next, fit: Sequence[int], soon: Sequence[int]) -> Attempt:
    """Fewer came than the step takes: whether there is time still."""
    steps, step, taken = _steps(ahead.scene, ahead.taken), ahead.step, ahead.taken
    have = _most_of(ahead, fit)
    missing = tuple(item.words for item, one in zip(step.items, have, strict=False) if one is None)
    missing = missing if len(step.items) > 1 else (step.selection.words,)
    own = [one for one in have if one is not None]
    came: list[Broken] = []
    if soon and ahead.opens is not None:
        latest = ahead.scene.events[soon[-1]]
        came.append(Broken(Kind.TOO_SOON, latest.at, (ahead.opens - latest.at).total_seconds(), _words(step, latest)))
    if ahead.many > 1 and own:
        came.append(Broken(Kind.TOO_FEW, words=_wanted(step), found=len(own), wanted=ahead.many))
    elif not came:
        came.append(Broken(Kind.NEVER, words=_wanted(step)))
    if late := list(_first_too_late(ahead, own)):
        return Attempt(steps, Standing.BROKEN, (*late, *came), missing)
    until, closes = _until(ahead, own)
    # What comes when the time was over anyway is to blame for nothing.
    between = [one for one in ahead.between(None, own) if until is None or ahead.at(one) < until]
    if barred := list(_barred(ahead, between, None)):
        return Attempt(steps, Standing.BROKEN, (*came, *barred), missing, None, until, closes)
    opens = ahead.opens if ahead.opens is not None and ahead.opens > ahead.scene.as_of else None
    earliest = opens or ahead.scene.as_of
    over = until is not None and (earliest >= until if closes else earliest > until)
    waiting = Standing.BROKEN if over or taken is None else Standing.WAITING
    return Attempt(steps, waiting, tuple(came), missing, opens, until, closes)


def _most_of(ahead: _Next, fit: Sequence[int]) -> list[int | None]:
    """The most that a step can take of too few events: of a group for each item one or none, the first ones."""
    if len(ahead.step.items) == 1:
        return [*_one_by_one(ahead, fit)]
    kinds: list[list[int | None]] = [[*kind[: len(ahead.step.items)], None] for kind in _by_item(ahead, fit)]
    if prod(map(len, kinds)) > _MOST_CHOICES:
        raise TooCrowded
    groups = filter(_different, product(*kinds))

    def lacking(group: Iterable[int | None]) -> tuple[int, int, list[Place]]:
        own = [one for one in group if one is not None]
        return -len(own), len(ahead.between(None, own)), sorted(map(ahead.place, own))

    return list(min(groups, key=lacking))


def _different(group: Iterable[int | None]) -> bool:
    own = [one for one in group if one is not None]
    return len(set(own)) == len(own)


def _first_too_late(ahead: _Next, own: Sequence[int]) -> Iterator[Broken]:
    """Of a group, the first that came, where that was too late for all."""
    if len(ahead.step.items) > 1 and own and ahead.taken is not None and ahead.step.within is not None:
        first = ahead.scene.events[min(own, key=ahead.place)]
        over = first.at - ahead.taken.reached_at - length(ahead.step.within)
        if over > timedelta():
            yield Broken(Kind.TOO_LATE, first.at, over.total_seconds(), _words(ahead.step, first))


def _until(ahead: _Next, own: Sequence[int]) -> tuple[datetime | None, bool]:
    """Until when an attempt can go on, and whether that instant itself is too late. A month has no one length."""
    found: list[tuple[datetime, bool]] = []
    taken, step, sequence = ahead.taken, ahead.step, ahead.scene.sequence
    if taken is None:
        return None, False
    if step.within is not None and (len(step.items) == 1 or not own):
        found.append((taken.reached_at + length(step.within), False))
    if sequence.complete_within is not None:
        found.append((taken.started_at + length(sequence.complete_within), False))
    if sequence.in_the_last is not None and sequence.in_the_last.exact:
        found.append((taken.started_at + length(sequence.in_the_last), True))
    return min(found, key=lambda one: (one[0], not one[1])) if found else (None, False)


def _words(step: StepPlan, event: Happened) -> str:
    """What an event is to a step."""
    return next(item.words for item in step.items if is_one(item, event))


def _wanted(step: StepPlan) -> str:
    return " and ".join(item.words for item in step.items)
