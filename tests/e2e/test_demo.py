"""The demonstration, built by the command line: who is in which segment, and that the future plays no part in it."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from segpy.plan.buckets import is_held_out
from tests.demo_oracle.members import RECORD, members
from tests.demo_oracle.world import Reading
from tests.docs.pages import blocks, read, section
from tests.e2e.commands import Ran, contents, copy_repository, run_segpy
from tests.e2e.tables import dump, rows

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

METRICS = ("members", "population", "entered", "exited", "share", "assigned", "observed", "conversions", "conversion")
KEYS = {
    "account": "account_id",
    "buyer": "buyer_id",
    "contact": "contact_id",
    "seller": "seller_id",
    "shopper": "shopper_id",
    "subscriber": "subscriber_id",
    "user": "user_id",
}
EARLIER = datetime(2026, 3, 3, 17)

# Bounds on sizes are promises about the present. On another day they may well be broken.
ON_ANOTHER_DAY = ("--as-of", EARLIER.isoformat(), "--exclude", "test_name:segpy_segment_sizes")

# Worked out by hand for the day of the record: the edges of its months stand as dates in the oracle.
OF_ONE_DAY = "themed_shoe_fan"

# The column with the time of each log among the seeds.
TIMES = {
    "evening_events": "event_time",
    "mail_events": "event_time",
    "market_events": "event_time",
    "saas_events": "event_time",
    "shop_events": "event_time",
    "shop_orders": "ordered_at",
}


@dataclass(frozen=True)
class Warehouse:
    """A database after a build. What it held then was read at once, as later builds may replace it."""

    said: Ran
    database: Path
    tables: dict[str, str]


Build = Callable[..., Warehouse]


def build(project: Path, target: Path, *arguments: str) -> Warehouse:
    said = run_segpy(project, "build", *arguments, env={"DBT_TARGET_PATH": str(target)})
    assert said.code == 0, said.all
    models = sorted(path.stem for path in (project / "models/segpy").glob("*.sql"))
    return Warehouse(said, target / "segpy.duckdb", dump(target / "segpy.duckdb", *models))


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_repository(tmp_path_factory.mktemp("demo") / "segpy")


@pytest.fixture(scope="module")
def first(project: Path) -> Warehouse:
    return build(project, project.parent / "now")


@pytest.fixture(scope="module")
def again(project: Path, first: Warehouse) -> Warehouse:
    return build(project, first.database.parent, "--json")


@pytest.fixture(scope="module")
def earlier(project: Path) -> Warehouse:
    return build(project, project.parent / "earlier", *ON_ANOTHER_DAY)


@pytest.fixture(scope="module")
def recorded() -> Any:
    return json.loads(RECORD.read_text(encoding="utf-8"))


def found_members(database: Path) -> dict[str, list[str]]:
    """The keys of each segment's members, sorted as text, as the table of members has them."""
    found: dict[str, list[str]] = {row["segment"]: [] for row in rows(database, "segment_catalog")}
    for row in rows(database, "segment_members"):
        assert isinstance(row["entity_key"], str)
        found[row["segment"]].append(row["entity_key"])
    return {segment: sorted(keys) for segment, keys in found.items()}


def test_generated_files_are_up_to_date(tmp_path: Path) -> None:
    copied = copy_repository(tmp_path / "segpy")
    before = contents(copied)
    said = run_segpy(copied, "render", "--check")
    assert said.code == 0, said.all
    assert contents(copied) == before


def test_an_attempt_is_told_as_the_reference_shows_it(project: Path, first: Warehouse) -> None:
    (shown,) = blocks(section(read("docs/reference/cli.md"), "segpy explain"), "text")
    asked = ("explain", "u244", "momentum", "--as-of", "2026-03-01")
    said = run_segpy(project, *asked, env={"DBT_TARGET_PATH": str(first.database.parent)})
    lines = [line.rstrip() for line in said.out.splitlines()]
    assert [line for line in shown.text.splitlines() if line.rstrip() not in lines] == [], said.all


def test_members(first: Warehouse, recorded: Any) -> None:
    assert found_members(first.database) == recorded["segments"]
    assert {row["as_of"].isoformat() for row in rows(first.database, "segment_members")} == {recorded["as_of"]}


@pytest.mark.parametrize("entity", KEYS)
def test_flags(first: Warehouse, recorded: Any, entity: str) -> None:
    flags = rows(first.database, f"{entity}_segments")
    segments = [row["segment"] for row in rows(first.database, "segment_catalog") if row["entity"] == entity]
    own = [name for name in flags[0] if name not in {KEYS[entity], "as_of", "spec_hash"} and "__" not in name]
    assert own == sorted(segments)
    assert {row["as_of"].isoformat() for row in flags} == {recorded["as_of"]}
    for segment in segments:
        assert {type(row[segment]) for row in flags} == {bool}
        assert sorted(str(row[KEYS[entity]]) for row in flags if row[segment]) == recorded["segments"][segment]


def test_catalog(first: Warehouse, project: Path, recorded: Any) -> None:
    catalog = rows(first.database, "segment_catalog")
    assert sorted(row["segment"] for row in catalog) == sorted(recorded["segments"])
    for row in catalog:
        assert row["description"] and row["definition"] and row["stage"] and row["owner"]
        assert (project / row["spec_file"]).is_file()
    known = {(row["segment"], row["entity"], row["version"], row["content_hash"]) for row in catalog}
    listed = rows(first.database, "segment_members")
    assert {(row["segment"], row["entity"], row["version"], row["content_hash"]) for row in listed} <= known


def test_dbt_knows_owners_playbooks_and_metrics(first: Warehouse) -> None:
    catalog = {row["segment"]: row for row in rows(first.database, "segment_catalog")}
    manifest = json.loads((first.database.parent / "manifest.json").read_text(encoding="utf-8"))
    assert {row["owner"] for row in catalog.values()} <= {one["owner"]["name"] for one in manifest["groups"].values()}

    exposures = {one["meta"]["segment"]: one for one in manifest["exposures"].values()}
    assert exposures.keys() == {segment for segment, row in catalog.items() if row["playbook"]}
    for segment, one in exposures.items():
        assert one["depends_on"]["nodes"] == ["model.segpy.segment_activation"]
        assert one["owner"]["name"] == one["meta"].get("owner", catalog[segment]["owner"])
        assert one["tags"] == [catalog[segment]["stage"]]

    flags = [one for name, one in manifest["nodes"].items() if re.fullmatch(r"model\.segpy\.[a-z]+_segments", name)]
    columns = {name: (column, model) for model in flags for name, column in model["columns"].items()}
    for segment, row in catalog.items():
        column, model = columns[segment]
        told = ("owner", "stage", "playbook", "exclusive_group", "version", "spec_file")
        assert column["config"]["meta"] == {key: row[key] for key in told if row[key] is not None}
        assert column["config"]["tags"] == [row["stage"]]
        assert row["description"] in column["description"]
        assert model["config"]["group"] in (None, f"segpy_{row['owner']}")

    told = json.loads((first.database.parent / "semantic_manifest.json").read_text(encoding="utf-8"))
    assert {one["name"] for one in told["metrics"]} == {f"segpy_{name}" for name in METRICS}
    (spine,) = told["project_configuration"]["time_spines"]
    assert spine["primary_column"] == {"name": "starts_at", "time_granularity": "hour"}
    assert len(rows(first.database, "segpy_time_spine")) == 1  # there was one run


def _held_out(entity: str, segment: str, key: str) -> bool:
    """By the hold-out that segments of shoppers share, or by that of one of them."""
    shared = entity == "shopper" and is_held_out("left_alone_v1", key, 5)
    return shared or (segment == "payment_gravity" and is_held_out("payment_gravity_v1", key, 20))


def test_only_who_consented_leaves_for_activation(first: Warehouse, recorded: Any) -> None:
    """Shoppers are asked, and some of them are held out; nobody else has to be, or is."""
    listed, asked = rows(first.database, "segment_members"), set(recorded["segments"]["consented"])
    agreed = [row for row in listed if row["entity"] != "shopper" or row["entity_key"] in asked]
    may = [row for row in agreed if not _held_out(row["entity"], row["segment"], row["entity_key"])]
    assert rows(first.database, "segment_activation") == may
    assert len(may) < len(agreed) < len(listed)


def test_printed_sizes(first: Warehouse, recorded: Any) -> None:
    printed = dict(re.findall(rf"^ (\w+) +(?:{'|'.join(KEYS)}) +(\d+) ", first.said.out, re.MULTILINE))
    assert printed == {segment: str(len(keys)) for segment, keys in recorded["segments"].items()}


def test_sizes_as_data(again: Warehouse, recorded: Any) -> None:
    told = json.loads(again.said.out)
    assert again.said.err == ""
    assert datetime.fromisoformat(told["as_of"]).isoformat() == recorded["as_of"]
    assert {each["segment"]: each["members"] for each in told["segments"]} == {
        segment: len(keys) for segment, keys in recorded["segments"].items()
    }
    populations = {entity: len(rows(again.database, f"{entity}_segments")) for entity in KEYS}
    for each in told["segments"]:
        assert each["population"] == populations[each["entity"]]
        assert each["share"] == each["members"] / each["population"]
    assert told["findings"] == []
    assert {node["status"] for node in told["nodes"]} == {"success", "pass"}


def test_a_second_build_changes_nothing(first: Warehouse, again: Warehouse) -> None:
    assert again.tables == first.tables


def test_another_day(earlier: Warehouse, recorded: Any) -> None:
    found, expected = found_members(earlier.database), members(Reading(as_of=EARLIER, seen_until=EARLIER))
    del expected[OF_ONE_DAY]
    assert {segment: found[segment] for segment in expected} == expected
    assert found != recorded["segments"]


def test_the_future_plays_no_part(earlier: Warehouse, tmp_path: Path) -> None:
    past = copy_repository(tmp_path / "segpy")
    assert forget_future(past / "seeds", EARLIER) > 100
    assert build(past, tmp_path / "target", *ON_ANOTHER_DAY).tables == earlier.tables


def test_dbt_has_nothing_against_it(first: Warehouse, again: Warehouse, project: Path) -> None:
    log = (project / "logs/dbt.log").read_text(encoding="utf-8")
    assert "Running with dbt" in log
    assert "deprecat" not in log.lower()


def forget_future(seeds: Path, as_of: datetime) -> int:
    """Take from the logs what happened at an instant or later. Returns how many rows those were."""
    forgotten = sum(
        keep(seeds / f"{seed}.csv", lambda row, column=column: is_past(row[column], as_of))
        for seed, column in TIMES.items()
    )
    with (seeds / "shop_orders.csv").open(encoding="utf-8", newline="") as file:
        orders = {row["order_id"] for row in csv.DictReader(file)}
    return forgotten + keep(seeds / "shop_order_items.csv", lambda row: row["order_id"] in orders)


def is_past(time: str, as_of: datetime) -> bool:
    return not time or datetime.fromisoformat(time) < as_of


def keep(path: Path, test: Callable[[dict[str, str]], bool]) -> int:
    """Rewrite a CSV file with the rows that pass a test. Returns how many did not."""
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        names, found = reader.fieldnames or [], list(reader)
    kept = [row for row in found if test(row)]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names, lineterminator="\n")
        writer.writeheader()
        writer.writerows(kept)
    return len(found) - len(kept)
