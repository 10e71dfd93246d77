"""What other tools are told of those who may not be written to: worked out by hand, run after run.

Each of six is keen on every day but for what is said of them; a tool reads `segment_changes`.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cases.runner import compile_spec
from tests.cases.tables import Table
from tests.histories.history import instant
from tests.histories.test_views import told
from tests.kept.warehouse import Warehouse, opened

SPEC = """
entities:
  user:
    key: user_id
    attributes: {relation: ref('users'), columns: {keen: boolean, agreed: boolean, blocked: boolean}}
    consent: agreed
    suppressed: blocked
exclusive_groups: {moods: [happy, other]}
segments:
  happy: {entity: user, all: [{attribute: keen}], membership: {on_change: carry}}
  other: {entity: user, all: [{attribute: keen, is_null: true}]}
"""
CHANGED = SPEC.replace("{attribute: keen}]", "{attribute: keen}, {attribute: agreed, is_null: false, name: known}]")
COLUMNS = ("entity_key", "changed_at", "change", "reason")
Said = dict[str, tuple[str | None, str | None, str | None]]
ALL: Said = {
    "always": ("true", "true", None),
    "never": ("true", "false", "false"),
    "unknown": ("true", None, None),
    "withdraws": ("true", "true", "false"),
    "blocked": ("true", "true", None),
    "leaves": ("true", "true", None),
}


def users(**changes: tuple[str | None, str | None, str | None]) -> Table:
    columns = {"user_id": "text", "keen": "boolean", "agreed": "boolean", "blocked": "boolean"}
    return Table("users", columns, tuple((key, *said) for key, said in {**ALL, **changes}.items()))


@pytest.fixture(scope="module")
def replay() -> Iterator[Warehouse]:
    """On the 2nd consent is withdrawn, somebody suppressed, somebody else leaves; on the 3rd consent is given again."""
    second: Said = {
        "withdraws": ("true", "false", "false"),
        "blocked": ("true", "true", "true"),
        "leaves": ("false", "true", None),
    }
    third: Said = {**second, "withdraws": ("true", "true", None)}
    runs = [
        ("03-01", SPEC, users()),
        ("03-02", SPEC, users(**second)),
        ("03-03", SPEC, users(**third)),
        ("03-04", CHANGED, users(**third)),
    ]
    with opened() as found:
        for written, spec, table in runs:
            found.fill([table])
            found.run(compile_spec(spec), instant(written))
        yield found


def test_changes(replay: Warehouse) -> None:
    """Those who never consented are never told of, in or out. An exit is told once, when a run found it.

    Of who is suppressed the entry is told no more; a definition that is carried over is neither entry nor exit.
    """
    assert told(replay.rows("segment_changes"), *COLUMNS) == [
        ("always", "03-01", "entered", None),
        ("blocked", "03-02", "exited", "not_to_be_written_to"),
        ("leaves", "03-01", "entered", None),
        ("leaves", "03-02", "exited", "conditions_failed"),
        ("withdraws", "03-01", "entered", None),
        ("withdraws", "03-02", "exited", "not_to_be_written_to"),
        ("withdraws", "03-03", "entered", None),
    ]


def test_a_withdrawal_between_runs_counts_for_what_leaves_at_once(replay: Warehouse) -> None:
    """No entry of theirs is told any more, and they are in no audience; that they are out is told by the next run."""
    replay.fill([users(always=("true", "false", None))])
    assert "always" not in {row["entity_key"] for row in replay.rows("segment_changes") if row["change"] == "entered"}
    for model in ("segment_activation", "activation_people", "activation_memberships"):
        assert "always" not in {row["entity_key"] for row in replay.rows(model)}


def test_sizes_and_moves_count_all(replay: Warehouse) -> None:
    """What a segment gains and loses is no matter of consent."""
    sizes = [row for row in replay.rows("segment_sizes") if row["segment"] == "happy"]
    assert told(sizes, "as_of", "members", "entered", "exited") == [
        ("03-01", 6, 6, 0),
        ("03-02", 5, 0, 1),
        ("03-03", 5, 0, 0),
        ("03-04", 4, 0, 1),
    ]
    moves = told(replay.rows("segment_moves"), "as_of", "from_segment", "to_segment", "entities")
    assert ("03-01", None, "happy", 6) in moves and ("03-02", "happy", None, 1) in moves


def test_nobody_leaves_who_does_not_consent(replay: Warehouse) -> None:
    for model in ("segment_changes", "segment_activation", "activation_people", "activation_memberships"):
        assert not {"never", "unknown"} & {row["entity_key"] for row in replay.rows(model)}
