"""What a daily run costs where tables are kept from run to run, beside one that makes everything anew."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from statistics import median

import duckdb

from benchmarks.events import AS_OF
from benchmarks.measure import Limits
from benchmarks.models import rendered_models
from benchmarks.specs import project
from tests.cases.runner import Models, in_order
from tests.kept.warehouse import Warehouse

COMPARED = ("user_features", "user_segments")


@dataclass(frozen=True, slots=True)
class Cost:
    """Wall and processor seconds of a run until all is on disk, by model, and of the writing."""

    wall: float
    cpu: float
    models: dict[str, float]


@dataclass(frozen=True, slots=True)
class Daily:
    """A run that makes everything anew at the last day, and daily runs up to it; how many rows differ in the end."""

    lateness: str
    anew: Cost
    days: tuple[Cost, ...]
    different: dict[str, int]

    @property
    def ratio(self) -> float:
        """The processor time of a daily run, as a part of that of one that makes everything anew."""
        return median(one.cpu for one in self.days) / self.anew.cpu


def daily(
    events: Path,
    work: Path,
    lateness: str,
    runs: int,
    limits: Limits,
    say: Callable[[str], None],
    *,
    vacuum: bool = True,
) -> Daily:
    """Measure so many daily runs, and one over everything without anything that is kept."""
    work.mkdir(parents=True, exist_ok=True)
    whole = _opened(work / "anew.duckdb", events, limits)
    anew = _run(whole, _models(None), 0, anew=True)
    say(f"anew: {anew.cpu:.1f} s of CPU")
    whole.connection.close()
    kept = _opened(work / "kept.duckdb", events, limits)
    if not vacuum:
        kept.connection.execute("set global max_vacuum_tasks = 0")
    models = _models(lateness)
    _run(kept, models, runs, anew=True)
    costs = []
    for day in reversed(range(runs)):
        costs.append(_run(kept, models, day, anew=False))
        say(f"a day: {costs[-1].cpu:.1f} s of CPU")
    different = _different(kept, work / "anew.duckdb")
    kept.connection.close()
    return Daily(lateness, anew, tuple(costs), different)


def _models(lateness: str | None) -> Models:
    files = project()
    if lateness is not None:
        files["events.yml"] = files["events.yml"].replace("version: 1\n", f"version: 1\nlateness: {lateness}\n")
    return Models(rendered_models(files), {})


def _opened(path: Path, events: Path, limits: Limits) -> Warehouse:
    path.unlink(missing_ok=True)
    connection = duckdb.connect(str(path))
    connection.execute(f"set threads = {limits.threads}")
    connection.execute(f"set memory_limit = '{limits.memory}'")
    connection.execute(f"set temp_directory = '{limits.scratch}'")
    connection.execute("set TimeZone = 'UTC'")
    connection.execute("set enable_progress_bar = false")
    connection.execute(f"attach '{events}' as app (read_only)")
    return Warehouse(connection)


def _run(warehouse: Warehouse, models: Models, days_before: int, *, anew: bool) -> Cost:
    warehouse.begin()
    began, before, spent = time.perf_counter(), time.process_time(), {}
    for name in in_order(models.sql):
        start = time.process_time()
        warehouse.build(models, name, AS_OF - timedelta(days=days_before), anew=anew)
        spent[name] = round(time.process_time() - start, 2)
    start = time.process_time()
    warehouse.connection.execute("checkpoint")
    spent["written"] = round(time.process_time() - start, 2)
    return Cost(round(time.perf_counter() - began, 2), round(time.process_time() - before, 2), spent)


def _different(kept: Warehouse, anew: Path) -> dict[str, int]:
    """How many rows of the tables are in one of the two only."""
    kept.connection.execute(f"attach '{anew}' as anew (read_only)")
    found = {}
    for name in COMPARED:
        one, other = f"select * from {name}", f"select * from anew.{name}"
        query = f"select count(*) from (({one} except all {other}) union all ({other} except all {one}))"
        (row,) = kept.connection.execute(query).fetchall()
        found[name] = row[0]
    return found
