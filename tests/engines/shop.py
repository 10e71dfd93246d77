"""The small project of `tests/unit/shop.py` on an engine, and commands in it."""

from __future__ import annotations

import json
import os
import site
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.e2e.commands import plain_environment
from tests.engines.engine import ROOT
from tests.engines.environments import python_of, want
from tests.engines.known import ENGINES

ASKED_FOR = os.environ.get("SEGPY_BACKTEST_ENGINES", "")
"""The engines that commands which look back are tried on, `postgres,sail`: each builds a project with dbt."""

Ask = Callable[..., subprocess.CompletedProcess[str]]


@contextmanager
def shop_on(name: str, files: Mapping[str, str], folder: Path) -> Iterator[Ask]:
    """A project of these files on an engine: what a command says in it, by the command's words."""
    engine = ENGINES[name]
    want(engine)
    project, python = folder / "shop", python_of(engine)
    for path, text in files.items():
        (project / path).parent.mkdir(parents=True, exist_ok=True)
        (project / path).write_text(text, encoding="utf-8")
    kept = {f"+{key}": value for key, value in (engine.kept or {}).items()}
    with (project / "dbt_project.yml").open("a", encoding="utf-8") as settings:
        settings.write(f"models: {json.dumps({'shop': {'segpy': kept}})}\n")
    environment = {**plain_environment(), "PYTHONPATH": os.pathsep.join([str(ROOT), *site.getsitepackages()])}
    with engine.start(folder, python.parent) as running:
        profiles = {"shop": {"target": "dev", "outputs": {"dev": {**running.profile, "threads": 2}}}}
        (project / "profiles.yml").write_text(json.dumps(profiles), encoding="utf-8")

        def segpy(*arguments: str) -> subprocess.CompletedProcess[str]:
            command = [str(python), "-m", "segpy.cli.main", *arguments]
            told = {**environment, **running.environment}
            return subprocess.run(command, cwd=project, env=told, capture_output=True, text=True, check=False)

        yield segpy
