"""`segpy backtest` on engines other than DuckDB: the look back that `tests/unit/test_backtest.py` has worked out.

Only where `SEGPY_BACKTEST_ENGINES` names them (`postgres,sail`), as each builds a project of its own with dbt.
"""

from __future__ import annotations

import json
import os
import site
import subprocess
from pathlib import Path

import pytest

from tests.e2e.commands import plain_environment
from tests.engines.engine import ROOT
from tests.engines.environments import python_of, want
from tests.engines.known import ENGINES
from tests.unit.shop import PROJECT
from tests.unit.test_backtest import ASKED, EVENTS, OUTCOMES

ASKED_FOR = os.environ.get("SEGPY_BACKTEST_ENGINES", "")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not ASKED_FOR, reason="asked for by SEGPY_BACKTEST_ENGINES=postgres,sail"),
]


@pytest.mark.parametrize("name", ASKED_FOR.split(","))
def test_looked_back(name: str, tmp_path: Path) -> None:
    engine = ENGINES[name]
    want(engine)
    project, python = tmp_path / "shop", python_of(engine)
    for path, text in {**PROJECT, "segments/outcomes.yml": OUTCOMES, "seeds/app_events.csv": EVENTS}.items():
        (project / path).parent.mkdir(parents=True, exist_ok=True)
        (project / path).write_text(text, encoding="utf-8")
    kept = {f"+{key}": value for key, value in (engine.kept or {}).items()}
    with (project / "dbt_project.yml").open("a", encoding="utf-8") as settings:
        settings.write(f"models: {json.dumps({'shop': {'segpy': kept}})}\n")
    environment = {**plain_environment(), "PYTHONPATH": os.pathsep.join([str(ROOT), *site.getsitepackages()])}
    with engine.start(tmp_path, python.parent) as running:
        profiles = {"shop": {"target": "dev", "outputs": {"dev": {**running.profile, "threads": 2}}}}
        (project / "profiles.yml").write_text(json.dumps(profiles), encoding="utf-8")

        def segpy(*arguments: str) -> subprocess.CompletedProcess[str]:
            command = [str(python), "-m", "segpy.cli.main", *arguments]
            told = {**environment, **running.environment}
            return subprocess.run(command, cwd=project, env=told, capture_output=True, text=True, check=False)

        built = segpy("build", "--as-of", "2026-03-10")
        assert built.returncode == 0, built.stdout + built.stderr
        said = segpy("backtest", "price_watchers", "--outcome", "bought", "--json", *ASKED)
        assert said.returncode == 0, said.stdout + said.stderr
        said = segpy("backtest", "price_watchers", "--outcome", "bought", "--save", "--json", *ASKED)
        assert said.returncode == 0, said.stdout + said.stderr
        document = json.loads(said.stdout)
        (one,) = document["segments"]
        assert document["saved"] == "segment_backtests"
        assert [each["population"] for each in one["instants"]] == [2, 2, 2, 3, 3, 3, 3]
        assert [each["members"] for each in one["instants"]] == [0, 1, 1, 2, 2, 2, 2]
        assert [each["converted_inside"] for each in one["instants"]] == [0, 1, 0, 0, 0, 0, 0]
        assert [each["stayed"] for each in one["instants"]] == [0, 0, 1, 1, 2, 2, 2]
        again = segpy("backtest", "price_watchers", "--outcome", "bought", "--save", "--json", *ASKED)
        assert again.returncode == 0, again.stdout + again.stderr
