"""One entity: its measures and named features."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from segpy.spec import model_measures as written
from segpy.spec.model import Feature
from segpy.spec.model_measures import (
    ANY,
    Anchored,
    BurstDetail,
    ChangeAs,
    ChangeDetail,
    DecayedDetail,
    GapDetail,
    InTheLast,
    Measure,
    MeasureKey,
    Narrowed,
    Operand,
    Output,
    StreakDetail,
    Ties,
)
from segpy.spec.model_values import SqlText
from tests.oracle import amounts, matches
from tests.oracle.cells import Cell, as_instant
from tests.oracle.clock import back, length, unit_number
from tests.oracle.log import Event, Key, keys_of
from tests.oracle.sql_text import meaning
from tests.oracle.truth import divided
from tests.oracle.windows import Holds, holds, period

if TYPE_CHECKING:
    from tests.oracle.world import World

_UNITS = {
    MeasureKey.ACTIVE_DAYS: written.CalendarUnit.DAY,
    MeasureKey.ACTIVE_WEEKS: written.CalendarUnit.WEEK,
    MeasureKey.ACTIVE_MONTHS: written.CalendarUnit.MONTH,
}


class Person:
    """An entity as `as_of` sees it. A value is computed when it is asked for, and only once."""

    def __init__(self, world: World, entity: str, key: Key) -> None:
        self.world, self.entity, self.key = world, entity, key
        self.as_of, self.zone = world.as_of, world.log.zone
        self.events = world.log.events(entity, key)
        self.attributes = world.log.attributes(entity, key)
        self.named = cache(self._named)
        self.sequence = cache(self._sequence)

    def start(self) -> datetime | None:
        """Its own beginning."""
        name = self.world.log.entities[self.entity].start
        return None if name is None else as_instant(self.attributes[name.text])

    # Features

    def columns(self) -> dict[str, Cell]:
        """Every column that the entity's named features declare."""
        return {name: self.named(name) for feature in self.world.spec.features for name in self.declared(feature)}

    def _named(self, name: str) -> Cell:
        """A feature, or what a sequence measures, by the name of its column."""
        for feature in self.world.spec.features:
            columns = self.declared(feature)
            if name in columns:
                return self.value(columns[name])
        raise KeyError(name)

    def declared(self, feature: Feature) -> dict[str, Measure]:
        """The measure of each column of a feature; none where it is another entity's."""
        return columns_of(feature) if self.has(feature) else {}

    def has(self, feature: Feature) -> bool:
        """Whether a feature is about entities of this kind."""
        if feature.entity is not None:
            return feature.entity.text == self.entity
        return all(self.is_mine(operand, measure) for measure, operand in operands(feature.measure))

    def is_mine(self, operand: Operand, measure: Measure) -> bool:
        """Whether an operand can be about this entity."""
        name = operand.name.text
        match measure.key:
            case MeasureKey.ATTRIBUTE:
                return name in self.attributes
            case MeasureKey.FEATURE | MeasureKey.PERCENTILE:
                return any(name in columns_of(one) and self.has(one) for one in self.world.spec.features)
            case MeasureKey.MEMBERS_IN:
                members = self.world.log.entities[self.entity].members
                return members is not None and members.entity == self.world.segments[name].entity
            case MeasureKey.TENURE if name in self.attributes:
                return True
            case _:
                return name == ANY or all(one.text in self.event_names() for one in operand.names)

    def event_names(self) -> set[str]:
        """The declared events that an entity of this kind can have, through its members too."""
        log = self.world.log
        entities, entity = {self.entity}, log.entities[self.entity]
        while entity.members is not None:
            entity = log.entities[entity.members.entity.text]
            entities.add(entity.name.text)
        streams = {one.name.text for one in log.spec.streams if entities & keys_of(one).keys()}
        return {event.name.text for event in log.spec.events if event.stream.text in streams}

    # Measures

    def value(self, measure: Measure) -> Cell:
        """What a measure is for this entity."""
        operand = measure.operand
        match operand:
            case SqlText():
                found: Cell = meaning(operand.text)(self.look)
                return found
            case written.Sequence():
                return self.sequence(operand)[operand.output or (Output.COMPLETED, 0)]
            case Measure():
                assert isinstance(measure.detail, ChangeDetail)
                return self.change(operand, measure.detail)
            case Operand():
                return self.of_operand(measure, operand)
            case _:
                assert measure.key is MeasureKey.RATIO
                return divided(*map(self.value, operand))

    def look(self, name: str) -> Cell:
        """A feature or an attribute by name."""
        try:
            return self.named(name)
        except KeyError:
            return self.attributes[name]

    def of_operand(self, measure: Measure, operand: Operand) -> Cell:
        """Of something named: an attribute, a feature, a segment of the members, or events."""
        name = operand.name.text
        match measure.key:
            case MeasureKey.ATTRIBUTE:
                return self.attributes[name]
            case MeasureKey.FEATURE:
                return self.named(name)
            case MeasureKey.PERCENTILE:
                return self.world.rank(self.entity, name, self.key)
            case MeasureKey.MEMBERS_IN | MeasureKey.ANY_MEMBER_IN | MeasureKey.NO_MEMBER_IN:
                return self.members_in(name)
            case MeasureKey.ALL_MEMBERS_IN:
                return 0 < self.members_in(name) == len(self.members())
            case MeasureKey.TENURE if name in self.attributes and not self.is_event(name):
                since = as_instant(self.attributes[name])
                return None if since is None or since >= self.as_of else (self.as_of - since).total_seconds()
        window = self.holds(measure.window)
        return self.of_events(measure, self.chosen(measure, operand, window))

    def is_event(self, name: str) -> bool:
        """Whether a name is a declared event's."""
        return any(event.name.text == name for event in self.world.spec.events)

    def members(self) -> set[Key]:
        """Its members."""
        return self.world.log.members(self.entity).get(self.key, set())

    def members_in(self, segment: str) -> int:
        """How many of its members are in a segment of theirs."""
        return len(self.members() & self.world.members(segment))

    def chosen(self, measure: Measure, operand: Operand, window: Holds) -> list[Event]:
        """The events that a measure is of: named, in the window, narrowed, with the property known."""
        where = measure.where.text if measure.where else None
        prop = operand.prop.text if operand.prop else None
        return [
            event
            for event in self.events
            if self.is_one(operand, event)
            and (prop is None or event.cells.get(prop) is not None)
            and window(event.at)
            and (where is None or self.world.log.fulfils(where, event))
        ]

    def is_one(self, operand: Operand, event: Event) -> bool:
        """Whether an event is one of those named; `any` is every declared one."""
        names = {name.text for name in operand.names}
        return bool(event.names) if names == {ANY} else bool(names & event.names)

    def is_narrowed(self, narrowed: Narrowed, event: Event) -> bool:
        """Whether an event is one of those named and fulfils the `where` beside."""
        where = narrowed.where
        return self.is_one(narrowed.event, event) and (where is None or self.world.log.fulfils(where.text, event))

    def holds(self, window: written.Window) -> Holds:
        """The instants of a window."""

        def anchors(anchored: Anchored) -> list[datetime]:
            narrowed = Narrowed(anchored.event, anchored.where)
            return [event.at for event in self.events if self.is_narrowed(narrowed, event)]

        return holds(window, self.as_of, self.zone, self.start, anchors)

    def of_events(self, measure: Measure, events: list[Event]) -> Cell:
        """The amount that a measure is of the events that qualify."""
        times = [event.at for event in events]
        match measure.key, measure.detail:
            case ((MeasureKey.COUNT | MeasureKey.DID | MeasureKey.DID_NOT), _):
                return len(events)
            case MeasureKey.RECENCY, _:
                return (self.as_of - max(times)).total_seconds() if times else None
            case MeasureKey.TENURE, _:
                return (self.as_of - min(times)).total_seconds() if times else None
            case key, _ if key in _UNITS:
                return len({unit_number(at, _UNITS[key], self.zone) for at in times})
            case _, GapDetail(statistic):
                return amounts.gap(times, statistic)
            case _, StreakDetail() as streak:
                units = [unit_number(at, streak.unit, self.zone) for at in times]
                return amounts.streak(units, streak, unit_number(self.as_of, streak.unit, self.zone))
            case _, BurstDetail(per):
                return amounts.burst(times, length(per.duration))
        return self.of_property(measure, events)

    def of_property(self, measure: Measure, events: list[Event]) -> Cell:
        """The amount that a measure is of a property of events; `decayed` may do without one."""
        assert isinstance(measure.operand, Operand)
        prop = measure.operand.prop.text if measure.operand.prop else None
        values: list[Any] = [event.cells[prop] if prop else 1 for event in events]
        match measure.key:
            case MeasureKey.DECAYED:
                assert isinstance(measure.detail, DecayedDetail)
                weighed = zip((event.at for event in events), values, strict=True)
                return amounts.decayed(weighed, self.as_of, length(measure.detail.half_life.duration))
            case MeasureKey.COUNT_DISTINCT:
                return len(set(values))
            case MeasureKey.SUM:
                return math.fsum(values) if any(isinstance(value, float) for value in values) else int(sum(values))
            case MeasureKey.AVG:
                return amounts.mean(values)
            case MeasureKey.MIN:
                return min(values, default=None)
            case MeasureKey.MAX:
                return max(values, default=None)
            case MeasureKey.MEDIAN:
                return amounts.median(values)
            case MeasureKey.STDDEV:
                return amounts.sample_deviation(values)
            case MeasureKey.FIRST_VALUE:
                return amounts.first_value(events, prop or "")
            case MeasureKey.LAST_VALUE:
                return amounts.last_value(events, prop or "")
            case MeasureKey.MOST_FREQUENT:
                return amounts.most_frequent(values)
        raise AssertionError(measure.key)

    def change(self, measure: Measure, detail: ChangeDetail) -> float | None:
        """The recent rate against the rate of the time before, or how many deviations it is off."""
        recent, baseline = length(detail.recent.duration), length(detail.baseline.duration)
        operand = measure.operand
        assert isinstance(operand, Operand)

        def amount(far: timedelta, near: timedelta) -> Any:
            within = period(self.as_of - far, self.as_of - near)
            return self.of_events(measure, self.chosen(measure, operand, within))

        now = amount(recent, timedelta())
        if detail.kind is ChangeAs.RATIO:
            rate = amount(recent + baseline, recent) / baseline.total_seconds()
            return divided(now / recent.total_seconds(), rate)
        before = [amount(recent * (number + 2), recent * (number + 1)) for number in range(baseline // recent)]
        deviation, middle = amounts.sample_deviation(before) or 0, amounts.mean(before) or 0
        if measure.key is MeasureKey.SUM and deviation <= abs(middle) * 1e-12:
            return None  # sums that differ in their last digits do not vary
        return divided(now - middle, deviation)

    # Sequences

    def _sequence(self, sequence: written.Sequence) -> dict[tuple[Output, int], Cell]:
        """Everything that a sequence measures."""
        reach = sequence.in_the_last
        since = None if reach is None else back(self.as_of, reach.duration)
        windowed = [event for event in self.events if since is None or event.at >= since]
        ties = sequence.ties or (Ties.ORDERED if self.is_ordered(sequence) else Ties.ANY)
        return matches.measured(matches.Scene(sequence, self.events, windowed, self.as_of, ties, self.is_narrowed))

    def is_ordered(self, sequence: written.Sequence) -> bool:
        """Whether everything that the sequence names comes from one stream, and that has an order."""
        streams = {one.stream.text for one in self.world.spec.events if one.name.text in self.named_in(sequence)}
        ordered = {stream.name.text for stream in self.world.spec.streams if stream.order is not None}
        return len(streams) == 1 and streams <= ordered

    def named_in(self, sequence: written.Sequence) -> set[str]:
        """The declared events that a sequence names; `any` and `directly` name all that the entity can have."""
        named = [item for step in sequence.steps for item in (*step.items, *step.without)]
        named += [sequence.then_without.unwanted] if sequence.then_without else []
        names = {name.text for one in named for name in one.event.names}
        if ANY in names or any(step.directly for step in sequence.steps):
            return self.event_names()
        return names


def columns_of(feature: Feature) -> dict[str, Measure]:
    """The measure of each column that a feature declares."""
    name, measure = feature.name.text, feature.measure
    if isinstance(measure.window, InTheLast) and measure.window.listed:
        plain = replace(measure.window, listed=False)
        each = {one.duration.label: replace(plain, lengths=(one,)) for one in plain.lengths}
        return {f"{name}_{label}": replace(measure, window=window) for label, window in each.items()}
    sequence = measure.operand
    if not isinstance(sequence, written.Sequence) or sequence.output is not None:
        return {name: measure}
    plain = [one for one in Output if one not in (Output.STEP_SECONDS, Output.MATCHES)]
    outputs = {one.value: (one, 0) for one in plain}
    outputs |= {f"step_{step}_seconds": (Output.STEP_SECONDS, step) for step in range(2, len(sequence.steps) + 1)}
    return {
        f"{name}_{suffix}": replace(measure, operand=replace(sequence, output=output))
        for suffix, output in outputs.items()
    }


def operands(measure: Measure) -> Iterator[tuple[Measure, Operand]]:
    """Everything that a measure names."""
    match measure.operand:
        case Operand() as operand:
            yield measure, operand
        case Measure() as inner:
            yield from operands(inner)
        case (first, second):
            yield from operands(first)
            yield from operands(second)
        case written.Sequence(steps=steps):
            count = replace(measure, key=MeasureKey.COUNT)
            yield from ((count, item.event) for step in steps for item in step.items)
