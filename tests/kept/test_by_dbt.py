"""Kept tables, run after run, by dbt itself: whatever runs there were, what stands is what one run makes anew.

The many schedules are in `test_random_schedules.py`, where no dbt is; here is what only dbt can show.
"""

from __future__ import annotations

import os
import re
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml

from tests.cases.tables import Table
from tests.kept.arrivals import DAY, HOUR
from tests.kept.project import SPEC, Project, Sources, anew, differences, public, random_sources
from tests.kept.schedules import START

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

LATENESS = 2 * DAY
_MEANT = re.compile("_[0-9a-f]{8}$")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = Project(tmp_path)
    made.render(SPEC)
    return made


def day(number: int) -> datetime:
    return START + number * DAY


def sources(seed: int) -> Sources:
    return random_sources(Random(seed), LATENESS)


def wrong(project: Project, given: Sources, as_of: datetime, now: datetime | None = None) -> list[str]:
    """Where what stands differs from what one run makes of the same sources."""
    found = public(project.tables())
    assert {"user_features", "user_segments"} <= found.keys() and all(found.values())
    return differences(found, anew(project.spec, given.tables(now or as_of), as_of))


USERS = ("--select", "+user_segments")
"""All that is kept and what is made of it; what is kept of segments has tests of its own."""


def test_a_living_project(project: Project) -> None:
    """Day by day, the same day again, days left out, and a month."""
    given = sources(1)
    for number, later in [(30, 0), (31, 0), (31, 6), (32, 0), (35, 23), (36, 1), (36, 1), (51, 0), (79, 0)]:
        as_of, now = day(number), day(number) + later * HOUR
        project.fill(given.tables(now))
        ended = project.dbt("run", *USERS, as_of=as_of)
        assert ended.well, ended
        assert wrong(project, given, as_of, now) == [], f"as of day {number}"
    ended = project.dbt("build", as_of=day(79))  # with all tests
    assert ended.well and "pass" in ended.statuses.values(), ended
    assert wrong(project, given, day(79)) == []


def test_some_models_alone(project: Project) -> None:
    """Each table knows by itself where it stands, so that some may be run and others not."""
    given = sources(3)
    runs = {
        30: USERS[1:],
        31: ("user_events",),
        32: ("+user_touched",),
        33: ("+user_measures",),
        34: USERS[1:],
        35: ("user_measures",),
        36: ("user_sequences", "user_features"),
        38: ("user_events", "user_sequences"),
        41: USERS[1:],
    }
    for number, selected in runs.items():
        project.fill(given.tables(day(number)))
        ended = project.dbt("run", "--select", *selected, as_of=day(number))
        assert ended.well, ended
        if selected == USERS[1:]:
            assert wrong(project, given, day(number)) == [], f"as of day {number}"


FEWER_COLUMNS = "a stream with fewer columns"
CHANGES = {
    "a feature added": ("features:\n", "features:\n  mean: {entity: user, avg: a.x, in_the_last: 20 days}\n"),
    "a feature removed": ("  last_kind: {entity: user, last_value: bought.t}\n", ""),
    "a feature renamed": ("  middle: {", "  median_of_a: {"),
    "a window lengthened": ("in_the_last: 7 days", "in_the_last: 12 days"),
    "another where": ('where: "x >= 2"', 'where: "x >= 1"'),
    FEWER_COLUMNS: ("properties: {x: number, t: text}\nevents:", "properties: {x: number}\nevents:"),
}


STRANGERS = {"user_events_of_mine", "my_user_events_12345678", "user_events_1234567g", "user_measures_123456789"}
A_VIEW = "user_events_0a1b2c3d"


def kept_tables(project: Project) -> list[str]:
    """The names of what is kept, without what they mean."""
    ours = project.tables().keys() - STRANGERS - {A_VIEW}
    return sorted(_MEANT.sub("", name) for name in ours if _MEANT.search(name))


def test_a_definition_changes(project: Project) -> None:
    """The next plain run makes anew what means something else, and drops that in which it was kept: nothing else."""
    given, spec, number = sources(4), SPEC, 30
    project.fill(given.tables(day(number)))
    assert project.dbt("run", *USERS, as_of=day(number)).well
    kept = kept_tables(project)
    assert len(kept) == len(set(kept)) > 3
    project.ask(*(f"create table {name} as select 1 as x" for name in STRANGERS))
    project.ask(f"create view {A_VIEW} as select 1 as x")
    for what, (old, new) in CHANGES.items():
        number += 1
        assert old in spec, what
        spec = spec.replace(old, new)
        project.render(spec)
        project.fill(without(given.tables(day(number)), "t" if what == FEWER_COLUMNS else ""))
        ended = project.dbt("run", *USERS, as_of=day(number))
        assert ended.well, (what, ended)
        assert wrong(project, given, day(number)) == [], what
        assert kept_tables(project) == kept, what
    assert project.tables().keys() > {*STRANGERS, A_VIEW}


def test_a_column_is_gone_that_the_specs_name(project: Project) -> None:
    """The run fails before it changes what is kept, and the next one goes on as if there had been none."""
    given = sources(5)
    project.fill(given.tables(day(30)))
    assert project.dbt("run", *USERS, as_of=day(30)).well
    before = project.standing()
    project.fill(without(given.tables(day(31)), "t"))
    ended = project.dbt("run", *USERS, as_of=day(31))
    assert ended.messages and ended.statuses["user_events"] == "error", ended
    assert project.standing(ended) == {name: before[name] for name in project.standing(ended)}
    project.fill(given.tables(day(33)))
    assert project.dbt("run", *USERS, as_of=day(33)).well
    assert wrong(project, given, day(33)) == []


def without(tables: tuple[Table, ...], column: str) -> tuple[Table, ...]:
    """The tables as they are where the second, the one without `loaded_at`, lost a column."""
    events, orders, people = tables
    place = [*orders.columns].index(column) if column else len(orders.columns)
    columns = {name: kind for name, kind in orders.columns.items() if name != column}
    return events, Table("orders", columns, tuple(row[:place] + row[place + 1 :] for row in orders.rows)), people


def test_going_back_is_refused(project: Project) -> None:
    """A run as of an earlier day changes nothing; where it is told to go back, it makes everything anew as of then."""
    given = sources(6)
    project.fill(given.tables(day(40)))
    assert project.dbt("run", *USERS, as_of=day(40)).well
    before = project.standing()
    ended = project.dbt("run", *USERS, as_of=day(39))
    assert ended.messages and "success" not in ended.statuses.values(), ended
    assert all("What is kept does not go back" in one and "segpy_rewrite_history" in one for one in ended.messages), (
        ended
    )
    assert project.standing() == before
    ended = project.dbt("run", *USERS, as_of=day(39), rewrite=True)
    assert ended.well, ended
    assert wrong(project, given, day(39), day(40)) == []
    project.fill(given.tables(day(41)))
    assert project.dbt("run", *USERS, as_of=day(41)).well
    assert wrong(project, given, day(41)) == []
    assert project.dbt("run", *USERS, "--full-refresh", as_of=day(38)).well
    assert wrong(project, given, day(38), day(41)) == []


def test_empty(project: Project) -> None:
    """What is kept stays as it is while dbt builds without rows, and what is not kept is there again after the next."""
    given = sources(7)
    project.fill(given.tables(day(30)))
    assert project.dbt("run", "--empty", *USERS, as_of=day(30)).well  # the first run of all, as CI has it
    assert project.dbt("run", *USERS, as_of=day(30)).well
    assert wrong(project, given, day(30)) == []
    before = {name: rows for name, rows in project.standing().items() if _MEANT.search(name)}
    project.fill(given.tables(day(32)))
    for as_of in (day(32), day(29)):
        ended = project.dbt("run", "--empty", *USERS, as_of=as_of)
        assert ended.well, ended
        assert {name: rows for name, rows in project.standing().items() if _MEANT.search(name)} == before
    project.fill(given.tables(day(33)))
    assert project.dbt("run", *USERS, as_of=day(33)).well
    assert wrong(project, given, day(33)) == []


def test_empty_is_no_run_of_history(project: Project) -> None:
    """Without rows no membership ends, no size is told, and no later run has to be after it."""
    given = sources(10)
    before: dict[str, list[Any]] = {name: [] for name in HISTORY}
    for number, more in ((40, ("--empty",)), (30, ()), (31, ()), (40, ("--empty",)), (29, ("--empty",)), (32, ())):
        project.fill(given.tables(day(number)))
        ended = project.dbt("build", *more, "--exclude-resource-type", "test", as_of=day(number))
        assert ended.well, (number, ended)
        found = {name: project.standing()[name] for name in HISTORY}
        assert (found == before) is bool(more), number
        before = found
    runs = {row["from_at"] for row in project.tables()["segment_spells"] if row["kind"] == "run"}
    assert runs == {str(day(number)) for number in (30, 31, 32)}


HISTORY = ("segment_spells", "segment_sizes")


def test_other_commands(project: Project) -> None:
    """What only looks at a living project works and changes nothing; what builds a part of it, does."""
    given = sources(8)
    project.fill(given.tables(day(30)))
    assert project.dbt("run", *USERS, as_of=day(30)).well
    before = project.standing()
    for command in (("compile",), ("docs", "generate"), ("ls",), ("parse",)):
        ended = project.dbt(*command, as_of=day(31))
        assert not ended.messages, (command, ended)
        assert project.standing() == before, command
    state = project.save_state()
    spec = SPEC.replace("in_the_last: 30 days", "in_the_last: 31 days")
    assert spec != SPEC
    project.render(spec)
    project.fill(given.tables(day(31)))
    ended = project.dbt("run", "--select", "state:modified+", "--state", str(state), as_of=day(31))
    assert ended.well and "user_features" in ended.statuses, ended
    project.fill(given.tables(day(32)))
    ended = project.dbt("run", "--threads", "4", as_of=day(32))
    assert ended.well, ended
    assert wrong(project, given, day(32)) == []


def test_source_freshness(project: Project) -> None:
    """What the user says of sources is asked as in every project; what segpy renders has no part in it."""
    project.fill(sources(12).tables(day(30)))
    path = project.folder / "models/sources.yml"
    told = yaml.safe_load(path.read_text(encoding="utf-8"))
    for days, status in ((100_000, "pass"), (1, "error")):
        limit = {"count": days, "period": "day"}
        told["sources"][0]["tables"][0]["config"] = {
            "loaded_at_field": "came",
            "freshness": {"error_after": limit, "warn_after": None},
        }
        path.write_text(yaml.safe_dump(told), encoding="utf-8")
        ended = project.dbt("source", "freshness", manifest=False)
        assert ended.statuses == {"events": status}, ended
    assert not project.tables()


def test_killed(project: Project) -> None:
    """Wherever a run is killed, between models or inside of one, the next leaves what it would have left without it.

    `SEGPY_KILLS=100` kills so many, at other moments each time.
    """
    wanted = os.environ.get("SEGPY_KILLS")
    chance = Random(None if wanted else 11)
    given, as_of, kills = sources(chance.randrange(1000)), day(30), 0
    project.fill(given.tables(as_of))
    assert project.dbt("run", *USERS, as_of=as_of).well
    for _ in range(int(wanted or 4)):
        as_of = min(as_of + chance.choice((0, 1, 1, 2)) * DAY, day(79))
        project.fill(given.tables(as_of))
        full = ("--full-refresh",) if chance.random() < 0.2 else ()
        before, after = chance.randrange(7), chance.random() * 0.15
        kills += project.killed("run", *USERS, *full, as_of=as_of, before=before, after=after)
        if chance.random() < 0.5:
            as_of = min(as_of + DAY, day(79))
            project.fill(given.tables(as_of))
        where = f"as of {as_of}, killed {after} s into model {before}"
        ended = project.dbt("run", *USERS, as_of=as_of)
        assert ended.well, (where, ended)
        assert wrong(project, given, as_of) == [], where
    assert kills > 1
