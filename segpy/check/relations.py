"""What the value of one measure tells of another's: fewer events in a narrower window, none where there is no last.

A relation is only claimed between measures whose every detail is known here; of others nothing is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any, TypeAlias

from segpy.check.reach import certain_ages, lies_within
from segpy.check.values import KNOWN, NULL, Values, between, points
from segpy.resolve.atoms import contained
from segpy.resolve.model_events import Atom, Entity
from segpy.resolve.model_measures import (
    UNITS,
    Aggregation,
    Anchored,
    AttributeTenure,
    AttributeValue,
    BetweenAgo,
    Change,
    EventMeasure,
    Ever,
    InTheLast,
    Measure,
    Percentile,
    Ratio,
    SequenceMeasure,
    Window,
    WithinFirst,
)
from segpy.resolve.model_windows import Fixed, OnTheCalendar
from segpy.spec.model_measures import Output


@dataclass(frozen=True, slots=True)
class Ordered:
    """Where both are known, `less` is at most `more`; the one may have to be known wherever the other is."""

    less: Measure
    more: Measure
    from_less: bool = True
    from_more: bool = True


@dataclass(frozen=True, slots=True)
class Leads:
    """Where the value of `when` is `among` these, that of `then` is one of `into`."""

    when: Measure
    among: Values
    then: Measure
    into: Values


Relation: TypeAlias = Ordered | Leads
EventSet: TypeAlias = tuple[Atom, Window]

_SOME = between(1, None, whole=True)
_TRUE, _FALSE = points([1], whole=True), points([0], whole=True)
_EACH_ONCE = (*UNITS, Aggregation.COUNT_DISTINCT, Aggregation.BURST, Aggregation.STREAK)
"""Aggregations of which every event adds one at most."""
_OF_SOME = (*UNITS, Aggregation.BURST)
"""Those of them that are not 0 where there is an event."""
_UP = (Aggregation.COUNT, Aggregation.COUNT_DISTINCT, *_OF_SOME, Aggregation.MAX, Aggregation.TENURE)
_OF_COUNTS = (Aggregation.COUNT, *UNITS)
_VALUES = (Aggregation.FIRST_VALUE, Aggregation.LAST_VALUE, Aggregation.MOST_FREQUENT)
_RISING = {
    (Aggregation.MIN, Aggregation.MAX),
    *((Aggregation.MIN, one) for one in _VALUES),
    *((one, Aggregation.MAX) for one in _VALUES),
}
_DOWN = (Aggregation.MIN, Aggregation.RECENCY)
_UNDERSTOOD: dict[type, frozenset[str]] = {
    Ever: frozenset(),
    InTheLast: frozenset({"length"}),
    BetweenAgo: frozenset({"far", "near"}),
    WithinFirst: frozenset({"start", "length"}),
    OnTheCalendar: frozenset({"far", "near", "zone"}),
    Fixed: frozenset({"start", "end"}),
    Anchored: frozenset({"side", "anchor", "nth", "within"}),
    EventMeasure: frozenset({"aggregation", "atom", "property", "window", "zone", "detail"}),
}


def understood(value: Any) -> bool:
    """Whether nothing about a window or a measure is new here. A detail left at its default changes nothing."""
    known = _UNDERSTOOD.get(type(value))
    if known is None:
        return False
    news = [one for one in fields(value) if one.compare and one.name not in known]
    return all(getattr(value, one.name) in (one.default, None, False, ()) for one in news)


def event_set(measure: Measure) -> EventSet | None:
    """The events that a measure is of, with their window, where all of it is known here."""
    if isinstance(measure, EventMeasure) and understood(measure) and understood(measure.window):
        return measure.atom, measure.window
    return None


def _measure(events: EventSet, aggregation: Aggregation) -> EventMeasure:
    return EventMeasure(aggregation, events[0], None, events[1], None)


def _count(events: EventSet) -> EventMeasure:
    return _measure(events, Aggregation.COUNT)


def alone(measure: Measure, entity: Entity) -> Iterator[Relation]:
    """What follows from a measure for others that need not be written anywhere."""
    match measure:
        case AttributeTenure(attribute):
            yield Leads(measure, KNOWN, AttributeValue(attribute), KNOWN)
        case SequenceMeasure():
            yield from _of_sequence(measure)
        case Percentile(inner):
            yield Leads(measure, KNOWN, inner, KNOWN)
            yield Leads(inner, KNOWN, measure, KNOWN)
        case Ratio(first, second):
            yield Leads(measure, KNOWN, first, KNOWN)
            yield Leads(measure, KNOWN, second, ~points([0]) & KNOWN)
        case Change(_, EventMeasure(aggregation) as baseline) if aggregation in _OF_COUNTS:
            yield Leads(measure, KNOWN, baseline, _SOME)
            yield Leads(baseline, _SOME, measure, KNOWN)


def _of_sequence(measure: SequenceMeasure) -> Iterator[Relation]:
    sequence, steps = measure.sequence, measure.sequence.steps
    completed = SequenceMeasure(sequence, Output.COMPLETED)
    completions = SequenceMeasure(sequence, Output.COMPLETIONS)
    step = SequenceMeasure(sequence, Output.STEP)
    yield Leads(completed, _TRUE, step, points([len(steps)], whole=True))
    yield Leads(completed, _TRUE, completions, _SOME)
    yield Leads(completions, _SOME, completed, _TRUE)
    waits = sequence.then_without is not None
    if measure.output is Output.MATCHES and not waits:
        yield Leads(completed, _TRUE, measure, _SOME)
        yield Leads(measure, _SOME, completed, _TRUE)
    if measure.output in (Output.FIRST_AT, Output.LAST_AT, Output.SECONDS, Output.FASTEST_SECONDS):
        yield Leads(completed, _TRUE, measure, KNOWN)
        yield Leads(completed, _FALSE, measure, NULL)
    if measure.output is Output.STEP_SECONDS and not waits:
        yield Leads(step, between(measure.step, None, whole=True), measure, KNOWN)
        yield Leads(step, between(None, measure.step - 1, whole=True), measure, NULL)
    window = InTheLast(sequence.in_the_last) if sequence.in_the_last is not None else Ever()
    for reached in range(1, len(steps) + 1):
        items = [(item, one.times) for one in steps[:reached] for item in one.items]
        for atom in dict.fromkeys(item for item, _ in items):
            taken = sum(times for item, times in items if contained(item, atom))
            enough = between(taken, None, whole=True)
            yield Leads(step, between(reached, None, whole=True), _count((atom, window)), enough)


def of_window(events: EventSet, entity: Entity) -> Iterator[Relation]:
    """What an event in a window tells of what the window hangs on."""
    match events[1]:
        case Anchored(_, anchor, nth):
            yield Leads(_count(events), _SOME, _count((anchor, Ever())), between(max(nth, 1), None, whole=True))
        case WithinFirst(start):
            for attribute in entity.attributes:
                if attribute.name == start:
                    tenure = AttributeTenure(attribute)
                    yield Leads(tenure, KNOWN, AttributeValue(attribute), KNOWN)
                    yield Ordered(_measure(events, Aggregation.TENURE), tenure, from_more=False)


def of_one_set(events: EventSet, measures: tuple[EventMeasure, ...]) -> Iterator[Relation]:
    """What the measures of the same events have to do with each other."""
    count, recency, tenure = (
        _measure(events, one) for one in (Aggregation.COUNT, Aggregation.RECENCY, Aggregation.TENURE)
    )
    for age in (recency, tenure):
        yield Leads(count, _SOME, age, KNOWN)
        yield Leads(age, KNOWN, count, _SOME)
    yield Ordered(recency, tenure)
    for measure in measures:
        aggregation = measure.aggregation
        if aggregation in _EACH_ONCE:
            yield Ordered(measure, count)
        if aggregation in _OF_SOME:
            yield Leads(count, _SOME, measure, _SOME)
        if aggregation in (Aggregation.SUM, Aggregation.DECAYED):
            yield Leads(count, between(0, 0, whole=True), measure, points([0]))
        if aggregation in (Aggregation.GAP, Aggregation.STDDEV):
            yield Leads(measure, KNOWN, count, between(2, None, whole=True))
        if aggregation in (Aggregation.AVG, Aggregation.MEDIAN, Aggregation.MIN, Aggregation.MAX, *_VALUES):
            yield Leads(measure, KNOWN, count, _SOME)
            yield from _of_one_property(measure, measures)


def _of_one_property(measure: EventMeasure, measures: tuple[EventMeasure, ...]) -> Iterator[Relation]:
    for other in measures:
        if other.property == measure.property and other.aggregation is Aggregation.COUNT_DISTINCT:
            yield Leads(measure, KNOWN, other, _SOME)
            yield Leads(other, _SOME, measure, KNOWN)
        if other.property == measure.property and (measure.aggregation, other.aggregation) in _RISING:
            yield Ordered(measure, other)


def of_two_sets(
    one: EventSet, inner: tuple[EventMeasure, ...], other: EventSet, outer: tuple[EventMeasure, ...]
) -> Iterator[Relation]:
    """What the measures of some events have to do with those of others, of more events or of another window."""
    if not contained(one[0], other[0]):
        return
    certain = certain_ages(other[1])
    if not certain.empty:
        for aggregation in (Aggregation.RECENCY, Aggregation.TENURE):
            yield Leads(_measure(one, aggregation), certain, _count(other), _SOME)
    if not within(one[1], other[1]):
        return
    hubs = (Aggregation.COUNT, Aggregation.RECENCY, Aggregation.TENURE)
    pairs = [(_measure(one, hub), _measure(other, hub)) for hub in hubs]
    pairs += [(a, b) for a in inner for b in outer if _what(a) == _what(b)]
    for few, many in dict.fromkeys(pairs):
        if few.aggregation in _UP:
            yield Ordered(few, many, from_more=False)
        elif few.aggregation in _DOWN:
            yield Ordered(many, few, from_less=False)


def _what(measure: EventMeasure) -> tuple[object, ...]:
    """What is told of the events, whichever they are."""
    return measure.aggregation, measure.property, measure.zone, measure.detail


def within(one: Window, other: Window) -> bool:
    """Whether a window lies in the other, and no detail of either is new here."""
    return understood(one) and understood(other) and lies_within(one, other)
