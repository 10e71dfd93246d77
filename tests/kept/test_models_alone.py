"""Runs of some models and not of others, in any mixture: each table knows by itself where it stands."""

from __future__ import annotations

import os
from random import Random

import pytest

from tests.cases.runner import compile_spec, in_order
from tests.kept.arrivals import DAY, HOUR
from tests.kept.schedules import (
    START,
    Step,
    about_users,
    differences,
    few_measures,
    random_promise,
    random_source,
    with_lateness,
)
from tests.kept.warehouse import opened

# 36 runs those touched before the events that touched them, and these on a later day.
SEEDS = range(int(os.environ["SEGPY_SCHEDULES"])) if "SEGPY_SCHEDULES" in os.environ else (*range(8), 36)


@pytest.mark.parametrize("seed", SEEDS)
def test_some_models_alone(seed: int) -> None:
    """After each run of all of them, what stands is what one run makes anew."""
    chance = Random(seed)
    promise = random_promise(chance)
    models = about_users(compile_spec(with_lateness(few_measures(chance), chance, promise)))
    source, warehouse, as_of = random_source(chance, promise), opened(), START + 30 * DAY
    for number in range(8):
        now = as_of + chance.choice((0, 5)) * HOUR
        whole = number == 0 or chance.random() < 0.5
        warehouse.fill(source.tables(now))
        for name in in_order(models.sql):
            if whole or chance.random() < 0.5:
                warehouse.build(models, name, as_of)
        if whole:
            assert differences(models, warehouse, source, Step(as_of, now, False, None)) == [], f"run {number}"
        as_of += chance.choice((0, 1, 1, 2, 5)) * DAY
