"""What is known of one measure by itself: the values that it can have, and those that a condition lets pass.

Whatever is not known here has any value. So a kind of measure or window that is new is only reasoned about less.
"""

from __future__ import annotations

from datetime import datetime
from math import isfinite

from segpy.check.reach import ages, longest, most_units, shortest
from segpy.check.values import ANYTHING, KNOWN, NOTHING, NULL, Value, Values, as_whole, between, points, span
from segpy.resolve.model import Comparison, Settings, Test
from segpy.resolve.model_measures import (
    UNITS,
    Aggregation,
    AttributeTenure,
    Change,
    EventMeasure,
    Measure,
    Percentile,
    Ratio,
    Sequence,
    SequenceMeasure,
    Streaks,
    nullable,
    type_of,
)
from segpy.spec.expression import Literal, Type
from segpy.spec.model import Relop
from segpy.spec.model_measures import Output

_COUNTS = (Aggregation.COUNT, Aggregation.COUNT_DISTINCT, Aggregation.BURST, *UNITS)
_AGES = (Aggregation.RECENCY, Aggregation.TENURE)
_LARGEST = 2**53
"""Numbers beyond are not told apart by every engine."""


def possible(measure: Measure, settings: Settings) -> Values:
    """The values that a measure can have for anybody."""
    type_ = type_of(measure)
    found = KNOWN & _bounds(measure, settings)
    if type_ in (Type.BOOLEAN, Type.INTEGER):
        found = as_whole(found)
    if type_ is Type.BOOLEAN:
        found = found & between(0, 1, whole=True)
    return found | NULL if nullable(measure) else found


def _bounds(measure: Measure, settings: Settings) -> Values:
    match measure:
        case EventMeasure(aggregation, window=window, zone=zone) if aggregation in UNITS:
            return between(0, most_units(UNITS[aggregation], window, zone, settings))
        case EventMeasure(Aggregation.STREAK, window=window, zone=zone, detail=Streaks(unit)):
            return between(0, most_units(unit, window, zone, settings))
        case EventMeasure(Aggregation.GAP, window=window):
            reach = ages(window, settings.retention).highest
            return between(0.0, None if reach is None else reach[0])
        case EventMeasure(Aggregation.DECAYED, property=None) | EventMeasure(Aggregation.STDDEV):
            return between(0, None)
        case Percentile():
            return between(0, 1)
        case Change(EventMeasure(aggregation)) if aggregation in _COUNTS:
            return between(0, None)
        case Ratio(first, second) if all(_never_negative(one, settings) for one in (first, second)):
            return between(0, None)
        case EventMeasure(aggregation) if aggregation in _COUNTS:
            return between(0, None)
        case EventMeasure(aggregation, window=window) if aggregation in _AGES:
            return ages(window, settings.retention)
        case AttributeTenure():
            return span((0.0, 1), None)
        case SequenceMeasure(sequence, output):
            return _of_sequence(sequence, output)
        case _:
            return KNOWN


def _never_negative(measure: Measure, settings: Settings) -> bool:
    return possible(measure, settings).known <= between(0, None)


def _of_sequence(sequence: Sequence, output: Output) -> Values:
    match output:
        case Output.STEP:
            return between(0, len(sequence.steps))
        case Output.COMPLETIONS | Output.MATCHES:
            return between(0, None)
        case Output.SECONDS | Output.FASTEST_SECONDS:
            limits = [longest(one) for one in (sequence.complete_within, sequence.in_the_last) if one is not None]
            return between(least_seconds(sequence), min(limits, default=None))
        case Output.STEP_SECONDS:
            return between(0.0, None)
        case _:
            return KNOWN


def least_seconds(sequence: Sequence) -> float:
    """What lies between the first event and the last at least."""
    return sum(shortest(step.after) for step in sequence.steps if step.after is not None)


def passing(test: Test, *, under_negation: bool) -> Values | None:
    """The values for which a condition counts as true; None where that cannot be told.

    Null where it is unknown decides against membership: it counts as false, and under a negation as true.
    """
    return passing_all(test, test.comparisons, under_negation=under_negation)


def passing_all(test: Test, comparisons: tuple[Comparison, ...], *, under_negation: bool) -> Values | None:
    """As `passing`, with only these of the condition's comparisons."""
    type_ = type_of(test.measure)
    if not comparisons:
        found: Values | None = points([1], whole=True) if type_ is Type.BOOLEAN else ANYTHING
    else:
        found = KNOWN
        for comparison in comparisons:
            one = _passing(comparison, type_)
            found = None if one is None or found is None else found & one
    if found is None:
        return None
    null = _of_null(comparisons)
    counts = test.or_never or under_negation if null is None else null
    return found.known | NULL if counts else found.known


def _of_null(comparisons: tuple[Comparison, ...]) -> bool | None:
    """What the comparisons come to for a null: one false makes them false, else one that is unknown unknown."""
    flags = [bool(one.values[0].value) if one.relop is Relop.IS_NULL else None for one in comparisons] or [None]
    return False if False in flags else None if None in flags else True


def _passing(comparison: Comparison, type_: Type) -> Values | None:
    """The known values that fulfil one comparison."""
    if comparison.relop is Relop.IS_NULL:
        return NOTHING if comparison.values[0].value else KNOWN
    read = [_value(literal, type_) for literal in comparison.values]
    values = [value for value in read if value is not None]
    if len(values) < len(read):
        return None
    whole = type_ in (Type.BOOLEAN, Type.INTEGER)
    first = values[0]
    match comparison.relop:
        case Relop.AT_LEAST:
            return between(first, None, whole=whole)
        case Relop.AT_MOST:
            return between(None, first, whole=whole)
        case Relop.MORE_THAN:
            return span((first, 1), None, whole=whole)
        case Relop.LESS_THAN:
            return span(None, (first, 0), whole=whole)
        case Relop.BETWEEN:
            return between(first, values[1], whole=whole)
        case Relop.EXACTLY | Relop.IN:
            return points(values, whole=whole)


def _value(literal: Literal, type_: Type) -> Value | None:
    """A constant as something that has an order; None where no order is known."""
    value = literal.value
    match type_:
        case Type.TEXT:
            return value if isinstance(value, str) else None
        case Type.BOOLEAN:
            return int(value) if isinstance(value, bool) else None
        case Type.NUMBER | Type.INTEGER | Type.DURATION if isinstance(value, int | float):
            return value if isfinite(value) and abs(value) <= _LARGEST else None
        case Type.TIMESTAMP | Type.DATE if isinstance(value, str):
            return datetime.fromisoformat(value)
        case _:
            return None
