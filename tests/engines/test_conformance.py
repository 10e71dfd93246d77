"""One spec, one answer: every case on every engine, through dbt and the engine's own adapter.

Held against each other are the answers of the engine, what a person expects (of the cases that have that), and the
answers of DuckDB in memory, which the oracle is held against: all rows and columns of all models. The tests that
segpy renders beside the models run too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import pytest

from tests.cases.expected import EXPECTATIONS, OF_ALL_SEGMENTS
from tests.cases.runner import Refused, run
from tests.cases.tables import Row
from tests.engines import buckets, build, corpus
from tests.engines.answers import differences
from tests.engines.corpus import Entry
from tests.engines.engine import Engine, Mark


@pytest.mark.slow
def test_case(outcome: dict[str, str], answered: Path, engine: Engine, name: str) -> None:
    """The engine answers as expected, or as it is marked."""
    try:
        found, models = build.compiled(engine.name, name)
    except Refused as refused:
        mark = of_refusal(engine.marks, refused)
    else:
        answers = build.answers(engine, found, models, answered)
        mark = of_problems(engine.marks.get(name), problems_of(found, answers), f"{engine.name}, in {answered}")
        if found.left_out:
            outcome["left_out"] = f"{found.left_out} features and segments that the dialect cannot say"
    outcome |= {"outcome": "passed"} if mark is None else {"outcome": mark.kind, "reason": mark.reason}
    if mark is not None:
        pytest.xfail(f"{mark.kind}: {mark.reason}")


@pytest.mark.slow
def test_holdout_buckets(outcome: dict[str, str], answered: Path, engine: Engine) -> None:
    """The engine computes the pinned buckets, or is marked."""
    mark = of_problems(engine.marks.get(buckets.MODEL), buckets.problems(engine, build.told(answered)), engine.name)
    outcome |= {"outcome": "passed"} if mark is None else {"outcome": mark.kind, "reason": mark.reason}
    if mark is not None:
        pytest.xfail(f"{mark.kind}: {mark.reason}")


@pytest.mark.slow
def test_marks_by_code_are_needed(ready: Engine) -> None:
    """Some case is refused with each code that an engine has a mark for, and each marked case exists."""
    codes = {name for name in ready.marks if name.startswith("SEG")}
    refused = {code for name in corpus.names() for code in codes_of(ready, name)} if codes else set()
    assert codes <= refused, f"{codes - refused}: no case is refused with these any more"
    assert ready.marks.keys() - codes <= {*corpus.names(), buckets.MODEL}


def codes_of(engine: Engine, name: str) -> frozenset[str]:
    """With which codes an entry is refused."""
    try:
        build.compiled(engine.name, name)
    except Refused as refused:
        return refused.codes
    return frozenset()


def of_refusal(marks: Mapping[str, Mark], refused: Refused) -> Mark:
    """The mark of what the compiler refuses."""
    if not refused.codes:
        return Mark("notyet", "the dialect can say nothing of this random spec")
    unknown = refused.codes - marks.keys()
    assert not unknown, f"refused, and no mark for {sorted(unknown)}: {refused}"
    code = min(refused.codes)
    return Mark(marks[code].kind, f"{code}: {marks[code].reason}")


def of_problems(mark: Mark | None, problems: Sequence[str], where: str) -> Mark | None:
    """The mark of what goes wrong. What is marked must go wrong, and what is not must not."""
    __tracebackhide__ = True  # what matters is what the engine says
    if mark is None and problems:
        raise AssertionError(f"{where}:\n" + "\n".join(problems))
    if mark is not None and not problems:
        raise AssertionError(f"{where}: marked `{mark.kind}` ({mark.reason}), and passes: take the mark away")
    return mark


def problems_of(found: Entry, answers: build.Answers) -> list[str]:
    """All that is wrong with an engine's answers to an entry."""
    if answers.problems:
        return list(answers.problems)
    wrong = differences(answers.rows, meant(found))
    about_all = found.name in corpus.ABOUT_SEGMENTS
    for expectation in EXPECTATIONS if found.case is not None else ():
        if expectation in OF_ALL_SEGMENTS and not about_all:
            continue
        try:
            expectation(found.case, answers.rows)
        except AssertionError as error:
            wrong.append(f"expected of {expectation.__name__}: {error}")
    return wrong + [f"a test that segpy renders fails: {one}" for one in answers.failed_tests]


@cache
def meant(found: Entry) -> dict[str, list[Row]]:
    """The answers of DuckDB in memory."""
    return run(found.asked(corpus.models_of(found.spec, "duckdb")), found.tables, found.as_of)
