"""The hand-made histories on an engine, run after run, by dbt: what is kept there is what was worked out by hand.

They stand in one dbt project, each under its name; its n-th build is the n-th run of each. What is only made of
history, and the tests, are there now and then.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cases.runner import Models, compile_spec
from tests.engines.answers import decoded
from tests.engines.build import work
from tests.engines.engine import Engine
from tests.engines.environments import python_of
from tests.engines.inputs import no_jinja
from tests.engines.known import ENGINES
from tests.engines.project import INSTANTS, connect, renamed_by
from tests.histories import history
from tests.histories.history import Run, Written
from tests.histories.test_histories import spell
from tests.kept.schedules import needed_for

KEPT = "segment_spells"
OF_HOLDOUTS = ("segment_assignments", "segment_outcomes", "segment_arms")
_TESTED = 4  # every so many builds
LEFT_OUT = ("activation_", "segment_activation", "segment_attrition", "segment_explanations")


@cache
def compiled(name: str, spec: str, dialect: str) -> Models:
    """The models of a spec of a history."""
    return compile_spec(history.load(name).specs[spec], dialect)


@pytest.mark.slow
def test_runs_by_dbt_leave_what_was_worked_out(ready: Engine, tmp_path: Path) -> None:
    """Every spell of those chosen, a refusal where there must be one, and now and then the tests that come with it."""
    if ready.kept is None:
        pytest.skip(f"the tables of {ready.name} cannot have rows replaced")
    written = {name: history.load(name) for name in chosen(ready)}
    project, python = tmp_path / "project", python_of(ready)
    found: dict[str, Any] = {}
    with ready.start(tmp_path, python.parent) as running:
        for number in range(max(len(one.runs) for one in written.values())):
            now = {name: one.runs[number] for name, one in written.items() if number < len(one.runs)}
            write(project, ready, written, now, tests=number % _TESTED == _TESTED - 1)
            connect(project, ready, running)
            work(python, project, tmp_path / "answers.json", running, hours=ready.hours)
            told = json.loads((tmp_path / "answers.json").read_text(encoding="utf-8"))
            assert told["problem"] is None, told["problem"]
            assert list(problems(told, now)) == [], f"build {number}"
            assert bool(told["tests"]) == (number % _TESTED == _TESTED - 1)
            ended = (name for name, run in now.items() if not run.refused)
            found |= {name: (_kept(name, told["rows"]), _others(written[name], told["rows"])) for name in ended}
    for name, one in written.items():
        kept, others = found[name]
        spells, drawn, *told = (decoded(ready, rows) for rows in kept)
        assert history.lines([spell(row) for row in spells if row["kind"] != "run"]) == sorted(one.spells), name
        assert history.assigned(drawn) == sorted(one.assignments), name
        assert history.measured(*told) == (sorted(one.outcomes), sorted(one.arms)), name
        for model, (columns, *lines) in one.models.items():
            assert history.shown(decoded(ready, others[model]), columns) == sorted(lines), f"{name} {model}"


def _kept(name: str, rows: Mapping[str, Any]) -> list[Any]:
    """The spells, and of hold-outs and experiments, where there are any, all that is measured."""
    nothing = {"columns": [], "rows": []}
    return [rows[f"{name}__{KEPT}"], *(rows.get(f"{name}__{model}", nothing) for model in OF_HOLDOUTS)]


def _others(one: Written, rows: Mapping[str, Any]) -> dict[str, Any]:
    """The models of which a history tells all rows."""
    return {model: rows[f"{one.name}__{model}"] for model in one.models if f"{one.name}__{model}" in rows}


def chosen(engine: Engine) -> list[str]:
    """Some histories, as all of them are run without dbt; `SEGPY_HISTORIES=all` asks for all, or for those it names.

    The engines of every run have each of them by turns, others every second one.
    """
    names = history.names()
    if asked := os.environ.get("SEGPY_HISTORIES"):
        return names if asked == "all" else asked.split(",")
    by_turns = [one for one in ENGINES.values() if one.every_run]
    return names[by_turns.index(engine) :: len(by_turns)] if engine.every_run else names[::2]


def problems(told: Mapping[str, Any], now: Mapping[str, Run]) -> Iterator[str]:
    """What did not end as it should have."""
    for name, node in told["models"].items():
        own, _, model = name.partition("__")
        if now[own].refused and model == KEPT:
            if node["status"] != "error" or "segpy_rewrite_history" not in str(node["message"]):
                yield f"{name} is not refused: {node['message']}"
        elif node["status"] != "success" and not (now[own].refused and node["status"] == "skipped"):
            yield f"{name}: {node['status']}: {node['message']}\n{node['sql']}"
    for name, node in told["tests"].items():
        if node["status"] != "pass" and not now[name.partition("__")[0]].refused:
            yield f"{name}: {node['message']}\n{node['sql']}"


def write(
    project: Path, engine: Engine, written: Mapping[str, Written], now: Mapping[str, Run], *, tests: bool
) -> None:
    """The project of one build."""
    files: dict[str, str] = {}
    wanted, models = [], []
    for name, run in now.items():
        one = compiled(name, run.spec, engine.dialect)
        sql, artifacts = one.sql, one.artifacts
        kept = (
            {model for model in sql if not model.startswith(LEFT_OUT)}
            if tests
            else needed_for(one, {KEPT, *OF_HOLDOUTS, *written[name].models} & sql.keys())
        )
        for model in sorted(kept):
            files[f"models/{name}/{name}__{model}.sql"] = engine.given(renamed_by(name, sql[model]))
        config = '{{ config(materialized="table") }}'
        for table in written[name].tables(run):
            files[f"models/{name}/{name}__{table.name}.sql"] = f"{config}\n{no_jinja(engine.table(engine, table))}\n"
        files |= {path: text for path, text in artifacts.items() if path.startswith("macros/")}
        models += list(_properties(engine, name, one, kept, tests=tests))
        wanted += [f"{name}__{model}" for model in (KEPT, *OF_HOLDOUTS, *written[name].models) if model in sql]
    files["models/_segpy.yml"] = yaml.safe_dump({"version": 2, "models": models})
    files["dbt_project.yml"] = yaml.safe_dump(
        {
            "name": "histories",
            "profile": "conformance",
            "flags": {"send_anonymous_usage_stats": False},
            "vars": {
                INSTANTS: {name: run.as_of.isoformat(sep=" ") for name, run in now.items()},
                "segpy_rewrite_history": any(run.rewrite for run in now.values()),
            },
        }
    )
    files["wanted.json"] = json.dumps({"models": wanted, "tests": tests})
    for path in project.glob("models/**/*.sql"):
        if path.relative_to(project).as_posix() not in files:
            path.unlink()
    for path, text in files.items():
        (project / path).parent.mkdir(parents=True, exist_ok=True)
        (project / path).write_text(text, encoding="utf-8")


def _properties(engine: Engine, name: str, models: Models, kept: set[str], *, tests: bool) -> Iterator[dict[str, Any]]:
    """What dbt is told of the models that are there, and the tests of history."""
    for model in yaml.safe_load(models.artifacts["models/segpy/_segpy.yml"])["models"]:
        if model["name"] not in kept:
            continue
        config = model["config"] if engine.contracts else {}
        if 'materialized="incremental"' in models.sql[model["name"]]:
            config |= engine.kept or {}
        asked = json.dumps(model["data_tests"] if tests else [])
        told = json.loads(renamed_by(name, asked).replace('"name": "', f'"name": "{name}__'))
        columns = model["columns"] if engine.contracts else []
        yield {"name": f"{name}__{model['name']}", "config": config, "columns": columns, "data_tests": told}
