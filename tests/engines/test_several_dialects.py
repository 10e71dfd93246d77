"""One set of specs in two dialects: the demonstration, rendered once, is built on two engines and says the same.

That dbt takes the right one of both is told by DuckLake: it holds no table that is made as DuckDB makes it.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cases.tables import Row
from tests.engines import demonstration
from tests.engines.answers import decoded, differences
from tests.engines.build import work
from tests.engines.engine import Engine
from tests.engines.environments import python_of, want
from tests.engines.known import ENGINES

PAIRS = [("duckdb", "postgres"), ("ducklake", "postgres")]


@pytest.fixture(scope="module", params=PAIRS, ids=" and ".join)
def pair(request: pytest.FixtureRequest) -> tuple[Engine, Engine]:
    """Two engines, the first of which runs examples."""
    first, second = (ENGINES[name] for name in request.param)
    for engine in (first, second):
        want(engine)
    return first, second


@pytest.fixture(scope="module")
def project(pair: tuple[Engine, Engine], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration for two dialects. Both builds start from the very same files."""
    folder = tmp_path_factory.mktemp("several") / "project"
    demonstration.render(folder, tuple(engine.dialect for engine in pair))
    return folder


@pytest.fixture(scope="module")
def answers(
    pair: tuple[Engine, Engine], project: Path, tmp_path_factory: pytest.TempPathFactory
) -> list[Mapping[str, Any]]:
    """What each engine says."""
    return [built(one, project, tmp_path_factory.mktemp(one.name)) for one in pair]


def built(engine: Engine, project: Path, folder: Path) -> Mapping[str, Any]:
    """Seeds, models and tests of the project on an engine; the rows of the generated models."""
    copy = folder / "project"
    shutil.copytree(project, copy)
    generated = sorted(path.stem for path in (copy / "models" / "segpy").glob("*.sql"))
    python = python_of(engine)
    with engine.start(folder, python.parent) as running:
        output = {"threads": engine.threads, **running.profile}
        profiles = {"segpy": {"target": "tests", "outputs": {"tests": output}}}
        (copy / "profiles.yml").write_text(yaml.safe_dump(profiles), encoding="utf-8")
        wanted = {"models": generated, "tests": True, "seeds": True, "adapter": output["type"]}
        (copy / "wanted.json").write_text(json.dumps(wanted), encoding="utf-8")
        work(python, copy, folder / "answers.json", running)
    told: Mapping[str, Any] = json.loads((folder / "answers.json").read_text(encoding="utf-8"))
    return told


@pytest.mark.parametrize("at", [0, 1], ids=["first", "second"])
def test_every_model_is_built_and_every_test_passes(at: int, answers: list[Mapping[str, Any]], project: Path) -> None:
    told = answers[at]
    assert told["problem"] is None
    assert {name: one for name, one in told["models"].items() if one["status"] != "success"} == {}
    assert {name: one for name, one in told["tests"].items() if one["status"] != "pass"} == {}
    names = {name for name in told["tests"] if name.startswith("segpy_")}
    assert "segpy_flags_match_members_user_segments" in names
    examples = {path.stem for path in (project / "models" / "segpy" / "examples").glob("*__examples.sql")}
    of_examples = [name for name in told["tests"] if f"{name.split('__')[0]}__examples" in examples]
    assert bool(of_examples) == (at == 0), "examples run in the first dialect"


def test_both_engines_say_the_same_of_everybody(pair: tuple[Engine, Engine], answers: list[Mapping[str, Any]]) -> None:
    first, second = (rows(engine, told) for engine, told in zip(pair, answers, strict=True))
    assert len(first) > 20 and sum(map(len, first.values())) > 5_000
    assert differences(second, first) == []


def rows(engine: Engine, told: Mapping[str, Any]) -> dict[str, list[Row]]:
    return {name: decoded(engine, answer) for name, answer in told["rows"].items()}


def test_a_model_is_the_call_of_a_macro_with_the_sql_of_both(project: Path) -> None:
    model = (project / "models" / "segpy" / "user_segments.sql").read_text(encoding="utf-8")
    assert model.splitlines()[-1] == "{{ segpy_sql_of_user_segments() }}"
    macro = (project / "macros" / "segpy" / "models" / "user_segments.sql").read_text(encoding="utf-8")
    for adapter in ("duckdb", "postgres"):
        assert f"{{% macro {adapter}__segpy_sql_of_user_segments() %}}" in macro
