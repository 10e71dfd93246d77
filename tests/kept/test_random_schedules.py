"""Whatever runs there are, what is kept equals what one run makes anew: on random specs, streams and schedules.

`SEGPY_SCHEDULES=2000` tries so many of each kind, and then fresh ones each time.
"""

from __future__ import annotations

import os
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, reject, settings
from hypothesis import strategies as st

from tests.cases.runner import Refused
from tests.kept.schedules import few_measures, proven, random_promise, with_lateness
from tests.properties.sequences import Whole, several, spec_of

WANTED = os.environ.get("SEGPY_SCHEDULES")


def fails(text: str, chance: Random) -> str:
    """What is wrong with a schedule; nothing where it is as it should be."""
    promise = random_promise(chance)
    text = with_lateness(text, chance, promise)
    _, wrong = proven(text, promise, chance)
    return "\n".join((*wrong, text)) if wrong else ""


@pytest.mark.parametrize("seed", range(int(WANTED or 40)))
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
