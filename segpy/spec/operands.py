"""What measures and steps are about: one event, several, `any`, or one of their properties."""

from __future__ import annotations

from segpy.source.nodes import Mapping, Node, Scalar, Sequence
from segpy.spec.errors import NotHere
from segpy.spec.fragments import Fragment, either, items, or_list, pattern
from segpy.spec.model_measures import ANY, Narrowed, Operand
from segpy.spec.model_values import Name
from segpy.spec.shapes import (
    FEATURE_COLUMN,
    NAME,
    SQL,
    Key,
    Shape,
    fields,
    gather,
    keys_schema,
    refuse,
    table,
    word,
    wrong,
)


def _one(node: Node) -> tuple[Name, Name | None]:
    """`event` or `event.property`, as one text."""
    text = word(node, "`event` or `event.property`").text
    if text.count(".") > 1:
        raise wrong(node, "`event` or `event.property`", "a property is named after one dot")
    event, dot, prop = text.partition(".")
    quote = 1 if isinstance(node, Scalar) and node.quoted else 0

    def part(piece: str, start: int) -> Name:
        span = node.span
        at = type(span)(span.file, span.line, span.column + quote + start, max(len(piece), 1))
        return NAME.read(Scalar(piece or None, piece, True, at))

    return part(event, 0), part(prop, len(event) + 1) if dot else None


def _several(node: Node, expected: str) -> list[tuple[Name, Name | None]]:
    if not isinstance(node, Sequence):
        return [_one(node)]
    if not node.items:
        raise wrong(node, expected, "write at least one")
    found = gather([lambda item=item: _one(item) for item in node.items])  # type: ignore[misc]
    names = [name.text for name, _ in found]
    for place, (name, _) in enumerate(found):
        if name.text == ANY:
            reason = "it is every event already"
            raise refuse(NotHere(span=name.span, key=ANY, reason=reason, way_out="write `any` alone, without a list"))
        if name.text in names[:place]:
            reason = "it is listed already"
            raise refuse(NotHere(span=name.span, key=name.text, reason=reason, way_out="write each event once"))
    return found


def _events(node: Node) -> Operand:
    found = _several(node, "an event or a list of events")
    for name, prop in found:
        if prop is not None:
            raise wrong(node, "an event without a property", f"write `{name.text}`")
    return Operand(tuple(name for name, _ in found), None, node.span)


def _property(node: Node) -> Operand:
    found = _several(node, "`event.property`, or a list of them")
    first = found[0][1]
    for name, prop in found:
        if prop is None:
            expected, way_out = "`event.property`", f"name one of its properties: `{name.text}.amount`, for example"
            raise wrong(node, expected, way_out)
        if first is not None and prop.text != first.text:
            reason = f"the others are `{first.text}`, and several events are taken together by one property"
            way_out = "give both the same name in staging"
            raise refuse(NotHere(span=prop.span, key=prop.text, reason=reason, way_out=way_out))
    return Operand(tuple(name for name, _ in found), first, node.span)


def _events_or_property(node: Node) -> Operand:
    found = _several(node, "an event or `event.property`")
    return _events(node) if found[0][1] is None else _property(node)


def _named(shape: Shape[Name]) -> Shape[Operand]:
    return Shape(shape.words, lambda node: Operand((shape.read(node),), None, node.span), shape.schema)


def _one_or_more(written: str, words: str) -> Fragment:
    """That events of a list have one property in common cannot be said."""
    return or_list(pattern(written, words), items(pattern(rf"(?!any(?:\.|$)){written}", words), distinct=True))


_NAME = "[a-z][a-z0-9_]{0,49}"
EVENTS = Shape("an event or a list of events", _events, _one_or_more(_NAME, "an event"))
PROPERTY = Shape("`event.property`", _property, _one_or_more(rf"{_NAME}\.{_NAME}", "`event.property`"))
EVENTS_OR_PROPERTY = Shape("an event or `event.property`", _events_or_property, either(EVENTS.schema, PROPERTY.schema))
ATTRIBUTE = _named(Shape("an attribute", NAME.read, NAME.schema))
FEATURE = _named(FEATURE_COLUMN)
SEGMENT = _named(Shape("a segment", NAME.read, NAME.schema))

NARROWED_KEYS = table(
    Key("event", EVENTS, "the event", required=True),
    Key("where", SQL, "which of them"),
)


def _narrowed(node: Node) -> Narrowed:
    if not isinstance(node, Mapping):
        return Narrowed(_events(node), None)
    values = fields(node, NARROWED_KEYS, "an event")
    return Narrowed(values["event"], values.get("where"))


NARROWED = Shape("an event", _narrowed, either(EVENTS.schema, keys_schema(NARROWED_KEYS)))
