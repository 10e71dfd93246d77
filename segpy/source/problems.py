"""The YAML parser's complaints in plain words.

PyYAML says where it stopped (`problem_mark`) and often where the unfinished thing began (`context_mark`). For a quote
or bracket that is never closed the beginning is the place to show; elsewhere it is shown beside the problem.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from yaml.error import MarkedYAMLError

from segpy.diagnostics.model import Diagnostic, Related
from segpy.source.errors import ExplicitTag, NotYaml
from segpy.source.places import Places


class _At(Enum):
    """Which of the parser's two places the caret goes to."""

    PROBLEM = "problem"
    BEGINNING = "beginning"


@dataclass(frozen=True, slots=True)
class _Wording:
    """`pattern` is searched in `context: problem`; its groups may be used in `problem`."""

    pattern: str
    problem: str
    way_out: str | None = None
    at: _At = _At.PROBLEM


_QUOTE_IT = "put the text in quotes"
_INDENT = "check the indentation: the entries of one mapping or list begin in the same column"

_WORDINGS = (
    _Wording(r"quoted scalar: found unexpected", "this quote is never closed", "add the closing quote", _At.BEGINNING),
    _Wording(r"flow sequence: .*got '<stream end>'", "this `[` is never closed", "add the `]`", _At.BEGINNING),
    _Wording(r"flow mapping: .*got '<stream end>'", "this `{` is never closed", "add the `}`", _At.BEGINNING),
    _Wording(r"flow node: .*found '<stream end>'", "the file ends inside brackets", "add the closing `]` or `}`"),
    _Wording(r"flow sequence: ", "expected `,` or `]` here", f"separate items with `,`, or {_QUOTE_IT}"),
    _Wording(r"flow mapping: ", "expected `,` or `}` here", f"separate entries with `,`, or {_QUOTE_IT}"),
    _Wording(
        r"could not find expected ':'",
        "no `:` follows this key",
        "add the `:`, or indent it under its key",
        _At.BEGINNING,
    ),
    _Wording(
        r"mapping values are not allowed",
        "a `:` cannot stand here",
        "put text that holds `: ` in quotes, or check the line above",
    ),
    _Wording(
        r"sequence entries are not allowed", "a list item cannot begin here", "begin the list on a line of its own"
    ),
    _Wording(r"mapping keys are not allowed", "a `?` key cannot begin here", _QUOTE_IT),
    _Wording(r"found character '\\t'", "a tab cannot be used for indentation", "indent with spaces"),
    _Wording(r"found character '.'", "no text without quotes begins with this character", _QUOTE_IT),
    _Wording(r"scanning an alias: ", "`*` must be followed by the name of an anchor", _QUOTE_IT),
    _Wording(r"scanning an anchor: ", "`&` must be followed by the name of an anchor", _QUOTE_IT),
    _Wording(
        r"unknown escape character '(.+)'",
        r"`\\\1` is no escape",
        r"write `\\\\` for a backslash, or use single quotes",
    ),
    _Wording(
        r"expected escape sequence of (\d)",
        r"this escape needs \1 hexadecimal digits",
        "use single quotes for text with backslashes",
    ),
    _Wording(
        r"block scalar: ", "`|` and `>` take only `+`, `-` and a digit from 1 to 9", "begin the text on the next line"
    ),
    _Wording(r"block mapping: .*found '-'", "a list item stands among the keys of a mapping", _INDENT),
    _Wording(
        r"block mapping: .*found '<(?:scalar|anchor|alias|tag)>'",
        "this follows a finished value",
        "write a quote inside quotes twice (`''`), or check the indentation",
    ),
    _Wording(r"block mapping: .*found ':'", "no key stands before this `:`"),
    _Wording(r"block mapping: ", "this does not line up with the mapping above", _INDENT),
    _Wording(r"block collection: ", "this does not line up with the list above", _INDENT),
    _Wording(r"found '<stream end>'", "the file ends after a line that begins with `%`", "remove that line"),
    _Wording(r"expected the node content", "a value is missing before this"),
    _Wording(
        r"expected '<document start>'",
        "this follows the end of the top level",
        "begin every top-level key in the first column",
    ),
    _Wording(r"directive|YAML document", "a line that begins with `%` is a YAML directive", "remove it"),
    _Wording(r"tag", "`!` begins a YAML tag, and this is none", _QUOTE_IT),
)

_BEGAN = (
    (r"flow sequence|flow mapping|flow node", "opened here"),
    (r"block mapping", "the mapping begins here"),
    (r"block collection", "the list begins here"),
)


def parser_problem(error: MarkedYAMLError, places: Places) -> Diagnostic:
    """What the parser complained of, at the place where a person would look."""
    said = f"{error.context or ''}: {error.problem or ''}"
    mark = error.problem_mark or error.context_mark
    offset = mark.index if mark is not None else 0
    began = error.context_mark.index if error.context_mark is not None else None
    handle = re.search(r"undefined tag handle '(.+)'", said)
    if handle:
        return ExplicitTag(handle.group(1), span=places.visible(offset))
    for wording in _WORDINGS:
        match = re.search(wording.pattern, said)
        if match is None:
            continue
        problem = match.expand(wording.problem)
        way_out = wording.way_out and match.expand(wording.way_out)
        if wording.at is _At.BEGINNING and began is not None:
            return NotYaml(problem, way_out, span=places.visible(began))
        return NotYaml(problem, way_out, _beginning(said, began, offset, places), span=places.visible(offset))
    return NotYaml(error.problem or "the parser could not read this", span=places.visible(offset))


def _beginning(said: str, began: int | None, offset: int, places: Places) -> Related | None:
    if began is None or began == offset:
        return None
    for pattern, label in _BEGAN:
        if re.search(pattern, said):
            return Related(places.visible(began), label)
    return None
