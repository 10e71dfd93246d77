"""How far somebody got in a sequence, by which events.

Events are read once, in their order. What has been taken so far is kept as far as it tells anything that follows: the
steps done and the items of a step begun, the values that are shared, when the step before was reached and when the
attempt began. Of two that are alike in the first the later in both is as good for all that follows, as a later one
leaves less room for what must not lie between, and less time for what bounds it; where an event may come too soon, the
earlier are kept beside it. `docs/decisions` says which attempt is told of.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, TypeAlias

from segpy.plan.model import SequencePlan, StepPlan
from segpy.plan.model_events import Selection
from segpy.spec.duration import Duration
from segpy.spec.model_measures import Start, Ties
from segpy.warehouse.model_why import Happened

Place: TypeAlias = tuple[Any, ...]
Values: TypeAlias = tuple[str, ...]

_MOST_WAYS, _MOST_AT_ONCE = 5_000, 60
_BEFORE_ALL: Place = (datetime.min,)


class TooCrowded(Exception):
    """So many events at one instant that not every way to read them was tried."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A sequence, and the events of one entity, in their order."""

    sequence: SequencePlan
    events: tuple[Happened, ...]
    as_of: datetime
    since: datetime | None

    def place(self, event: Happened) -> Place:
        """What comes before what: by time and, where ties are ordered, by the stream's order, the unknown last."""
        if self.sequence.ties is not Ties.ORDERED:
            return (event.at,)
        return event.at, event.order is None, event.order or 0

    def windowed(self, event: Happened) -> bool:
        """Whether an event lies in the window of the sequence."""
        return self.since is None or event.at >= self.since

    def values(self, event: Happened) -> Values | None:
        """An event's values of `same`; None where one is not known."""
        own = dict(event.values)
        found = tuple(own[name] for name in self.sequence.same)
        return None if None in found else tuple(one for one in found if one is not None)


@dataclass(frozen=True, slots=True)
class Taken:
    """What has been taken: `done` steps and, of the next, some items. `reached` is where the last step was reached."""

    done: int
    filled: tuple[int, ...]
    values: Values
    reached: Place
    reached_at: datetime
    started_at: datetime
    place: Place
    event: int
    before: Taken | None

    @property
    def events(self) -> tuple[int, ...]:
        """The events taken, in the order in which they were."""
        return (*(self.before.events if self.before else ()), self.event)

    @property
    def steps(self) -> tuple[tuple[int, ...], ...]:
        """The events taken by each step that is done."""
        found: dict[int, tuple[int, ...]] = {}
        taken: Taken | None = self
        while taken is not None:
            step = taken.done if not taken.filled else taken.done + 1
            found[step] = (taken.event, *found.get(step, ()))
            taken = taken.before
        return tuple(found[step] for step in range(1, self.done + 1))

    def later_than(self, other: Taken) -> bool:
        """Whether it was reached later; of two at once, whether it began later."""
        return (self.reached, self.started_at) > (other.reached, other.started_at)


@dataclass(slots=True)
class _Search:
    """The attempts that are kept while events are read."""

    scene: Scene
    starts: frozenset[int]
    bars: tuple[tuple[Place, ...], ...]
    kept: dict[Values, dict[tuple[int, tuple[int, ...]], list[Taken]]] = field(default_factory=dict)
    every: list[list[Taken]] = field(default_factory=list)


def attempts_at(scene: Scene) -> tuple[tuple[Taken, ...], ...]:
    """By number of steps done the attempts that got so far: of those reached at one place at least the best."""
    steps = scene.sequence.steps
    search = _Search(
        scene, starts_of(scene), tuple(_bars(scene, step) for step in steps), every=[[] for _ in range(len(steps) + 1)]
    )
    numbered = [(number, event) for number, event in enumerate(scene.events) if scene.windowed(event)]
    for place, together in groupby(numbered, key=lambda one: scene.place(one[1])):
        _read(search, place, _enough([number for number, _ in together], scene))
    return tuple(tuple(one) for one in search.every[1:])


def _enough(numbers: Sequence[int], scene: Scene) -> list[int]:
    """Of events that are alike in everything no more than a whole match can take."""
    most, seen = sum(sum(wanted(step)) for step in scene.sequence.steps), Counter[Happened]()
    found = []
    for number in numbers:
        seen[scene.events[number]] += 1
        if seen[scene.events[number]] <= most:
            found.append(number)
    if len(found) > _MOST_AT_ONCE:
        raise TooCrowded
    return found


def is_one(selection: Selection, event: Happened) -> bool:
    """Whether an event is of a selection."""
    labelled = not selection.labels or event.label in selection.labels
    return labelled and (selection.flag is None or selection.flag in event.flags)


def takes(step: StepPlan, event: Happened) -> bool:
    """Whether a step can take an event."""
    return any(is_one(item, event) for item in step.items)


def length(duration: Duration) -> timedelta:
    """A length of time that is the same wherever it is laid."""
    return timedelta(microseconds=duration.microseconds)


def wanted(step: StepPlan) -> tuple[int, ...]:
    """How many of each item a step takes."""
    return (step.times,) if len(step.items) == 1 else (1,) * len(step.items)


def barring(scene: Scene, step: StepPlan) -> list[int]:
    """The events that may not lie between a step and the one before."""
    return [
        number
        for number, event in enumerate(scene.events)
        if scene.windowed(event) and any(is_one(one, event) for one in step.without)
    ]


def _bars(scene: Scene, step: StepPlan) -> tuple[Place, ...]:
    return tuple(sorted(scene.place(scene.events[number]) for number in barring(scene, step)))


def starters(scene: Scene) -> dict[Values, list[int]]:
    """The events that the first step could take, by their values."""
    found: dict[Values, list[int]] = {}
    for number, event in enumerate(scene.events):
        values = scene.values(event)
        if values is not None and scene.windowed(event) and takes(scene.sequence.steps[0], event):
            found.setdefault(values, []).append(number)
    return found


def starts_of(scene: Scene) -> frozenset[int]:
    """Those that it may take: of each value the first or the last, where that is asked."""
    chosen: set[int] = set()
    for numbers in starters(scene).values():
        places = {number: scene.place(scene.events[number]) for number in numbers}
        match scene.sequence.start:
            case Start.ANY:
                chosen |= set(numbers)
            case Start.FIRST:
                chosen |= {number for number in numbers if places[number] == min(places.values())}
            case Start.LAST:
                chosen |= {number for number in numbers if places[number] == max(places.values())}
    return frozenset(chosen)


def _read(search: _Search, place: Place, numbers: Sequence[int]) -> None:
    """Go on with what was kept before by the events at one place, in every order that ties allow."""
    made: dict[object, Taken] = {}
    for number in numbers:
        for taken in _begun(search, number, place):
            _note(search, made, taken)
    ahead = list(made.values())
    for taken in ahead:
        for number in numbers:
            if number in _here(taken, place) or _twin_is_free(search, taken, place, number, numbers):
                continue
            ahead += [longer for longer in _longer(search, taken, number, place) if _note(search, made, longer)]
        if len(ahead) > _MOST_WAYS:
            raise TooCrowded
    _keep(search, place, list(made.values()))


def _begun(search: _Search, number: int, place: Place) -> Iterator[Taken]:
    """What an event makes of the attempts that were kept before, or begins."""
    scene = search.scene
    values = scene.values(scene.events[number])
    if values is None:
        return
    at = scene.events[number].at
    nothing = Taken(0, (), values, _BEFORE_ALL, datetime.min, at, _BEFORE_ALL, -1, None)
    yield from _longer(search, nothing, number, place)
    for (done, filled), kept in search.kept.get(values, {}).items():
        step = scene.sequence.steps[done]
        if takes(step, scene.events[number]):
            for taken in _best(kept, step, at, begun=bool(filled)):
                yield from _longer(search, taken, number, place)


def _best(kept: list[Taken], step: StepPlan, at: datetime, *, begun: bool) -> Iterator[Taken]:
    """Of attempts that are alike those worth going on with: the later reached, the earlier only if begun later."""
    latest: datetime | None = None
    for taken in reversed(kept):
        if latest is not None and taken.reached_at <= latest:
            return  # it began no later than it was reached
        early = not begun and step.after is not None and taken.done and at < taken.reached_at + length(step.after)
        if not early and (latest is None or taken.started_at > latest):
            latest = taken.started_at
            yield taken


def _longer(search: _Search, taken: Taken, number: int, place: Place) -> Iterator[Taken]:
    """An attempt with one event more, as each item that it can be; nothing where that may not follow."""
    scene, sequence = search.scene, search.scene.sequence
    if taken.done == len(sequence.steps) or (taken.done == 0 and not taken.filled and number not in search.starts):
        return
    step, event = sequence.steps[taken.done], scene.events[number]
    if scene.values(event) != taken.values or not _in_time(sequence, step, taken, event.at):
        return
    if sequence.ties is not Ties.ANY and place == taken.place and (len(step.items) == 1 or not taken.filled):
        return
    if _barred(search, taken, place):
        return
    all_wanted = wanted(step)
    for i, item in enumerate(step.items):
        filled = taken.filled or (0,) * len(step.items)
        if filled[i] == all_wanted[i] or not is_one(item, event):
            continue
        filled = (*filled[:i], filled[i] + 1, *filled[i + 1 :])
        before = taken if taken.event >= 0 else None
        started = taken.started_at if before else event.at
        if filled == all_wanted:
            yield Taken(taken.done + 1, (), taken.values, place, event.at, started, place, number, before)
        else:
            reached = (taken.reached, taken.reached_at)
            yield Taken(taken.done, filled, taken.values, *reached, started, place, number, before)


def _in_time(sequence: SequencePlan, step: StepPlan, taken: Taken, at: datetime) -> bool:
    """Whether an event may be taken as far as time goes. Of a group the first must come within, else the last."""
    if sequence.complete_within is not None and at - taken.started_at > length(sequence.complete_within):
        return False
    if not taken.done:
        return True
    if step.after is not None and at < taken.reached_at + length(step.after):
        return False
    bound = step.within is not None and (len(step.items) == 1 or not taken.filled)
    return not (bound and step.within is not None and at > taken.reached_at + length(step.within))


def _barred(search: _Search, taken: Taken, place: Place) -> bool:
    """Whether something unwanted lies between the step before and a place, which the step did not take itself."""
    bars = search.bars[taken.done]
    if not bars:
        return False
    between = bisect_left(bars, place) - bisect_right(bars, taken.reached)
    return between > sum(one < place for one in _own_bars(search, taken))


def _own_bars(search: _Search, taken: Taken) -> Iterator[Place]:
    """The places of unwanted events that the step begun has taken itself, after the step before."""
    scene, step = search.scene, search.scene.sequence.steps[taken.done]
    at: Taken | None = taken
    while at is not None and at.filled and at.done == taken.done:
        if any(is_one(one, scene.events[at.event]) for one in step.without) and at.place > taken.reached:
            yield at.place
        at = at.before


def _here(taken: Taken, place: Place) -> set[int]:
    """The events that an attempt took at a place."""
    found: set[int] = set()
    at: Taken | None = taken
    while at is not None and at.place == place:
        found.add(at.event)
        at = at.before
    return found


def _twin_is_free(search: _Search, taken: Taken, place: Place, number: int, numbers: Sequence[int]) -> bool:
    """Whether one that is alike in everything stands before: then that is taken first."""
    events, used = search.scene.events, _here(taken, place)
    return any(one < number and one not in used and events[one] == events[number] for one in numbers)


def _note(search: _Search, made: dict[object, Taken], taken: Taken) -> bool:
    """Remember an attempt unless there is one that is as good for all that follows."""
    used = frozenset(_here(taken, taken.place))
    own = len(list(_own_bars(search, taken))) if taken.filled else 0
    alike = (taken.done, taken.filled, taken.values, taken.reached, used, own)
    other = made.get(alike)
    if other is not None and other.started_at >= taken.started_at:
        return False
    made[alike] = taken
    if not taken.filled:
        search.every[taken.done].append(taken)
    return True


def _keep(search: _Search, place: Place, made: list[Taken]) -> None:
    """Of what was made at a place what is of use later."""
    later: Place = (*place, 1)  # right behind the place
    steps = search.scene.sequence.steps
    for taken in made:
        if taken.done == len(steps) or (taken.filled and _barred(search, taken, later)):
            continue
        kept = search.kept.setdefault(taken.values, {}).setdefault((taken.done, taken.filled), [])
        if taken.filled or steps[taken.done].after is None:
            dominated = [one for one in kept if one.reached <= taken.reached and one.started_at <= taken.started_at]
            if any(_as_good(search, one, taken, later) for one in kept if one not in dominated):
                continue
            kept[:] = [one for one in kept if one not in dominated]
        kept.append(taken)
        kept.sort(key=lambda one: (one.reached, one.started_at))


def _as_good(search: _Search, one: Taken, other: Taken, later: Place) -> bool:
    """Whether one that is kept is as good as another, now and later."""
    if one.filled and _barred(search, one, later):
        return False
    return one.reached >= other.reached and one.started_at >= other.started_at
