"""`segpy init` in projects of others: from there to members nothing is edited."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest
import yaml

from segpy.warehouse.invoke import invoke
from segpy.warehouse.model import Target
from segpy.warehouse.relations import names_of
from segpy.warehouse.run import parse
from tests.unit.foreign import MESSY, ORDERS, RAW, SINGLE, WIDE, lay_out
from tests.unit.shop import Segpy

# What a person expects who looks at the rows: the arguments of the build, and who is in which segment.
SHAPES = {
    "wide": (
        WIDE,
        "2026-03-10",
        {("regulars", "ada"), ("report_shared_last_7_days", "ada"), ("report_shared_last_7_days", "cleo")},
    ),
    "single": (
        SINGLE,
        "2026-03-07",
        {("order_completed_last_30_days", "7"), ("returning_buyers", "7")},
    ),
    "orders": (
        ORDERS,
        "2018-04-02",
        {
            *(("order_placed_last_30_days", one) for one in ("1", "3", "4")),
            *(("returning_buyers", one) for one in ("1", "3")),
        },
    ),
}


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("DBT_PROJECT_DIR", "DBT_PROFILES_DIR", "DBT_TARGET", "DBT_PROFILE", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def contents(root: Path) -> dict[str, str]:
    """The files of a project, what dbt leaves behind aside."""
    return {
        path.relative_to(root).as_posix(): path.read_text(encoding="utf-8")
        for path in root.rglob("*")
        if path.is_file() and path.suffix in (".yml", ".sql", ".csv") and "target" not in path.parts
    }


def taxonomy(root: Path) -> dict[str, dict[str, dict[str, object]]]:
    return yaml.safe_load((root / "segments/taxonomy.yml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("shape", SHAPES)
def test_from_nothing_to_members(shape: str, root: Path, segpy: Segpy) -> None:
    project, as_of, expected = SHAPES[shape]
    lay_out(project, root)
    invoke(Target(root), ["build" if shape == "orders" else "seed"])
    before = contents(root)
    said = segpy("init")
    assert said.code == 0, said
    after = contents(root)
    assert {path: after[path] for path in before} == before
    assert sorted(after.keys() - before) == [
        "segments/first_segments.yml",
        "segments/segpy.yml",
        "segments/taxonomy.yml",
    ]
    assert f"`segpy build --as-of {as_of}`." in said.out or shape != "orders"  # the others are not long ago
    less = ("--select", "+segment_members", "--exclude", "resource_type:test") if shape == "wide" else ()  # is quicker
    said = segpy("build", "--as-of", as_of, *less)
    assert said.code == 0, said
    with duckdb.connect(str(root / "acme.duckdb"), read_only=True) as connection:
        name = "segpy_segment_members" if shape == "orders" else "segment_members"
        rows = connection.execute(f"select segment, entity_key from {name}").fetchall()
    assert set(rows) == expected


def test_specs_that_are_there_are_left_alone(root: Path, segpy: Segpy) -> None:
    lay_out({**WIDE, "segments/mine.yml": "version: 1\n"}, root)
    before = contents(root)
    said = segpy("init")
    assert said.code == 1 and "SEG619" in said.err and "`segments/mine.yml` is there; nothing was written" in said.err
    assert "segpy init --dry-run" in said.err
    assert contents(root) == before


def test_a_project_with_nothing_in_it(root: Path, segpy: Segpy) -> None:
    lay_out({"dbt_project.yml": WIDE["dbt_project.yml"]}, root)
    said = segpy("init")
    assert said.code == 1 and "SEG620" in said.err, said
    assert "no model, seed, snapshot or source is in this project" in said.err
    lay_out(WIDE, root)
    said = segpy("init")
    assert "the one relation is not in the warehouse; nothing was written" in said.err
    assert "run `dbt build`" in said.err
    said = segpy("init", "--select", "nothing")
    assert said.code == 1 and "no model, seed, snapshot or source matches nothing" in said.err
    assert not (root / "segments").exists()


@pytest.mark.usefixtures("segpy")
def test_what_the_warehouse_refuses_is_told(root: Path) -> None:
    """Names of events that cannot be had are not none: the relation is left out, with what dbt says."""
    lay_out(WIDE, root)
    manifest = parse(Target(root), {})
    said = names_of(Target(root), manifest, "select value from nowhere")
    assert isinstance(said, str) and "error" in said.lower(), said


def test_what_is_messy(root: Path, segpy: Segpy) -> None:
    lay_out(MESSY, root)
    with duckdb.connect(str(root / "acme.duckdb")) as connection:
        for statement in RAW:
            connection.execute(statement)
    said = segpy("init", "--json")
    assert said.code == 0, said
    found = json.loads(said.out)
    assert found["written"] == [file["path"] for file in found["files"]] == sorted_paths(root)
    reasons = {one["relation"].split("'")[3]: one["reason"] for one in found["unused"]}
    assert reasons.pop("as_text").startswith("`ts` looks like a time, and is character varying")
    wanted = "`ts` looks like a time, and is integer: cast it to a timestamp in a staging model"
    assert reasons.pop("as_number") == wanted
    assert reasons.pop("nothing_yet") == "it has no rows yet, so nothing can be told of it"
    assert reasons.pop("nobody").startswith("no column says whose event a row is")
    assert reasons.pop("only_times") == "no column looks like a key, such as user_id"
    assert reasons.pop("gone") == "it is not in the warehouse: `dbt build` makes it"
    assert reasons.pop("Store Visits").startswith("no spec can name it")
    assert reasons == {}

    streams = taxonomy(root)["streams"]
    assert streams.keys() == {"daily", "many", "user_events", "visits"}
    assert streams["user_events"] == {
        "relation": "source('raw', 'userEvents')",
        "entity": {"user": "userId"},
        "occurred_at": "eventTime",
        "id": "eventId",
        "event": "eventName",
        "properties": {"order": "integer", "group": "text"},
    }
    assert (streams["visits"]["entity"], streams["visits"]["occurred_at"]) == ({"user": "user id"}, "visit date")
    assert "event" not in streams["many"]
    events = {name: event.get("is") for name, event in taxonomy(root)["events"].items()}
    assert events == {
        "daily": None,
        "many": None,
        "visit": None,
        "signed_up": "Signed Up",
        "it_s_quoted_no_comment": 'it\'s "quoted": # no comment',
        "event_1_0": "{{ 1/0 }}",
        "event_true": "true",
        "unicode": "Ünïcode ✓",
        "event_12_monkeys": "12 monkeys",
        "user_events_any": "any",
        "select": "select",
    }
    assert 'Total Price, a"b; rename them in staging' in (root / "segments/taxonomy.yml").read_text(encoding="utf-8")
    before = contents(root)
    said = segpy("init", "--dry-run", "--select", "source:raw.daily", "--select", "source:raw.gone")
    assert said.code == 0, said
    assert "  daily:\n    relation: source('raw', 'daily')\n" in said.out and "userEvents" not in said.out
    assert said.out.rstrip().endswith("Nothing was written. Without --dry-run these files are.")
    assert contents(root) == before
    assert segpy("render").code == 0
    seen = json.loads(segpy("preview", "visit_last_7_days", "--as-of", "2026-03-12", "--json").out)
    assert (seen["members"], seen["population"]) == (2, 7)


def sorted_paths(root: Path) -> list[str]:
    """The spec files, in the order in which they are written."""
    names = ("segpy", "taxonomy", "first_segments")
    return [f"segments/{name}.yml" for name in names if (root / f"segments/{name}.yml").is_file()]
