"""`examples` of a segment: they become unit tests."""

from __future__ import annotations

from segpy.source.nodes import Mapping, Node, Scalar, Sequence
from segpy.spec.errors import DefinedTwice, MissingKey
from segpy.spec.event_lines import read_events, read_instant
from segpy.spec.example_errors import BadEventLine
from segpy.spec.fragments import SCALAR, Fragment, either, items, mapping_from, pattern, some
from segpy.spec.model_examples import Constant, Example, Expectation, Given, Instant
from segpy.spec.model_values import Name
from segpy.spec.shapes import (
    BOOLEAN,
    FEATURE_COLUMN,
    NAME,
    TEXT,
    Key,
    Refused,
    Shape,
    fields,
    gather,
    keys_schema,
    named,
    refuse,
    table,
    wrong,
)

_LONGEST_NAME = 200
_DATE, _TIME = r"[0-9]{4}-[0-9]{2}-[0-9]{2}", r"[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?"
_CONSTANT: Fragment = {"type": ["string", "number", "boolean", "null"]}
_EXPECTED = "`member`, `not_member` or a mapping with `features`"


def _name(node: Node) -> Name:
    text = TEXT.read(node)
    if not text.strip() or len(text) > _LONGEST_NAME:
        expected = f"a name of at most {_LONGEST_NAME} characters"
        raise wrong(node, expected, "say in a few words what is special about it")
    return Name(" ".join(text.split()), node.span)


def _as_of(node: Node) -> Instant:
    at = read_instant(node.text) if isinstance(node, Scalar) else None
    if at is None:
        reason, way_out = (
            "this is no instant",
            "write a date, 2026-03-10, or a date and a time in UTC, 2026-03-10 14:00",
        )
        raise refuse(BadEventLine(span=node.span, reason=reason, way_out=way_out))
    return Instant(at, node.span)


def _constant(node: Node) -> Constant:
    if not isinstance(node, Scalar):
        raise wrong(node, "a value")
    return Constant(None if node.value is None else node.text, node.span, node.quoted)


def _attributes(node: Node) -> tuple[Given, ...]:
    return named(node, "attribute", lambda name, value: Given(name, _constant(value)), NAME)


def _features(node: Node) -> tuple[Given, ...]:
    found = named(node, "feature", lambda name, value: Given(name, _constant(value)), FEATURE_COLUMN)
    if not found:
        raise wrong(node, "at least one feature with its value")
    return found


_FEATURES = Shape("features with their values", _features, mapping_from(FEATURE_COLUMN.schema, _CONSTANT, 1))
EXPECTATION = table(
    Key("member", BOOLEAN, "whether it is a member"), Key("features", _FEATURES, "what features come to")
)


def _expect(node: Node) -> Expectation:
    if isinstance(node, Scalar) and node.text in ("member", "not_member"):
        return Expectation(node.text == "member", ())
    if not isinstance(node, Mapping):
        raise wrong(node, _EXPECTED, "write `expect: member`, `expect: not_member` or `expect: {features: {…}}`")
    values = fields(node, EXPECTATION, "an expectation")
    if not values:
        raise refuse(MissingKey(span=node.span, keys=tuple(EXPECTATION), what="an expectation"))
    return Expectation(values.get("member"), values.get("features", ()))


_NAME = Shape("a name", _name, {**SCALAR, "pattern": r"[^\s\x85]", "maxLength": _LONGEST_NAME})
_INSTANT = Shape("an instant", _as_of, pattern(f"{_DATE}(?:[ T]{_TIME})?", "an instant such as `2026-03-10`"))
_EVENTS = Shape("events", read_events, {"type": "string"})
_ATTRIBUTES = Shape("attributes", _attributes, mapping_from(NAME.schema, _CONSTANT))
_FOLLOWS = either({"enum": ["member", "not_member"]}, keys_schema(EXPECTATION, some(EXPECTATION)))
EXAMPLE = table(
    Key("name", _NAME, "what it is an example of, in words", required=True),
    Key("as_of", _INSTANT, "when it is looked at, in UTC", required=True),
    Key("events", _EVENTS, "what was done: an event a line"),
    Key("attributes", _ATTRIBUTES, "what is known; the others are null"),
    Key("expect", Shape("an expectation", _expect, _FOLLOWS), "what follows", required=True),
)


def _example(node: Node) -> Example:
    values = fields(node, EXAMPLE, "an example")
    return Example(
        values["name"], values["as_of"], values.get("events", ()), values.get("attributes", ()), values["expect"]
    )


def _examples(node: Node) -> tuple[Example, ...]:
    """The examples of a segment, each under a name of its own."""
    if not isinstance(node, Sequence) or not node.items:
        raise wrong(node, "a list of examples", "write each behind `- `, with `name`, `as_of`, `events` and `expect`")
    found = gather([lambda item=item: _example(item) for item in node.items])  # type: ignore[misc]
    first: dict[str, Name] = {}
    twice = [
        DefinedTwice(span=one.name.span, kind="example", name=one.name.text, first=first[one.name.text].span)
        for one in found
        if first.setdefault(one.name.text, one.name) is not one.name
    ]
    if twice:
        raise Refused(twice)
    return tuple(found)


EXAMPLES = Shape("a list of examples", _examples, items(keys_schema(EXAMPLE)))
