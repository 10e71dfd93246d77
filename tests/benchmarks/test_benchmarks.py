"""The benchmark runs, and all of its contenders give the same answers. What they cost is no matter of a test."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from benchmarks import answers, handwritten
from benchmarks.contenders import Place
from benchmarks.contest import FUNNELS, HAND, Options, Result, contest
from benchmarks.daily import daily
from benchmarks.events import FREQUENCIES
from benchmarks.generator import Size, generate
from benchmarks.looks import KINDS, looks
from benchmarks.measure import Limits
from benchmarks.models import compiled
from benchmarks.specs import project
from benchmarks.workload import FEATURES, SEQUENCES, segments

SIZE = Size(events=12_000, entities=1_500, days=12)


@pytest.fixture(scope="module")
def events(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("events") / "events.duckdb"
    generate(SIZE, path)
    return path


@pytest.fixture(scope="module")
def place(events: Path, tmp_path_factory: pytest.TempPathFactory) -> Place:
    return Place(events, tmp_path_factory.mktemp("contest"))


@pytest.fixture(scope="module")
def result(place: Place) -> Result:
    limits = Limits(threads=1, memory="1GB", scratch=place.work / "spilled")
    return contest(place, limits, Options((HAND, FUNNELS), rounds=1, timeout=120), lambda _: None)


def test_as_much_is_generated_as_was_asked_for(events: Path) -> None:
    with duckdb.connect(str(events), read_only=True) as connection:
        found = connection.execute(
            "select count(*), count(distinct event), count(distinct event_id), count(distinct occurred_at::date),"
            " count(distinct user_id) from events"
        ).fetchone()
    assert found is not None
    rows, kinds, ids, days, people = found
    assert 0.85 < rows / SIZE.events < 1.15
    assert (kinds, ids, days) == (len(FREQUENCIES), rows, SIZE.days)
    assert SIZE.entities / 10 < people < SIZE.entities


def test_the_same_is_generated_again(events: Path, tmp_path: Path) -> None:
    generate(SIZE, tmp_path / "again.duckdb")
    with duckdb.connect(str(tmp_path / "again.duckdb")) as connection:
        connection.execute(f"attach '{events}' as other (read_only)")
        for one, other in (("events", "other.events"), ("other.events", "events")):
            assert connection.execute(f"select count(*) from (from {one} except from {other})").fetchone() == (0,)


def test_the_workload_is_as_large_as_its_pages_say() -> None:
    assert (len(FEATURES), len(segments()), len(SEQUENCES)) == (150, 50, 25)
    assert len({one.name for one in FEATURES}) == 150
    assert len({one.conditions for one in segments(500)}) == 500
    assert "user_segments" in compiled(project(sequences=(), segment_count=100))
    assert {len(one.steps) + sum(step.times - 1 for step in one.steps) for one in SEQUENCES} == {2, 3, 4, 5}


def test_everything_was_done(result: Result) -> None:
    assert [one.failure for one in result.measured.values() if one.failure] == []
    assert all(one.cpu > 0 for one in result.measured.values())


def test_all_answers_are_equal(result: Result) -> None:
    assert {name: rows for name, rows in result.different.items() if rows} == {}
    assert sorted(result.compared.values()) == [17, 18, 25, 50, 50, 50, 50]


def test_segments_have_members(place: Place, result: Result) -> None:
    with duckdb.connect(str(place.database("aggregates")), read_only=True) as connection:
        sums = ", ".join(f"count_if({one.name})" for one in segments())
        found = connection.execute(f"select {sums} from user_segments").fetchone()
    assert found is not None
    assert sum(map(bool, found)) > 30


def test_another_answer_would_be_noticed(place: Place, result: Result) -> None:
    style = handwritten.STYLES[0]
    path = place.database(f"hand_{style.name}")
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            f"update {style.name}.segment_001 set is_member = not is_member where user_id ="
            f" (select min(user_id) from {style.name}.segment_001)"
        )
    queries = handwritten.differences(segments(), style)
    assert answers.different(place.database("aggregates"), queries, {"hand": path}) == {"segment_001": 1}


def test_daily_runs_leave_what_one_run_makes(events: Path, tmp_path: Path) -> None:
    limits = Limits(threads=1, memory="1GB", scratch=tmp_path / "spilled")
    found = daily(events, tmp_path / "daily", "1 day", 2, limits, lambda _: None)
    assert found.different == {"user_features": 0, "user_segments": 0}
    assert len(found.days) == 2


def test_looks_back_count_the_same_members_together_and_one_after_the_other(events: Path, tmp_path: Path) -> None:
    """Two instants in this history of twelve days."""
    found = looks(events, 2, 1, Limits(threads=1, memory="1GB", scratch=tmp_path / "spilled"), lambda _: None)
    assert set(found) == set(KINDS)
    assert [(one.instants, one.different) for one in found.values()] == [(2, 0), (2, 0)]
    assert all(one.members for one in found.values())
