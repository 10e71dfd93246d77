"""The quick parser of YAML is believed only where it says what the other says, place by place."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from segpy.diagnostics.model import Diagnostic
from segpy.source import compose, events, read
from segpy.source.nodes import Mapping, Source

ROOT = Path(__file__).parents[2]
WANTED = os.environ.get("SEGPY_SPEC_EXAMPLES")
SIGNS = [
    *" \n:-[]{},#'\"&*!|>%@`?\t\\\r\x85\u2028\ufeffab1~=<.éx0_/🦜",
    ": ",
    "- ",
    "\n  ",
    "|\n",
    ">-\n ",
    "*a",
    "&a ",
    "? ",
]
ODD = (
    *("a: {b: , c: d}", "a: {b}", "a: [b, ]", "a:", "a: {s?tream: x}", "{a?: 1, ? b}", "? a\n: b", "a: p\tq"),
    *("a: >#-\n  b", "a: |#\n b", "a: |2-\n   b\n\n", "a: >+\n b\n\n\n", "a: b\x85c", "a: 'b\u2028c'", "a: b\n\ufeff"),
    *("a: &x\nb: *x", "a: !!str 1", "a: !<x> 1", "%YAML 1.1\n---\na: b", "---\na: b\n...\n", "---\n---\n"),
    *("a: 1\n--- b",),
    *('a: "b\\\n  c"', 'a: "\\ud800"', "a: 'b\n\n  c'", "a: b\n  c\n\n  d", "'a': b", '"a\\n": b', "a : b", "- a\n- b"),
    *("a: b: c", "a: [b", "a: {b", "a: 'b", "a: @b", "a: `b", "a: %b", "a: - b", "a:\n- b\n - c", "a: *x", "\ta: b"),
    *("a: b\r\nc: d\r\n", "a: b\rc: d", "a: 🦜 b\nc: 🦜", "a: [🦜, {b: é}]", "a" * 2000 + ": b", "", "\n"),
    *("# a", "a: b # c"),
)  # fmt: skip


@cache
def corpus() -> tuple[str, ...]:
    """Every YAML file of the repository, those that are wrong among them."""
    found = [path for path in sorted(ROOT.rglob("*.y*ml")) if not path.relative_to(ROOT).parts[0].startswith(".")]
    return tuple(path.read_text(encoding="utf-8", errors="replace") for path in found)


@st.composite
def spoilt(draw: st.DrawFn) -> str:
    """Some lines of a file, with a few signs taken out, put in or exchanged."""
    lines = draw(st.sampled_from(corpus())).splitlines(keepends=True)
    first = draw(st.integers(0, len(lines)))
    text = "".join(lines[first : first + draw(st.integers(1, 12))])
    for _ in range(draw(st.integers(0, 5))):
        place = draw(st.integers(0, len(text)))
        text = text[:place] + draw(st.sampled_from((*SIGNS, ""))) + text[place + draw(st.integers(0, 2)) :]
    return text


def both(text: str) -> tuple[tuple[Mapping | None, tuple[Diagnostic, ...]], ...]:
    """What is read with the quick parser at hand, and without it."""
    source = Source("spec.yml", text)
    found = read.read_source(source)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(events, "_QUICK", None)
        return found, read.read_source(source)


def test_there_is_a_quick_parser() -> None:
    """Else nothing is proven here. PyYAML's own wheels have it."""
    assert yaml.__with_libyaml__


@settings(
    max_examples=int(WANTED or 4_000),
    derandomize=WANTED is None,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(spoilt())
def test_both_read_the_same(text: str) -> None:
    found, slowly = both(text)
    assert repr(found) == repr(slowly)  # places take no part in equality


@pytest.mark.parametrize("text", ODD)
def test_both_read_the_same_where_parsers_differ(text: str) -> None:
    found, slowly = both(text)
    assert repr(found) == repr(slowly)


def test_whole_files_are_read_quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """And the same: nearly all of the sound ones never see the other parser."""
    sound = 0
    for text in corpus():
        found, slowly = both(text)
        assert repr(found) == repr(slowly)
        sound += found[0] is not None
    fell_back = []
    slow = compose._composed
    monkeypatch.setattr(compose, "_composed", lambda source, places: fell_back.append(source) or slow(source, places))
    quick = [read.read_source(Source("spec.yml", text))[0] for text in corpus()]
    assert len(fell_back) < len(quick) - 0.9 * sound
