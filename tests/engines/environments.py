"""The virtual environments of engines: each has dbt and one adapter, and never segpy."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import pytest

from tests.engines.engine import ENVIRONMENTS

_REQUIRED = os.environ.get("SEGPY_ENGINES_REQUIRED") == "1"
_INSTALLED = "segpy-requirements.txt"


class Wanting(Protocol):
    """What may want an environment: an engine, or a reader of SQL."""

    @property
    def name(self) -> str: ...
    @property
    def requirements(self) -> tuple[str, ...]: ...
    @property
    def environment(self) -> Path: ...
    @property
    def every_run(self) -> bool: ...
    @property
    def absent(self) -> Callable[[], str | None]: ...


class NotSetUp(Exception):
    """An engine cannot be set up; says why."""


def python_of(engine: Wanting) -> Path:
    """The Python that builds on an engine."""
    return engine.environment / "bin" / "python" if engine.requirements else Path(sys.executable)


def missing(engine: Wanting) -> str | None:
    """What an engine wants before it can be started, and how to give it that."""
    absent = engine.absent()
    if absent is not None:
        return absent
    if not engine.requirements or _installed(engine):
        return None
    return f"not set up in {ENVIRONMENTS}: python -m tests.engines.setup {engine.environment.name}"


def want(engine: Wanting) -> None:
    """Skip the test that wants an engine where that is missing.

    Where engines are required, it is those of every run, and no others are asked.
    """
    if _REQUIRED and not engine.every_run:
        pytest.skip(f"{engine.name}: not of every run")
    wanting = missing(engine)
    if wanting is None:
        return
    if _REQUIRED:
        pytest.fail(f"{engine.name}: {wanting}", pytrace=False)
    pytest.skip(f"{engine.name}: {wanting}")


def set_up(engine: Wanting) -> bool:
    """Make an engine's environment. False where it was there already."""
    if not engine.requirements or _installed(engine):
        return False
    folder = engine.environment
    if not (folder / "bin" / "python").exists():
        venv.create(folder, with_pip=True)
    command = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    done = subprocess.run([*command, *engine.requirements], capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotSetUp(f"{engine.name}: pip cannot install {', '.join(engine.requirements)}\n{done.stderr.strip()}")
    (folder / _INSTALLED).write_text(_asked(engine), encoding="utf-8")
    return True


def _installed(engine: Wanting) -> bool:
    noted = engine.environment / _INSTALLED
    return noted.exists() and noted.read_text(encoding="utf-8") == _asked(engine)


def _asked(engine: Wanting) -> str:
    return "".join(f"{one}\n" for one in engine.requirements)
