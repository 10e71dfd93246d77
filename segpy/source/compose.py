"""The parser's events to nodes.

PyYAML's own composer recurses without bound, keeps the last of two equal keys, and resolves YAML 1.1. Its scanner and
parser do none of that, so nodes are built from their events here, and every limit is met before memory or stack is.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TypeAlias

import yaml
from yaml.error import MarkedYAMLError, YAMLError

from segpy.diagnostics.model import Diagnostic, Span
from segpy.source.core_schema import OutOfRange, resolve
from segpy.source.errors import (
    DuplicateKey,
    ExplicitTag,
    KeyNotText,
    MergeKey,
    NotAMapping,
    NotYaml,
    SeveralDocuments,
    TooDeep,
    TooLarge,
    UnreadableCharacter,
)
from segpy.source.events import Events, Otherwise, can_be_quick, end, start
from segpy.source.nodes import Mapping, Node, Pair, Scalar, Sequence, Source, Value
from segpy.source.places import Places
from segpy.source.problems import parser_problem

DEEPEST = 50
MOST_NODES = 200_000

_ANCHOR = re.compile(r"&[0-9A-Za-z_-]+(?:\s|#[^\r\n]*)*")
_BLOCK_INDICATOR = re.compile(r"[|>][-+0-9]*")
_UNREADABLE_VALUE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_CONTENT = (yaml.ScalarEvent, yaml.SequenceStartEvent, yaml.MappingStartEvent)
_Content: TypeAlias = yaml.ScalarEvent | yaml.SequenceStartEvent | yaml.MappingStartEvent
_STANDARD_TAG = "tag:yaml.org,2002:"


class _Stopped(Exception):
    """Nothing after this finding can be read."""

    def __init__(self, finding: Diagnostic) -> None:
        super().__init__(finding.code)
        self.finding = finding


@dataclass(frozen=True, slots=True)
class _Built:
    """A node, with its size and height once aliases are followed. An alias shares its node, so neither costs memory."""

    node: Node
    size: int = 1
    height: int = 1


def compose(source: Source, places: Places) -> tuple[Mapping | None, tuple[Diagnostic, ...]]:
    """The file's mapping, or everything that is wrong with its form."""
    if can_be_quick(source.text):
        with suppress(_Stopped, Otherwise, YAMLError, ValueError, OverflowError):
            quick = _Composer(source, places, quick=True)
            root = quick.document()
            if not quick.findings:
                return root, ()
    return _composed(source, places)  # which tells what is wrong, if anything is


def _composed(source: Source, places: Places) -> tuple[Mapping | None, tuple[Diagnostic, ...]]:
    composer = _Composer(source, places)
    try:
        root = composer.document()
    except _Stopped as stopped:
        return None, (*composer.findings, stopped.finding)
    except MarkedYAMLError as error:
        return None, (*composer.findings, parser_problem(error, places))
    except (YAMLError, ValueError, OverflowError):
        # PyYAML lets chr() and int() fail on escapes beyond Unicode and on endless version numbers.
        span = places.visible(composer.events.offset())
        return None, (*composer.findings, NotYaml("this number is out of range", span=span))
    if composer.findings:
        return None, tuple(composer.findings)
    return root, ()


class _Composer:
    """One pass over one file's events."""

    def __init__(self, source: Source, places: Places, *, quick: bool = False) -> None:
        self.events = Events(source.text, quick=quick)
        self.findings: list[Diagnostic] = []
        self._text = source.text
        self._places = places
        self._anchors: dict[str, _Built | None] = {}  # None while the anchored value is still being read
        self._size = 0

    def document(self) -> Mapping | None:
        """The only document of the file."""
        self.events.take()  # the start of the stream
        if isinstance(self.events.peek(), yaml.StreamEndEvent):
            return Mapping((), self._places.span(0))
        self.events.take()  # the start of the document
        root = self._node(1).node
        self.events.take()  # its end
        if not isinstance(self.events.peek(), yaml.StreamEndEvent):
            second = start(self.events.take())
            self.findings.append(SeveralDocuments(span=self._places.visible(second)))
        if isinstance(root, Mapping):
            return root
        if isinstance(root, Scalar) and root.text == "" and not root.quoted:
            return Mapping((), root.span)
        self.findings.append(NotAMapping(_kind(root), span=root.span))
        return None

    def _node(self, depth: int) -> _Built:
        event = self.events.take()
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event.anchor or "", self._places.span(start(event), end(event)), depth)
        assert isinstance(event, _CONTENT)  # between the start and end of a document there is nothing else
        begin = self._places.span(start(event))
        if depth > DEEPEST:
            raise _Stopped(TooDeep(DEEPEST, span=begin))
        self._count(1, begin)
        if event.tag is not None:
            self._refuse_tag(event.tag, start(event))
        if event.anchor is not None:
            self._anchors[event.anchor] = None
        built = self._content(event, depth)
        # An anchor of the same name inside this value came later, and the later one wins.
        if event.anchor is not None and self._anchors[event.anchor] is None:
            self._anchors[event.anchor] = built
        return built

    def _content(self, event: _Content, depth: int) -> _Built:
        match event:
            case yaml.ScalarEvent():
                return _Built(self._scalar(event))
            case yaml.SequenceStartEvent():
                return self._sequence(event, depth)
            case yaml.MappingStartEvent():
                return self._mapping(event, depth)

    def _alias(self, anchor: str, span: Span, depth: int) -> _Built:
        if anchor not in self._anchors:
            help_ = f"name a value with `&{anchor}` before this, or put the text in quotes"
            raise _Stopped(NotYaml(f"no anchor `&{anchor}` comes before this alias", help_, span=span))
        built = self._anchors[anchor]
        if built is None:
            reason = f"`*{anchor}` stands inside the value that it repeats"
            raise _Stopped(TooLarge(reason, "write the value out", span=span))
        if depth + built.height - 1 > DEEPEST:
            raise _Stopped(TooDeep(DEEPEST, span=span))
        self._count(built.size, span)
        return built

    def _count(self, nodes: int, span: Span) -> None:
        self._size += nodes
        if self._size > MOST_NODES:
            reason = f"with this the file holds more than {MOST_NODES:,} values"
            raise _Stopped(TooLarge(reason, "split the file, or repeat less with aliases", span=span))

    def _refuse_tag(self, tag: str, offset: int) -> None:
        shown = f"!!{tag.removeprefix(_STANDARD_TAG)}" if tag.startswith(_STANDARD_TAG) else tag
        place = self._text.index("!", offset)  # an anchor may come first
        written = self._text.startswith(shown, place)
        span = self._places.span(place, place + len(shown)) if written else self._places.span(place)
        self.findings.append(ExplicitTag(shown, span=span))

    def _scalar(self, event: yaml.ScalarEvent) -> Scalar:
        first, last = self._content_start(event), end(event)
        if event.style in ("|", ">"):
            indicator = _BLOCK_INDICATOR.match(self._text, first)
            last = indicator.end() if indicator else first + 1
        span = self._places.span(first, last)
        unreadable = _UNREADABLE_VALUE.search(event.value)
        if unreadable:
            problem = f"an escape stands for U+{ord(unreadable.group()):04X}, which is not allowed in a spec"
            self.findings.append(UnreadableCharacter(problem, "remove it, or use single quotes", span=span))
        quoted = bool(event.style)  # of plain text it is None, or empty
        block = self._places.block(span, event.value) if event.style == "|" else None
        value = event.value if quoted else self._resolved(event.value, span)
        return Scalar(value, event.value, quoted, span, block)

    def _resolved(self, text: str, span: Span) -> Value:
        try:
            return resolve(text)
        except OutOfRange:
            reason = "this number does not fit in 64 bits"
            self.findings.append(TooLarge(reason, "put it in quotes if it is text", span=span))
            return None

    def _sequence(self, event: yaml.SequenceStartEvent, depth: int) -> _Built:
        items: list[_Built] = []
        while not isinstance(self.events.peek(), yaml.SequenceEndEvent):
            items.append(self._node(depth + 1))
        self.events.take()
        node = Sequence(tuple(item.node for item in items), self._places.span(self._content_start(event)))
        return _enclose(node, items)

    def _mapping(self, event: yaml.MappingStartEvent, depth: int) -> _Built:
        first: dict[str, Span] = {}
        pairs: list[Pair] = []
        parts: list[_Built] = []
        while not isinstance(self.events.peek(), yaml.MappingEndEvent):
            place = self.events.peek()
            key, value = self._node(depth + 1), self._node(depth + 1)
            parts += (key, value)
            named = self._key(key.node, place, first)
            if named is not None:
                first[named.text] = named.span
                pairs.append(Pair(named, value.node))
        self.events.take()
        block = not event.flow_style and pairs
        span = pairs[0].key.span if block else self._places.span(self._content_start(event))
        return _enclose(Mapping(tuple(pairs), span), parts)

    def _key(self, node: Node, event: yaml.Event, first: dict[str, Span]) -> Scalar | None:
        """The key, or None with a finding. An aliased key stands where the alias does."""
        if isinstance(event, yaml.AliasEvent):
            node = replace(node, span=self._places.span(start(event), end(event)))
        if not isinstance(node, Scalar) or not node.text:
            self.findings.append(KeyNotText(_kind(node), span=node.span))
            return None
        if node.text == "<<" and not node.quoted:
            self.findings.append(MergeKey(span=node.span))
            return None
        if node.text in first:
            self.findings.append(DuplicateKey(node.text, first[node.text], span=node.span))
            return None
        return node

    def _content_start(self, event: _Content) -> int:
        """The parser lets a value begin at its anchor; people look for it behind."""
        first = start(event)
        anchor = _ANCHOR.match(self._text, first) if event.anchor is not None else None
        if anchor is None or (isinstance(event, yaml.ScalarEvent) and anchor.end() >= end(event)):
            return first
        return anchor.end()


def _enclose(node: Node, parts: list[_Built]) -> _Built:
    return _Built(node, 1 + sum(part.size for part in parts), 1 + max((part.height for part in parts), default=0))


def _kind(node: Node) -> str:
    match node:
        case Mapping():
            return "a mapping"
        case Sequence():
            return "a list"
        case Scalar(text="") | Scalar(value=None):
            return "empty"
        case Scalar():
            return "a single value"
