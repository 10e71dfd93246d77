"""A history that is built afterwards is the one that there would be, had each of its runs happened when it was due."""

from __future__ import annotations

import gc
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest
from dbt.adapters.duckdb.connections import DuckDBConnectionManager

from segpy import pipeline
from segpy.spec.duration import Duration
from segpy.warehouse.errors import ColumnGone, HistoryInTheWay
from segpy.warehouse.model import Target
from segpy.warehouse.model_backfill import BackfillOptions, BackfillResult, InstantProgress
from tests.e2e.commands import plain_environment
from tests.kept.arrivals import DAY
from tests.kept.project import SPEC, Project, random_sources
from tests.kept.schedules import RUN, START
from tests.kept.warehouse import comparable

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

FIRST, LAST = START + 30 * DAY, START + 38 * DAY
EVERY = Duration(microseconds=3 * 86_400_000_000)
INSTANTS = [*(FIRST + days * DAY for days in range(0, 8, 3)), LAST]

REMEMBERING = SPEC.replace(
    "all: [{feature: spent, more_than: 1}]}",
    "membership: {grace: 4 days, reentry: never}, all: [{feature: spent, more_than: 1}]}",
)
ABOUT_INSTANTS = """
{{ config(materialized='table') }}
select *, {{ segpy_as_of('day') }} as seen_at from {{ source('raw', 'people') }}
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return filled(tmp_path)


def filled(folder: Path) -> Project:
    """A project whose people are read through a model of its own, made as of the instant; beside it one that is not."""
    made = Project(folder)
    (folder / "models").mkdir(parents=True)
    (folder / "models/people_then.sql").write_text(ABOUT_INSTANTS)
    (folder / "models/orders_read.sql").write_text("select * from {{ source('raw', 'orders') }}")
    spec = REMEMBERING.replace("source('raw', 'people')", "ref('people_then')")
    made.render(spec.replace("source('raw', 'orders')", "ref('orders_read')"))
    made.fill(random_sources(Random(21), 2 * DAY).tables(LAST + 9 * DAY))
    return made


def run_by_run(project: Project, instants: Sequence[datetime] = INSTANTS) -> dict[str, Any]:
    """What stands after a run on each of the days."""
    for as_of in instants:
        ended = project.dbt("run", as_of=as_of)
        assert ended.well, ended
    return history(project)


def history(project: Project) -> dict[str, Any]:
    """All that is public, in an order of its own."""
    tables = {name: rows for name, rows in project.tables().items() if not name.startswith("user_events")}
    # Which run wrote a row that is kept is another matter.
    kept = {name: RUN if name.startswith(("user_measures", "user_sequences")) else () for name in tables}
    return {name: comparable(rows, but=kept[name]) for name, rows in tables.items() if "_touched" not in name}


@pytest.fixture(scope="module")
def by_run(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What stands after a run on each of the days, and no other."""
    return run_by_run(filled(tmp_path_factory.mktemp("by_run")))


def backfill(
    project: Project, *, rewrite: bool = False, heard: list[InstantProgress] | None = None, last: datetime = LAST
) -> BackfillResult:
    """The same by one command, in this process."""
    asked = BackfillOptions(FIRST, last, EVERY, "day", rewrite)
    try:
        compiled = pipeline.compile_project(project.folder)
        where = Target(project.folder, project.folder)
        return pipeline.backfill(where, compiled, asked, (heard if heard is not None else []).append)
    finally:
        DuckDBConnectionManager.close_all_connections()
        gc.collect()  # a query that failed holds on to its connection, through the traceback


def test_the_same_as_run_by_run(project: Project, by_run: dict[str, Any]) -> None:
    """Every table, those of features and of history alike; what does not depend on the instant is built once."""
    heard: list[InstantProgress] = []
    result = backfill(project, heard=heard)
    assert (result.kept, result.built, result.complete) == (0, len(INSTANTS), True), result
    assert list(result.instants) == INSTANTS
    built = history(project)
    assert len(built["segment_membership"]) > 10
    assert sorted({dict(row)["as_of"] for row in built["segment_sizes"]}) == [str(one) for one in INSTANTS]
    assert built == by_run
    ended = [one for one in heard if one.node is None]
    assert [(one.number, one.as_of, one.failed) for one in ended] == [(i + 1, at, 0) for i, at in enumerate(INSTANTS)]
    times = {
        name: sum(one.node is not None and one.node.name == name and one.node.status == "success" for one in heard)
        for name in ("people_then", "orders_read", "user_segments", "segment_members", "segment_catalog")
    }
    often = len(INSTANTS)
    # The last instant is built as a whole, with what is not of the instant once more.
    assert times == {
        "people_then": often,
        "orders_read": 2,
        "user_segments": often,
        "segment_members": 1,
        "segment_catalog": 2,
    }
    assert any(node.kind == "test" for node in result.result.nodes)


def test_other_runs_are_in_the_way(project: Project, by_run: dict[str, Any]) -> None:
    """History is forgotten only where somebody says so; then all is as if there had been no other run."""
    run_by_run(project, [FIRST, FIRST + DAY])
    before = project.standing()
    result = backfill(project)
    (problem,) = result.problems
    assert isinstance(problem, HistoryInTheWay)
    assert (problem.runs, problem.earliest, problem.latest) == (2, FIRST, FIRST + DAY)
    assert not result.complete and project.standing() == before
    assert backfill(project, rewrite=True).complete
    assert history(project) == by_run


def test_it_goes_on_where_history_ends(project: Project, by_run: dict[str, Any]) -> None:
    """What an earlier run or backfill found at the first instants is taken as it is."""
    run_by_run(project, INSTANTS[:2])
    result = backfill(project)
    assert (result.kept, result.built, result.complete) == (2, len(INSTANTS) - 2, True)
    assert history(project) == by_run
    again = backfill(project)
    assert (again.kept, again.built, again.complete) == (len(INSTANTS) - 1, 1, True)
    assert history(project) == by_run


def test_what_is_gone_is_told_before_anything_is_built(project: Project) -> None:
    """Otherwise a backfill would end in its first instant, or in a later one where an upstream model changed."""
    project.ask("alter table raw.events drop column x")
    before = project.standing()
    result = backfill(project)
    assert [one.code for one in result.problems] == [ColumnGone.code]
    assert (result.built, project.standing()) == (0, before)


def test_what_fails_ends_it(project: Project) -> None:
    """The instants before stay, and the next attempt goes on from there."""
    model = project.folder / "models/people_then.sql"
    too_late = f"{{{{ segpy_as_of('day') }}}} >= timestamp '{INSTANTS[2]}'"
    model.write_text(ABOUT_INSTANTS + f"where error(case when {too_late} then 'on purpose' end) is null")
    result = backfill(project)
    assert (result.kept, result.built, result.complete) == (0, 2, False)
    assert [(node.name, "on purpose" in (node.message or "")) for node in result.result.failures] == [
        ("people_then", True)
    ]
    model.write_text(ABOUT_INSTANTS)
    again = backfill(project)
    assert (again.kept, again.complete) == (2, True)


def test_killed(project: Project, by_run: dict[str, Any]) -> None:
    """The same command once more leaves what it would have left at once. `SEGPY_KILLS=30` kills so many times."""
    wanted = os.environ.get("SEGPY_KILLS")
    chance = Random(None if wanted else 5)
    command = [sys.executable, "-m", "segpy.cli.main", "backfill", "--from", str(FIRST), "--to", str(LAST)]
    command += ["--every", "3 days"]
    environment = {**plain_environment(), "PYTHONPATH": str(Path(pipeline.__file__).parents[1])}
    kills = 0
    for _ in range(int(wanted or 2)):
        with subprocess.Popen(command, cwd=project.folder, env=environment, stderr=subprocess.PIPE, text=True) as run:
            assert run.stderr is not None
            for _, _ in zip(range(chance.choice((1, 1, 2))), run.stderr, strict=False):
                pass  # an instant ended
            time.sleep(chance.random() * 1.5)
            run.kill()
            run.stderr.read()
        kills += run.returncode == -signal.SIGKILL
    assert kills
    done = subprocess.run([*command, "--json"], cwd=project.folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done
    said = json.loads(done.stdout)
    assert [one["as_of"] for one in said["instants"]] == [str(one) for one in INSTANTS]
    assert next(one["status"] for one in said["instants"]) == "kept"
    assert history(project) == by_run
