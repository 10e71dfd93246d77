"""What the page of engines says is what tests found, and what tests found is about the cases that there are."""

from __future__ import annotations

import json

import pytest

from segpy.dialects import DIALECTS
from tests.cases import case as cases
from tests.engines.known import ENGINES
from tests.engines.table import FACTS, PAGE, merged, page

ENGINES_FOUND = json.loads(FACTS.read_text(encoding="utf-8"))["engines"]
OF_EVERY_RUN = [name for name, engine in ENGINES.items() if engine.every_run]


def test_the_page_is_written_from_the_facts() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert text == page(text, {"engines": ENGINES_FOUND}), "run `python -m tests.engines.table`"


@pytest.mark.parametrize("engine", ENGINES_FOUND)
def test_the_facts_are_about_cases_that_there_are(engine: str) -> None:
    told = ENGINES_FOUND[engine]
    assert told["dialect"] in DIALECTS
    assert set(told["passed"]) <= set(cases.names()), "a case is gone: ask the engine again"
    assert not [case for case, outcome in told["others"].items() if outcome["outcome"] == "failed"]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_of_every_dialect_something_is_told(dialect: str) -> None:
    """And of nearly every case of it."""
    told = [one for one in ENGINES_FOUND.values() if one["dialect"] == dialect]
    assert told
    assert max(len(one["passed"]) for one in told) >= 0.9 * len(cases.names())


@pytest.mark.parametrize("engine", OF_EVERY_RUN)
def test_engines_of_every_run_were_asked_about_every_case(engine: str) -> None:
    told = ENGINES_FOUND[engine]
    unasked = set(cases.names()) - set(told["passed"]) - told["others"].keys()
    assert not unasked, f"run the cases on {engine} with SEGPY_CONFORMANCE_REPORT, then `python -m tests.engines.table`"


def test_a_report_replaces_what_was_known_of_its_engine_alone() -> None:
    case = cases.names()[0]
    report = {
        "engines": {
            "duckdb": {
                "asked": "2026-01-02",
                "versions": {"dbt-core": "1"},
                "outcomes": {
                    case: {"outcome": "passed"},
                    "language_0_1": {"outcome": "passed"},
                    "language_0_2": {"outcome": "notyet", "reason": "because"},
                },
            }
        }
    }
    known = {"duckdb": {"passed": ["x"]}, "postgres": {"passed": []}, "gone": {"passed": []}}
    found = merged({"engines": known}, [report])["engines"]
    assert found["postgres"] == {"passed": []}
    assert "gone" not in found
    assert found["duckdb"]["passed"] == [case]
    assert found["duckdb"]["random"] == 1
    assert found["duckdb"]["others"] == {"language_0_2": {"outcome": "notyet", "reason": "because"}}
    assert (found["duckdb"]["kind"], found["duckdb"]["dialect"]) == ("engine", "duckdb")
