"""Runs of some models and not of others, in any mixture: each table knows by itself where it stands."""

from __future__ import annotations

import os
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, reject, settings
from hypothesis import strategies as st

from tests.cases.runner import Models, Refused, compile_spec, in_order
from tests.kept.arrivals import DAY, HOUR
from tests.kept.schedules import (
    START,
    Source,
    Step,
    about_users,
    differences,
    few_measures,
    random_promise,
    random_source,
    with_lateness,
)
from tests.kept.test_hand_made import SPEC, History, Run, as_of, events, features, models_of
from tests.kept.warehouse import opened
from tests.properties.sequences import Whole, several, spec_of

WANTED = os.environ.get("SEGPY_SCHEDULES")
# 36 runs those touched before the events that touched them, and these on a later day.
SEEDS = range(int(WANTED)) if WANTED else (*range(8), 36)
ANN = ("1 ann page 03-03 09:00", "2 ann order 03-03 10:00")
EVE = ("3 eve page 03-04 01:00", "4 eve order 03-04 02:00")


@pytest.mark.parametrize("seed", SEEDS)
def test_some_models_alone(seed: int) -> None:
    """After each run of all of them, what stands is what one run makes anew."""
    chance = Random(seed)
    promise = random_promise(chance)
    models = about_users(compile_spec(with_lateness(few_measures(chance), chance, promise)))
    proves(models, random_source(chance, promise), chance)


@settings(
    max_examples=int(WANTED or 5),
    derandomize=WANTED is None,
    database=None,
    deadline=None,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)
@given(sequences=several(), seed=st.integers(0, 2**32))
def test_some_models_of_sequences_alone(sequences: tuple[Whole, ...], seed: int) -> None:
    """Measures that read a model which was not run with them."""
    chance = Random(seed)
    promise = random_promise(chance)
    try:
        models = about_users(compile_spec(with_lateness(spec_of(sequences), chance, promise)))
    except Refused:
        reject()
    proves(models, random_source(chance, promise), chance)


def proves(models: Models, source: Source, chance: Random) -> None:
    """Eight runs, of which about half are of some models only."""
    warehouse, at = opened(), START + 30 * DAY
    for number in range(8):
        now = at + chance.choice((0, 5)) * HOUR
        whole = number == 0 or chance.random() < 0.5
        warehouse.fill(source.tables(now))
        warehouse.begin()
        for name in in_order(models.sql):
            if whole or chance.random() < 0.5:
                warehouse.build(models, name, at)
        if whole:
            assert differences(models, warehouse, source, Step(at, now, False, None)) == [], f"run {number}"
        at += chance.choice((0, 1, 1, 2, 5)) * DAY


def test_measures_without_the_sequences_that_they_read() -> None:
    """However often they were run alone, they are measured anew when the sequences have come after."""
    no_waits = "".join(line for line in SPEC.splitlines(keepends=True) if "then_without" not in line)
    models, warehouse = compile_spec(no_waits.format(settings="", stream="")), opened()
    for day, left_out in ((4, None), (7, "user_sequences"), (10, "user_sequences"), (11, None)):
        rows = ANN if day == 4 else (*ANN, *EVE)
        warehouse.fill([events(Run(day, rows, {}))])
        warehouse.begin()
        for name in in_order(models.sql):
            if name != left_out:
                warehouse.build(models, name, as_of(day))
    assert features(warehouse, ("viewed_then_ordered_completed",))["eve"] == (True,)


def test_who_was_touched_in_a_run_is_looked_at_once() -> None:
    """After everything was made anew, the next run looks at those touched since, and not at everybody again."""
    models, warehouse = models_of(History((), ())), opened()
    for day, rows in ((20, ANN), (21, (*ANN, "3 eve page 03-20 09:00"))):
        warehouse.fill([events(Run(day, rows, {}))])
        warehouse.run(models, as_of(day))
    assert {row["user_id"]: row["as_of"] for row in warehouse.rows("user_measures")} == {
        "ann": str(as_of(20)),
        "eve": str(as_of(21)),
    }
    assert {row["user_id"]: row["as_of"] for row in warehouse.rows("user_sequences")} == {
        "ann": str(as_of(20)),
        "eve": str(as_of(21)),
    }


def test_who_was_touched_at_the_instant_of_the_last_run_is_looked_at_again() -> None:
    """By a run of those touched alone, after everything else was run at the same instant."""
    known = (*ANN, "5 bob page 02-26 09:00", "6 bob order 02-26 10:00")  # which leave a window on the 5th of March
    late = ("3 eve page 03-03 01:00", "4 eve order 03-03 02:00")
    models, warehouse = models_of(History((), ())), opened()
    touched = ("user_events", "user_seen", "user_touched")
    others = tuple(name for name in in_order(models.sql) if name not in touched)
    for day, rows, names in (
        (4, known, in_order(models.sql)),
        (6, known, others),
        (6, (*known, *late), touched),
        (7, (*known, *late), in_order(models.sql)),
    ):
        warehouse.fill([events(Run(day, rows, {}))])
        warehouse.begin()
        for name in names:
            warehouse.build(models, name, as_of(day))
    assert features(warehouse, ("viewed_then_ordered_completed",))["eve"] == (True,)
