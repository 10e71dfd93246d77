"""Parametrises by engine and case, builds each engine once, and writes the report."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.engines import build, corpus, report
from tests.engines.constructs import used
from tests.engines.engine import Engine
from tests.engines.environments import missing
from tests.engines.known import ENGINES

_REPORT = os.environ.get("SEGPY_CONFORMANCE_REPORT")
_REQUIRED = os.environ.get("SEGPY_ENGINES_REQUIRED") == "1"
_OUTCOMES: dict[str, dict[str, dict[str, str]]] = {}
_FOLDERS: dict[str, Path] = {}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every entry of the corpus on every engine. One process has all tests of an engine (`tests/together.py`)."""
    if "engine" not in metafunc.fixturenames:
        return
    if "name" not in metafunc.fixturenames:
        metafunc.parametrize("engine", ENGINES.values(), ids=ENGINES)
        return
    pairs = [(engine, name) for engine in ENGINES.values() for name in corpus.names(random=engine.random)]
    metafunc.parametrize(("engine", "name"), pairs, ids=[f"{engine.name}-{name}" for engine, name in pairs])


@pytest.fixture
def ready(engine: Engine) -> Engine:
    """The engine of a test; without it, the test is skipped, or fails where engines are required."""
    wanting = missing(engine)
    if wanting is not None:
        if engine.every_run and _REQUIRED:
            pytest.fail(f"{engine.name}: {wanting}", pytrace=False)
        pytest.skip(f"{engine.name}: {wanting}")
    return engine


@pytest.fixture
def answered(ready: Engine, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the engine's answers to all cases of this run."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    asked = [
        item.callspec.params["name"]
        for item in request.session.items
        if isinstance(item, pytest.Function)
        and "answered" in item.fixturenames
        and item.callspec.params.get("engine") is ready
    ]
    _FOLDERS[ready.name] = build.build(ready, list(dict.fromkeys(asked)), shared)
    return _FOLDERS[ready.name]


@pytest.fixture
def outcome(ready: Engine, name: str) -> dict[str, str]:
    """What is told of a case on an engine: failed, until its test says otherwise."""
    return _OUTCOMES.setdefault(ready.name, {}).setdefault(name, {"outcome": "failed"})


def pytest_sessionfinish() -> None:
    """Add the outcomes of this process to the report."""
    if not _REPORT:
        return
    for engine, outcomes in _OUTCOMES.items():
        cases = {name: used(corpus.entry(name).spec) for name in outcomes}
        versions = build.versions(_FOLDERS[engine]) if engine in _FOLDERS else {}
        report.add(Path(_REPORT), engine, versions, outcomes, cases)
