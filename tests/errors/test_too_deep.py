"""Definitions on definitions without end are refused, before they take more memory than there is."""

from __future__ import annotations

from pathlib import Path

from segpy.pipeline import compile_sources
from segpy.source.nodes import Source

TAXONOMY = Source("segments/taxonomy.yml", (Path(__file__).parent / "taxonomy.yml").read_text(encoding="utf-8"))


def doubled(times: int) -> Source:
    """Each feature adds the one before it to itself, so the last comes to 2^times features."""
    first = "  f0: {entity: user, count: login}\n"
    others = (f"  f{i}: {{expression: f{i - 1} + f{i - 1}}}\n" for i in range(1, times))
    return Source("segments/spec.yml", "features:\n" + first + "".join(others))


def halved(times: int) -> Source:
    """Each feature sets the one before it against itself."""
    first = "  f0: {entity: user, count: login}\n"
    others = (f"  f{i}: {{ratio: [{{feature: f{i - 1}}}, {{feature: f{i - 1}}}]}}\n" for i in range(1, times))
    return Source("segments/spec.yml", "features:\n" + first + "".join(others))


def test_a_ratio_stands_on_both_of_its_sides() -> None:
    assert compile_sources([TAXONOMY, halved(6)]).diagnostics == ()
    findings = compile_sources([TAXONOMY, halved(19)]).diagnostics
    assert {finding.code for finding in findings} == {"SEG215"}
    assert all("more than 500" in finding.label for finding in findings)


def test_a_few_are_fine() -> None:
    assert compile_sources([TAXONOMY, doubled(5)]).diagnostics == ()


def test_too_many_are_refused_at_the_definition() -> None:
    findings = compile_sources([TAXONOMY, doubled(40)]).diagnostics
    assert {finding.code for finding in findings} == {"SEG215"}
    assert all(finding.span and finding.span.file == "segments/spec.yml" for finding in findings)
