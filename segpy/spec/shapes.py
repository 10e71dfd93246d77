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

from segpy.diagnostics.model import Diagnostic, Span
from segpy.source.nodes import Mapping, Node, Scalar, Sequence
from segpy.spec.duration import Duration, parse_duration
from segpy.spec.errors import BadDuration, BadName, BadRelation, MissingKey, NotYet, UnknownKey, WrongForm
from segpy.spec.model import Length, Name, Relation, SqlText, Value

T = TypeVar("T")
E = TypeVar("E", bound=Enum)


class Refused(Exception):
    """Raised by a reader; carries every finding below its node."""

    def __init__(self, findings: Many[Diagnostic]) -> None:
        super().__init__(f"{len(findings)} findings")
        self.findings = tuple(findings)


@dataclass(frozen=True, slots=True)
class Shape(Generic[T]):
    """A reader and what it expects, in words that follow `expected`."""

    words: str
    read: Callable[[Node], T]


@dataclass(frozen=True, slots=True)
class Key:
    """A key of a mapping. `not_yet` refuses it with that way out; `doc` is its line in the reference."""

    name: str
    shape: Shape[Any]
    doc: str
    required: bool = False
    not_yet: str | None = None


def refuse(finding: Diagnostic) -> Refused:
    """One finding as an exception, to be raised."""
    return Refused((finding,))


def found(node: Node) -> str:
    """What a node is, in words."""
    match node:
        case Mapping():
            return "a mapping"
        case Sequence():
            return "a list"
        case Scalar(value=None):
            return "nothing"
        case Scalar(value=bool()):
            return f"`{node.text}`"
        case Scalar(text=text):
            return f"`{text if len(text) <= 30 else text[:29] + '…'}`"


def wrong(node: Node, expected: str) -> Refused:
    """The refusal of a node that has another form."""
    return refuse(WrongForm(span=node.span, expected=expected, found=found(node)))


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


def fields(node: Node, keys: Dict[str, Key], what: str) -> dict[str, Any]:
    """The values of a mapping's keys, each read by its shape. Unknown, missing and not-yet keys are refused."""
    if not isinstance(node, Mapping):
        raise wrong(node, f"a mapping ({what})")
    findings: list[Diagnostic] = []
    values: dict[str, Any] = {}
    for pair in node.pairs:
        name = pair.key.text
        key = keys.get(name)
        if key is None:
            findings.append(UnknownKey(span=pair.key.span, key=name, known=tuple(keys)))
        elif key.not_yet is not None:
            findings.append(NotYet(span=pair.key.span, construct=f"`{name}`", way_out=key.not_yet))
        else:
            try:
                values[name] = key.shape.read(pair.value)
            except Refused as refused:
                findings.extend(refused.findings)
    present = {pair.key.text for pair in node.pairs}
    findings += [
        MissingKey(span=node.span, key=key.name, what=what)
        for key in keys.values()
        if key.required and key.name not in present
    ]
    if findings:
        raise Refused(findings)
    return values


def table(*keys: Key) -> dict[str, Key]:
    """Keys by name."""
    return {key.name: key for key in keys}


def list_of(shape: Shape[T], words: str, least: int = 1) -> Shape[tuple[T, ...]]:
    """A list of `shape`, of at least `least` items."""

    def read(node: Node) -> tuple[T, ...]:
        if not isinstance(node, Sequence) or len(node.items) < least:
            raise wrong(node, words if not isinstance(node, Sequence) else f"{words} with at least {least}")
        return tuple(gather([lambda item=item: shape.read(item) for item in node.items]))  # type: ignore[misc]

    return Shape(words, read)


def _scalar(node: Node, expected: str) -> Scalar:
    if not isinstance(node, Scalar) or node.value is None:
        raise wrong(node, expected)
    return node


def _text(node: Node) -> str:
    return _scalar(node, "text").text


def _name(node: Node) -> Name:
    scalar = _scalar(node, "a name")
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,49}", scalar.text):
        raise refuse(BadName(span=scalar.span, text=scalar.text))
    return Name(scalar.text, scalar.span)


def _column(node: Node) -> Name:
    scalar = _scalar(node, "a column")
    if not scalar.text.strip() or any(ord(c) < 32 for c in scalar.text) or re.search(r"\{[{%#]|[}%#]\}", scalar.text):
        raise wrong(node, "a column name without line breaks or Jinja")
    return Name(scalar.text, scalar.span)


def _boolean(node: Node) -> bool:
    scalar = _scalar(node, "true or false")
    if not isinstance(scalar.value, bool):
        raise wrong(node, "true or false")
    return scalar.value


def integer(least: int, words: str) -> Shape[int]:
    """A whole number not under `least`."""

    def read(node: Node) -> int:
        value = _scalar(node, words).value
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value < 2**63:
            raise wrong(node, words)
        return value

    return Shape(words, read)


def _duration(node: Node) -> Length:
    scalar = _scalar(node, "a duration")
    duration = parse_duration(scalar.text)
    if duration is None:
        raise refuse(BadDuration(span=scalar.span, text=scalar.text, reason=f"{found(node)} is not a duration"))
    return Length(duration, scalar.span)


def _positive(node: Node) -> Length:
    length = _duration(node)
    if length.duration == Duration():
        raise refuse(BadDuration(span=length.span, text="0", reason="a window of no length holds nothing"))
    return length


def _exact(node: Node) -> Length:
    length = _duration(node)
    if not length.duration.exact:
        reason = "months and years differ in length; they can only stand in `in_the_last` and `between_ago`"
        raise refuse(BadDuration(span=length.span, text=str(length.duration), reason=reason))
    return length


def _value(node: Node) -> Value:
    scalar = _scalar(node, "a value")
    assert scalar.value is not None
    return Value(scalar.value if not scalar.quoted else scalar.text, scalar.span)


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
    known = {member.value: member for member in enum}

    def read(node: Node) -> E:
        text = _scalar(node, words).text
        if text not in known:
            raise wrong(node, f"{words}: " + ", ".join(f"`{value}`" for value in known))
        return known[text]

    return Shape(words, read)


def anything(node: Node) -> Span:
    """For keys that are refused as a whole: only their place."""
    return node.span


TEXT = Shape("text", _text)
NAME = Shape("a name", _name)
COLUMN = Shape("a column", _column)
BOOLEAN = Shape("true or false", _boolean)
DURATION = Shape("a duration", _positive)
EXACT_DURATION = Shape("a duration of fixed length", _exact)
VALUE = Shape("a value", _value)
SQL = Shape("an SQL expression", _sql)
RELATION = Shape("a relation", _relation)
ANYTHING = Shape("anything", anything)


def named(node: Node, kind: str, read: Callable[[Name, Node], T], name: Shape[Name] = NAME) -> tuple[T, ...]:
    """The entries of a mapping from names, each read with its name."""
    if not isinstance(node, Mapping):
        raise wrong(node, f"a mapping from {kind} names")
    return tuple(gather([lambda pair=pair: read(name.read(pair.key), pair.value) for pair in node.pairs]))  # type: ignore[misc]
