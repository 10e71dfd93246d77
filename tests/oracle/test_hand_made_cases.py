"""The oracle finds what was derived by hand, in every case, also in those that the compiler refuses."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.cases import case as cases
from tests.cases.case import Case
from tests.cases.expected import entities, per_entity, same
from tests.cases.tables import plain
from tests.oracle.ask import world
from tests.oracle.world import World

KNOWN = {"segpy.source", "segpy.spec"}


@pytest.mark.parametrize("name", cases.names())
def test_the_oracle_finds_what_was_expected(name: str) -> None:
    """Population, members, features and sequences."""
    case = cases.load(name)
    found = world(case.spec, case.tables, case.as_of)
    for entity, expected in per_entity(case, case.expect.get("population")).items():
        assert set(map(str, found.log.population(entity))) == set(map(str, expected))
    members = {segment: set(map(str, found.members(segment))) for segment in found.segments}
    assert members == {segment: set(map(str, keys)) for segment, keys in case.expect["segments"].items()}
    wrong = [
        f"{key}.{column}: by hand {wanted!r}, by the oracle {got!r}"
        for entity in entities(case)
        for key, column, wanted, got in asked(case, found, entity)
        if not same(plain(got), plain(wanted))
    ]
    assert not wrong, "\n" + "\n".join(wrong)


def asked(case: Case, found: World, entity: str) -> list[tuple[str, str, Any, Any]]:
    """Key, column, what is expected and what the oracle says, of all that the case asserts of an entity."""
    by_key = {str(key): columns for key, columns in found.features(entity).items()}
    wanted = [
        (str(key), column, value)
        for key, columns in per_entity(case, case.expect.get("features")).get(entity, {}).items()
        for column, value in columns.items()
    ]
    for feature, keys in case.expect.get("sequences", {}).items():
        if any(f"{feature}_completed" in columns for columns in by_key.values()):
            wanted += of_sequence(feature, keys)
    return [(key, column, value, by_key[key][column]) for key, column, value in wanted]


def of_sequence(feature: str, keys: Mapping[Any, Mapping[str, Any]]) -> list[tuple[str, str, Any]]:
    """What a case asserts of a sequence, by columns."""
    return [(str(key), f"{feature}_{measure}", value) for key, said in keys.items() for measure, value in said.items()]


def test_the_oracle_knows_nothing_of_the_compiler() -> None:
    """Of segpy it sees the spec as written; it holds no SQL and asks no engine."""
    for path in Path(__file__).parent.glob("*.py"):
        if path.name.startswith("test_"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            modules = [one.name for one in node.names] if isinstance(node, ast.Import) else []
            modules += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for module in modules:
                assert module.split(".")[0] not in ("sqlglot", "duckdb"), f"{path.name} imports {module}"
                assert not module.startswith("segpy") or ".".join(module.split(".")[:2]) in KNOWN, path.name
                assert not module.startswith("tests") or module.startswith(("tests.oracle", "tests.cases.tables"))
