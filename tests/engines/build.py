"""Builds the corpus on an engine, once in a run of tests, and remembers the answers on disk for all its processes."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from segpy.dialects import DIALECTS
from tests.cases.runner import Models, Refused
from tests.cases.tables import Row
from tests.engines import worker
from tests.engines.answers import decoded
from tests.engines.corpus import Entry, entry
from tests.engines.engine import Engine, Running
from tests.engines.environments import python_of
from tests.engines.known import ENGINES
from tests.engines.project import connect, write

_HOUR = 60 * 60
_TESTS = os.environ.get("SEGPY_CONFORMANCE_TESTS", "1") != "0"


@dataclass(frozen=True, slots=True)
class Answers:
    """What an engine made of an entry: rows by model, and what went wrong, in words."""

    rows: Mapping[str, list[Row]]
    problems: tuple[str, ...]
    failed_tests: tuple[str, ...]


@cache
def compiled(engine: str, name: str) -> tuple[Entry, Models]:
    """An entry in the dialect of an engine. Raises `Refused` with the codes of what cannot be said."""
    asked = ENGINES[engine]
    usual = DIALECTS[asked.dialect]
    DIALECTS[asked.dialect] = replace(usual, **asked.limits)
    try:
        return entry(name).compiled(asked.dialect)
    finally:
        DIALECTS[asked.dialect] = usual


def answers(engine: Engine, found: Entry, models: Models, folder: Path) -> Answers:
    """The part of an engine's answers that is one entry's."""
    of_all = told(folder)
    rows, problems = {}, []
    prefix = f"{found.name}__"
    for name in models.sql:
        node = of_all["models"].get(prefix + name, {"status": "absent", "message": "dbt does not know it", "sql": None})
        if node["status"] == "success":
            answer = of_all["rows"][prefix + name]
            if "problem" in answer:
                problems.append(f"the rows of {name} cannot be had: {answer['problem']}")
            else:
                rows[name] = decoded(engine, answer)
        elif node["status"] != "skipped":
            problems.append(f"{name}: {node['message']}\n{node['sql']}")
    for name, node in of_all["models"].items():
        if name.startswith(prefix) and name.removeprefix(prefix) not in models.sql and node["status"] != "success":
            problems.append(f"input {name}: {node['message']}\n{node['sql']}")
    tests = {name: node for name, node in of_all["tests"].items() if name.startswith(prefix)}
    failed = [f"{name}: {node['message']}\n{node['sql']}" for name, node in tests.items() if node["status"] == "fail"]
    failed += [f"{name}: {node['message']}\n{node['sql']}" for name, node in tests.items() if node["status"] == "error"]
    if not tests and found.tested and _TESTS:
        failed.append("no test was run at all")
    return Answers(rows, tuple(problems), tuple(failed))


def versions(folder: Path) -> dict[str, str]:
    """What the answers were computed by."""
    return dict(told(folder)["versions"])


def build(engine: Engine, names: Sequence[str], shared: Path) -> Path:
    """The folder of an engine's answers. Only the first process to ask builds; nobody builds what failed again."""
    folder = shared / f"engine-{engine.name}"
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder / "lock"):
        if not (folder / "answers.json").exists():
            try:
                _build(engine, names, folder)
            except Exception as error:
                said = json.dumps({"problem": "".join(traceback.format_exception(error))})
                (folder / "answers.json").write_text(said, encoding="utf-8")
    problem = told(folder)["problem"]
    assert problem is None, f"{engine.name} built nothing; see {folder}\n{problem}"
    return folder


def _build(engine: Engine, names: Sequence[str], folder: Path) -> None:
    project = folder / "project"
    write(project, engine, list(_compilable(engine, names)), tests=_TESTS)
    python = python_of(engine)
    with engine.start(folder, python.parent) as running:
        connect(project, engine, running)
        work(python, project, folder / "answers.json", running, hours=engine.hours)


def work(python: Path, project: Path, result: Path, running: Running, *, hours: int = 1) -> None:
    """Let the engine's own Python build a project, and write what came of it."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("DBT_", "PYTHON"))}
    done = subprocess.run(
        [str(python), str(Path(worker.__file__).absolute()), str(project), str(result)],
        cwd=project,
        env={**ours, **running.environment, "DBT_SEND_ANONYMOUS_USAGE_STATS": "false", "PYTHONUTF8": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=hours * _HOUR,
    )
    assert done.returncode == 0, f"the worker ended with {done.returncode}\n{done.stdout}\n{done.stderr}"


def _compilable(engine: Engine, names: Sequence[str]) -> Iterator[tuple[Entry, Models]]:
    for name in names:
        if name in engine.marks and engine.marks[name].deadly:
            continue
        try:
            yield compiled(engine.name, name)
        except Refused:
            continue  # the test of that entry says so


@cache
def told(folder: Path) -> dict[str, Any]:
    """All that the worker wrote."""
    found: dict[str, Any] = json.loads((folder / "answers.json").read_text(encoding="utf-8"))
    return found


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
