"""Findings as people, programs and GitHub see them, to the character."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import ClassVar

import pytest

from segpy.diagnostics.lines import line_starts, split_lines
from segpy.diagnostics.model import Diagnostic, Related, Severity, Span
from segpy.diagnostics.render import render_github, render_json, render_text, summary
from segpy.diagnostics.snippet import WIDEST

FILE = "segments/intent.yml"


@dataclass(frozen=True, slots=True)
class Unknown(Diagnostic):
    code: ClassVar[str] = "SEG203"
    title: ClassVar[str] = "unknown event"

    words: str = "not an event of entity `user`; nearest: `pricing_viewed`"
    way_out: str | None = None
    others: tuple[Related, ...] = ()

    @property
    def label(self) -> str:
        return self.words

    @property
    def help(self) -> str | None:
        return self.way_out

    @property
    def related(self) -> tuple[Related, ...]:
        return self.others


@dataclass(frozen=True, slots=True)
class Advice(Unknown):
    code: ClassVar[str] = "SEG901"
    title: ClassVar[str] = "always true"
    severity: ClassVar[Severity] = Severity.WARNING


def text(*lines: str) -> str:
    return "\n".join(lines)


SPEC = "\n" * 11 + "      - {did: pricing_veiwed, in_the_last: 7 days}\n"


def test_a_finding_as_the_architecture_shows_it() -> None:
    finding = Unknown(way_out="events of `user`: feature_compared, login, pricing_viewed", span=Span(FILE, 12, 15, 14))
    assert render_text([finding], {FILE: SPEC}) == text(
        "error[SEG203]: unknown event",
        "  ┌─ segments/intent.yml:12:15",
        "12│       - {did: pricing_veiwed, in_the_last: 7 days}",
        "  │               ^^^^^^^^^^^^^^ not an event of entity `user`; nearest: `pricing_viewed`",
        "  = help: events of `user`: feature_compared, login, pricing_viewed",
        "  = more: segpy explain SEG203",
        "",
        "1 error",
    )


def test_related_places_are_snippets_of_their_own() -> None:
    first = Related(Span("segments/a.yml", 100, 1, 3), "first written here")
    finding = Unknown("again", others=(first,), span=Span(FILE, 1, 1))
    assert render_text([finding], {FILE: "abc: 1", "segments/a.yml": "\n" * 99 + "abc: 0"}) == text(
        "error[SEG203]: unknown event",
        "   ┌─ segments/intent.yml:1:1",
        "  1│ abc: 1",
        "   │ ^ again",
        "   ┌─ segments/a.yml:100:1",
        "100│ abc: 0",
        "   │ --- first written here",
        "   = more: segpy explain SEG203",
        "",
        "1 error",
    )


def test_a_finding_without_a_place_or_without_the_file() -> None:
    findings = [Unknown("the project has no profile"), Advice("lost", span=Span("gone.yml", 3, 4))]
    assert render_text(findings, {"gone.yml": "two\nlines"}) == text(
        "error[SEG203]: unknown event",
        "  = the project has no profile",
        "  = more: segpy explain SEG203",
        "",
        "warning[SEG901]: always true",
        "  ┌─ gone.yml:3:4",
        "  │ lost",
        "  = more: segpy explain SEG901",
        "",
        "1 error, 1 warning",
    )


def test_findings_stand_by_file_line_column_and_code() -> None:
    spans = [Span("b.yml", 1, 1), Span("a.yml", 10, 1), Span("a.yml", 9, 2), Span("a.yml", 9, 1)]
    findings = [Advice("x", span=spans[3]), *(Unknown("x", span=span) for span in spans)]
    heads = [line for line in render_text(findings, {}).split("\n") if "[" in line or "┌" in line]
    assert heads == [
        "error[SEG203]: unknown event",
        "  ┌─ a.yml:9:1",
        "warning[SEG901]: always true",
        "  ┌─ a.yml:9:1",
        "error[SEG203]: unknown event",
        "  ┌─ a.yml:9:2",
        "error[SEG203]: unknown event",
        "  ┌─ a.yml:10:1",
        "error[SEG203]: unknown event",
        "  ┌─ b.yml:1:1",
    ]
    assert render_text(findings, {}) == render_text(reversed(findings), {})


def test_words_of_several_lines_stay_beside_the_mark() -> None:
    finding = Unknown("one\ntwo", way_out="three\nfour", span=Span(FILE, 1, 4, 2))
    assert render_text([finding], {FILE: "a: bc"}) == text(
        "error[SEG203]: unknown event",
        "  ┌─ segments/intent.yml:1:4",
        " 1│ a: bc",
        "  │    ^^ one",
        "  │       two",
        "  = help: three",
        "          four",
        "  = more: segpy explain SEG203",
        "",
        "1 error",
    )


def marked(line: str, column: int, length: int) -> list[str]:
    """The two lines that show a place, without the margin."""
    finding = Unknown("here", span=Span(FILE, 1, column, length))
    return [shown[4:] for shown in render_text([finding], {FILE: line}).split("\n")[2:4]]


@pytest.mark.parametrize(
    ("line", "column", "length", "shown"),
    [
        ("\ta: b", 5, 1, ["    a: b", "       ^ here"]),
        ("a: 日本 b", 4, 2, ["a: 日本 b", "   ^^^^ here"]),
        ("a: 日本 b", 7, 1, ["a: 日本 b", "        ^ here"]),
        ("a: e\u0301 b", 7, 1, ["a: e\u0301 b", "     ^ here"]),
        ("a: \x1b[31m", 4, 5, ["a: ␛[31m", "   ^^^^^ here"]),
        ("a: \u202eb\ud800", 4, 3, ["a: �b�", "   ^^^ here"]),
        ("a: b  ", 4, 1, ["a: b", "   ^ here"]),
        ("a:", 3, 1, ["a:", "  ^ here"]),
        ("a:", 30, 1, ["a:", "  ^ here"]),
        ("a: b", 4, 99, ["a: b", "   ^ here"]),
        ("", 1, 1, ["", "^ here"]),
        ("\ufeffa: b", 4, 1, ["a: b", "   ^ here"]),
    ],
)
def test_the_mark_stands_under_the_place(line: str, column: int, length: int, shown: list[str]) -> None:
    assert marked(line, column, length) == shown


def test_an_empty_line_leaves_no_blanks_at_its_end() -> None:
    assert "\n 1│\n" in render_text([Unknown("here", span=Span(FILE, 1, 1))], {FILE: ""})


def test_a_long_line_is_cut_around_the_place() -> None:
    line = "a" * 200 + "XY" + "b" * 200
    shown, under = marked(line, 201, 2)
    assert shown == "…" + "a" * 40 + "XY" + "b" * (WIDEST - 42) + "…"
    assert under == " " * 41 + "^^ here"
    shown, under = marked(line, 1, 1)
    assert shown == "a" * WIDEST + "…"
    assert under == "^ here"
    shown, under = marked(line, 402, 1)
    assert shown == "…" + "b" * WIDEST
    assert under == " " * WIDEST + "^ here"
    shown, under = marked(line, 201, 202)
    assert under == " " * 41 + "^" * (WIDEST - 40) + " here"


def test_nothing_found_is_no_text() -> None:
    assert render_text([], {}) == ""
    assert render_github([]) == ""
    assert json.loads(render_json([])) == []
    assert summary([]) == ""


def test_the_summary_counts() -> None:
    error, warning = Unknown(), Advice()
    assert summary([error]) == "1 error"
    assert summary([error, warning, error]) == "2 errors, 1 warning"
    assert summary([warning, warning]) == "2 warnings"


def test_color_adds_nothing_but_color() -> None:
    finding = Advice("here", others=(Related(Span(FILE, 1, 1), "there"),), span=Span(FILE, 1, 4))
    shown = render_text([finding], {FILE: "a: b"}, color=True)
    assert shown == text(
        "\x1b[1;33mwarning[SEG901]\x1b[0m\x1b[1m: always true\x1b[0m",
        "\x1b[1;34m  ┌─ \x1b[0msegments/intent.yml:1:4",
        "\x1b[1;34m 1│ \x1b[0ma: b",
        "\x1b[1;34m  │ \x1b[0m   \x1b[1;33m^ here\x1b[0m",
        "\x1b[1;34m  ┌─ \x1b[0msegments/intent.yml:1:1",
        "\x1b[1;34m 1│ \x1b[0ma: b",
        "\x1b[1;34m  │ \x1b[0m\x1b[1;34m- there\x1b[0m",
        "\x1b[1;34m  = \x1b[0mmore: segpy explain SEG901",
        "",
        "1 warning",
    )


def test_json() -> None:
    related = Related(Span("é.yml", 1, 1, 3), "there")
    finding = Unknown("here", way_out="try", others=(related,), span=Span(FILE, 12, 15, 14))
    assert json.loads(render_json([finding, Advice("no place")])) == [
        {
            "code": "SEG901",
            "severity": "warning",
            "title": "always true",
            "message": "no place",
            "help": None,
            "file": None,
            "line": None,
            "column": None,
            "end_column": None,
            "related": [],
        },
        {
            "code": "SEG203",
            "severity": "error",
            "title": "unknown event",
            "message": "here",
            "help": "try",
            "file": FILE,
            "line": 12,
            "column": 15,
            "end_column": 29,
            "related": [{"message": "there", "file": "é.yml", "line": 1, "column": 1, "end_column": 4}],
        },
    ]
    assert render_json([finding]).isascii()


def test_github() -> None:
    findings = [
        Unknown("100% wrong,\r\nhere: `a`", way_out="try `b`", span=Span("a,b:c%.yml", 12, 15, 14)),
        Advice("no place"),
    ]
    assert render_github(findings) == text(
        "::warning title=SEG901 always true::no place",
        "::error file=a%2Cb%3Ac%25.yml,line=12,col=15,endColumn=29,title=SEG203 unknown event"
        "::100%25 wrong,%0D%0Ahere: `a`%0Ahelp: try `b`",
    )


def test_lines_are_those_of_yaml() -> None:
    assert split_lines("a\nb\r\nc\rd\x85e\u2028f\x0cg\n") == ["a", "b", "c", "d\x85e\u2028f\x0cg", ""]
    assert line_starts("a\nb\r\nc\rd") == [0, 2, 5, 7]
    assert (split_lines(""), line_starts("")) == ([""], [0])
