"""Windows: section 3 of the language."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from segpy.source.nodes import Mapping, Node, Scalar, Sequence
from segpy.spec.duration import UNITS
from segpy.spec.errors import BadDuration, NotHere, OneOf
from segpy.spec.fragments import Defined, at_most_one, duration_text, either, items, or_list, some, where
from segpy.spec.model_measures import Anchored, BetweenAgo, Ever, Fixed, InTheLast, Side, Window, WithinFirst
from segpy.spec.model_values import Length
from segpy.spec.operands import EVENTS
from segpy.spec.shapes import (
    BOOLEAN,
    DURATION,
    EXACT_DURATION,
    EXACT_OR_ZERO,
    SQL,
    VALUE,
    Key,
    Shape,
    fields,
    integer,
    keys_schema,
    list_of,
    refuse,
    table,
    wrong,
)


def _in_the_last(node: Node) -> InTheLast:
    if not isinstance(node, Sequence):
        return InTheLast((DURATION.read(node),))
    lengths = list_of(DURATION, "a list of durations").read(node)
    labels = [length.duration.label for length in lengths]
    for place, length in enumerate(lengths):
        if labels[place] in labels[:place]:
            reason = f"`{length.duration}` is in the list already, and each names a feature"
            raise refuse(BadDuration(span=length.span, reason=reason, way_out="write each length once"))
    return InTheLast(lengths, listed=True)


def _between_ago(node: Node) -> BetweenAgo:
    lengths = list_of(_EDGE, "two durations, the farther first").read(node)
    if len(lengths) != 2:
        raise wrong(node, "two durations, the farther first", "write two of them: `[90 days, 30 days]`, for example")
    far, near = lengths
    if far.duration.seconds <= near.duration.seconds:
        reason = f"nothing lies between {far.duration} ago and {near.duration} ago: the farther edge comes first"
        way_out = f"write `[{near.duration}, {far.duration}]`" if far != near else "name two different edges"
        raise refuse(BadDuration(span=node.span, reason=reason, way_out=way_out))
    return BetweenAgo(far, near)


def _edge(node: Node) -> Length:
    zero = isinstance(node, Scalar) and re.match(r"\s*0+\s", node.text) is not None
    return EXACT_OR_ZERO.read(node) if zero else DURATION.read(node)


_EDGE = Shape("a duration", _edge, duration_text("a duration such as `90 days`, or `0 days`", zero=UNITS))


def _nth(node: Node) -> int:
    if isinstance(node, Scalar) and node.text in ("first", "last"):
        return 1 if node.text == "first" else 0
    return integer(1, "`first`, `last` or a whole number of at least 1").read(node)


_NTH = Shape("`first`, `last` or a number", _nth, either({"enum": ["first", "last"]}, integer(1, "").schema))
_ANCHOR = table(
    Key("event", EVENTS, "the event that it is anchored on", required=True),
    Key("where", SQL, "a boolean over that event's properties"),
    Key("nth", _NTH, "which occurrence; by default the first"),
    Key("within", EXACT_DURATION, "how far from the anchor"),
)


def _anchored(side: Side) -> Shape[Anchored]:
    def read(node: Node) -> Anchored:
        values = fields(node, _ANCHOR, f"`{side.value}`")
        return Anchored(side, values["event"], values.get("where"), values.get("nth", 1), values.get("within"))

    return Shape("an anchor", read, keys_schema(_ANCHOR))


def _ever(node: Node) -> Ever:
    if not (isinstance(node, Scalar) and node.value is True):
        raise wrong(node, "true")
    return Ever()


_IN_THE_LAST = Shape("a duration", _in_the_last, or_list(DURATION.schema, items(DURATION.schema, distinct=True)))
_BETWEEN_AGO = Shape("two durations", _between_ago, items(_EDGE.schema, 2, 2))
WINDOWS = table(
    Key(
        "in_the_last",
        _IN_THE_LAST,
        "`[as_of - d, as_of)`; in a feature a list declares several",
    ),
    Key("between_ago", _BETWEEN_AGO, "`[as_of - far, as_of - near)`"),
    Key("ever", Shape("true", _ever, {"const": True}), "everything before `as_of`; the default"),
    Key(
        "within_first",
        Shape("a duration", lambda n: WithinFirst(EXACT_DURATION.read(n)), EXACT_DURATION.schema),
        "`[start, start + d)` of the entity's own start",
    ),
    Key("after", _anchored(Side.AFTER), "after an occurrence of another event"),
    Key("before", _anchored(Side.BEFORE), "before an occurrence of another event"),
    Key("from", VALUE, "a date or a timestamp; events before it do not count"),
    Key("to", VALUE, "a date or a timestamp; events at or after it do not count"),
)
CALENDAR = table(Key("calendar", BOOLEAN, "the window's edges are moved back to the calendar unit in `timezone`"))
_TOGETHER = frozenset({"from", "to"})  # the two edges of one window
_ON_THE_CALENDAR = where("calendar", [True], some(["in_the_last", "between_ago"]))
WINDOW_RULE = Defined("window", lambda: {"allOf": [*at_most_one(WINDOWS, _TOGETHER), _ON_THE_CALENDAR]})


def window_from(node: Mapping, values: dict[str, Any]) -> tuple[Window, Scalar | None]:
    """The window that a measure's keys write, and the first of them."""
    keys = [pair.key for pair in node.pairs if pair.key.text in WINDOWS]
    one = len(keys) < 2 or {key.text for key in keys} == _TOGETHER
    if not one:
        texts = tuple(name.text for name in keys)
        raise refuse(OneOf(span=keys[1].span, what="window", found=texts, choices=tuple(WINDOWS)))
    first = keys[0] if keys else None
    window: Window = Ever()
    if first is not None:
        fixed = first.text in _TOGETHER
        window = Fixed(values.get("from"), values.get("to")) if fixed else values[first.text]
    return _on_the_calendar(node, window, values), first


def _on_the_calendar(node: Mapping, window: Window, values: dict[str, Any]) -> Window:
    if not values.get("calendar", False):
        return window
    match window:
        case InTheLast() | BetweenAgo():
            return replace(window, calendar=True)
    span = next(pair.key.span for pair in node.pairs if pair.key.text == "calendar")
    reason = "it moves the edges of `in_the_last` and `between_ago` only"
    way_out = "leave it out, or write `in_the_last` with days, weeks or months"
    raise refuse(NotHere(span=span, key="calendar", reason=reason, way_out=way_out))
