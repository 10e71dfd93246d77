"""The events of an example: one a line, `2026-03-08 10:00  pricing_viewed  path=/pricing title='two words'`.

Every part knows its place in the file, so that what is wrong with a line is shown in that line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from segpy.diagnostics.model import Span
from segpy.source.nodes import Node, Scalar
from segpy.spec.example_errors import BadEventLine
from segpy.spec.model_examples import Constant, Given, Happened
from segpy.spec.model_values import Name
from segpy.spec.shapes import gather, refuse, wrong

_COMMENT = re.compile(r"(?:^|(?<=\s))#.*")
_QUOTED = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"")
_WORD = re.compile(r"\S+")
_GIVEN = re.compile(rf"(?P<name>[^\s=]+)=(?P<value>{_QUOTED.pattern}|[^\s'\"]\S*)?(?=\s|$)")
_TIME = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[ T]+([0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?)(?=\s|$)")
_WANTED = "one event a line"


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of the block: its text, and where its first character stands."""

    text: str
    begins: Span

    def span(self, start: int, end: int) -> Span:
        """A stretch of the line."""
        return Span(self.begins.file, self.begins.line, self.begins.column + start, max(end - start, 1))


def read_events(node: Node) -> tuple[Happened, ...]:
    """The events of a block of lines."""
    if not isinstance(node, Scalar) or node.value is None:
        raise wrong(node, f"text, {_WANTED}", "write `events: |`, and the events below it, one a line")
    return tuple(gather([lambda line=line: _happened(line) for line in _lines(node)]))  # type: ignore[misc]


def _lines(node: Scalar) -> Iterator[_Line]:
    """The lines that hold an event, comments cut off."""
    for number, text in enumerate(node.text.split("\n")):
        if node.block is not None:
            begins = Span(node.block.file, node.block.line + number, node.block.column)
        elif number:
            raise wrong(node, f"text, {_WANTED}", "write `events: |`, and the events below it, one a line")
        else:
            begins = Span(node.span.file, node.span.line, node.span.column + (1 if node.quoted else 0))
        kept = _without_comment(text).rstrip()
        if kept.strip():
            yield _Line(kept, begins)


def _without_comment(text: str) -> str:
    """A line up to its comment: a `#` at its beginning or behind a space, outside of quotes."""
    at = 0
    while found := re.compile(rf"{_QUOTED.pattern}|#").search(text, at):
        if found[0] == "#" and _COMMENT.match(text, found.start()):
            return text[: found.start()]
        at = found.end()
    return text


def _happened(line: _Line) -> Happened:
    start = len(line.text) - len(line.text.lstrip())
    time = _TIME.match(line.text, start)
    if time is None:
        word = _WORD.match(line.text, start)
        assert word is not None  # the line is not blank
        reason = "a line begins with a date and a time, in UTC"
        raise refuse(BadEventLine(span=line.span(start, word.end()), reason=reason))
    at = _instant(line, time)
    event = _WORD.match(line.text, len(line.text) - len(line.text[time.end() :].lstrip()))
    if event is None or "=" in event[0]:
        span = line.span(*(event.span() if event else (start, time.end())))
        raise refuse(BadEventLine(span=span, reason="the name of an event stands behind the time"))
    name = Name(event[0], line.span(*event.span()))
    return Happened(at, name, _given(line, event.end()), line.span(start, len(line.text)))


def _instant(line: _Line, time: re.Match[str]) -> datetime:
    at = read_instant(f"{time[1]} {time[2]}")
    if at is None:
        reason = f"`{time[0]}` is no day, or no time of a day"
        raise refuse(BadEventLine(span=line.span(*time.span()), reason=reason))
    return at


def read_instant(text: str) -> datetime | None:
    """The instant in UTC that a date, or a date and a time, writes; None where that is none."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[ T][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?)?", text):
        return None
    head, dot, fraction = text.partition(".")
    try:
        return datetime.fromisoformat(f"{head}.{fraction.ljust(6, '0')}" if dot else head)
    except ValueError:
        return None


def _given(line: _Line, start: int) -> tuple[Given, ...]:
    """The `name=value` pairs of a line; each name once."""
    found: dict[str, Given] = {}
    at = start
    while word := _WORD.search(line.text, at):
        pair = _GIVEN.match(line.text, word.start())
        if pair is None or pair["value"] is None:
            reason = "a property is written `name=value`, without spaces around `=`; text with spaces is put in quotes"
            raise refuse(BadEventLine(span=line.span(*word.span()), reason=reason))
        name = Name(pair["name"], line.span(*pair.span("name")))
        if name.text in found:
            raise refuse(BadEventLine(span=name.span, reason=f"`{name.text}` is given twice in this line"))
        found[name.text] = Given(name, _constant(pair["value"], line.span(*pair.span("value"))))
        at = pair.end()
    return tuple(found.values())


def _constant(text: str, span: Span) -> Constant:
    if text[0] in "'\"":
        return Constant(text[1:-1].replace(text[0] * 2, text[0]), span, quoted=True)
    return Constant(None if text == "null" else text, span)
