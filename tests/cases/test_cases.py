"""The hand-made cases: expectations were derived from the meaning of the language, never from running the compiler."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

import pytest
import yaml

from tests.cases.case import Case, load, shuffled, with_future_events
from tests.cases.expected import EXPECTATIONS, Answers, assert_same
from tests.cases.runner import Models, built, compile_spec, run
from tests.cases.tables import Row


@cache
def models_of(spec: str) -> Models:
    """Compile each spec once."""
    return compile_spec(spec)


def answer(case: Case) -> dict[str, list[Row]]:
    """The rows of every model for a case or a variation of it."""
    return run(models_of(case.spec), case.tables, case.as_of)


@cache
def answer_as_written(name: str) -> dict[str, list[Row]]:
    """The rows of every model for a case, computed once."""
    return answer(load(name))


@pytest.mark.parametrize("expectation", EXPECTATIONS, ids=lambda one: one.__name__)
def test_what_is_expected(case: Case, expectation: Callable[[Case, Answers], None]) -> None:
    """What a person worked out, and what holds of every case."""
    expectation(case, answer_as_written(case.name))


def test_columns_are_of_the_types_that_they_are_said_to_have(case: Case) -> None:
    """Not of 128 bits, above all, to which DuckDB sums integers: DuckLake would keep them as floats."""
    models = models_of(case.spec)
    described = yaml.safe_load(models.artifacts["models/segpy/_segpy.yml"])["models"]
    said = {(model["name"], one["name"]): one["data_type"].upper() for model in described for one in model["columns"]}
    with built(models, case.tables, case.as_of) as connection:
        found = connection.execute("select table_name, column_name, data_type from duckdb_columns()").fetchall()
    types = {(model, name): type_.upper() for model, name, type_ in found if model in models.sql}
    assert types == {one: "VARCHAR" if type_ == "TEXT" else type_ for one, type_ in said.items()}


def test_future_changes_nothing(case: Case) -> None:
    """Events at and after `as_of` are invisible, to entities and to the population alike."""
    assert_same(answer(with_future_events(case)), answer_as_written(case.name))


def test_row_order_changes_nothing(case: Case) -> None:
    """Storage order never decides."""
    assert_same(answer(shuffled(case, 0)), answer_as_written(case.name))


def test_session_time_zone_changes_nothing(case: Case) -> None:
    """Nothing is cast by the zone that the database happens to be set to."""
    found = run(models_of(case.spec), case.tables, case.as_of, zone="Pacific/Kiritimati")
    assert_same(found, answer_as_written(case.name))


def test_rendering_is_a_function_of_the_meaning(case: Case) -> None:
    """Compiling again, or a file whose top-level keys stand in another order, gives the same bytes."""
    first = models_of(case.spec).artifacts
    assert compile_spec(case.spec).artifacts == first
    assert compile_spec(reordered(case.spec)).artifacts == first


def reordered(spec: str) -> str:
    """The spec with its top-level keys in reverse order."""
    blocks = re.split(r"^(?=[a-z])", spec, flags=re.MULTILINE)
    return "".join(reversed(blocks))
