"""The demonstration's data: always the same, committed as generated, small, and full of the traps of real logs."""

from __future__ import annotations

import csv
import io
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from segpy.demo.clock import ago, written
from segpy.demo.generate import demo_files
from segpy.demo.log import Log
from segpy.demo.story import days_of, told

ROOT = Path(__file__).parents[2]
LOGS = {
    "seeds/saas_events.csv": ("event_id", "event_time", "user_id"),
    "seeds/shop_events.csv": ("event_id", "event_time", "shopper_id"),
    "seeds/shop_orders.csv": ("order_id", "ordered_at", "shopper_id"),
    "seeds/market_events.csv": ("event_id", "event_time", "buyer_id"),
    "seeds/mail_events.csv": ("event_id", "event_time", "contact_id"),
    "seeds/evening_events.csv": ("event_id", "event_time", "subscriber_id"),
}
AS_OF = "2026-03-10 00:00:00"

FILES = {artifact.path: artifact.text for artifact in demo_files()}


def rows(path: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(FILES[path])))


def test_it_is_the_same_every_time() -> None:
    assert {artifact.path: artifact.text for artifact in demo_files()} == FILES


def test_the_committed_seeds_are_what_is_generated() -> None:
    committed = {f"seeds/{path.name}": path.read_bytes() for path in (ROOT / "seeds").glob("*.csv")}
    assert committed == {path: text.encode() for path, text in FILES.items()}


def test_it_is_small() -> None:
    assert sum(len(text.encode()) for text in FILES.values()) < 700_000
    assert 5_000 < sum(len(rows(path)) for path in LOGS) < 12_000


@pytest.mark.parametrize("path", LOGS)
def test_every_log_has_second_deliveries_ties_and_times_to_come(path: str) -> None:
    id_column, time_column, _ = LOGS[path]
    log = rows(path)
    deliveries = Counter(row[id_column] for row in log)
    instants = Counter(row[time_column] for row in log)
    assert max(deliveries.values()) == 2
    assert any(number > 1 for number in instants.values())
    assert any(row[time_column] >= AS_OF for row in log)
    assert any(row[time_column] == AS_OF for row in log)


@pytest.mark.parametrize("path", [path for path in LOGS if path != "seeds/shop_orders.csv"])
def test_every_event_log_has_events_of_nobody(path: str) -> None:
    assert any(row[LOGS[path][2]] == "" for row in rows(path))


def test_a_second_delivery_differs_in_its_time_at_most() -> None:
    for path, (id_column, time_column, _) in LOGS.items():
        first: dict[str, dict[str, str]] = {}
        for row in rows(path):
            earlier = first.setdefault(row[id_column], row)
            assert {**row, time_column: ""} == {**earlier, time_column: ""}
            assert row[time_column] >= earlier[time_column]


def test_the_shop_is_busiest_in_the_evening_and_at_weekends() -> None:
    viewed = [row["event_time"] for row in rows("seeds/shop_events.csv") if row["event_name"] == "product_viewed"]
    hours = Counter(int(at[11:13]) for at in viewed)
    assert sum(hours[hour] for hour in range(18, 23)) > sum(hours[hour] for hour in range(8, 13))


def test_the_software_is_used_on_workdays() -> None:
    days = Counter(
        date.fromisoformat(row["event_time"][:10]).weekday()
        for row in rows("seeds/saas_events.csv")
        if row["event_name"] == "login"
    )
    assert days[5] + days[6] < min(days[day] for day in range(5))


def test_distances_in_time() -> None:
    assert written(ago("0s")) == AS_OF
    assert written(ago("1d2h3m4s")) == "2026-03-08 21:56:56"
    assert written(ago("+1h")) == "2026-03-10 01:00:00"
    with pytest.raises(ValueError, match="not a distance"):
        ago("yesterday")


def test_stories_are_read_as_told() -> None:
    first, second = told("2d! page_viewed /pricing; 5h login")
    assert (first.name, first.words, first.twice) == ("page_viewed", ("/pricing",), True)
    assert (second.name, second.word(0), second.twice) == ("login", "", False)
    assert days_of("login", 1, 2) == "0d10h login; 1d10h login"


def test_a_log_refuses_a_ragged_row() -> None:
    with pytest.raises(ValueError, match="1 cells for 2 columns"):
        Log("x", ("who", "what")).add(ago("1d"), "somebody")
