"""The models give every measure the value that its meaning, computed in plain Python, has on random events."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest

from tests.cases.expected import same
from tests.cases.runner import compile_spec, run
from tests.cases.tables import plain
from tests.oracle.ask import world
from tests.properties.measures import AS_OF, spec, tables


@pytest.mark.parametrize("seed", range(6))
def test_the_models_say_what_the_meaning_is(seed: int) -> None:
    chance = Random(seed)
    text, as_of = spec(chance), AS_OF + timedelta(hours=chance.choice((0, 0, 7, 12)))
    events = tables(chance, as_of)
    found = {row["user_id"]: row for row in run(compile_spec(text), events, as_of)["user_features"]}
    meant = world(text, events, as_of).features("user")
    assert found.keys() == {str(key) for key in meant}
    wrong = [
        f"{key}.{column}: {found[str(key)][column]!r}, meant {value!r}"
        for key, columns in meant.items()
        for column, value in columns.items()
        if not same(found[str(key)][column], plain(value))
    ]
    assert not wrong, "\n".join((f"seed {seed}", *wrong[:9], text))
