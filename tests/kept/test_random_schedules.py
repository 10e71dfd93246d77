"""Whatever runs there are, what is kept equals what one run makes anew: on random specs, streams and schedules.

`SEGPY_SCHEDULES=2000` tries so many of each kind, and then fresh ones each time.
"""

from __future__ import annotations

import os
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, reject, settings
from hypothesis import strategies as st

from tests.cases.runner import Refused, compile_spec
from tests.kept.arrivals import DAY
from tests.kept.schedules import START, about_users, few_measures, proven, random_promise, random_source, with_lateness
from tests.kept.warehouse import comparable, opened
from tests.properties.sequences import Whole, several, spec_of

WANTED = os.environ.get("SEGPY_SCHEDULES")


def fails(text: str, chance: Random) -> str:
    """What is wrong with a schedule; nothing where it is as it should be."""
    promise = random_promise(chance)
    text = with_lateness(text, chance, promise)
    _, wrong = proven(text, promise, chance)
    return "\n".join((*wrong, text)) if wrong else ""


@pytest.mark.parametrize("seed", range(int(WANTED or 16)))
def test_measures(seed: int) -> None:
    """Measures of every kind, over two streams."""
    chance = Random(seed)
    assert not (wrong := fails(few_measures(chance), chance)), wrong


@settings(
    max_examples=int(WANTED or 8),
    derandomize=WANTED is None,
    database=None,
    deadline=None,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)
@given(sequences=several(), seed=st.integers(0, 2**32))
def test_sequences(sequences: tuple[Whole, ...], seed: int) -> None:
    """Sequences of every kind."""
    try:
        wrong = fails(spec_of(sequences), Random(seed))
    except Refused:
        reject()
    assert not wrong, wrong


@pytest.mark.parametrize("seed", range(int(WANTED or 6)))
def test_what_happens_at_as_of_or_later_changes_nothing(seed: int) -> None:
    """Neither where everything is made anew nor where it is continued, in any model about users."""
    chance = Random(seed)
    promise = random_promise(chance)
    models = about_users(compile_spec(with_lateness(few_measures(chance), chance, promise)))
    first = START + 40 * DAY
    second = first + chance.choice((1, 1, 4)) * DAY
    source = random_source(chance, promise)
    while not any(one.occurred_at >= second and one.there(second + 9 * DAY) for one in source.told):
        source = random_source(chance, promise)
    found = []
    for blind in (False, True):
        warehouse = opened()
        for as_of in (first, second):
            warehouse.fill(source.tables(as_of + 9 * DAY, as_of if blind else None))
            warehouse.run(models, as_of)
        found.append({name: comparable(warehouse.rows(name)) for name in models.sql})
    assert found[0] == found[1]
