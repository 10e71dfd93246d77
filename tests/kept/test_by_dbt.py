"""Kept tables, run after run, by dbt itself: whatever runs there were, what stands is what one run makes anew.

The many schedules are in `test_random_schedules.py`, where no dbt is; here is what only dbt can show.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from random import Random

import pytest

from tests.kept.arrivals import DAY, HOUR
from tests.kept.project import Project, Sources, anew, differences, public, random_sources
from tests.kept.schedules import START

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

SPEC = (Path(__file__).parent / "living.yml").read_text(encoding="utf-8")
LATENESS = 2 * DAY


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
