"""The schema and the decoder refuse the same specs, but for what JSON Schema cannot say."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

import pytest
from hypothesis import HealthCheck, given, settings

from segpy.source.nodes import Source
from segpy.source.read import read_source
from segpy.spec import examples, experiments, measures, membership, operands, segments, sequences, taxonomy, windows
from segpy.spec.decode import decode
from segpy.spec.errors import DefinedTwice
from segpy.spec.shapes import Key
from tests.docs.pages import ROOT, blocks, page_names, read
from tests.properties.mutations import mutated
from tests.schema import grammar
from tests.schema.compare import differ_on, differ_on_text
from tests.schema.exceptions import UNSAYABLE, excuses
from tests.schema.values import node_of, plain, validator

SPECS = sorted([*ROOT.glob("segments/**/*.yml"), *ROOT.glob("tests/cases/*/spec.yml")])
ERRORS = sorted(path for path in ROOT.glob("tests/errors/**/*.yml") if path.name != "catalog.yml")
MODULES = (examples, experiments, taxonomy, operands, windows, sequences, measures, membership, segments)


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def differences(files: Iterable[Any]) -> list[str]:
    """How the two differ on these, the first few."""
    found = (differ_on(file) for file in files)
    return [one for one in found if one is not None][:5]


# --- specs that people wrote ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", SPECS, ids=name)
def test_a_spec_of_the_repository_is_valid(path: Path) -> None:
    file, _ = read_source(Source(name(path), path.read_text(encoding="utf-8")))
    assert file is not None
    assert [error.message for error in validator().iter_errors(plain(file))] == []


def test_the_documented_specs_are_judged_alike() -> None:
    texts = [block.text for page in page_names() for block in blocks(read(page), "yaml")]
    assert len(texts) > 20
    assert [said for text in texts if (said := differ_on_text(text)) is not None] == []


@pytest.mark.parametrize("path", ERRORS, ids=name)
def test_a_spec_with_errors_is_judged_alike(path: Path) -> None:
    text = path.read_bytes().decode("utf-8", errors="replace")
    assert differ_on_text(text, name(path)) is None


def test_the_form_errors_are_refused() -> None:
    """Nearly every folder of a form error is refused by the schema too: the exceptions are few."""
    taken = []
    for path in ERRORS:
        file, _ = read_source(Source(name(path), path.read_text(encoding="utf-8")))
        if "SEG11" in name(path) and file is not None and validator().is_valid(plain(file)):
            taken.append(path.parent.name)
    assert sorted(set(taken)) == sorted({*EXPECTED_TO_PASS})


EXPECTED_TO_PASS = (
    "SEG112_null_as_a_name",
    "SEG113_too_long",
    "SEG116",
    "SEG116_a_setting",
    "SEG116_in_another_file",
    "SEG118_a_size",
    "SEG118_more_than_there_are",
)


# --- specs that the grammar yields ------------------------------------------------------------------------------------


def test_every_mapping_of_the_grammar_is_tried() -> None:
    known = {id(key) for place in grammar.PLACES.values() for key in place.keys.values()}
    tables = [value for module in MODULES for value in vars(module).values() if isinstance(value, dict)]
    keys = [key for table in tables for key in table.values() if isinstance(key, Key)]
    assert {key.name for key in keys if id(key) not in known} == set()


_NEVER = {"did", "did_not", "any_member_in", "all_members_in", "no_member_in"}
_OF_THREE = {"calendar", "change", "recent", "baseline", "as"}
NOT_OF_TWO = {
    "condition": _OF_THREE,
    "measure": _OF_THREE | _NEVER,
    "feature": _OF_THREE | _NEVER,
    "first step": {"within", "after", "directly"},
}


@pytest.mark.parametrize("place", grammar.PLACES)
def test_any_two_keys(place: str) -> None:
    """Each sample is taken alone or in some company: else these tries would say little."""
    file = grammar.PLACES[place].file
    tries = list(grammar.of_up_to_two_keys(place))
    taken = {key for value in tries if is_taken(file(value)) for key in value}
    assert set(grammar.PLACES[place].keys) - taken == NOT_OF_TWO.get(place, set())
    assert differences(file(value) for value in tries) == []


def is_taken(value: Any) -> bool:
    """Whether the decoder takes a file of these values."""
    return not decode([node_of(value)])[1]


@pytest.mark.parametrize("place", grammar.PLACES)
def test_more_keys(place: str) -> None:
    file = grammar.PLACES[place].file
    assert differences(file(value) for value in grammar.of_more_keys(place, 100)) == []


@pytest.mark.parametrize("place", grammar.PLACES)
def test_keys_of_other_mappings(place: str) -> None:
    file = grammar.PLACES[place].file
    files = [file(value) for value in grammar.refused_keys(place)]
    assert [one for one in files if validator().is_valid(one)] == []
    assert differences(files) == []


@pytest.mark.parametrize("place", grammar.PLACES)
def test_each_key_with_every_kind_of_value(place: str) -> None:
    file, least = grammar.PLACES[place].file, grammar.smallest(place)
    elsewhere = measures.MEASURE if place in ("condition", "feature") else {}  # those are tried as a measure
    beside = {key: company(place, key) for key in grammar.PLACES[place].keys if key not in elsewhere}
    tries = (file({**least, **beside[key], key: value}) for key in beside for value in values_for(place, key))
    assert differences(tries) == []


def values_for(place: str, key: str) -> tuple[Any, ...]:
    """All values for the first key of a shape, some for the others: they share its reader and its schema."""
    keys = grammar.PLACES[place].keys
    of_the_shape = [name for name, one in keys.items() if one.shape is keys[key].shape]
    return grammar.VALUES[of_the_shape.index(key) % 7 :: 7] if key != of_the_shape[0] else grammar.VALUES


def company(place: str, key: str) -> dict[str, Any]:
    """What must stand beside a key that it can be taken."""
    taken = (one for one in grammar.of_up_to_two_keys(place) if key in one)
    file = grammar.PLACES[place].file
    return next((one for one in taken if is_taken(file(one))), TOGETHER if key in TOGETHER else {})


TOGETHER = {"change": {"count": "a"}, "recent": "7 days", "baseline": "70 days", "as": "ratio"}


@pytest.mark.parametrize("value", grammar.VALUES, ids=str)
def test_every_kind_of_value_as_a_name(value: Any) -> None:
    if isinstance(value, str):
        keys = (
            {"entities": {value: {"key": "id"}}},
            {"streams": {"app": {"relation": "ref('a')", "entity": {value: "id"}, "occurred_at": "at"}}},
            {"streams": {"app": {**STREAM, "properties": {value: "text"}}}},
            {"features": {value: {"count": "a"}}},
        )
        assert differences(keys) == []


STREAM = {"relation": "ref('a')", "entity": {"user": "id"}, "occurred_at": "at"}


# --- specs that somebody got wrong ------------------------------------------------------------------------------------


@settings(max_examples=200, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck))
@given(files=mutated())
def test_mutated_specs_are_judged_alike(files: dict[str, str]) -> None:
    for path, text in files.items():
        assert differ_on_text(text, path) is None


# --- exceptions -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("exception", UNSAYABLE)
def test_an_exception_is_needed(exception: str) -> None:
    file, _ = read_source(Source("segments/spec.yml", UNSAYABLE[exception].example))
    assert file is not None
    _, findings = decode([file])
    assert [excuses(finding, file) for finding in findings] == [exception]
    assert validator().is_valid(plain(file))


def test_what_is_defined_in_two_files_is_beyond_a_schema() -> None:
    texts = ("grain: day\nfeatures: {f: {count: a}}\n", "grain: day\nfeatures: {f: {count: a}}\n")
    files = [read_source(Source(f"{i}.yml", text))[0] for i, text in enumerate(texts)]
    read_files = [file for file in files if file is not None]
    assert {type(finding) for finding in decode(read_files)[1]} == {DefinedTwice}
    assert all(validator().is_valid(plain(file)) for file in read_files)


def test_every_time_zone_is_taken() -> None:
    assert [zone for zone in available_timezones() if not validator().is_valid({"timezone": zone})] == []
