"""`segpy forecast`: what the command says, saves and refuses."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from segpy.asking import Misused, Unknown
from segpy.forecasting import Asked, plans_of
from tests.backtests.ask import bound_of
from tests.unit.shop import Segpy, change

pytest.importorskip("scipy")

OUTCOMES = "outcomes: {bought: {did: order_placed, within: 2 days, value: order_placed.amount}}\n"


def month(step: int) -> datetime:
    return datetime(2024 + step // 12, step % 12 + 1, 1)


# Of 26 months, from January 2024 on, month n has 10 + n people who look twice before it, and one of them orders in it.
EVENTS = "\n".join(
    [
        "user_id,event_name,event_time,amount",
        *(
            f"p{who},pricing,{month(step - 1):%Y-%m}-{day} 10:00:00,"
            for step in range(1, 27)
            for who in range(10 + step)
            for day in ("26", "27")
        ),
        *(f"p0,order,{month(step):%Y-%m}-05 10:00:00,{100 + step}" for step in range(1, 27)),
        "",
    ]
)
AT = ("--vars", "{segpy_as_of: 2026-03-10}")


@pytest.fixture
def shop(project: Path) -> Path:
    (project / "segments/outcomes.yml").write_text(OUTCOMES, encoding="utf-8")
    (project / "seeds/app_events.csv").write_text(EVENTS, encoding="utf-8")
    change(project, "event: event_name}", "event: event_name, properties: {amount: number}}")
    change(project, "{event_time: timestamp}", "{event_time: timestamp, amount: double}", "dbt_project.yml")
    return project


def test_the_command(shop: Path, segpy: Segpy) -> None:
    """Events are known until 6 March: 26 beginnings of months since February 2024, 25 months that are over."""
    assert segpy("build", "--as-of", "2026-03-10").code == 0
    said = segpy("forecast", "price_watchers", "--ahead", "2", *AT)
    assert (said.code, said.err) == (0, "looking at 37 months from 2023-03 to 2026-03 …\n"), said
    lines = [" ".join(line.split()) for line in said.out.splitlines()]
    assert lines[0] == "price_watchers: months by the calendar of UTC; intervals of 95 %"
    seen = [line for line in lines if line.startswith("2026-0")]
    assert seen[:3] == ["2026-01 34 - -", "2026-02 35 - -", "2026-03 36 - -"]
    # As a year before: 25 in April 2025 and 26 in May; the size grew by 12 in each year.
    assert seen[3].startswith("2026-04 - 37") and seen[3].endswith("25 [1 … 49]")
    assert seen[5].startswith("2026-01 124.00") and seen[6].startswith("2026-02 125.00")
    assert seen[7].startswith("2026-03 - ") and abs(float(seen[7].split()[2]) - 126) < 0.5


def test_the_table(shop: Path, segpy: Segpy) -> None:
    assert segpy("build", "--as-of", "2026-03-10").code == 0
    said = segpy("forecast", "price_watchers", "--save", "--json", *AT)
    found = json.loads(said.out)
    assert (said.code, said.err, found["saved"], found["findings"]) == (0, "", "segment_statistics", [])
    (one,) = found["segments"]
    members, value = one["series"]
    assert (one["outcome"], members["first_at"], members["seen"]) == (
        "bought",
        "2024-02-01 00:00:00",
        [float(10 + step) for step in range(1, 27)],
    )
    assert value["seen"] == [float(100 + step) for step in range(1, 26)]
    with duckdb.connect(str(shop / "shop.duckdb")) as connection:
        rows = connection.execute(
            "select about, figure, place, n, estimate, estimate_low, cast(as_of as text), cast(last_at as text)"
            " from segment_statistics where command = 'forecast' and segment = 'price_watchers' and status = 'readable'"
        ).fetchall()
    told = {
        (about, each["method"], each["at"]): (each["n"], each["estimate"], each["low"])
        for about, series in (("members", members), ("bought.value", value))
        for each in series["ahead"]
    }
    assert len(rows) == len(told) == 12
    for about, figure, place, *numbers, as_of, last_at in rows:
        assert (tuple(numbers), as_of, last_at) == (
            told[about, figure, place],
            "2026-03-10 00:00:00",
            "2026-03-01 00:00:00",
        )


def test_without_an_outcome_the_size_alone_is_told(shop: Path, segpy: Segpy) -> None:
    (shop / "segments/outcomes.yml").unlink()
    assert segpy("build", "--as-of", "2026-03-10").code == 0
    found = json.loads(segpy("forecast", "--json", "--months", "3", *AT).out)
    assert {one["segment"] for one in found["segments"]} == {"price_watchers", "buyers", "watching_buyers"}
    assert {(one["outcome"], len(one["series"])) for one in found["segments"]} == {(None, 1)}
    (told,) = {each["status"] for one in found["segments"] for each in one["series"][0]["ahead"]}
    assert told == "too_few"


def test_misuse(shop: Path, segpy: Segpy) -> None:
    for arguments, words in (
        (("price_watcher",), "no segment is called `price_watcher`: did you mean `price_watchers`?"),
        (("--outcome", "sold"), "no outcome `sold` has a value: `bought` has"),
        (("--months", "0"), "--months"),
    ):
        said = segpy("forecast", *arguments)
        assert said.code == 2 and words in said.err, said
    (shop / "segments/privacy.yml").write_text("privacy: {min_cell_size: 5}\n", encoding="utf-8")
    said = segpy("forecast", "--save")
    assert said.code == 2 and "with `min_cell_size` nothing is saved" in said.err


def test_specs_that_do_not_hold(shop: Path, segpy: Segpy) -> None:
    change(shop, "did: order_placed}", "did: order_place}")
    said = segpy("forecast", "--json")
    assert said.code == 1 and json.loads(said.out)["segments"] == [] and json.loads(said.out)["findings"]


TWO = """
entities: {{user: {{key: user_id}}, store: {{key: store_id}}}}
streams:
  app:
    {{relation: ref('events'), entity: {{user: user_id, store: store_id}}, occurred_at: at}}
  shelf: {{relation: ref('shelves'), entity: {{user: user_id}}, occurred_at: at, properties: {{amount: number}}}}
events: {{sold: {{stream: app}}, stocked: {{stream: shelf}}}}
outcomes:
  stocking: {{did: stocked, within: 2 days, value: stocked.amount}}
  came: {{did: sold, within: 2 days}}
segments:
  active: {{entity: user, all: [{{did: sold}}]{experiment}}}
  open: {{entity: store, all: [{{did: sold}}]}}
"""


def outcomes_of(segments: tuple[str, ...], outcome: str | None, experiment: str = "") -> object:
    """By segment the outcome whose value is told."""
    bound = bound_of(TWO.format(experiment=experiment))
    plans = plans_of(bound, Asked(segments, outcome, 36, 3, 0.95, {}))
    if isinstance(plans, Misused | Unknown):
        return plans
    return {name: one.worth and one.worth.outcome.name for one in plans for name in one.panel.segments}


def test_whose_value() -> None:
    """The only one that has any; also where an experiment measures another, that has none; that which is asked for."""
    assert outcomes_of((), None) == {"active": "stocking", "open": None}
    measured = ", experiment: {holdout: 10%, outcome: came}"
    assert outcomes_of(("active",), None, measured) == {"active": "stocking"}
    assert outcomes_of((), "stocking") == {"active": "stocking", "open": None}
    found = outcomes_of(("active", "open"), "stocking")
    assert isinstance(found, Misused) and "no outcome `stocking` of a store has a value" in found.words
