"""Random histories: what the models keep is what a plain state machine keeps, after every run.

`SEGPY_HISTORIES` asks for other seeds than those of every day: `500` for the first so many, `500:900` for some.
"""

from __future__ import annotations

import os
from datetime import datetime

import pytest

from tests.cases.runner import Models, Refused, compile_spec
from tests.cases.tables import Row
from tests.explanations import told
from tests.histories.chance import ATTRIBUTES, Drawn, drawn
from tests.histories.history import users_table
from tests.histories.test_histories import spell
from tests.kept.warehouse import opened
from tests.oracle.ask import rows_of, spec_from
from tests.oracle.history import History, Remembering, Spell

_FIRST, _, _LAST = os.environ.get("SEGPY_HISTORIES", "12").partition(":")
SEEDS = range(int(_FIRST), int(_LAST)) if _LAST else range(int(_FIRST))


@pytest.mark.parametrize("seed", SEEDS)
def test_every_run_leaves_what_the_oracle_says(seed: int) -> None:
    """Spells, flags, whether the conditions hold of those whose flag has rules, and after the last run why."""
    given, models = compilable(seed)
    oracle = History()
    with opened() as replay:
        for number, run in enumerate(given.runs):
            users = users_table(run.users, ATTRIBUTES)
            replay.fill([users])
            replay.run(models[run.spec], run.as_of, rewrite=run.rewrite)
            meanings = {str(row["segment"]): str(row["content_hash"]) for row in replay.rows("segment_catalog")}
            spec = spec_from(given.specs[run.spec])
            world = oracle.run(spec, {"users": rows_of(users)}, run.as_of, meanings, rewrite=run.rewrite)
            where = f"run {number} at {run.as_of} of {run.spec}"
            found = {spell(row) for row in replay.rows("segment_spells") if row["kind"] != "run"}
            assert not differing(found, set(oracle.spells)), where
            assert flags(replay.rows("user_segments")) == decided(world), where
            if number == len(given.runs) - 1:
                assert not [*told.differing(told.explanations(world), replay.rows("segment_explanations"))], where
                assert not [*told.differing(told.counts(world), replay.rows("segment_attrition"))], where


def compilable(seed: int) -> tuple[Drawn, dict[str, Models]]:
    """The first history drawn for a seed whose specs are not refused: some contradict themselves."""
    for attempt in range(200):
        given = drawn(1000 * seed + attempt)
        try:
            return given, {name: compile_spec(text) for name, text in given.specs.items()}
        except Refused as refused:
            if not refused.codes <= {"SEG801", "SEG802", "SEG808"}:
                raise
    raise AssertionError("nothing but contradictions")


def differing(found: set[Spell], expected: set[Spell]) -> list[str]:
    """What is only on one side."""
    return [f"+ {one}" for one in sorted(found - expected, key=str)] + [
        f"- {one}" for one in sorted(expected - found, key=str)
    ]


def flags(rows: list[Row]) -> dict[tuple[str, str], object]:
    """Every flag, by key and column."""
    told = {"user_id", "as_of", "spec_hash"}
    return {(str(row["user_id"]), name): row[name] for row in rows for name in row if name not in told}


def decided(world: Remembering) -> dict[tuple[str, str], object]:
    """The same by the oracle."""
    found: dict[tuple[str, str], object] = {}
    for segment in world.segments:
        rules = world.rules(segment)
        lengths = (rules.minimum_stay, rules.grace, rules.expires)
        stateful = rules.reentry.value == "never" or any(one is not None for one in lengths)
        for key in world.log.population("user"):
            decision = world.decide(segment, key)
            found[str(key), segment] = decision.member
            if stateful:
                found[str(key), f"{segment}__holds"] = decision.holds
    return found


def test_a_random_history_is_the_same_for_the_same_seed() -> None:
    assert drawn(7) == drawn(7)
    assert {run.as_of for seed in range(20) for run in drawn(seed).runs} > {datetime(2026, 3, 2)}
