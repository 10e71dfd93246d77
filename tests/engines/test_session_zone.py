"""Where the session's time zone decides what a date is, segpy refuses any but UTC: on Spark and on Redshift."""

from __future__ import annotations

import os
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.engines.engine import ROOT, Running
from tests.engines.environments import python_of, want
from tests.engines.known import ENGINES, postgres

MACROS = ROOT / "segpy/render/macros"
MODEL = "select {{ segpy_as_of('day') }} as at, {{ segpy_as_of('day') }} as again\n"
OF_REDSHIFT = "select {{ redshift__segpy_timestamp('2026-03-10') }} as at\n"


@pytest.mark.slow
def test_only_utc_is_taken(tmp_path: Path) -> None:
    sail = ENGINES["sail"]
    want(sail)
    python = python_of(sail)
    with sail.start(tmp_path, python.parent) as running:
        said = {zone: build(tmp_path / zone.replace("/", "_"), in_zone(running, zone), python, MODEL) for zone in ZONES}
    for zone, fine in ZONES.items():
        assert ("Completed successfully" in said[zone]) == fine, said[zone]
    assert "time zone Europe/Lisbon" in said["Europe/Lisbon"]
    assert "set spark.sql.session.timeZone to UTC, under server_side_parameters" in said["Europe/Lisbon"]


@pytest.mark.slow
@pytest.mark.parametrize("zone", ["UTC", "Europe/Lisbon"])
def test_redshift_is_asked_as_postgres_can_be(zone: str, tmp_path: Path) -> None:
    """Redshift tells its zone in the words of PostgreSQL."""
    engine = ENGINES["postgres"]
    want(engine)
    with postgres.started(tmp_path, postgres.LOCALE, {**postgres.SETTINGS, "timezone": zone}) as running:
        said = build(tmp_path / "project", running, python_of(engine), OF_REDSHIFT)
    assert ("Completed successfully" in said) == (zone == "UTC"), said
    assert (f"time zone {zone}" in said and "to set timezone to UTC" in said) == (zone != "UTC")


ZONES = {"UTC": True, "Europe/Lisbon": False}


def in_zone(running: Running, zone: str) -> Running:
    """The same engine, its sessions in a zone."""
    parameters = {**running.profile["server_side_parameters"], "spark.sql.session.timeZone": zone}
    return replace(running, profile={**running.profile, "server_side_parameters": parameters})


def build(project: Path, running: Running, python: Path, model: str) -> str:
    """What dbt says when it builds a model that asks for an instant."""
    files: dict[str, Any] = {
        "dbt_project.yml": {
            "name": "zones",
            "profile": "zones",
            "macro-paths": [str(MACROS)],
            "flags": {"send_anonymous_usage_stats": False},
        },
        "profiles.yml": {"zones": {"target": "t", "outputs": {"t": {"threads": 1, **running.profile}}}},
    }
    for name, content in files.items():
        (project / "models").mkdir(parents=True, exist_ok=True)
        (project / name).write_text(yaml.safe_dump(content), encoding="utf-8")
    (project / "models/at.sql").write_text(model, encoding="utf-8")
    command = [str(python), "-m", "dbt.cli.main", "--no-use-colors", "run", "--profiles-dir", str(project)]
    done = subprocess.run(
        command, cwd=project, env={**os.environ, **running.environment}, capture_output=True, text=True, timeout=300
    )
    return done.stdout + done.stderr
