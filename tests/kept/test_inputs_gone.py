"""`segpy build` where the warehouse lacks what is read: refused at the line of the spec, before anything is touched."""

from __future__ import annotations

import gc
import json
from datetime import datetime
from random import Random
from typing import Any

import pytest
from click.testing import CliRunner
from dbt.adapters.duckdb.connections import DuckDBConnectionManager

from segpy.cli.main import segpy
from tests.kept.arrivals import DAY
from tests.kept.project import SPEC, Project, random_sources
from tests.kept.schedules import START

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

FIRST, SECOND = START + 30 * DAY, START + 31 * DAY


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project that was built once, with more known since."""
    made = Project(tmp_path_factory.mktemp("gone"))
    made.render(SPEC)
    given = random_sources(Random(5), 2 * DAY)
    made.fill(given.tables(FIRST))
    code, told = build(made, FIRST)
    assert code == 0, told
    made.fill(given.tables(SECOND))
    return made


def build(project: Project, as_of: datetime, *more: str) -> tuple[int, Any]:
    """`segpy build`, as data."""
    where = ["--project-dir", str(project.folder), "--profiles-dir", str(project.folder)]
    try:
        arguments = ["build", *where, "--as-of", str(as_of), "--json", *more]
        ran = CliRunner().invoke(segpy, arguments, standalone_mode=False)
    finally:
        DuckDBConnectionManager.close_all_connections()
        gc.collect()  # a query that failed holds on to its connection, through the traceback
    assert ran.exception is None, ran.exception
    return int(ran.return_value), json.loads(ran.stdout)


@pytest.mark.parametrize(
    ("gone", "back", "code", "line", "place"),
    [
        (
            "alter table raw.orders drop t",
            "alter table raw.orders add t text",
            "SEG617",
            "shop:",
            "t: text}",
        ),
        ("alter table raw.events drop came", "alter table raw.events add came timestamp", "SEG617", "app:", "came"),
        ("alter table raw.people drop born", "alter table raw.people add born timestamp", "SEG617", "user:", "born"),
        (
            "alter table raw.orders rename to sold",
            "alter table raw.sold rename to orders",
            "SEG618",
            "shop:",
            "source(",
        ),
    ],
    ids=["a property", "when it was loaded", "an attribute", "a whole table"],
)
def test_what_is_gone_is_told_and_nothing_is_changed(
    project: Project, gone: str, back: str, code: str, line: str, place: str
) -> None:
    before = project.standing()
    project.ask(gone)
    try:
        exit_code, told = build(project, SECOND)
    finally:
        project.ask(back)
    assert (exit_code, told["nodes"]) == (1, []), told
    (finding,) = told["findings"]
    lines = SPEC.splitlines()
    assert finding["code"] == code and place in lines[finding["line"] - 1][finding["column"] - 1 :]
    assert line in "\n".join(lines[: finding["line"]][-8:])
    assert "nothing was built" in finding["help"]
    assert project.standing() == before


def test_a_column_that_nobody_lists_is_there_all_the_same(project: Project) -> None:
    """As `rowid` in DuckDB, or `_PARTITIONTIME` in BigQuery."""
    assert SPEC.count("    id: eid\n") == 1
    spec = SPEC.replace("    id: eid\n", "    id: rowid\n")
    (project.folder / "segments/spec.yml").write_text(spec, encoding="utf-8")
    try:
        code, told = build(project, SECOND, "--select", "user_events")
    finally:
        (project.folder / "segments/spec.yml").write_text(SPEC, encoding="utf-8")
    assert (code, told["findings"]) == (0, []), told


def test_a_column_never_becomes_sql(project: Project) -> None:
    """What is no plain name is not asked about, as asking for a column by its text would run that text."""
    trap = "1 as one) as a; create table trapped as select 1 as one; select * from (select 1 as one"
    spec = SPEC.replace("loaded_at: came", f'loaded_at: "{trap}"')
    assert spec != SPEC
    (project.folder / "segments/spec.yml").write_text(spec, encoding="utf-8")
    exit_code, told = build(project, SECOND)
    (project.folder / "segments/spec.yml").write_text(SPEC, encoding="utf-8")
    assert exit_code == 1 and [one["code"] for one in told["findings"]] == ["SEG617"]
    assert "trapped" not in project.tables()
