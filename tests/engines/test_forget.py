"""`segpy forget` on PostgreSQL: somebody is found, deleted and gone, and the next run does not bring them back.

Only where `SEGPY_FORGET_POSTGRES` is set, as several runs of dbt take half a minute. What it says of random lives is in
`tests/properties/test_forget.py`, without dbt.
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

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif("SEGPY_FORGET_POSTGRES" not in os.environ, reason="asked for by SEGPY_FORGET_POSTGRES"),
]
NASTY = "o'neil {{ 1/0 }}"
HELD = "lateness: 1 day\nprivacy: {min_cell_size: 5}\nholdouts: {control: {entity: user, share: 50%}}\n"


def test_forgotten(tmp_path: Path) -> None:
    engine = ENGINES["postgres"]
    want(engine)
    project, python = tmp_path / "shop", python_of(engine)
    for path, text in PROJECT.items():
        (project / path).parent.mkdir(parents=True, exist_ok=True)
        (project / path).write_text(text, encoding="utf-8")
    (project / "segments/settings.yml").write_text(HELD, encoding="utf-8")
    with (project / "seeds/app_events.csv").open("a", encoding="utf-8") as events:
        events.write(f"{NASTY},order,2026-03-02 10:00:00\n")
    # The adapter is the environment's, and segpy with what it needs is ours.
    environment = {**plain_environment(), "PYTHONPATH": os.pathsep.join([str(ROOT), *site.getsitepackages()])}
    with engine.start(tmp_path, python.parent) as running:
        output = {**running.profile, "threads": 2}
        profiles = {"shop": {"target": "dev", "outputs": {"dev": output}}}
        (project / "profiles.yml").write_text(json.dumps(profiles), encoding="utf-8")

        def segpy(*arguments: str) -> subprocess.CompletedProcess[str]:
            command = [str(python), "-m", "segpy.cli.main", *arguments]
            told = {**environment, **running.environment}
            return subprocess.run(command, cwd=project, env=told, capture_output=True, text=True, check=False)

        built = segpy("build", "--as-of", "2026-03-10")
        assert built.returncode == 0, built.stdout + built.stderr
        for key in ("ada", NASTY):
            looked = segpy("forget", key)
            assert looked.returncode == 1 and "delete from" in looked.stdout, looked.stdout + looked.stderr
            applied = segpy("forget", key, "--apply", "--json")
            document = json.loads(applied.stdout)
            assert document["applied"], applied.stderr
            tables = [one for one in document["generated"] if one["what"] == "table"]
            assert tables and all(not one["rows_now"] for one in tables), tables
        for path in (project / "seeds").glob("*.csv"):
            lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
            path.write_text("".join(one for one in lines if not one.startswith(("ada,", NASTY))), encoding="utf-8")
        rebuilt = segpy("build", "--as-of", "2026-03-11")
        assert rebuilt.returncode == 0, rebuilt.stdout + rebuilt.stderr
        for key in ("ada", NASTY):
            gone = segpy("forget", key)
            assert "has this key" in gone.stdout, gone.stdout + gone.stderr
