"""What is made of history: episodes, changes, sizes, moves, members and the tables of those who may be written to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from tests.cases.runner import compile_spec
from tests.cases.tables import Row
from tests.histories.history import Run, instant, spec_text, users_table
from tests.kept.warehouse import Warehouse, opened

ATTRIBUTES = ("gone", "keen", "rich")
SPEC = """
exclusive_groups: {tiers: [gold, silver]}
segments:
  gold: {entity: user, all: [{attribute: rich, exactly: true}], playbook: {respond_within: 36 hours}}
  silver: {entity: user, none: [{attribute: gone, exactly: true}]}
  keen: {entity: user, all: [{attribute: keen, exactly: true}], membership: {collapse_gap: 2 days, on_change: carry}}
"""
OTHER = SPEC.replace("{attribute: keen, exactly: true}]", "{attribute: keen, exactly: true}, {attribute: rich}]")
RUNS = [
    ("03-01", SPEC, "ann:keen bob: cat:rich"),
    ("03-02", SPEC, "ann: bob:rich cat:keen"),
    ("03-04", SPEC, "ann:keen bob:gone cat:keen,rich"),
    ("03-05", SPEC, "ann: bob: cat:keen,rich"),
    ("03-08", SPEC, "ann:keen bob: cat:keen,rich"),
    ("03-09", OTHER, "ann:keen,rich bob: cat:keen,gone"),
]


@pytest.fixture(scope="module")
def replay() -> Iterator[Warehouse]:
    """A warehouse after all runs."""
    with opened() as found:
        for written, spec, people in RUNS:
            users = {name: frozenset(filter(None, true.split(","))) for name, true in
                     (one.split(":") for one in people.split())}  # fmt: skip
            run = Run(instant(written), "", users, rewrite=False, refused=False)
            models = compile_spec(spec_text(yaml.safe_load(spec), ATTRIBUTES))
            found.fill([users_table(run.users, ATTRIBUTES)])
            found.run(models, run.as_of)
        yield found


def told(rows: list[Row], *columns: str) -> list[tuple[Any, ...]]:
    """These columns of rows, instants as days, in order."""
    return sorted((tuple(_short(row[column]) for column in columns) for row in rows), key=str)


def _short(value: Any) -> Any:
    if not isinstance(value, str) or not value.startswith("2026-"):
        return value
    return value[5:].removesuffix(" 00:00:00")


def test_episodes(replay: Warehouse) -> None:
    """Two days apart is one episode, three days are two; a definition that is carried over is a row of its own."""
    found = [row for row in replay.rows("segment_membership") if row["segment"] == "keen"]
    assert told(found, "entity_key", "episode", "entered_at", "exited_at", "exit_reason", "since") == [
        ("ann", 1, "03-01", "03-05", "conditions_failed", "03-01"),
        ("ann", 2, "03-08", "03-09", "definition_carried", "03-08"),
        ("ann", 3, "03-09", None, None, "03-08"),
        ("cat", 1, "03-02", "03-09", "conditions_failed", "03-02"),
    ]
    (own,) = {row["version"] for row in replay.rows("segment_membership")}
    assert own == 1


def test_changes(replay: Warehouse) -> None:
    """As runs found them, also within what counts as one episode; nothing of a definition that is carried over."""
    found = [row for row in replay.rows("segment_changes") if row["segment"] == "keen"]
    assert told(found, "entity_key", "changed_at", "change", "reason") == [
        ("ann", "03-01", "entered", None),
        ("ann", "03-02", "exited", "conditions_failed"),
        ("ann", "03-04", "entered", None),
        ("ann", "03-05", "exited", "conditions_failed"),
        ("ann", "03-08", "entered", None),
        ("cat", "03-02", "entered", None),
        ("cat", "03-09", "exited", "conditions_failed"),
    ]


def test_sizes(replay: Warehouse) -> None:
    """One row a segment and run."""
    found = [row for row in replay.rows("segment_sizes") if row["segment"] in ("keen", "gold")]
    day = 86_400.0
    columns = ("segment", "as_of", "members", "population", "entered", "exited", "median_stay_seconds")
    assert told(found, *columns) == [
        ("gold", "03-01", 1, 3, 1, 0, 0.0),
        ("gold", "03-02", 1, 3, 1, 1, 0.0),
        ("gold", "03-04", 1, 3, 1, 1, 0.0),
        ("gold", "03-05", 1, 3, 0, 0, day),
        ("gold", "03-08", 1, 3, 0, 0, 4 * day),
        ("gold", "03-09", 1, 3, 1, 1, 0.0),
        ("keen", "03-01", 1, 3, 1, 0, 0.0),
        ("keen", "03-02", 1, 3, 1, 1, 0.0),
        ("keen", "03-04", 2, 3, 1, 0, day),
        ("keen", "03-05", 1, 3, 0, 1, 3 * day),
        ("keen", "03-08", 2, 3, 1, 0, 3 * day),
        ("keen", "03-09", 1, 3, 0, 1, day),
    ]
    assert [row["share"] for row in found if row["members"] == 2] == [2 / 3, 2 / 3]


def test_moves(replay: Warehouse) -> None:
    """From outside and out of the group too; who stays does not move."""
    assert told(replay.rows("segment_moves"), "exclusive_group", "as_of", "from_segment", "to_segment", "entities") == [
        ("tiers", "03-01", None, "gold", 1),
        ("tiers", "03-01", None, "silver", 2),
        ("tiers", "03-02", "gold", "silver", 1),
        ("tiers", "03-02", "silver", "gold", 1),
        ("tiers", "03-04", "gold", None, 1),
        ("tiers", "03-04", "silver", "gold", 1),
        ("tiers", "03-05", None, "silver", 1),
        ("tiers", "03-09", "gold", None, 1),
        ("tiers", "03-09", "silver", "gold", 1),
    ]


def test_members_and_those_who_may_be_written_to(replay: Warehouse) -> None:
    """Who is in now, since when, and until when an answer is due; without consent to ask for, all of them."""
    columns = ("segment", "entity_key", "as_of", "entered_at", "episode", "respond_by")
    members = [
        ("gold", "ann", "03-09", "03-09", 1, "03-10 12:00:00"),
        ("keen", "ann", "03-09", "03-08", 3, None),
        ("silver", "bob", "03-09", "03-05", 2, None),
    ]
    assert told(replay.rows("segment_members"), *columns) == members
    assert told(replay.rows("segment_activation"), *columns) == members
    assert told(replay.rows("activation_audiences"), "audience", "entity", "people") == [
        ("gold", "user", 1),
        ("keen", "user", 1),
        ("silver", "user", 1),
    ]
    assert told(replay.rows("activation_people"), "entity", "entity_key", "audiences") == [
        ("user", "ann", 2),
        ("user", "bob", 1),
    ]
    assert told(replay.rows("activation_memberships"), "audience", "entity_key", "entered_at", "respond_by") == [
        (segment, key, entered, due) for segment, key, _, entered, _, due in members
    ]


def test_runs_are_told_though_nothing_changes(replay: Warehouse) -> None:
    """By them a run knows how far history reaches."""
    runs = [row for row in replay.rows("segment_spells") if row["kind"] == "run"]
    days = [written for written, _, _ in RUNS]
    assert told(runs, "from_at", "to_at") == list(zip(days, [*days[1:], None], strict=True))


def test_who_expired_begins_another_episode() -> None:
    """However soon they come back: else with a gap nothing would ever expire."""
    rules = {"collapse_gap": "5 days", "expires": "2 days"}
    segment = {"entity": "user", "all": [{"attribute": "keen", "exactly": True}], "membership": rules}
    models = compile_spec(spec_text({"segments": {"brief": segment}}, ATTRIBUTES))
    keen = [("03-01", True), ("03-02", True), ("03-03", True), ("03-04", False), ("03-05", True), ("03-06", False)]
    with opened() as replay:
        for written, holds in [*keen, ("03-07", True)]:
            replay.fill([users_table({"ann": frozenset({"keen"} if holds else ())}, ATTRIBUTES)])
            replay.run(models, instant(written))
        found = replay.rows("segment_membership")
    assert told(found, "episode", "entered_at", "exited_at", "exit_reason") == [
        (1, "03-01", "03-03", "expired"),
        (2, "03-05", None, None),
    ]
