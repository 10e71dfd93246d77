"""Findings as text for people, JSON for programs, and annotations for GitHub."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping

from segpy.diagnostics.model import Diagnostic, Severity, Span
from segpy.diagnostics.snippet import Paint, Style, snippet, visible

_LEAST_MARGIN = 2  # most specs are shorter than a hundred lines: their snippets line up
_BOLD, _RED, _YELLOW, _BLUE = "1", "1;31", "1;33", "1;34"
_COLORS = {Severity.ERROR: _RED, Severity.WARNING: _YELLOW}


def render_text(diagnostics: Iterable[Diagnostic], sources: Mapping[str, str], color: bool = False) -> str:
    """Each finding with the lines it speaks of, then a count; "" for no findings. `sources` maps paths to texts."""
    ordered = in_order(diagnostics)
    if not ordered:
        return ""
    blocks = ["\n".join(_block(diagnostic, sources, color)) for diagnostic in ordered]
    return "\n\n".join([*blocks, summary(ordered)])


def summary(diagnostics: Iterable[Diagnostic]) -> str:
    """`2 errors, 1 warning`; a severity without findings is left out."""
    counts = Counter(diagnostic.severity for diagnostic in diagnostics)
    return ", ".join(
        f"{counts[severity]} {severity.value}{'' if counts[severity] == 1 else 's'}"
        for severity in Severity
        if counts[severity]
    )


def render_json(diagnostics: Iterable[Diagnostic]) -> str:
    """A list of objects in ASCII. Columns count characters from 1; `end_column` is the one after the last."""
    return json.dumps([_object(diagnostic) for diagnostic in in_order(diagnostics)], indent=2)


def render_github(diagnostics: Iterable[Diagnostic]) -> str:
    """One workflow command a line: GitHub shows it in the pull request beside the spec's line."""
    return "\n".join(_annotation(diagnostic) for diagnostic in in_order(diagnostics))


def in_order(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """By file, line, column and code. What has no place concerns the project and comes first."""

    def place(diagnostic: Diagnostic) -> tuple[str, int, int, str, str]:
        span = diagnostic.span or Span("", 0, 0)
        return span.file, span.line, span.column, diagnostic.code, diagnostic.label

    return sorted(diagnostics, key=place)


def _block(diagnostic: Diagnostic, sources: Mapping[str, str], color: bool) -> list[str]:
    severity = _paint(_COLORS[diagnostic.severity], color)
    frame = _paint(_BLUE, color)
    places = [span for span in (diagnostic.span, *(related.span for related in diagnostic.related)) if span is not None]
    margin = max([_LEAST_MARGIN, *(len(str(span.line)) for span in places)])
    head = severity(f"{diagnostic.severity.value}[{diagnostic.code}]")
    drawn = [head + _paint(_BOLD, color)(f": {visible(diagnostic.title)}")]
    if diagnostic.span is None:
        drawn += _note("", diagnostic.label, margin, frame)
    else:
        style = Style("^", margin, severity, frame)
        drawn += snippet(diagnostic.span, diagnostic.label, sources.get(diagnostic.span.file), style)
    for related in diagnostic.related:
        style = Style("-", margin, frame, frame)
        drawn += snippet(related.span, related.label, sources.get(related.span.file), style)
    if diagnostic.help:
        drawn += _note("help: ", diagnostic.help, margin, frame)
    return drawn + _note("more: ", f"segpy explain {diagnostic.code}", margin, frame)


def _note(name: str, text: str, margin: int, frame: Paint) -> list[str]:
    first, *rest = text.split("\n")
    lines = [frame(" " * margin + "= ") + name + visible(first)]
    return lines + [(" " * (margin + 2 + len(name)) + visible(line)).rstrip() for line in rest]


def _paint(code: str, color: bool) -> Paint:
    return (lambda text: f"\x1b[{code}m{text}\x1b[0m") if color else (lambda text: text)


def _object(diagnostic: Diagnostic) -> dict[str, object]:
    return {
        "code": diagnostic.code,
        "severity": diagnostic.severity.value,
        "title": diagnostic.title,
        "message": diagnostic.label,
        "help": diagnostic.help,
        **_place(diagnostic.span),
        "related": [{"message": related.label, **_place(related.span)} for related in diagnostic.related],
    }


def _place(span: Span | None) -> dict[str, object]:
    if span is None:
        return {"file": None, "line": None, "column": None, "end_column": None}
    return {"file": span.file, "line": span.line, "column": span.column, "end_column": span.column + span.length}


def _annotation(diagnostic: Diagnostic) -> str:
    properties = {"title": f"{diagnostic.code} {diagnostic.title}"}
    span = diagnostic.span
    if span is not None:
        where = {"file": span.file, "line": span.line, "col": span.column, "endColumn": span.column + span.length}
        properties = {**{name: str(value) for name, value in where.items()}, **properties}
    listed = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    message = diagnostic.label + (f"\nhelp: {diagnostic.help}" if diagnostic.help else "")
    return f"::{diagnostic.severity.value} {listed}::{_data(message)}"


def _data(text: str) -> str:
    """GitHub reads a command to the end of its line and decodes these three."""
    encodable = text.encode("utf-8", "replace").decode("utf-8")
    return encodable.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    """In a property the separators of the command are encoded as well."""
    return _data(text).replace(":", "%3A").replace(",", "%2C")
