"""Parametrises by engine and case, builds each engine once, and writes the report."""

from __future__ import annotations

import os
from pathlib import Path
from zlib import crc32

import pytest

from tests.engines import buckets, build, corpus, report
from tests.engines.constructs import used
from tests.engines.engine import Engine
from tests.engines.environments import want
from tests.engines.known import ENGINES
from tests.engines.reader import Reader, Reading
from tests.engines.readers import READERS

_REPORT = os.environ.get("SEGPY_CONFORMANCE_REPORT")
_OUTCOMES: dict[str, dict[str, dict[str, str]]] = {}
_FOLDERS: dict[str, Path] = {}
_READ: dict[str, Reading] = {}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every entry of the corpus on every engine; to readers, random specs of seeds that are asked for.

    One process has all tests of an engine (`tests/together.py`).
    """
    if "reader" in metafunc.fixturenames:
        asked = corpus.names(random="SEGPY_LANGUAGE_SEEDS" in os.environ)
        read = [(reader, name) for reader in READERS.values() for name in asked]
        if "SEGPY_ENGINES_REQUIRED" in os.environ:
            read = [(reader, name) for reader, name in read if not reader.every_run or reader is _reader_of(name)]
        metafunc.parametrize(("reader", "name"), read, ids=[f"{reader.name}-{name}" for reader, name in read])
    if "engine" not in metafunc.fixturenames:
        return
    if "name" not in metafunc.fixturenames:
        metafunc.parametrize("engine", ENGINES.values(), ids=ENGINES)
        return
    pairs = [(engine, name) for engine in ENGINES.values() for name in corpus.names(random=engine.random)]
    if "SEGPY_ENGINES_REQUIRED" in os.environ:
        pairs = [(engine, name) for engine, name in pairs if _in_every_run(engine, name)]
    metafunc.parametrize(("engine", "name"), pairs, ids=[f"{engine.name}-{name}" for engine, name in pairs])


def _in_every_run(engine: Engine, name: str) -> bool:
    """Whether CI asks an engine for an entry: for those of all other cases that are its turns."""
    return not engine.every_run or name in corpus.TESTED or crc32(name.encode()) % 4 in engine.turns


def _reader_of(name: str) -> Reader:
    """Which of the readers of every run CI asks about an entry: by turns."""
    by_turns = [reader for reader in READERS.values() if reader.every_run]
    return by_turns[crc32(name.encode()) % len(by_turns)]


@pytest.fixture
def ready(engine: Engine) -> Engine:
    """The engine of a test; without it, the test is skipped, or fails where engines are required."""
    want(engine)
    return engine


@pytest.fixture
def answered(ready: Engine, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the engine's answers to all cases of this run."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    _FOLDERS[ready.name] = build.build(ready, _asked(request, "answered", "engine", ready), shared)
    return _FOLDERS[ready.name]


@pytest.fixture
def read(reader: Reader, request: pytest.FixtureRequest) -> Reading:
    """What a reader says of all cases of this run; without it, the test is skipped, or fails as with an engine."""
    want(reader)
    if reader.name not in _READ:
        _READ[reader.name] = reader.read(reader, _asked(request, "read", "reader", reader))
    return _READ[reader.name]


def _asked(request: pytest.FixtureRequest, fixture: str, parameter: str, whom: Engine | Reader) -> list[str]:
    """The entries that the tests of this run ask an engine or a reader for."""
    asked = [
        item.callspec.params["name"]
        for item in request.session.items
        if isinstance(item, pytest.Function)
        and fixture in item.fixturenames
        and item.callspec.params.get(parameter) is whom
        and "name" in item.callspec.params
    ]
    return list(dict.fromkeys(asked))


@pytest.fixture
def outcome(request: pytest.FixtureRequest) -> dict[str, str]:
    """What is told of a case, or of hold-outs, on an engine or by a reader: failed, until its test says otherwise."""
    by_reader = "read" in request.fixturenames
    request.getfixturevalue("read" if by_reader else "ready")  # or it is skipped
    whom = request.getfixturevalue("reader" if by_reader else "engine")
    name = request.node.callspec.params.get("name", buckets.MODEL)
    return _OUTCOMES.setdefault(whom.name, {}).setdefault(name, {"outcome": "failed"})


def pytest_sessionfinish() -> None:
    """Add the outcomes of this process to the report."""
    if not _REPORT:
        return
    for whom, outcomes in _OUTCOMES.items():
        used_by = {name: used(corpus.entry(name).spec) for name in outcomes if name != buckets.MODEL}
        if whom in READERS:
            versions = dict(_READ[whom].versions)
        else:
            versions = build.versions(_FOLDERS[whom]) if whom in _FOLDERS else {}
        report.add(Path(_REPORT), whom, versions, outcomes, used_by)
