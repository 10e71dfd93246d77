"""`segpy stays`: life tables of a hand-made history, and what the command says of them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import duckdb
import pytest

from tests.unit.shop import PROJECT, Segpy, change

pytest.importorskip("scipy")

# Runs are five days apart, from 03-01 to 03-31. Who looked at the price in the five days before a run is in at it. Of
# those who entered after the first run: Ann, Bob and Gus left after 5 days, in their first week; Cat after 10, in her
# second; Dan after 15, in his third. Eve and Fay are in since 25 days, three weeks are over; Hal since 20 and Ivy since
# 15, two; Ann, who came back, since 10, one. Of Joe no week is over, nor was one of Max who came with him and left:
# those who stay are not told of yet, so he is not. Zoe was in at the first run.
INSIDE = {
    "zoe": "02-28 03-03",
    "ann": "03-03 03-18 03-23 03-28",
    "bob": "03-03",
    "cat": "03-03 03-08",
    "dan": "03-03 03-08 03-13",
    "eve": "03-03 03-08 03-13 03-18 03-23 03-28",
    "fay": "03-03 03-08 03-13 03-18 03-23 03-28",
    "gus": "03-08",
    "hal": "03-08 03-13 03-18 03-23 03-28",
    "ivy": "03-13 03-18 03-23 03-28",
    "joe": "03-23 03-28",
    "max": "03-23",
}
# Kim bought before the run of 03-06, and Leo before that of 03-11: both stay, and three and two weeks are over.
EVENTS = [f"{who},pricing,2026-{day} 10:00:00" for who, days in INSIDE.items() for day in days.split()]
EVENTS += ["kim,order,2026-03-02 10:00:00", "leo,order,2026-03-07 10:00:00"]
BACKFILL = ("backfill", "--from", "2026-03-01", "--to", "2026-03-31", "--every", "5 days")


@pytest.fixture(scope="module")
def built_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty folder, which the first test that asks for a built project fills."""
    return tmp_path_factory.mktemp("stays") / "shop"


@pytest.fixture
def shop(project: Path, segpy: Segpy, built_once: Path) -> Path:
    """The shop with the history above, which took seven runs of dbt."""
    if built_once.exists():
        shutil.copytree(built_once, project, dirs_exist_ok=True)
        return project
    events = "\n".join(["user_id,event_name,event_time", *sorted(EVENTS), ""])
    (project / "seeds/app_events.csv").write_text(events, encoding="utf-8")
    change(project, "in_the_last: 7 days, at_least: 2", "in_the_last: 5 days, at_least: 1")
    said = segpy(*BACKFILL)
    assert said.code == 0, said
    shutil.copytree(project, built_once)
    return project


def told(text: str) -> list[str]:
    """The lines that say something, with one space between words."""
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]


def test_the_command(shop: Path, segpy: Segpy) -> None:
    """At risk and left as counted above; see tests/portfolio/test_staying.py for what is made of such."""
    said = segpy("stays", "price_watchers", "buyers", "watching_buyers")
    assert (said.code, said.err) == (0, ""), said
    lines = told(said.out)
    assert lines[:2] == [
        "Stays as of 2026-03-31 00:00:00; intervals of 95 %",
        "price_watchers: 10 memberships that began after 2026-03-01 00:00:00 and a week is over of, 5 ended; "
        "26.3 % [11.8 % … 48.8 %] leave in a week; half have left after 3 weeks [1 … not yet]",
    ]
    assert lines[4:7] == [
        "1 10 3 30.0 % 10.8 % … 60.3 % 70.0 % 32.9 % … 89.2 %",
        "2 6 1 16.7 % 3.0 % … 56.4 % 58.3 % 23.0 % … 82.1 %",
        "3 3 1 33.3 % 6.1 % … 79.2 % 38.9 % 7.2 % … 71.2 %",
    ]
    assert lines[7] == (
        "buyers: 2 memberships that began after 2026-03-01 00:00:00 and a week is over of, 0 ended; "
        "0.0 % [0.0 % … 43.4 %] leave in a week; half have not left yet [1 … not yet], of 3 weeks observed"
    )
    assert lines[-1] == "watching_buyers: of nobody who entered after 2026-03-01 00:00:00 a week is over yet"


def test_as_json(shop: Path, segpy: Segpy) -> None:
    """All segments where none is named; a lower confidence makes intervals narrower, and changes no estimate."""
    said = segpy("stays", "--json")
    document = json.loads(said.out)
    assert (said.code, said.err, document["findings"], document["saved"]) == (0, "", [], None)
    assert (document["as_of"], document["confidence"]) == ("2026-03-31 00:00:00", 0.95)
    buyers, watchers, nobody = document["segments"]
    assert [one["segment"] for one in (buyers, watchers, nobody)] == ["buyers", "price_watchers", "watching_buyers"]
    assert [(one["week"], one["at_risk"], one["ended"]) for one in watchers["weeks"]] == [
        (1, 10, 3),
        (2, 6, 1),
        (3, 3, 1),
    ]
    assert (watchers["entity"], watchers["since"]) == ("user", "2026-03-01 00:00:00")
    assert (watchers["memberships"], watchers["ended"]) == (10, 5)
    half = {"status": "readable", "weeks": 3, "earliest": 1, "latest": None, "weeks_observed": 3}
    assert watchers["half_life"] == half
    assert buyers["half_life"]["status"] == "not_yet" and buyers["half_life"]["weeks"] is None
    assert (nobody["half_life"]["status"], nobody["leaving_rate"]["status"]) == ("too_few", "too_few")
    assert (nobody["leaving_rate"]["estimate"], nobody["weeks"]) == (None, [])
    (narrow,) = json.loads(segpy("stays", "price_watchers", "--confidence", "0.5", "--json").out)["segments"]
    for wide_week, narrow_week in zip(watchers["weeks"], narrow["weeks"], strict=True):
        for figure in ("hazard", "survival"):
            wide, less = wide_week[figure], narrow_week[figure]
            assert wide["estimate"] == less["estimate"] and wide["low"] <= less["low"] <= less["high"] <= wide["high"]
            assert less["high"] - less["low"] < wide["high"] - wide["low"]


def test_the_table(shop: Path, segpy: Segpy) -> None:
    """What is found stands in a table; again, it is replaced."""

    def rows() -> list[tuple[object, ...]]:
        asked = (
            "select cast(as_of as text), segment, entity, about, figure, place, n, round(estimate, 4),"
            " round(estimate_low, 4), round(estimate_high, 4), confidence, status from segment_statistics"
            " where command = 'stays' order by segment, figure, place"
        )
        with duckdb.connect(str(shop / "shop.duckdb")) as connection:
            return connection.execute(asked).fetchall()

    said = segpy("stays", "--save")
    assert (said.code, said.err) == (0, "Saved in segment_statistics.\n")
    found = rows()
    who = ("2026-03-31 00:00:00", "price_watchers", "user", "memberships")
    assert [one for one in found if one[1] == "price_watchers"] == [
        (*who, "half_life_weeks", "all", 10, 3, 1, None, 0.95, "readable"),
        (*who, "hazard", "1", 10, 0.3, 0.1078, 0.6032, 0.95, "readable"),
        (*who, "hazard", "2", 6, 0.1667, 0.0301, 0.5635, 0.95, "readable"),
        (*who, "hazard", "3", 3, 0.3333, 0.0615, 0.7923, 0.95, "readable"),
        (*who, "leaving_rate", "all", 10, 0.2632, 0.1181, 0.4879, 0.95, "readable"),
        (*who, "survival", "1", 10, 0.7, 0.3287, 0.8919, 0.95, "readable"),
        (*who, "survival", "2", 6, 0.5833, 0.2298, 0.8207, 0.95, "readable"),
        (*who, "survival", "3", 3, 0.3889, 0.0724, 0.712, 0.95, "readable"),
    ]
    withheld = [one for one in found if one[-1] != "readable"]
    assert [(one[1], one[4], one[7], one[-1]) for one in withheld] == [
        ("buyers", "half_life_weeks", None, "not_yet"),
        ("watching_buyers", "half_life_weeks", None, "too_few"),
        ("watching_buyers", "leaving_rate", None, "too_few"),
    ]
    again = json.loads(segpy("stays", "--save", "--json").out)
    assert again["saved"] == "segment_statistics" and rows() == found
    (shop / "models/segpy/segment_statistics.sql").write_text("select nothing from nowhere", encoding="utf-8")
    said = segpy("stays", "--save", "--json")
    document = json.loads(said.out)
    assert said.code == 1 and document["saved"] is None and len(document["segments"]) == 3
    assert [one["code"] for one in document["findings"]] == ["SEG610"]


def test_a_segment_that_no_run_knows(shop: Path, segpy: Segpy) -> None:
    change(shop, "  buyers:\n", "  sellers: {entity: user, none: [{did: order_placed}]}\n  buyers:\n")
    said = segpy("stays", "sellers")
    assert (said.code, said.err) == (0, "")
    assert told(said.out)[-1] == "sellers: no run knows it yet: run `segpy build`"


def test_misuse(project: Path, segpy: Segpy) -> None:
    for arguments, words in (
        (("price_watcher",), "no segment is called `price_watcher`: did you mean `price_watchers`?"),
        (("buyers", "zzz"), "no segment is called `zzz`: there are `buyers`, `price_watchers`, `watching_buyers`"),
        (("--confidence", "95"), "--confidence"),
    ):
        said = segpy("stays", *arguments)
        assert said.code == 2 and words in said.err and said.out == "", said
    (project / "segments/privacy.yml").write_text("privacy: {min_cell_size: 5}\n", encoding="utf-8")
    for arguments in ((), ("--save",), ("buyers", "--json")):
        said = segpy("stays", *arguments)
        assert said.code == 2 and "with `min_cell_size` there is no table of stays" in said.err
    (project / "segments/privacy.yml").unlink()
    change(project, "did: order_placed", "did: order_place")
    said = segpy("stays", "--json")
    assert said.code == 1 and json.loads(said.out)["segments"] == [] and json.loads(said.out)["findings"]
    spec = PROJECT["segments/users.yml"]
    (project / "segments/users.yml").write_text(spec[: spec.index("segments:")], encoding="utf-8")
    said = segpy("stays")
    assert said.code == 2 and "the specs define no segment" in said.err


def test_what_was_not_built(project: Path, segpy: Segpy) -> None:
    """The table is not there: that is said, and what makes it."""
    assert segpy("render").code == 0
    said = segpy("stays", "--json")
    (finding,) = json.loads(said.out)["findings"]
    assert (said.code, finding["code"]) == (1, "SEG610")
    assert finding["message"].startswith("`segment_sizes` could not be read: ") and "segpy build" in finding["help"]
