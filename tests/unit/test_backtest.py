"""`segpy backtest`: which instants, what is refused, and what the command says."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from segpy.asking import Misused, known_until
from segpy.backtesting import Asked, instants_of
from segpy.plan.model_backtest import BacktestPlan
from segpy.spec.duration import Duration, parse_duration
from segpy.warehouse.model_until import Until
from tests.backtests.ask import bound_of, planned
from tests.backtests.test_hand_made import SPEC
from tests.unit.shop import Segpy, change

pytest.importorskip("scipy")

OUTCOMES = "outcomes: {bought: {did: order_placed, within: 2 days}, looked: {did: pricing_viewed, within: 1 day}}\n"
EVENTS = """\
user_id,event_name,event_time
ada,pricing,2026-03-01 10:00:00
ada,pricing,2026-03-02 10:00:00
ada,order,2026-03-03 10:00:00
bob,pricing,2026-03-01 10:00:00
bob,order,2026-03-06 10:00:00
cid,pricing,2026-03-04 10:00:00
cid,pricing,2026-03-04 11:00:00
cid,pricing,2026-03-09 10:00:00
"""


def length(text: str) -> Duration:
    found = parse_duration(text)
    assert found is not None
    return found


def asked(first: datetime | None = None, last: datetime | None = None, every: str = "1 day") -> Asked:
    return Asked(("here",), None, first, last, length(every), Duration(), None, None, 0.1, 0.95, {})


@pytest.fixture(scope="module")
def plan() -> BacktestPlan:
    """Two days of horizon, a day after the instant."""
    return planned(bound_of(SPEC), ("here",), "ordered", length("1 day"))


def day(number: int) -> datetime:
    return datetime(2026, 3, number)


@pytest.mark.parametrize(
    ("last_at", "grain", "known"),
    [
        (None, "day", day(10)),
        (datetime(2026, 3, 9, 23, 59, 59), "day", day(10)),
        (datetime(2026, 3, 7, 0, 0), "day", day(8)),
        (datetime(2026, 3, 7, 13, 5), "hour", datetime(2026, 3, 7, 14)),
        (datetime(2026, 3, 9, 23, 59, 59), "hour", day(10)),
    ],
)
def test_up_to_when_events_are_known(last_at: datetime | None, grain: str, known: datetime) -> None:
    assert known_until(Until(day(10), last_at), grain) == known


def test_instants_whose_horizon_is_not_over_are_left_out(plan: BacktestPlan) -> None:
    assert instants_of(asked(day(1), day(9), "2 days"), plan, day(8)) == ((day(1), day(3), day(5)), 2)
    assert instants_of(asked(day(1), None, "2 days"), plan, day(8)) == ((day(1), day(3), day(5)), 0)


def test_instants_beyond_the_calendar_are_none(plan: BacktestPlan) -> None:
    found = instants_of(asked(day(1), datetime(9999, 12, 31), "400 years"), plan, day(8))
    assert found == ((day(1),), 19)


def test_by_default_there_are_twelve(plan: BacktestPlan) -> None:
    found = instants_of(asked(None, None, "1 week"), plan, datetime(2026, 6, 30, 5))
    assert not isinstance(found, Misused)
    instants, left_out = found
    assert (len(instants), instants[-1], left_out) == (12, datetime(2026, 6, 27), 0)


def test_by_default_there_are_twelve_months_too(plan: BacktestPlan) -> None:
    found = instants_of(asked(None, None, "1 month"), plan, datetime(2026, 7, 3))
    assert not isinstance(found, Misused)
    assert (len(found[0]), found[0][0], found[0][-1]) == (12, datetime(2025, 7, 30), datetime(2026, 6, 30))


def test_what_cannot_be_asked(plan: BacktestPlan) -> None:
    for one, words in (
        (asked(day(6), None), "no instant has a horizon that is over: events are known until 2026-03-08 00:00:00"),
        (asked(datetime(2020, 1, 1), None), "these are 2,256 instants, and 200 can be looked at"),
        (asked(day(3), day(2)), "--to is before --from"),
        (asked(None, None, "400 years"), "the calendar has no such instants"),
    ):
        found = instants_of(one, plan, day(8))
        assert isinstance(found, Misused) and words in found.words


@pytest.fixture
def shop(project: Path) -> Path:
    (project / "segments/outcomes.yml").write_text(OUTCOMES, encoding="utf-8")
    (project / "seeds/app_events.csv").write_text(EVENTS, encoding="utf-8")
    return project


ASKED = ("--from", "2026-03-02", "--every", "1 day", "--vars", "{segpy_as_of: 2026-03-10}")


def test_the_command(shop: Path, segpy: Segpy) -> None:
    """At each of seven days who looked twice in a week, and who bought in the two days after it."""
    assert segpy("build", "--as-of", "2026-03-10").code == 0
    said = segpy("backtest", "price_watchers", "buyers", "--outcome", "bought", *ASKED)
    assert (said.code, said.err.count("\n")) == (0, 2), said
    lines = [" ".join(line.split()) for line in said.out.splitlines()]
    assert lines[0] == (
        "price_watchers: bought within 2 days of 7 instants from 2026-03-02 00:00:00 to 2026-03-08 00:00:00; "
        "intervals of 95 %"
    )
    assert lines[1] == "events are known until 2026-03-10 00:00:00"
    # Ada looked twice from the 3rd to the 8th, and bought in the two days after the 3rd; Cid from the 5th on.
    told = [line for line in lines if line.startswith("2026-03-0")][:7]
    assert told[0] == "2026-03-02 00:00:00 0 2 - 50.00 % - 0.00 % -"
    assert told[1] == "2026-03-03 00:00:00 1 2 100.00 % 0.00 % - 100.00 % -"
    assert told[3] == "2026-03-05 00:00:00 2 3 0.00 % 100.00 % - 0.00 % 100.00 %"
    assert told[6] == "2026-03-08 00:00:00 2 3 0.00 % 0.00 % - - 100.00 %"
    assert "A launch would have 2 members to act on." in lines
    assert any(line.startswith("buyers: bought within 2 days") for line in lines)


def test_the_table(shop: Path, segpy: Segpy) -> None:
    assert segpy("build", "--as-of", "2026-03-10").code == 0
    said = segpy("backtest", "price_watchers", "--outcome", "bought", "--save", "--json", *ASKED)
    found = json.loads(said.out)
    assert (said.code, said.err, found["saved"], found["findings"]) == (0, "", "segment_backtests", [])
    (one,) = found["segments"]
    assert [each["members"] for each in one["instants"]] == [0, 1, 1, 2, 2, 2, 2]
    assert [each["converted_inside"] for each in one["instants"]] == [0, 1, 0, 0, 0, 0, 0]
    with duckdb.connect(str(shop / "shop.duckdb")) as connection:
        rows = connection.execute("select figure, place, n, estimate, estimate_low from segment_backtests").fetchall()
        kept = connection.execute("select distinct cast(as_of as text), outcome, horizon from segment_backtests")
        assert kept.fetchall() == [("2026-03-10 00:00:00", "bought", "2 days")]
    told = {(figure["figure"], figure["place"]): figure for figure in one["figures"]}
    assert told["members", "2026-03-05 00:00:00"] | {"n": 3, "estimate": 2.0} == told["members", "2026-03-05 00:00:00"]
    assert told["members_needed", "all"]["estimate"] == one["launch"]["members_needed"] > 0
    assert told["break_even", "all"]["status"] == "too_few"
    assert len(rows) == len(told)
    for figure, place, n, estimate, low in rows:
        same = told[figure, place]
        assert (n, estimate, low) == (same["n"], same["estimate"], same["low"])


def test_misuse(shop: Path, segpy: Segpy) -> None:
    for arguments, words in (
        (("price_watcher",), "no segment is called `price_watcher`: did you mean `price_watchers`?"),
        (("buyers",), "`buyers` has no experiment that says which outcome: give --outcome (bought, looked)"),
        (("buyers", "--outcome", "sold"), "there is no outcome `sold` of a user: bought, looked"),
        (("buyers", "--outcome", "bought", "--every", "0 days"), "no time at all is not a length"),
        (("buyers", "--outcome", "bought", "--every", "5 hours"), "the grain of this project is the day"),
        (("buyers", "--outcome", "bought", "--from", "yesterday"), "`yesterday` is not an instant"),
        (("buyers", "--holdout", "1"), "--holdout"),
        ((), "Missing argument"),
    ):
        said = segpy("backtest", *arguments)
        assert said.code == 2 and words in said.err, said
    (shop / "segments/privacy.yml").write_text("privacy: {min_cell_size: 5}\n", encoding="utf-8")
    said = segpy("backtest", "buyers", "--outcome", "bought", "--save")
    assert said.code == 2 and "with `min_cell_size` nothing is saved" in said.err
    (shop / "segments/privacy.yml").unlink()
    (shop / "segments/outcomes.yml").unlink()
    said = segpy("backtest", "buyers")
    assert said.code == 2 and "the specs define no `outcomes`" in said.err


def test_specs_that_do_not_hold(shop: Path, segpy: Segpy) -> None:
    change(shop, "did: order_placed}", "did: order_place}")
    said = segpy("backtest", "buyers", "--outcome", "bought", "--json")
    assert said.code == 1 and json.loads(said.out)["segments"] == [] and json.loads(said.out)["findings"]


def test_rules_of_membership_are_left_aside_and_that_is_said(shop: Path, segpy: Segpy) -> None:
    change(
        shop, "    description: Bought once\n", "    description: Bought once\n    membership: {minimum_stay: 9 days}\n"
    )
    assert segpy("build", "--as-of", "2026-03-10").code == 0
    said = segpy("backtest", "buyers", "--outcome", "looked", *ASKED)
    assert said.code == 0 and "by its conditions alone: its rules of membership take no part" in said.out
