"""Memberships over kept tables: whatever runs there were, both are what one run over everything makes of each instant.

Features are compared with those of a run over everything; these are handed to the oracle, which says who is in what.
`SEGPY_LIVING` asks for other seeds than those of every day: `500` for the first so many, `500:900` for some.
"""

from __future__ import annotations

import os
from random import Random

import pytest

from tests.cases.runner import Models, Refused, compile_spec, in_order
from tests.histories.living import Living, living
from tests.histories.test_histories import spell
from tests.histories.test_random_histories import decided, differing, flags
from tests.kept.schedules import between, needed_for
from tests.kept.warehouse import opened
from tests.oracle.ask import spec_from
from tests.oracle.history import History

_FIRST, _, _LAST = os.environ.get("SEGPY_LIVING", "4").partition(":")
SEEDS = range(int(_FIRST), int(_LAST)) if _LAST else range(int(_FIRST))
SPELLS, CATALOG, FEATURES, FLAGS = "segment_spells", "segment_catalog", "user_features", "user_segments"


@pytest.mark.parametrize("seed", SEEDS)
def test_every_run_leaves_what_one_over_everything_leaves(seed: int) -> None:
    """Kept tables, features, flags and spells."""
    given, models = compilable(seed)
    oracle = History()
    with opened() as kept:
        for number, run in enumerate(given.runs):
            own = models[run.spec]
            order = in_order(own.sql)
            stop = order[int(run.part * len(order))] if run.part < 1 else None
            kept.fill(given.tables(run.now))
            kept.run(own, run.as_of, anew=run.back, rewrite=run.back, killed_before=stop)
            if stop is not None and order.index(stop) <= order.index(SPELLS):
                continue
            where = f"run {number} as of {run.as_of} at {run.now} of\n{given.specs[run.spec]}"
            with opened() as fresh:
                fresh.fill(given.tables(run.now))
                fresh.run(without_history(own), run.as_of)
                assert stop is not None or not between(without_history(own), kept, fresh), where
                features = fresh.rows(FEATURES)
            meanings = {str(row["segment"]): str(row["content_hash"]) for row in kept.rows(CATALOG)}
            spec = spec_from(given.plain[run.spec])
            world = oracle.run(spec, {"features": features}, run.as_of, meanings, rewrite=run.back)
            found = {spell(row) for row in kept.rows(SPELLS) if row["kind"] != "run"}
            assert not differing(found, set(oracle.spells)), where
            assert flags(kept.rows(FLAGS)) == decided(world), where


def compilable(seed: int) -> tuple[Living, list[Models]]:
    """The first history drawn for a seed whose specs are not refused: some contradict themselves."""
    for attempt in range(200):
        given = living(Random(1000 * seed + attempt))
        try:
            return given, [_needed(compile_spec(text)) for text in given.specs]
        except Refused as refused:
            if not refused.codes <= {"SEG801", "SEG802", "SEG808"}:
                raise
    raise AssertionError("nothing but contradictions")


def _needed(models: Models) -> Models:
    """What history is made of, and nothing that is only made of it."""
    wanted = needed_for(models, {SPELLS, FEATURES, FLAGS})
    return Models({name: text for name, text in models.sql.items() if name in wanted}, models.artifacts)


def without_history(models: Models) -> Models:
    """What does not depend on earlier runs."""
    kept = {name: text for name, text in models.sql.items() if name.startswith("user_") and name != FLAGS}
    return Models(kept, models.artifacts)
