"""Readers of nodes. A reader returns a value or raises `Refused` with all that is wrong below its node.

A `Shape` is a reader and the words that say what it expects. The grammar is tables of `Key`s over shapes, so that
reading, error messages and documentation come from one place.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from collections.abc import Mapping as Dict
from collections.abc import Sequence as Many
from dataclasses import dataclass
from enum import Enum
from typing import Any, Generic, TypeVar

from segpy.diagnostics.model import Diagnostic
from segpy.diagnostics.nearest import either
from segpy.source.nodes import Mapping, Node, Scalar, Sequence
from segpy.spec.duration import FIXED_UNITS, UNITS, Duration, parse_duration, what_is_wrong, written_unit
from segpy.spec.errors import BadDuration, BadName, BadRelation, MissingKey, NotHere, UnknownKey, WrongForm
from segpy.spec.fragments import (
    COLUMN_TEXT,
    RELATION_TEXT,
    SCALAR,
    Defined,
    Fragment,
    Schema,
    duration_text,
    items,
    mapping,
    mapping_from,
    pattern,
)
from segpy.spec.model_values import Length, Name, Relation, SqlText, Value

T = TypeVar("T")
E = TypeVar("E", bound=Enum)


class Refused(Exception):
    """Raised by a reader; carries every finding below its node."""

    def __init__(self, findings: Many[Diagnostic]) -> None:
        super().__init__(f"{len(findings)} findings")
        self.findings = tuple(findings)


@dataclass(frozen=True, slots=True)
class Shape(Generic[T]):
    """A reader and what it expects: in words that follow `expected`, and as JSON Schema.

    The schema refuses nothing that the reader takes, and takes what the reader refuses only where it cannot be said.
    """

    words: str
    read: Callable[[Node], T]
    schema: Schema


@dataclass(frozen=True, slots=True)
class Key:
    """A key of a mapping. `doc` is its line in the reference."""

    name: str
    shape: Shape[Any]
    doc: str
    required: bool = False

    @property
    def schema(self) -> Fragment:
        """What can stand behind it, described."""
        expected = "" if self.shape.words in (self.name, self.doc) else f". Expects {self.shape.words}"
        said = f"{self.doc}{expected}."  # editors show the one or the other
        told: Fragment = {"title": self.name, "description": said, "markdownDescription": said}
        inner = self.shape.schema
        return {**told, "allOf": [inner]} if isinstance(inner, Defined) else {**told, **inner}


def refuse(finding: Diagnostic) -> Refused:
    """One finding as an exception, to be raised."""
    return Refused((finding,))


def found(node: Node) -> str:
    """What a node is, in words."""
    match node:
        case Mapping(pairs=pairs):
            return "a mapping" if pairs else "an empty mapping"
        case Sequence(items=items):
            return "a list" if items else "an empty list"
        case Scalar(value=None, text=""):
            return "nothing"
        case Scalar(value=None, text=text):
            return f"`{text}`, which stands for nothing"
        case Scalar(text=text):
            shown = f"`{text if len(text) <= 30 else text[:29] + '…'}`"
            return f"the text {shown}" if node.quoted else shown


def wrong(node: Node, expected: str, way_out: str | None = None) -> Refused:
    """The refusal of a node that has another form."""
    way_out = way_out or _way_out(node, expected)
    return refuse(WrongForm(span=node.span, expected=expected, found=found(node), way_out=way_out))


def _way_out(node: Node, expected: str) -> str:
    """What to do about a form, judged by the forms alone."""
    match node:
        case Scalar(value=None, text=""):
            return "write it after the key, or remove the key"
        case Scalar(value=None):
            return "put it in quotes if it is meant as text"
        case Scalar(quoted=True) if expected.startswith(("a whole number", "true")):
            return "write it without quotes"
    if expected.startswith(("a list", "two")):
        return "a list is written in brackets, or one item a line, each behind `- `"
    if expected.startswith(("a mapping", "a condition", "a measure")):
        return "a mapping is written in braces, `{key: value}`, or one `key: value` a line"
    if not isinstance(node, Scalar):
        return "write a single value; put text in quotes that begins with a bracket or a brace"
    return f"write {expected}"


MISPLACED = Dict[str, tuple[str, str]]
"""Keys that a person may well expect in a mapping: why they are not there, and where they are."""


def gather(readers: Many[Callable[[], T]]) -> list[T]:
    """Runs all readers; raises one `Refused` with the findings of all that refuse."""
    values: list[T] = []
    findings: list[Diagnostic] = []
    for read in readers:
        try:
            values.append(read())
        except Refused as refused:
            findings.extend(refused.findings)
    if findings:
        raise Refused(findings)
    return values


def fields(
    node: Node, keys: Dict[str, Key], what: str, *, name: Name | None = None, misplaced: MISPLACED | None = None
) -> dict[str, Any]:
    """The values of a mapping's keys, each read by its shape. Unknown, missing and not-yet keys are refused.

    `what` the mapping is, and its `name` where it has one, are for the messages.
    """
    if not isinstance(node, Mapping):
        raise wrong(node, f"a mapping ({what})")
    findings: list[Diagnostic] = []
    values: dict[str, Any] = {}
    for pair in node.pairs:
        text = pair.key.text
        key = keys.get(text)
        if key is None:
            findings.append(_unknown(pair.key, keys, misplaced or {}))
        else:
            try:
                values[text] = key.shape.read(pair.value)
            except Refused as refused:
                findings.extend(refused.findings)
    present = {pair.key.text for pair in node.pairs}
    findings += [
        MissingKey(
            span=name.span if name else node.span, keys=(key.name,), what=what_is_named(what, name) if name else what
        )
        for key in keys.values()
        if key.required and key.name not in present
    ]
    if findings:
        raise Refused(findings)
    return values


def _unknown(key: Scalar, keys: Dict[str, Key], misplaced: MISPLACED) -> Diagnostic:
    if key.text in misplaced:
        reason, way_out = misplaced[key.text]
        return NotHere(span=key.span, key=key.text, reason=reason, way_out=way_out)
    return UnknownKey(span=key.span, key=key.text, known=tuple(keys))


def keys_schema(keys: Dict[str, Key], *rules: Schema) -> Fragment:
    """A mapping with these keys, as `fields` reads it; what holds between them are the rules."""
    required = (name for name, key in keys.items() if key.required)
    return mapping({name: key.schema for name, key in keys.items()}, required, rules)


def what_is_named(what: str, name: Name) -> str:
    """`a segment` with its name: segment `new_users`."""
    return f"{what.split(' ', 1)[1]} `{name.text}`"


def table(*keys: Key) -> dict[str, Key]:
    """Keys by name."""
    return {key.name: key for key in keys}


_COUNTS = {1: "one", 2: "two"}


def list_of(shape: Shape[T], words: str, least: int = 1) -> Shape[tuple[T, ...]]:
    """A list of `shape`, of at least `least` items."""

    def read(node: Node) -> tuple[T, ...]:
        if not isinstance(node, Sequence):
            raise wrong(node, words)
        if len(node.items) < least:
            raise wrong(node, words, f"write at least {_COUNTS.get(least, least)}")
        return tuple(gather([lambda item=item: shape.read(item) for item in node.items]))  # type: ignore[misc]

    return Shape(words, read, items(shape.schema, least))


def _scalar(node: Node, expected: str) -> Scalar:
    if not isinstance(node, Scalar) or node.value is None:
        raise wrong(node, expected)
    return node


def _text(node: Node) -> str:
    return _scalar(node, "text").text


def word(node: Node, expected: str) -> Scalar:
    """A text that is not the word for a truth value."""
    scalar = _scalar(node, expected)
    if isinstance(scalar.value, bool):
        raise wrong(node, expected, "put it in quotes if it is meant as text")
    return scalar


def _named_by(what: str, *, of_column: bool = False, longest: int = 50) -> Callable[[Node], Name]:
    def read(node: Node) -> Name:
        scalar = word(node, what)
        if not re.fullmatch(r"[a-z][a-z0-9_]*", scalar.text) or len(scalar.text) > longest:
            raise refuse(BadName(span=scalar.span, text=scalar.text, of_column=of_column))
        return Name(scalar.text, scalar.span)

    return read


def _defined(node: Node) -> Name:
    """A name that generated names are put together from: these are parted by `__`."""
    name = _named_by("a name")(node)
    if "__" in name.text:
        raise refuse(BadName(span=name.span, text=name.text))
    return name


def _column(node: Node) -> Name:
    scalar = _scalar(node, "a column")
    if not scalar.text.strip() or any(ord(c) < 32 for c in scalar.text) or re.search(r"\{[{%#]|[}%#]\}", scalar.text):
        raise wrong(node, "a column name without line breaks or Jinja", "give the column another name in staging")
    return Name(scalar.text, scalar.span)


def _boolean(node: Node) -> bool:
    scalar = _scalar(node, "true or false")
    if not isinstance(scalar.value, bool):
        raise wrong(node, "true or false")
    return scalar.value


def integer(least: int, words: str, most: int | None = None) -> Shape[int]:
    """A whole number not under `least`, and where there is a `most`, not over it."""
    beyond = 2**63 if most is None else most + 1

    def read(node: Node) -> int:
        value = _scalar(node, words).value
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value < beyond:
            raise wrong(node, words)
        return value

    return Shape(words, read, {"type": "integer", "minimum": least, **({"maximum": most} if most else {})})


def _duration(node: Node) -> Length:
    scalar = _scalar(node, "a duration")
    duration = parse_duration(scalar.text)
    if duration is None:
        problem, way_out = what_is_wrong(scalar.text)
        raise refuse(BadDuration(span=scalar.span, reason=f"{found(node)} is {problem}", way_out=way_out))
    return Length(duration, scalar.span, written_unit(scalar.text))


def _positive(node: Node) -> Length:
    length = _duration(node)
    if length.duration == Duration():
        reason = "no time at all: nothing can happen in it"
        raise refuse(BadDuration(span=length.span, reason=reason, way_out="write a length above zero, such as `1 day`"))
    return length


def _exact(node: Node) -> Length:
    length = _duration(node)
    if not length.duration.exact:
        reason = "months and years differ in length; they can only stand in `in_the_last` and `between_ago`"
        way_out = f"write weeks, days or less: {length.duration.months * 30} days, for example"
        raise refuse(BadDuration(span=length.span, reason=reason, way_out=way_out))
    return length


def _exact_and_positive(node: Node) -> Length:
    _exact(node)
    return _positive(node)


def _value(node: Node) -> Value:
    scalar = _scalar(node, "a value")
    assert scalar.value is not None
    return Value(scalar.value if not scalar.quoted else scalar.text, scalar.span, scalar.quoted)


def _sql(node: Node) -> SqlText:
    scalar = _scalar(node, "an SQL expression")
    text = scalar.text
    width = len(text) + (2 if scalar.quoted else 0)
    return SqlText(text, scalar.span, verbatim=scalar.span.length == width, offset=1 if scalar.quoted else 0)


_RELATION = re.compile(r"\s*(ref|source)\(\s*(['\"])([\w.\-]+)\2\s*(?:,\s*(['\"])([\w.\-]+)\4\s*)?\)\s*")


def _relation(node: Node) -> Relation:
    scalar = _scalar(node, "a relation")
    match = _RELATION.fullmatch(scalar.text)
    if match is None or (match[1] == "source" and match[5] is None):
        raise refuse(BadRelation(span=scalar.span, text=scalar.text))
    return Relation(match[1], tuple(part for part in (match[3], match[5]) if part), scalar.span)


def choice(enum: type[E], words: str) -> Shape[E]:
    """One of an enum's values."""
    known = {str(member.value): member for member in enum}

    def read(node: Node) -> E:
        text = _scalar(node, words).text
        if text not in known:
            way_out, choices = f"write {either(tuple(known))}", tuple(known)
            raise refuse(WrongForm(span=node.span, expected=words, found=found(node), way_out=way_out, choices=choices))
        return known[text]

    return Shape(words, read, {"enum": list(known)})


_NAME = r"[a-z][a-z0-9_]{0,49}"
TEXT = Shape("text", _text, SCALAR)
NAME = Shape("a name", _named_by("a name"), pattern(_NAME, "a name"))
FEATURE_COLUMN = Shape(  # a sequence is named with what it measures
    "a feature", _named_by("a feature", longest=100), pattern(r"[a-z][a-z0-9_]{0,99}", "a feature")
)
DEFINED_NAME = Shape("a name", _defined, pattern(rf"(?!.*__){_NAME}", "a name"))
COLUMN_NAME = Shape("a column's name", _named_by("a column's name", of_column=True), pattern(_NAME, "a column's name"))
COLUMN = Shape("a column", _column, COLUMN_TEXT)
BOOLEAN = Shape("true or false", _boolean, {"type": "boolean"})
DURATION = Shape("a duration", _positive, duration_text("a duration such as `7 days`"))
_FIXED_LENGTH = "a duration of fixed length such as `7 days`"
EXACT_DURATION = Shape(
    "a duration of fixed length", _exact_and_positive, duration_text(_FIXED_LENGTH, units=FIXED_UNITS)
)
EXACT_OR_ZERO = Shape(
    "a duration of fixed length, or none",
    _exact,
    duration_text(f"{_FIXED_LENGTH}, or `0 days`", units=FIXED_UNITS, zero=UNITS),
)
VALUE = Shape("a value", _value, SCALAR)
SQL = Shape("an SQL expression", _sql, SCALAR)
RELATION = Shape("a relation", _relation, RELATION_TEXT)


def all_named(kind: str, words: str, read: Callable[[Name, Node], T], each: Schema) -> Shape[tuple[T, ...]]:
    """A mapping from names that are defined by it, each entry read with its name."""
    schema = mapping_from(DEFINED_NAME.schema, Defined(kind, lambda: each))
    return Shape(words, lambda node: named(node, kind, read), schema)


def named(node: Node, kind: str, read: Callable[[Name, Node], T], name: Shape[Name] = DEFINED_NAME) -> tuple[T, ...]:
    """The entries of a mapping from names, each read with its name."""
    if not isinstance(node, Mapping):
        raise wrong(node, f"a mapping from {kind} names")
    return tuple(gather([lambda pair=pair: read(name.read(pair.key), pair.value) for pair in node.pairs]))  # type: ignore[misc]
