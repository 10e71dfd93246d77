"""Offsets in a text as lines and columns."""

from __future__ import annotations

from bisect import bisect_right

from segpy.diagnostics.lines import line_starts, split_lines
from segpy.diagnostics.model import Span
from segpy.source.nodes import Source


class Places:
    """Turns offsets of one source into spans."""

    def __init__(self, source: Source) -> None:
        self._path = source.path
        self._starts = line_starts(source.text)
        self._lines = split_lines(source.text)
        self._end = len(source.text.rstrip())

    def span(self, start: int, end: int | None = None) -> Span:
        """From `start` to `end`, or to the end of its line if that comes first; one character without `end`."""
        row = bisect_right(self._starts, start) - 1
        column = start - self._starts[row]
        length = 1 if end is None else min(end - start, len(self._lines[row]) - column)
        return Span(self._path, row + 1, column + 1, max(1, length))

    def visible(self, offset: int) -> Span:
        """One character at `offset`, or just after the last visible character where nothing but blank lines follows."""
        return self.span(min(offset, self._end))

    def block(self, indicator: Span, text: str) -> Span:
        """Where the text of a literal block begins: on the line below its indicator, behind what indents all of it."""
        rows = enumerate(text.split("\n"), indicator.line)  # a row counts from 0, and the text begins a line further
        row, line = next(((row, line) for row, line in rows if line.strip()), (indicator.line, ""))
        indented = len(self._lines[row]) - len(line) if line and row < len(self._lines) else 0
        return Span(self._path, indicator.line + 1, max(0, indented) + 1)
