"""Kept tables by dbt on other engines, each in its own environment: a short schedule, a changed definition, a kill."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Mapping
from datetime import datetime
from itertools import islice
from pathlib import Path
from random import Random
from subprocess import PIPE, Popen
from typing import Any

import pytest
import yaml

from tests.cases.runner import compile_spec
from tests.cases.tables import Table
from tests.e2e.commands import plain_environment
from tests.engines.answers import decoded
from tests.engines.build import work
from tests.engines.engine import Engine, Running
from tests.engines.environments import python_of, want
from tests.engines.inputs import no_jinja
from tests.engines.known import ENGINES
from tests.engines.project import INSTANTS, connect, renamed_by
from tests.kept.arrivals import DAY, HOUR
from tests.kept.project import SPEC, anew, differences, in_raw, public, random_sources
from tests.kept.schedules import START

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

NAME = "living"
CHANGED = SPEC.replace("in_the_last: 7 days", "in_the_last: 12 days")
RUNS = ((30, 0, SPEC), (31, 0, SPEC), (34, 5, CHANGED), (35, 0, CHANGED))
"""On which day, how many hours later, by which spec."""
PUBLIC = ("user_features", "user_segments", "user_measures", "user_sequences")


@pytest.mark.parametrize("name", ["postgres", "sail", "ducklake", "clickhouse"])
def test_a_living_project(name: str, tmp_path: Path) -> None:
    engine = ENGINES[name]
    want(engine)
    given = random_sources(Random(9), 2 * DAY)
    project, python = tmp_path / "project", python_of(engine)
    assert CHANGED != SPEC
    with engine.start(tmp_path, python.parent) as running:
        for number, later, spec in RUNS:
            as_of = START + number * DAY
            tables = given.tables(as_of + later * HOUR)
            write(project, engine, spec, tables, as_of)
            connect(project, engine, running)
            work(python, project, tmp_path / "answers.json", running, hours=engine.hours)
            told = json.loads((tmp_path / "answers.json").read_text(encoding="utf-8"))
            assert told["problem"] is None, told["problem"]
            assert [node for node in told["models"].values() if node["status"] != "success"] == []
            found = {model: decoded(engine, told["rows"][f"{NAME}__{model}"]) for model in PUBLIC}
            assert differences(public(found), anew(spec, tables, as_of)) == [], f"as of day {number}"


# On Sail kills take long: only where they are asked for.
KILLED = ["postgres", "sail"] if "SEGPY_KILLS" in os.environ else ["postgres"]


@pytest.mark.parametrize("name", KILLED)
def test_killed(name: str, tmp_path: Path) -> None:
    """Wherever a run is killed, the next leaves what it would have left without it. `SEGPY_KILLS=10` kills so many."""
    engine, wanted = ENGINES[name], os.environ.get("SEGPY_KILLS")
    want(engine)
    chance, project, python = Random(None if wanted else 5), tmp_path / "project", python_of(engine)
    given, day, kills = random_sources(Random(chance.randrange(1000)), 2 * DAY), 30, 0
    with engine.start(tmp_path, python.parent) as running:
        for number in range(int(wanted or 1) + 1):
            as_of = START + day * DAY
            tables = given.tables(as_of)
            write(project, engine, SPEC, tables, as_of)
            connect(project, engine, running)
            before, after = chance.randrange(3, 10), chance.random() * 0.3
            kills += number > 0 and killed(python, project, running, before, after)
            work(python, project, tmp_path / "answers.json", running, hours=engine.hours)
            told = json.loads((tmp_path / "answers.json").read_text(encoding="utf-8"))
            where = f"as of day {day}, killed {after} s into model {before}"
            assert told["problem"] is None, told["problem"]
            assert [node for node in told["models"].values() if node["status"] != "success"] == [], where
            found = {model: decoded(engine, told["rows"][f"{NAME}__{model}"]) for model in PUBLIC}
            assert differences(public(found), anew(SPEC, tables, as_of)) == [], where
            day = min(day + chance.choice((0, 1, 1, 2)), 79)
    assert kills > 0


def killed(python: Path, project: Path, running: Running, before: int, after: float) -> bool:
    """Whether dbt, in a process of its own, was killed: so long after it began its n-th model."""
    command = [str(python), "-u", "-m", "dbt.cli.main", "run", "--project-dir", str(project)]
    environment = {**plain_environment(), **running.environment}
    with Popen([*command, "--profiles-dir", str(project)], env=environment, cwd=project, stdout=PIPE, text=True) as dbt:
        assert dbt.stdout is not None
        begun = (line for line in dbt.stdout if " START " in line)
        if next(islice(begun, before, None), None) is not None:
            time.sleep(after)
            dbt.kill()
        dbt.stdout.read()
    return dbt.returncode == -signal.SIGKILL


def write(project: Path, engine: Engine, spec: str, tables: tuple[Table, ...], as_of: datetime) -> None:
    """The project of one run: its sources are models, as on every engine of the conformance suite."""
    models = compile_spec(spec, engine.dialect)
    users = {name: text for name, text in models.sql.items() if name.startswith("user_")}
    files = {path: text for path, text in models.artifacts.items() if path.startswith("macros/")}
    files |= {f"models/{NAME}__{name}.sql": engine.given(renamed_by(NAME, text)) for name, text in users.items()}
    for table in map(in_raw, tables):
        query = f'{{{{ config(materialized="table") }}}}\n{no_jinja(engine.table(engine, table))}\n'
        files[f"models/{NAME}__{table.name.replace('.', '__')}.sql"] = query
    kept = [f"{NAME}__{name}" for name, text in users.items() if 'materialized="incremental"' in text]
    assert len(kept) > 3 and engine.kept is not None
    files["models/kept.yml"] = yaml.safe_dump({"models": [{"name": one, "config": dict(engine.kept)} for one in kept]})
    files["dbt_project.yml"] = yaml.safe_dump(settings(as_of))
    files["wanted.json"] = json.dumps({"models": [f"{NAME}__{name}" for name in PUBLIC], "tests": False})
    for path, text in files.items():
        (project / path).parent.mkdir(parents=True, exist_ok=True)
        (project / path).write_text(text, encoding="utf-8")


def settings(as_of: datetime) -> Mapping[str, Any]:
    """Those of the project."""
    return {
        "name": NAME,
        "profile": "conformance",
        "flags": {"send_anonymous_usage_stats": False},
        "vars": {INSTANTS: {NAME: as_of.isoformat(sep=" ")}},
    }
