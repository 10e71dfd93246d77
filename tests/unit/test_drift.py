"""`segpy drift`: which instants, what is refused, and what the command says and saves."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from segpy.asking import Misused
from segpy.drifting import Asked, instants_of
from segpy.spec.duration import parse_duration
from tests.unit.shop import Segpy, change

pytest.importorskip("scipy")

FEATURES = """\
features:
  views: {count: pricing_viewed, in_the_last: 7 days}
  orders: {count: order_placed}
"""
PEOPLE = [f"p{number:02}" for number in range(20)]
# In January twenty people look twice, in March the same look four times: what was 2 is 4, and nobody orders.
EVENTS = "\n".join(
    [
        "user_id,event_name,event_time",
        *(f"{who},pricing,2026-01-0{day} 10:00:00" for who in PEOPLE for day in (6, 7)),
        *(f"{who},pricing,2026-03-0{day} 10:00:00" for who in PEOPLE for day in (6, 7, 8, 9)),
        "",
    ]
)
AT = ("--from", "2026-01-08", "--vars", "{segpy_as_of: 2026-03-10}")


def day(month: int, number: int) -> datetime:
    return datetime(2026, month, number)


def asked(first: datetime | None = None, last: datetime | None = None, every: str | None = None) -> Asked:
    return Asked((), (), first, last, parse_duration(every) if every else None, {})


def test_instants() -> None:
    """By default now and 90 days before it; between them so many as are asked for, and always the last."""
    now = day(4, 1)
    assert instants_of(asked(), now) == (day(1, 1), now)
    assert instants_of(asked(last=day(3, 31)), now) == (datetime(2025, 12, 31), day(3, 31))
    assert instants_of(asked(day(1, 1), every="1 month"), now) == (day(1, 1), day(2, 1), day(3, 1), now)
    assert instants_of(asked(day(3, 1), every="20 days"), now) == (day(3, 1), day(3, 21), now)


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (asked(last=day(4, 2)), "--to is after 2026-04-01 00:00:00"),
        (asked(first=day(4, 1)), "--from is not before 2026-04-01 00:00:00"),
        (asked(first=day(1, 1), every="1 day"), "these are 91 instants, and 60 can be compared"),
        (asked(last=datetime(1, 1, 9)), "90 days before --to is before the calendar begins"),
    ],
)
def test_instants_that_make_no_sense(one: Asked, words: str) -> None:
    found = instants_of(one, day(4, 1))
    assert isinstance(found, Misused) and words in found.words


@pytest.fixture
def shop(project: Path) -> Path:
    (project / "segments/features.yml").write_text(FEATURES, encoding="utf-8")
    (project / "seeds/app_events.csv").write_text(EVENTS, encoding="utf-8")
    return project


def test_the_command(shop: Path, segpy: Segpy) -> None:
    assert segpy("build", "--as-of", "2026-03-10").code == 0
    said = segpy("drift", "price_watchers", *AT, "--every", "61 days")
    assert said.code == 0, said
    lines = [" ".join(line.split()) for line in said.out.splitlines()]
    assert lines[0] == "price_watchers: 20 members at 2026-03-10 00:00:00 beside 20 at 2026-01-08 00:00:00"
    # All were `exactly 2` and none is: 20 of 20.5 then and half a one now, so twice 19.5 by 20.5, times log 40.
    (views,) = (line for line in lines if line.startswith("views "))
    assert views == "views drifted exactly 2: 100 % → 0 % 7.02 0.38"
    assert "withheld: everybody has the same value: orders" in lines


def test_the_table_and_the_limit(shop: Path, segpy: Segpy) -> None:
    (shop / "segments/limits.yml").write_text("portfolio: {max_drift: 0.25}\n", encoding="utf-8")
    assert segpy("build", "--as-of", "2026-03-10").code == 0, "nothing is saved yet, so the test holds"
    said = segpy("drift", "price_watchers", "--feature", "views", "--save", "--json", *AT)
    found = json.loads(said.out)
    assert (said.code, found["saved"]) == (1, "segment_statistics")
    (problem,) = found["findings"]
    assert problem["code"] == "SEG690" and problem["file"] == "segments/limits.yml"
    assert "`price_watchers` has drifted by 7.02 in `views`, and 0.25 is allowed" in problem["message"]
    (one,) = found["segments"]
    (views,) = one["features"]
    (drift,) = views["drift"]
    assert [each["members"] for each in views["bins"]] == [[0, 0], [20, 0], [0, 20], [0, 0]]
    assert (drift["status"], drift["alarm"], drift["n"]) == ("readable", True, 40)
    with duckdb.connect(str(shop / "shop.duckdb")) as connection:
        rows = connection.execute(
            "select cast(as_of as text), command, segment, entity, about, figure, place, cast(first_at as text), n,"
            " estimate, status from segment_statistics order by figure"
        ).fetchall()
    about = ("2026-03-10 00:00:00", "drift", "price_watchers", "user", "views")
    when = ("2026-03-10 00:00:00", "2026-01-08 00:00:00", 40)
    assert rows == [
        (*about, "psi", *when, drift["psi"], "readable"),
        (*about, "psi_by_chance", *when, drift["psi_by_chance"], "readable"),
    ]
    said = segpy("build", "--as-of", "2026-03-10", "--json")
    failed = [node["name"] for node in json.loads(said.out)["nodes"] if node["status"] == "fail"]
    assert said.code == 1 and len(failed) == 1 and failed[0].startswith("segpy_drift_within")
    change(shop, "0.25", "8", "segments/limits.yml")
    assert segpy("build", "--as-of", "2026-03-10").code == 0
    assert segpy("drift", *AT).code == 0


def test_misuse(shop: Path, segpy: Segpy) -> None:
    for arguments, words in (
        (("price_watcher",), "no segment is called `price_watcher`: did you mean `price_watchers`?"),
        (("--feature", "view"), "members cannot be compared by `view`: did you mean `views`?"),
        (("--every", "5 hours"), "the grain of this project is the day"),
        (("--from", "yesterday"), "`yesterday` is not an instant"),
        (("--from", "2026-03-11", "--to", "2026-03-10"), "--from is not before --to"),
    ):
        said = segpy("drift", *arguments)
        assert said.code == 2 and words in said.err, said
    (shop / "segments/privacy.yml").write_text("privacy: {min_cell_size: 5}\n", encoding="utf-8")
    said = segpy("drift", "--save")
    assert said.code == 2 and "with `min_cell_size` nothing is saved" in said.err


def test_specs_that_do_not_hold(shop: Path, segpy: Segpy) -> None:
    change(shop, "did: order_placed}", "did: order_place}")
    said = segpy("drift", "--json")
    assert said.code == 1 and json.loads(said.out)["segments"] == [] and json.loads(said.out)["findings"]
