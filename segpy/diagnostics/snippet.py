"""One place in a file, drawn: where it is, the line, and a mark with words under it."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from itertools import accumulate

from segpy.diagnostics.lines import split_lines
from segpy.diagnostics.model import Span

WIDEST = 110  # columns of a source line that are shown
_LEAD = 40  # of these, before the mark in a line that is cut
_TAB = "    "
_ELLIPSIS = "…"
_REPLACED = "\N{REPLACEMENT CHARACTER}"
_DIRECTIONS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

Paint = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Style:
    """How a snippet is drawn: the character of the mark, the width of the margin, and the colours."""

    mark: str
    margin: int
    marked: Paint
    frame: Paint


def snippet(span: Span, label: str, text: str | None, style: Style) -> list[str]:
    """The lines of a snippet. Without the file's text only the place and the words are left."""
    empty = " " * style.margin
    drawn = [style.frame(f"{empty}┌─ ") + f"{visible(span.file)}:{span.line}:{span.column}"]
    bar = style.frame(f"{empty}│ ")
    words = label.split("\n")
    lines = split_lines(text.removeprefix("\ufeff")) if text is not None else []
    if span.line > len(lines):
        return drawn + [bar + style.marked(visible(word)) for word in words]
    shown, indent, length = _window(lines[span.line - 1], span)
    drawn.append(style.frame(f"{span.line:>{style.margin}}│ ") + shown)
    marks = style.mark * length
    drawn.append(bar + " " * indent + style.marked(f"{marks} {visible(words[0])}".rstrip()))
    below = " " * (indent + length + 1)
    return [line.rstrip() for line in drawn + [bar + below + style.marked(visible(word)) for word in words[1:]]]


def visible(text: str) -> str:
    """The text as a terminal may show it: nothing that moves the cursor, rings, or turns the direction of writing."""
    return "".join(_cell(character)[0] for character in text)


def _cell(character: str) -> tuple[str, int]:
    """What is shown for a character, and how many columns it takes."""
    if " " <= character <= "~":
        return character, 1
    if character == "\t":
        return _TAB, len(_TAB)
    category = unicodedata.category(character)
    if category in ("Cc", "Cs", "Zl", "Zp") or character in _DIRECTIONS:
        return (chr(0x2400 + ord(character)) if ord(character) < 0x20 else _REPLACED), 1
    if category in ("Mn", "Me", "Cf"):
        return character, 0
    return character, 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _window(line: str, span: Span) -> tuple[str, int, int]:
    """The part of a line worth showing, and the indentation and length of the mark under it, in columns."""
    cells = [_cell(character) for character in line]
    edges = list(accumulate((width for _, width in cells), initial=0))
    begin = min(span.column - 1, len(cells))
    end = min(begin + span.length, len(cells))
    first, last = _cut(edges, begin)
    before = _ELLIPSIS if first > 0 else ""
    after = _ELLIPSIS if last < len(cells) else ""
    shown = before + "".join(cell for cell, _ in cells[first:last]) + after
    indent = len(before) + edges[begin] - edges[first]
    return shown.rstrip(), indent, max(1, edges[min(end, last)] - edges[begin])


def _cut(edges: list[int], begin: int) -> tuple[int, int]:
    """The first and last character to show, so that the mark's beginning is among them."""
    size = len(edges) - 1
    if edges[size] <= WIDEST:
        return 0, size
    first = begin
    while first > 0 and edges[begin] - edges[first - 1] <= _LEAD:
        first -= 1
    last = first
    while last < size and edges[last + 1] - edges[first] <= WIDEST:
        last += 1
    while first > 0 and edges[last] - edges[first - 1] <= WIDEST:
        first -= 1
    return first, last
