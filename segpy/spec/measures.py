"""Measures: section 3 of the language."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from collections.abc import Mapping as Dict
from dataclasses import replace
from typing import Any

from segpy.source.nodes import Mapping, Node, Scalar, Sequence
from segpy.spec.errors import MissingKey, NotHere, OneOf
from segpy.spec.fragments import Defined, Fragment, Schema, items, mapping, told_by
from segpy.spec.model_measures import (
    BurstDetail,
    CalendarUnit,
    ChangeAs,
    ChangeDetail,
    DecayedDetail,
    Detail,
    GapDetail,
    InTheLast,
    Measure,
    MeasureKey,
    Statistic,
    StreakDetail,
    StreakKind,
)
from segpy.spec.model_values import SqlText
from segpy.spec.operands import ATTRIBUTE, EVENTS, EVENTS_OR_PROPERTY, FEATURE, PROPERTY, SEGMENT
from segpy.spec.sequences import SEQUENCE_SHAPE
from segpy.spec.shapes import (
    DURATION,
    EXACT_DURATION,
    SQL,
    Key,
    Refused,
    Shape,
    choice,
    fields,
    integer,
    refuse,
    table,
    wrong,
)
from segpy.spec.windows import CALENDAR, WINDOW_RULE, WINDOWS, window_from

CONDITIONS = (
    MeasureKey.DID,
    MeasureKey.DID_NOT,
    MeasureKey.ANY_MEMBER_IN,
    MeasureKey.ALL_MEMBERS_IN,
    MeasureKey.NO_MEMBER_IN,
)
"""Keys that are a measure and its comparison in one."""
VALUED = tuple(key for key in MeasureKey if key not in CONDITIONS)

_BY_ITSELF = "leave it out: who is in that segment is told there"
_INSIDE = "write it inside, on the measures themselves"
_ELSEWHERE = {
    MeasureKey.ATTRIBUTE: "leave it out: an attribute is what is known now",
    MeasureKey.FEATURE: "write it where the feature is defined, or write the measure out here",
    MeasureKey.EXPRESSION: "give the measures in it names under `features`, each with its own window",
    MeasureKey.SEQUENCE: "write it inside `sequence`: `in_the_last` beside `steps`, `where` on a step",
    MeasureKey.RATIO: _INSIDE,
    MeasureKey.CHANGE: "`recent` and `baseline` are its windows; write `where` inside, on the measure",
    MeasureKey.PERCENTILE: "write it where the feature is defined",
    MeasureKey.MEMBERS_IN: _BY_ITSELF,
    MeasureKey.ANY_MEMBER_IN: _BY_ITSELF,
    MeasureKey.ALL_MEMBERS_IN: _BY_ITSELF,
    MeasureKey.NO_MEMBER_IN: _BY_ITSELF,
}
"""Measures that take neither a window nor `where`, and what to do about it."""


def _measure(node: Node) -> Measure:
    mapping = expect_mapping(node, "a measure, such as `{count: order_placed, in_the_last: 7 days}`")
    measure = measure_from(mapping, fields(mapping, MEASURE, "a measure"))
    if measure.key in CONDITIONS:
        way_out = "write `count`" if measure.key in (MeasureKey.DID, MeasureKey.DID_NOT) else "write `members_in`"
        reason = "it is a condition, not a measure"
        raise refuse(NotHere(span=measure.span, key=measure.key.value, reason=reason, way_out=way_out))
    if isinstance(measure.window, InTheLast) and measure.window.listed:
        raise refuse(several_windows(measure))
    return measure


def several_windows(measure: Measure) -> NotHere:
    """A list of windows where one value is wanted."""
    assert measure.window_span is not None
    reason, way_out = "a list declares several features, and here is one value", "write one duration"
    return NotHere(span=measure.window_span, key="in_the_last", reason=reason, way_out=way_out)


def _two_measures(node: Node) -> tuple[Measure, Measure]:
    if not isinstance(node, Sequence) or len(node.items) != 2:
        raise wrong(node, "two measures, in a list", "write `[{count: a}, {count: b}]`, for example")
    return _measure(node.items[0]), _measure(node.items[1])


def _measure_schema() -> Fragment:
    return told_by(measures_by_key(VALUED, lambda _: {}))


_MEASURE = Shape("a measure", _measure, Defined("measure", _measure_schema))
_TWO_MEASURES = Shape("two measures", _two_measures, items(_MEASURE.schema, 2, 2))
_OPERANDS: dict[MeasureKey, tuple[Shape[Any], str]] = {
    MeasureKey.COUNT: (EVENTS, "number of events"),
    MeasureKey.COUNT_DISTINCT: (PROPERTY, "distinct values that are not null"),
    MeasureKey.SUM: (PROPERTY, "sum of a property; 0 without any"),
    MeasureKey.AVG: (PROPERTY, "mean of a property"),
    MeasureKey.MIN: (PROPERTY, "least value of a property"),
    MeasureKey.MAX: (PROPERTY, "greatest value of a property"),
    MeasureKey.MEDIAN: (PROPERTY, "median of a property; the mean of the two middle values"),
    MeasureKey.STDDEV: (PROPERTY, "sample standard deviation of a property; null under two values"),
    MeasureKey.FIRST_VALUE: (PROPERTY, "earliest known value of a property"),
    MeasureKey.LAST_VALUE: (PROPERTY, "latest known value of a property"),
    MeasureKey.MOST_FREQUENT: (PROPERTY, "most frequent value of a property; the smallest of several"),
    MeasureKey.ACTIVE_DAYS: (EVENTS, "calendar days with the event"),
    MeasureKey.ACTIVE_WEEKS: (EVENTS, "calendar weeks with the event, from Monday"),
    MeasureKey.ACTIVE_MONTHS: (EVENTS, "calendar months with the event"),
    MeasureKey.RECENCY: (EVENTS, "time since the last occurrence"),
    MeasureKey.TENURE: (EVENTS, "time since the first occurrence, or since an attribute's timestamp"),
    MeasureKey.GAP: (EVENTS, "time between consecutive occurrences; null under two"),
    MeasureKey.STREAK: (EVENTS, "consecutive calendar units with the event"),
    MeasureKey.BURST: (EVENTS, "most events in any stretch of length `per`"),
    MeasureKey.DECAYED: (EVENTS_OR_PROPERTY, "events, or a property, weighed by half for every `half_life` of age"),
    MeasureKey.RATIO: (
        _TWO_MEASURES,
        "the first by the second; null where that is 0",
    ),
    MeasureKey.CHANGE: (_MEASURE, "the recent rate against the rate of the time before"),
    MeasureKey.PERCENTILE: (FEATURE, "rank within the population by a feature, from 0 to 1"),
    MeasureKey.ATTRIBUTE: (ATTRIBUTE, "an attribute's value"),
    MeasureKey.FEATURE: (FEATURE, "a named feature's value"),
    MeasureKey.EXPRESSION: (SQL, "SQL over features and attributes"),
    MeasureKey.SEQUENCE: (SEQUENCE_SHAPE, "events in order"),
    MeasureKey.MEMBERS_IN: (SEGMENT, "how many of the entity's members are in a segment of theirs"),
    MeasureKey.DID: (EVENTS, "at least once"),
    MeasureKey.DID_NOT: (EVENTS, "not once"),
    MeasureKey.ANY_MEMBER_IN: (SEGMENT, "at least one of its members is in that segment"),
    MeasureKey.ALL_MEMBERS_IN: (SEGMENT, "it has members, and all of them are in that segment"),
    MeasureKey.NO_MEMBER_IN: (SEGMENT, "none of its members is in that segment"),
}
MEASURES = table(*(Key(key.value, shape, doc) for key, (shape, doc) in _OPERANDS.items()))

_MISSED = integer(0, "a whole number from 0 to 1000", most=1000)
_DETAIL_KEYS: dict[str, tuple[MeasureKey, Shape[Any], str]] = {
    "statistic": (MeasureKey.GAP, choice(Statistic, "avg, stddev, max or last"), "of the times; by default avg"),
    "unit": (MeasureKey.STREAK, choice(CalendarUnit, "day, week or month"), "what is counted; by default day"),
    "kind": (MeasureKey.STREAK, choice(StreakKind, "longest or current"), "which streak; by default the longest"),
    "allow_gap": (MeasureKey.STREAK, _MISSED, "units in a row that may be missed"),
    "per": (MeasureKey.BURST, EXACT_DURATION, "the length of the stretch"),
    "half_life": (MeasureKey.DECAYED, EXACT_DURATION, "the age at which an event weighs half"),
    "recent": (MeasureKey.CHANGE, EXACT_DURATION, "the recent period: `[as_of - recent, as_of)`"),
    "baseline": (MeasureKey.CHANGE, EXACT_DURATION, "the length of the period before it"),
    "as": (MeasureKey.CHANGE, choice(ChangeAs, "ratio or zscore"), "how the two are set against each other"),
}
_REQUIRED = {
    MeasureKey.BURST: ("per",),
    MeasureKey.DECAYED: ("half_life",),
    MeasureKey.CHANGE: ("recent", "baseline"),
}
DETAILS = table(*(Key(name, shape, f"of `{of.value}`: {doc}") for name, (of, shape, doc) in _DETAIL_KEYS.items()))
MEASURE = {**MEASURES, **WINDOWS, **CALENDAR, **table(Key("where", SQL, "which of the events")), **DETAILS}

_ONE_LENGTH = Defined("measure.in_the_last", lambda: replace(WINDOWS["in_the_last"], shape=DURATION).schema)
_NARROWING = (*WINDOWS, *CALENDAR, "where")

_MAKE: dict[MeasureKey, Callable[[dict[str, Any]], Detail]] = {
    MeasureKey.GAP: lambda values: GapDetail(values.get("statistic", Statistic.AVG)),
    MeasureKey.STREAK: lambda values: StreakDetail(
        values.get("unit", CalendarUnit.DAY), values.get("kind", StreakKind.LONGEST), values.get("allow_gap", 0)
    ),
    MeasureKey.BURST: lambda values: BurstDetail(values["per"]),
    MeasureKey.DECAYED: lambda values: DecayedDetail(values["half_life"]),
    MeasureKey.CHANGE: lambda values: ChangeDetail(
        values["recent"], values["baseline"], values.get("as", ChangeAs.RATIO)
    ),
}


def the_one(node: Mapping, choices: Dict[str, Key], what: str) -> Scalar:
    """The only key of `choices` in a mapping."""
    present = [pair.key for pair in node.pairs if pair.key.text in choices]
    if len(present) != 1:
        span = present[1].span if present else node.span
        texts = tuple(key.text for key in present)
        raise refuse(OneOf(span=span, what=what, found=texts, choices=tuple(choices)))
    return present[0]


def measure_from(node: Mapping, values: dict[str, Any]) -> Measure:
    """The measure that a mapping's values make, its other keys already read."""
    written = the_one(node, MEASURES, "measure")
    key = MeasureKey(written.text)
    detail = _detail(node, key, values)
    window, at = window_from(node, values)
    where: SqlText | None = values.get("where")
    if key in _ELSEWHERE and not values.keys().isdisjoint(_NARROWING):
        stray = at or next(pair.key for pair in node.pairs if pair.key.text in _NARROWING)
        reason = f"`{key.value}` takes neither a window nor `where`"
        raise refuse(NotHere(span=stray.span, key=stray.text, reason=reason, way_out=_ELSEWHERE[key]))
    place = next((pair.value.span for pair in node.pairs if pair.key is at), None)
    return Measure(key, values[key.value], window, where, detail, written.span, place)


def _detail(node: Mapping, key: MeasureKey, values: dict[str, Any]) -> Detail | None:
    """What only some measures have beside their operand."""
    for pair in node.pairs:
        of = _DETAIL_KEYS.get(pair.key.text)
        if of is not None and of[0] is not key:
            reason, way_out = f"it goes with `{of[0].value}`, and this is `{key.value}`", "leave it out"
            raise refuse(NotHere(span=pair.key.span, key=pair.key.text, reason=reason, way_out=way_out))
    missing = tuple(name for name in _REQUIRED.get(key, ()) if name not in values)
    if missing:
        span = next(pair.key.span for pair in node.pairs if pair.key.text == key.value)
        raise Refused([MissingKey(span=span, keys=(name,), what=f"`{key.value}`") for name in missing])
    return _MAKE[key](values) if key in _MAKE else None


def measures_by_key(
    measures: Iterable[MeasureKey], around: Callable[[MeasureKey], Dict[str, Schema]], in_the_last: Schema = _ONE_LENGTH
) -> dict[str, Fragment]:
    """For each of these measures its mapping: its key, the keys that go with it, and what its surroundings add."""
    windows = {**pointed("measure", {name: MEASURE[name] for name in _NARROWING}), "in_the_last": in_the_last}
    return {key.value: _one_measure(key, {} if key in _ELSEWHERE else windows, around(key)) for key in measures}


def _one_measure(key: MeasureKey, windows: Dict[str, Schema], around: Dict[str, Schema]) -> Fragment:
    details = (name for name, (of, *_) in _DETAIL_KEYS.items() if of is key)
    own = pointed("measure", {name: MEASURE[name] for name in (key.value, *details)})
    required = (key.value, *_REQUIRED.get(key, ()))
    return mapping({**own, **windows, **around}, required, [WINDOW_RULE] if windows else ())


def pointed(kind: str, keys: Dict[str, Key]) -> dict[str, Schema]:
    """Keys that stand in many mappings, each described once."""
    return {name: Defined(f"{kind}.{name}", lambda key=key: key.schema) for name, key in keys.items()}  # type: ignore[misc]


def measure_keys(extra: Dict[str, Key]) -> dict[str, Key]:
    """All keys of a measure's mapping and those that its surroundings add."""
    return {**MEASURE, **extra}


def expect_mapping(node: Node, words: str) -> Mapping:
    """The node as a mapping, or its refusal."""
    if not isinstance(node, Mapping):
        raise wrong(node, words)
    return node
