"""Every code has a page and every page a code; the pages of the reader's codes show what they say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from segpy.diagnostics.explain import explained, explanation
from segpy.diagnostics.render import render_text
from segpy.source.nodes import Source
from segpy.source.read import read_source
from tests.findings import all_findings

DOCS = Path(__file__).parents[2] / "docs" / "reference" / "errors.md"
SECTIONS = ["Why", "Example", "Way out"]
OF_THE_READER = [code for code in explained() if code.startswith("SEG10")]


def page(code: str) -> str:
    text = explanation(code)
    assert text is not None
    return text


def example(code: str) -> str:
    match = re.search(r"## Example\n.*?```yaml\n(.*?)```", page(code), re.DOTALL)
    assert match is not None
    return match[1]


def test_every_code_has_a_page_and_every_page_a_code() -> None:
    codes = [finding.code for finding in all_findings()]
    missing = sorted(set(codes) - set(explained()))
    left_over = sorted(set(explained()) - set(codes))
    assert (missing, left_over) == ([], []), "pages live in segpy/diagnostics/pages/SEGnnn.md"


@pytest.mark.parametrize("code", explained())
def test_a_page_has_the_title_of_its_finding_and_says_what_why_and_the_way_out(code: str) -> None:
    titles = {finding.code: finding.title for finding in all_findings()}
    lines = page(code).splitlines()
    assert lines[0] == f"# {code}: {titles.get(code)}"
    assert [line.removeprefix("## ") for line in lines if line.startswith("## ")] == SECTIONS
    parts = re.split(r"^#+ .*$", page(code), flags=re.MULTILINE)[1:]
    assert all(part.strip() for part in parts)
    assert "```" in parts[2], "the example is a block"
    assert max(map(len, lines)) <= 120


@pytest.mark.parametrize("code", OF_THE_READER)
def test_the_example_of_a_form_error_shows_it(code: str) -> None:
    _, findings = read_source(Source("segments/example.yml", example(code)))
    assert [finding.code for finding in findings] == [code]


def test_the_reference_shows_a_finding_as_it_is_printed() -> None:
    path = "segments/intent.yml"
    _, findings = read_source(Source(path, example("SEG102")))
    assert f"```text\n{render_text(findings, {path: example('SEG102')})}\n```" in DOCS.read_text(encoding="utf-8")


def test_a_code_may_be_asked_for_in_any_letters() -> None:
    assert explanation(" seg102 ") == page("SEG102")


@pytest.mark.parametrize("code", ["SEG000", "", "../model", "SEG102.md"])
def test_what_is_no_code_has_no_page(code: str) -> None:
    assert explanation(code) is None
