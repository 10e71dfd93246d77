"""What the history of half a year costs in one command, beside the same runs one after the other. By dbt itself."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import yaml

from benchmarks.events import AS_OF
from benchmarks.measure import Limits
from benchmarks.specs import project

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Spent:
    """Wall and processor seconds of a way to the same history."""

    wall: float
    cpu: float


@dataclass(frozen=True, slots=True)
class Backfilled:
    """What so many weekly instants cost in each way, and how many rows of their histories differ."""

    weeks: int
    ways: dict[str, Spent]
    different: dict[str, int]


def backfill(events: Path, work: Path, weeks: int, limits: Limits, say: Callable[[str], None]) -> Backfilled:
    """Build the same history by one backfill, with and without kept tables, and by a run for each week."""
    days = [AS_OF - (weeks - 1 - week) * WEEK for week in range(weeks)]
    ways = {
        "one run of the last instant alone": (None, [_build(days[-1])]),
        "segpy backfill, tables kept": ("1 day", [_backfill(days)]),
        "segpy backfill, everything anew": (None, [_backfill(days)]),
        "segpy build each week, tables kept": ("1 day", [_build(day) for day in days]),
    }
    spent: dict[str, Spent] = {}
    folders: dict[str, Path] = {}
    for place, (name, (lateness, commands)) in enumerate(ways.items()):
        folders[name] = _project(work / str(place), events, lateness, limits)
        spent[name] = _spent(folders[name], commands)
        say(f"{name}: {spent[name].cpu:.0f} s of CPU")
    _, (_, kept), *others = folders.items()
    return Backfilled(weeks, spent, {name: _different(kept, other) for name, other in others})


def _build(day: datetime) -> list[str]:
    return ["build", "--as-of", f"{day:%Y-%m-%d}"]


def _backfill(days: Sequence[datetime]) -> list[str]:
    return ["backfill", "--from", f"{days[0]:%Y-%m-%d}", "--to", f"{days[-1]:%Y-%m-%d}", "--every", "1 week"]


def _project(folder: Path, events: Path, lateness: str | None, limits: Limits) -> Path:
    output: dict[str, Any] = {
        "type": "duckdb",
        "path": str(folder / "warehouse.duckdb"),
        "threads": 1,  # of dbt: each query has all of the engine's
        "attach": [{"path": str(events), "alias": "app_file", "read_only": True}],
        "settings": {
            "threads": limits.threads,
            "memory_limit": limits.memory,
            "temp_directory": str(limits.scratch),
            "TimeZone": "UTC",
        },
    }
    files = {f"segments/{name}": text for name, text in project().items()}
    if lateness is not None:
        stated = files["segments/events.yml"].replace("version: 1\n", f"version: 1\nlateness: {lateness}\n")
        files["segments/events.yml"] = stated
    files |= {
        "dbt_project.yml": "name: measured\nprofile: measured\nflags: {send_anonymous_usage_stats: false}\n",
        "profiles.yml": yaml.safe_dump({"measured": {"outputs": {"default": output}}}),
        "models/sources.yml": yaml.safe_dump(
            {"sources": [{"name": "app", "database": "app_file", "schema": "main", "tables": [{"name": "events"}]}]}
        ),
    }
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    (folder / "warehouse.duckdb").unlink(missing_ok=True)
    return folder


def _spent(folder: Path, commands: Sequence[Sequence[str]]) -> Spent:
    root = Path(__file__).parents[1]
    began, before = time.perf_counter(), _cpu()
    for command in commands:
        subprocess.run(
            [sys.executable, "-m", "segpy.cli.main", *command],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(root)},
            check=True,
            stdout=subprocess.DEVNULL,
        )
    return Spent(round(time.perf_counter() - began, 1), round(_cpu() - before, 1))


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _different(one: Path, other: Path) -> int:
    """How many rows of membership and sizes are in one of the two only."""
    with duckdb.connect() as connection:
        for name, folder in (("one", one), ("other", other)):
            connection.execute(f"attach '{folder / 'warehouse.duckdb'}' as {name} (read_only)")
        found = 0
        for table in ("segment_spells", "segment_sizes"):
            mine, theirs = f"select * from one.main.{table}", f"select * from other.main.{table}"
            query = f"select count(*) from (({mine} except all {theirs}) union all ({theirs} except all {mine}))"
            row = connection.execute(query).fetchone()
            assert row is not None
            found += row[0]
    return found
