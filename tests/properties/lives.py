"""Somebody's life as a list of events, and what measures and conditions come to in it, in plain Python.

It knows the bound spec, since that is what is reasoned about, but nothing of how the reasoning goes.
"""

from __future__ import annotations

import operator
from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random
from statistics import median, stdev
from typing import Any
from zoneinfo import ZoneInfo

from segpy.resolve.model import Bound, Comparison, Condition, Group, InSegment, Test
from segpy.resolve.model_events import Atom
from segpy.resolve.model_measures import (
    Aggregation,
    Anchored,
    AttributeTenure,
    AttributeValue,
    BetweenAgo,
    Bursts,
    Change,
    Computed,
    Decay,
    EventMeasure,
    Ever,
    Gaps,
    InTheLast,
    Measure,
    Ratio,
    SequenceMeasure,
    Streaks,
    Window,
    WithinFirst,
)
from segpy.resolve.model_windows import CalendarEdge, Fixed, OnTheCalendar
from segpy.spec.duration import Duration
from segpy.spec.expression import Binary, Column, Expression, Literal, Operator
from segpy.spec.model import Logic, Relop
from segpy.spec.model_measures import CalendarUnit, Output, Side, Statistic, StreakKind
from tests.cases.sequence_oracle import Pattern, Step, outcome

DAY = timedelta(days=1)
TINY = timedelta(microseconds=1)
_DAYS = ((2026, 3, 1), (2026, 3, 31), (2024, 2, 29), (2026, 3, 10), (2025, 5, 31))
AS_OFS = tuple(datetime(*day) for day in _DAYS)
_COMPARE = {
    Operator.GT: operator.gt,
    Operator.GE: operator.ge,
    Operator.LT: operator.lt,
    Operator.LE: operator.le,
    Operator.EQ: operator.eq,
}


@dataclass(frozen=True)
class Happening:
    """One event: `row` holds its properties, and its name under the stream's event column."""

    at: datetime
    row: Mapping[str, Any]


@dataclass(frozen=True)
class Life:
    """What is known of somebody at `as_of`."""

    as_of: datetime
    events: Sequence[Happening]
    attributes: Mapping[str, Any]


def random_life(random: Random, names: Sequence[str], grain_hours: int = 24) -> Life:
    """A short life with events where windows begin and end, and just beside."""
    as_of = random.choice(AS_OFS)
    if grain_hours < 24:
        as_of += timedelta(hours=random.randrange(24))
    start = as_of + random.choice([1, -1, -3, -8, -40, -100]) * DAY + random.choice([0, 9]) * timedelta(hours=1)
    edges = [as_of - days * DAY for days in (0.25, 1, 2, 3, 6, 7, 8, 14, 28, 29, 30, 31, 59, 60, 61, 62, 90, 200)]
    edges += [start, start + 3 * DAY, start + 7 * DAY, back(as_of, 1), back(as_of, 2)]
    events = []
    for _ in range(random.choice([0, 1, 1, 2, 3, 4, 6, 9])):
        at = random.choice(edges) + random.choice([0, 0, 1, -1]) * TINY
        row = {
            "name": random.choice(names),
            "amount": random.choice([None, -1.5, 0.0, 2.0, 3.0, 3.5, 7.0, 100.0]),
            "seats": random.choice([None, 0, 1, 3]),
            "at": None,
        }
        if at < as_of:
            events += [Happening(at, row)] * random.choice([1, 1, 1, 2, 4])
    attributes = {
        "plan": random.choice([None, "a", "b", "c"]),
        "age": random.choice([None, 0, 2, 3, 4, 9]),
        "trial": random.choice([None, True, False]),
        "signed_up_at": random.choice([None, start]),
    }
    return Life(as_of, sorted(events, key=lambda one: one.at), attributes)


def back(instant: datetime, months: int) -> datetime:
    """So many calendar months earlier, cut to the length of the month."""
    whole = instant.year * 12 + instant.month - 1 - months
    year, month = whole // 12, whole % 12 + 1
    return instant.replace(year=year, month=month, day=min(instant.day, monthrange(year, month)[1]))


def earlier(instant: datetime, length: Duration) -> datetime:
    return instant - timedelta(microseconds=length.microseconds) if length.exact else back(instant, length.months)


def calendar_edge(as_of: datetime, edge: CalendarEdge, zone: str) -> datetime:
    """The beginning of the day, week or month of `as_of`, and from there so many back, by the clocks of a zone."""
    local = as_of.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).replace(hour=0, minute=0, tzinfo=None)
    match edge.unit:
        case "day":
            local -= edge.back * DAY
        case "week":
            local -= (local.weekday() + 7 * edge.back) * DAY
        case "month":
            local = back(local.replace(day=1), edge.back)
    return local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC).replace(tzinfo=None)


def is_atom(event: Happening, atom: Atom) -> bool:
    return any(
        (not one.values or event.row["name"] in one.values)
        and all(computed(where, event.row) is True for where in (one.where, atom.where) if where is not None)
        for one in atom.events
    )


def computed(expression: Expression, row: Mapping[str, Any]) -> Any:
    """The few operations that these tests write."""
    match expression:
        case Column(name):
            return row[name]
        case Literal(value):
            return value
        case Binary(Operator.AND, left, right):
            sides = [computed(left, row), computed(right, row)]
            return False if False in sides else None if None in sides else True
        case Binary(operator_, left, right):
            one, two = computed(left, row), computed(right, row)
            return None if one is None or two is None else _COMPARE[operator_](one, two)
    raise AssertionError(expression)


def visible(life: Life, retention: Duration | None) -> list[Happening]:
    since = None if retention is None else earlier(life.as_of, retention)
    return [event for event in life.events if event.at < life.as_of and (since is None or event.at >= since)]


def in_window(life: Life, seen: list[Happening], window: Window) -> list[Happening]:
    match window:
        case Ever():
            return seen
        case InTheLast(length):
            return [event for event in seen if event.at >= earlier(life.as_of, length)]
        case BetweenAgo(far, near):
            edges = earlier(life.as_of, far), earlier(life.as_of, near)
            return [event for event in seen if edges[0] <= event.at < edges[1]]
        case OnTheCalendar(far, near, zone):
            edges = calendar_edge(life.as_of, far, zone), calendar_edge(life.as_of, near, zone)
            return [event for event in seen if edges[0] <= event.at < edges[1]]
        case Fixed(since, until):
            low = datetime.fromisoformat(since.utc) if since else datetime.min
            high = datetime.fromisoformat(until.utc) if until else datetime.max
            return [event for event in seen if low <= event.at < high]
        case WithinFirst(start, length):
            begin = life.attributes[start]
            if begin is None:
                return []
            return [event for event in seen if begin <= event.at < begin + timedelta(microseconds=length.microseconds)]
        case Anchored(side, anchor, nth, within):
            found = [event.at for event in seen if is_atom(event, anchor)]
            if not found or len(found) < nth:
                return []
            at = found[nth - 1] if nth else found[-1]
            reach = timedelta(days=99_999) if within is None else timedelta(microseconds=within.microseconds)
            if side is Side.AFTER:
                return [event for event in seen if at < event.at and event.at - at <= reach]
            return [event for event in seen if event.at < at and at - event.at <= reach]
    raise AssertionError(window)


def value(measure: Measure, life: Life, retention: Duration | None) -> Any:
    """What a measure comes to; None for null."""
    seen = visible(life, retention)
    match measure:
        case AttributeValue(attribute):
            return life.attributes[attribute.name]
        case AttributeTenure(attribute):
            at = life.attributes[attribute.name]
            return (life.as_of - at).total_seconds() if at is not None and at < life.as_of else None
        case EventMeasure(_, atom, _, window):
            return of_events(measure, life, [event for event in in_window(life, seen, window) if is_atom(event, atom)])
        case SequenceMeasure():
            return of_sequence(measure, life, seen)
        case Ratio(first, second):
            one, two = value(first, life, retention), value(second, life, retention)
            return None if one is None or two in (None, 0) else one / two
        case Change(recent, baseline, length, longer):
            one, two = value(recent, life, retention), value(baseline, life, retention)
            return None if two == 0 else (one / length.seconds) / (two / longer.seconds)
        case Computed(expression, _, inputs):
            return computed(expression, {name: value(one, life, retention) for name, one in inputs})
    raise AssertionError(measure)


def of_events(measure: EventMeasure, life: Life, events: list[Happening]) -> Any:
    """An aggregate over the events that qualify, which are in the order of time."""
    prop, zone = measure.property, ZoneInfo(measure.zone or "UTC")
    known = [event.row[prop.name] for event in events if event.row[prop.name] is not None] if prop else []
    days = sorted({event.at.replace(tzinfo=UTC).astimezone(zone).date() for event in events})
    aged = [(life.as_of - event.at).total_seconds() for event in events]
    match measure.aggregation, measure.detail:
        case Aggregation.COUNT, _:
            return len(events)
        case Aggregation.COUNT_DISTINCT, _:
            return len(set(known))
        case Aggregation.SUM, _:
            return sum(known)
        case Aggregation.AVG, _:
            return sum(known) / len(known) if known else None
        case Aggregation.MIN, _:
            return min(known, default=None)
        case Aggregation.MAX, _:
            return max(known, default=None)
        case Aggregation.MEDIAN, _:
            return median(known) if known else None
        case Aggregation.STDDEV, _:
            return stdev(known) if len(known) > 1 else None
        case Aggregation.FIRST_VALUE | Aggregation.MOST_FREQUENT, _:
            return known[0] if known else None  # some value of theirs: nothing more is known of it
        case Aggregation.LAST_VALUE, _:
            return known[-1] if known else None
        case Aggregation.ACTIVE_DAYS, _:
            return len(days)
        case Aggregation.ACTIVE_WEEKS, _:
            return len({day.isocalendar()[:2] for day in days})
        case Aggregation.ACTIVE_MONTHS, _:
            return len({(day.year, day.month) for day in days})
        case Aggregation.RECENCY, _:
            return aged[-1] if aged else None
        case Aggregation.TENURE, _:
            return aged[0] if aged else None
        case Aggregation.GAP, Gaps(statistic):
            return told_of([one - two for one, two in pairwise(aged)], statistic)
        case Aggregation.BURST, Bursts(per):
            return max((sum(0 <= one - two < per.seconds for two in aged) for one in aged), default=0)
        case Aggregation.DECAYED, Decay(half_life):
            weights = [0.5 ** (age / half_life.seconds) for age in aged]
            values = [event.row[prop.name] if prop else 1 for event in events]
            return sum(weight * one for weight, one in zip(weights, values, strict=True) if one is not None)
        case Aggregation.STREAK, Streaks(CalendarUnit.DAY, StreakKind.LONGEST, 0):
            runs = [[day + timedelta(days=step) in days for step in range(len(days))] for day in days]
            return max((run.index(False) if False in run else len(run) for run in runs), default=0)
    raise AssertionError(measure)


def told_of(gaps: list[float], statistic: Statistic) -> float | None:
    if not gaps or (statistic is Statistic.STDDEV and len(gaps) < 2):
        return None
    match statistic:
        case Statistic.AVG:
            return sum(gaps) / len(gaps)
        case Statistic.STDDEV:
            return stdev(gaps)
        case Statistic.MAX:
            return max(gaps)
        case Statistic.LAST:
            return gaps[-1]


def of_sequence(measure: SequenceMeasure, life: Life, seen: list[Happening]) -> Any:
    def those(atom: Atom) -> frozenset[int]:
        return frozenset(place for place, event in enumerate(seen) if is_atom(event, atom))

    def exactly(length: Duration | None) -> timedelta | None:
        return None if length is None else timedelta(microseconds=length.microseconds)

    sequence = measure.sequence
    steps = tuple(
        Step(
            those(step.atom),
            frozenset().union(*(those(atom) for atom in step.barred)),
            exactly(step.within),
            step.times,
            exactly(step.after),
            tuple(those(other) for other in step.others),
        )
        for step in sequence.steps
    )
    since = None if sequence.in_the_last is None else earlier(life.as_of, sequence.in_the_last)
    values = [tuple(event.row[prop.name] for prop in sequence.same) for event in seen]
    after = sequence.then_without
    pattern = Pattern(
        steps,
        exactly(sequence.complete_within),
        since,
        sequence.ties.value,
        values=tuple(None if None in one else one for one in values) if sequence.same else None,
        start=sequence.start.value,
        then=(those(after.atom), timedelta(microseconds=after.length.microseconds)) if after else None,
    )
    found = outcome([event.at for event in seen], pattern, life.as_of)
    if measure.output is Output.STEP_SECONDS:
        return found.step_seconds[measure.step - 2]
    return getattr(found, measure.output.value)


def compared(comparison: Comparison, one: Any) -> bool | None:
    """A comparison as SQL knows it: true, false or unknown."""
    if comparison.relop is Relop.IS_NULL:
        return (one is None) == comparison.values[0].value
    if one is None:
        return None
    values: list[Any] = [literal.value for literal in comparison.values]
    match comparison.relop:
        case Relop.AT_LEAST:
            return bool(one >= values[0])
        case Relop.AT_MOST:
            return bool(one <= values[0])
        case Relop.MORE_THAN:
            return bool(one > values[0])
        case Relop.LESS_THAN:
            return bool(one < values[0])
        case Relop.BETWEEN:
            return bool(values[0] <= one <= values[1])
        case Relop.EXACTLY | Relop.IN:
            return one in values
    raise AssertionError(comparison)


def holds(condition: Condition, bound: Bound, life: Life, *, under_negation: bool = False) -> bool:
    """Whether a condition counts as true: null counts as false, under a negation as true, with `or_never` as true."""
    match condition:
        case Test(measure, comparisons, or_never):
            one = value(measure, life, bound.settings.retention)
            told = [compared(comparison, one) for comparison in comparisons] if comparisons else [one]
            if False in told:
                return False
            return (or_never or under_negation) if None in told else True
        case InSegment(segment, negated):
            return member(segment, bound, life) != negated
        case Group(logic, conditions, least):
            below = under_negation != (logic is Logic.NONE)
            found = [holds(one, bound, life, under_negation=below) for one in conditions]
            wanted = {Logic.ALL: len(found), Logic.ANY: 1, Logic.AT_LEAST_OF: least}
            return not any(found) if logic is Logic.NONE else sum(found) >= wanted[logic]
    raise AssertionError(condition)


def matches(name: str, bound: Bound, life: Life) -> bool:
    """Whether somebody fulfils a segment's own definition."""
    segment = next(one for one in bound.segments if one.name == name)
    extended = segment.extends is None or member(segment.extends, bound, life)
    return extended and (segment.condition is None or holds(segment.condition, bound, life))


def member(name: str, bound: Bound, life: Life) -> bool:
    """Whether somebody is in a segment, waterfalls included."""
    ahead = [group.segments[: group.segments.index(name)] for group in bound.groups if name in group.segments]
    return matches(name, bound, life) and not any(matches(other, bound, life) for others in ahead for other in others)
