"""Measures and sequences: sections 3 and 5 of the language."""

from __future__ import annotations

from collections.abc import Mapping as Dict
from typing import Any

from segpy.diagnostics.not_yet import NotYet
from segpy.source.nodes import Mapping, Node, Scalar
from segpy.source.nodes import Sequence as ListNode
from segpy.spec.errors import BadDuration, NotHere, OneOf
from segpy.spec.model_measures import (
    Anchored,
    BetweenAgo,
    Ever,
    Excluded,
    InTheLast,
    Measure,
    MeasureKey,
    Operand,
    Sequence,
    Side,
    Step,
    Window,
    WithinFirst,
)
from segpy.spec.model_values import Length, Name, SqlText
from segpy.spec.shapes import (
    ANYTHING,
    DURATION,
    EXACT_DURATION,
    EXACT_OR_ZERO,
    FEATURE_COLUMN,
    NAME,
    SQL,
    TEXT,
    Key,
    Shape,
    fields,
    integer,
    list_of,
    refuse,
    supported,
    table,
    wrong,
)

_ONE_EVENT = "name one event; for several, list their values under `is` of a new event"
_WITH_PROPERTY = (MeasureKey.COUNT_DISTINCT, MeasureKey.SUM, MeasureKey.AVG, MeasureKey.MIN, MeasureKey.MAX)
_TIMELESS = (MeasureKey.ATTRIBUTE, MeasureKey.FEATURE, MeasureKey.EXPRESSION, MeasureKey.SEQUENCE)


def _one_event(node: Node) -> None:
    if isinstance(node, ListNode):
        raise refuse(NotYet(span=node.span, construct="a list of events", way_out=_ONE_EVENT))
    if isinstance(node, Scalar) and node.text == "any":
        raise refuse(NotYet(span=node.span, construct="`any`, every event of the entity,", way_out=_ONE_EVENT))


def _event_name(node: Node) -> Name:
    _one_event(node)
    return NAME.read(node)


_EVENT_NAME = Shape("an event", _event_name)


def _operand(node: Node) -> Operand:
    _one_event(node)
    text = TEXT.read(node)
    if text.count(".") > 1:
        raise wrong(node, "`event` or `event.property`", "a property is named after one dot")
    event, dot, prop = text.partition(".")
    quote = 1 if isinstance(node, Scalar) and node.quoted else 0

    def part(piece: str, start: int) -> Name:
        span = node.span
        at = type(span)(span.file, span.line, span.column + quote + start, max(len(piece), 1))
        return NAME.read(Scalar(piece or None, piece, True, at))

    return Operand(part(event, 0), part(prop, len(event) + 1) if dot else None)


def _event(node: Node) -> Operand:
    operand = _operand(node)
    if operand.property is not None:
        raise wrong(node, "an event without a property", f"write `{operand.name.text}`")
    return operand


def _event_property(node: Node) -> Operand:
    operand = _operand(node)
    if operand.property is None:
        raise wrong(node, "`event.property`", f"name one of its properties: `{operand.name.text}.amount`, for example")
    return operand


def _attribute(node: Node) -> Operand:
    return Operand(NAME.read(node))


def _feature(node: Node) -> Operand:
    return Operand(FEATURE_COLUMN.read(node))


def _window_length(node: Node) -> Length:
    if isinstance(node, ListNode):
        way_out = "write one feature for each window"
        raise refuse(NotYet(span=node.span, construct="a list of windows", way_out=way_out))
    return DURATION.read(node)


def _between_ago(node: Node) -> BetweenAgo:
    lengths = list_of(Shape("a duration", _edge), "two durations, the farther first").read(node)
    if len(lengths) != 2:
        raise wrong(node, "two durations, the farther first", "write two of them: `[90 days, 30 days]`, for example")
    far, near = lengths
    if far.duration.seconds <= near.duration.seconds:
        reason = f"nothing lies between {far.duration} ago and {near.duration} ago: the farther edge comes first"
        way_out = f"write `[{near.duration}, {far.duration}]`" if far != near else "name two different edges"
        raise refuse(BadDuration(span=node.span, reason=reason, way_out=way_out))
    return BetweenAgo(far, near)


def _edge(node: Node) -> Length:
    zero = isinstance(node, Scalar) and node.text.split()[:1] == ["0"]
    return EXACT_OR_ZERO.read(node) if zero else DURATION.read(node)


def _nth(node: Node) -> int:
    if isinstance(node, Scalar) and node.text in ("first", "last"):
        return 1 if node.text == "first" else 0
    return integer(1, "`first`, `last` or a whole number of at least 1").read(node)


_ANCHOR = table(
    Key("event", _EVENT_NAME, "the event that it is anchored on", required=True),
    Key("where", SQL, "a boolean over that event's properties"),
    Key("nth", Shape("`first`, `last` or a number", _nth), "which occurrence; by default the first"),
    Key("within", EXACT_DURATION, "how far from the anchor"),
)


def _anchored(side: Side) -> Shape[Anchored]:
    def read(node: Node) -> Anchored:
        values = fields(node, _ANCHOR, f"`{side.value}`")
        return Anchored(side, values["event"], values.get("where"), values.get("nth", 1), values.get("within"))

    return Shape("an anchor", read)


def _ever(node: Node) -> Ever:
    if not (isinstance(node, Scalar) and node.value is True):
        raise wrong(node, "true")
    return Ever()


WINDOWS = table(
    Key("in_the_last", Shape("a duration", lambda n: InTheLast(_window_length(n))), "`[as_of - d, as_of)`"),
    Key("between_ago", Shape("two durations", _between_ago), "`[as_of - far, as_of - near)`"),
    Key("ever", Shape("true", _ever), "everything before `as_of`; the default"),
    Key(
        "within_first",
        Shape("a duration", lambda n: WithinFirst(EXACT_DURATION.read(n))),
        "`[start, start + d)` of the entity's own start",
    ),
    Key("after", _anchored(Side.AFTER), "after an occurrence of another event"),
    Key("before", _anchored(Side.BEFORE), "before an occurrence of another event"),
    Key("from", ANYTHING, "a fixed date", not_yet="use `in_the_last` or `between_ago`"),
    Key("to", ANYTHING, "a fixed date", not_yet="use `in_the_last` or `between_ago`"),
    Key("calendar", ANYTHING, "edges moved to the calendar unit", not_yet="leave it out: windows are exact lengths"),
)


def _excluded(node: Node) -> Excluded:
    if isinstance(node, Scalar):
        return Excluded(_event_name(node), None)
    values = fields(node, _EXCLUDED, "an excluded event")
    return Excluded(values["event"], values.get("where"))


def _without(node: Node) -> tuple[Excluded, ...]:
    if isinstance(node, Scalar):
        return (_excluded(node),)
    return list_of(Shape("an event", _excluded), "a list of events").read(node)


_LATER = "this version knows `event`, `where`, `within`, `without` and `times`"
_EXCLUDED = table(Key("event", _EVENT_NAME, "the event", required=True), Key("where", SQL, "which of them"))
STEP = table(
    Key("event", _EVENT_NAME, "the event of this step", required=True),
    Key("where", SQL, "which of them"),
    Key("within", EXACT_OR_ZERO, "at most this long after the step before (inclusive)"),
    Key("without", Shape("events", _without), "none of these between the step before and this one"),
    Key("times", integer(1, "a whole number of at least 1"), "so many different events; the last is the step's time"),
    Key("after", ANYTHING, "at least this long after the step before", not_yet=_LATER),
    Key("directly", ANYTHING, "nothing else between", not_yet=_LATER),
    Key("any_order", ANYTHING, "a group in any order", not_yet=_LATER),
)


_NOT_ON_A_STEP = dict.fromkeys(
    ("complete_within", "in_the_last", "then_without", "same", "ignore", "start", "ties"),
    ("it is about the sequence as a whole", "write it beside `steps`"),
)
_NOT_ON_A_SEQUENCE = dict.fromkeys(
    ("event", "where", "within", "without", "times"), ("it is about one step", "write it on a step")
)


def _step(node: Node) -> Step:
    if isinstance(node, Scalar):
        return Step(_event_name(node), None, 1, None, (), node.span)
    if isinstance(node, Mapping) and node.get("any_order") is not None:
        place = next(pair.key.span for pair in node.pairs if pair.key.text == "any_order")
        raise refuse(NotYet(span=place, construct="`any_order`", way_out=_LATER))
    values = fields(node, STEP, "a step", misplaced=_NOT_ON_A_STEP)
    return Step(
        values["event"],
        values.get("where"),
        values.get("times", 1),
        values.get("within"),
        values.get("without", ()),
        node.span,
    )


_WHOLE = "this version knows `steps`, `complete_within` and `in_the_last`"
SEQUENCE = table(
    Key("steps", list_of(Shape("a step", _step), "a list of steps"), "the events in order", required=True),
    Key("complete_within", EXACT_OR_ZERO, "at most this long from the first event to the last (inclusive)"),
    Key("in_the_last", DURATION, "bounds every matched event: `[as_of - d, as_of)`"),
    *(
        Key(name, ANYTHING, doc, not_yet=_WHOLE)
        for name, doc in {
            "then_without": "an event that must not follow",
            "same": "properties that all steps share",
            "ignore": "events that `directly` overlooks",
            "start": "which first steps count",
            "ties": "how events at one instant are read",
            "completed": "how many matches without overlap",
            "measure": "which measure of the sequence is compared",
        }.items()
    ),
)


def _sequence(node: Node) -> Sequence:
    values = fields(node, SEQUENCE, "a sequence", misplaced=_NOT_ON_A_SEQUENCE)
    steps: tuple[Step, ...] = values["steps"]
    if steps[0].within is not None:
        span = steps[0].within.span
        reason = "the first step follows nothing that it could be within"
        raise refuse(NotHere(span=span, key="within", reason=reason, way_out="put it on the step after"))
    return Sequence(steps, values.get("complete_within"), values.get("in_the_last"), node.span)


_EVENT = Shape("an event", _event)
_PROPERTY = Shape("`event.property`", _event_property)
_LATER_MEASURE = (
    "this version knows count, count_distinct, sum, avg, min, max, active_days, recency, tenure and sequence"
)
_OPERANDS: dict[MeasureKey, tuple[Shape[Any], str]] = {
    MeasureKey.COUNT: (_EVENT, "number of events"),
    MeasureKey.COUNT_DISTINCT: (_PROPERTY, "distinct values that are not null"),
    MeasureKey.SUM: (_PROPERTY, "sum of a property; 0 without any"),
    MeasureKey.AVG: (_PROPERTY, "mean of a property"),
    MeasureKey.MIN: (_PROPERTY, "least value of a property"),
    MeasureKey.MAX: (_PROPERTY, "greatest value of a property"),
    MeasureKey.ACTIVE_DAYS: (_EVENT, "calendar days with the event"),
    MeasureKey.RECENCY: (_EVENT, "time since the last occurrence"),
    MeasureKey.TENURE: (_EVENT, "time since the first occurrence, or since an attribute's timestamp"),
    MeasureKey.ATTRIBUTE: (Shape("an attribute", _attribute), "an attribute's value"),
    MeasureKey.FEATURE: (Shape("a feature", _feature), "a named feature's value"),
    MeasureKey.EXPRESSION: (SQL, "SQL over features and attributes"),
    MeasureKey.SEQUENCE: (Shape("a sequence", _sequence), "events in order"),
    MeasureKey.DID: (_EVENT, "at least once"),
    MeasureKey.DID_NOT: (_EVENT, "not once"),
}
MEASURES = {
    **table(*(Key(key.value, shape, doc) for key, (shape, doc) in _OPERANDS.items())),
    **table(
        *(
            Key(name, ANYTHING, "", not_yet=_LATER_MEASURE)
            for name in (
                "median", "stddev", "first_value", "last_value", "most_frequent", "active_weeks", "active_months",
                "gap", "streak", "burst", "ratio", "change", "decayed", "percentile",
            )
        )
    ),
}  # fmt: skip
_OF_MEASURES = {
    "statistic": "gap",
    "unit": "streak",
    "kind": "streak",
    "allow_gap": "streak",
    "per": "burst",
    "recent": "change",
    "baseline": "change",
    "as": "change",
    "half_life": "decayed",
}
_DETAILS = table(
    *(Key(name, ANYTHING, f"of `{of}`", not_yet=f"it goes with `{of}`: {_LATER_MEASURE}")
      for name, of in _OF_MEASURES.items())
)  # fmt: skip
MEASURE = {**MEASURES, **WINDOWS, **table(Key("where", SQL, "which of the events")), **_DETAILS}


def the_one(node: Mapping, choices: Dict[str, Key], what: str) -> Scalar:
    """The only key of `choices` in a mapping."""
    present = [pair.key for pair in node.pairs if pair.key.text in choices]
    if len(present) != 1:
        span = present[1].span if present else node.span
        texts = tuple(key.text for key in present)
        raise refuse(OneOf(span=span, what=what, found=texts, choices=supported(choices)))
    return present[0]


_ELSEWHERE = {
    MeasureKey.ATTRIBUTE: "leave it out: an attribute is what is known now",
    MeasureKey.FEATURE: "write it where the feature is defined, or write the measure out here",
    MeasureKey.EXPRESSION: "give the measures in it names under `features`, each with its own window",
    MeasureKey.SEQUENCE: "write it inside `sequence`: `in_the_last` beside `steps`, `where` on a step",
}


def measure_from(node: Mapping, values: dict[str, Any]) -> Measure:
    """The measure that a mapping's values make, its other keys already read."""
    written = the_one(node, MEASURES, "measure")
    key = MeasureKey(written.text)
    windows = [pair.key for pair in node.pairs if pair.key.text in WINDOWS]
    if len(windows) > 1:
        texts = tuple(name.text for name in windows)
        raise refuse(OneOf(span=windows[1].span, what="window", found=texts, choices=supported(WINDOWS)))
    window: Window = values[windows[0].text] if windows else Ever()
    where: SqlText | None = values.get("where")
    if key in _TIMELESS and (windows or where is not None):
        stray = windows[0] if windows else next(pair.key for pair in node.pairs if pair.key.text == "where")
        reason = f"`{key.value}` takes neither a window nor `where`"
        raise refuse(NotHere(span=stray.span, key=stray.text, reason=reason, way_out=_ELSEWHERE[key]))
    at = next((pair.value.span for pair in node.pairs if windows and pair.key is windows[0]), None)
    return Measure(key, values[key.value], window, where, written.span, at)


def measure_keys(extra: Dict[str, Key]) -> dict[str, Key]:
    """All keys of a measure's mapping and those that its surroundings add."""
    return {**MEASURE, **extra}


def expect_mapping(node: Node, words: str) -> Mapping:
    """The node as a mapping, or its refusal."""
    if not isinstance(node, Mapping):
        raise wrong(node, words)
    return node
