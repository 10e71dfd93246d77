"""Overlap by SQL is the overlap of sets, and what `segpy.measure` makes of their sizes, on random members."""

from __future__ import annotations

import random
from datetime import datetime
from itertools import combinations

import pytest

from segpy.measure.overlap import overlap
from tests.cases.runner import compile_spec, run
from tests.cases.tables import Table

NAMES = ("ab", "a_c", "abc", "b", "c2", "c10")
COLUMNS = ", ".join(f"in_{one}: boolean" for one in NAMES)
SPEC = f"""
entities:
  user: {{key: user_id, attributes: {{relation: ref('users'), columns: {{{COLUMNS}}}}}}}
  word: {{key: word_id, attributes: {{relation: ref('words'), columns: {{known: boolean}}}}}}
segments:
  known: {{entity: word, all: [{{attribute: known}}]}}
  unknown: {{entity: word, none: [{{attribute: known}}]}}
""" + "".join(f"  {one}: {{entity: user, all: [{{attribute: in_{one}}}]}}\n" for one in NAMES)


@pytest.mark.parametrize("seed", range(4))
def test_overlap_is_that_of_sets(seed: int) -> None:
    chance = random.Random(f"overlap {seed}")
    users = [f"u{i}" for i in range(chance.choice([0, 3, 40, 90]))]
    sets = {name: {one for one in users if chance.random() < chance.choice([0, 0.2, 0.7])} for name in NAMES}
    sets["abc"] = set(sets["ab"]) if seed % 2 else sets["abc"]
    rows = tuple((one, *(str(one in sets[name]).lower() for name in NAMES)) for one in users)
    table = Table("users", {"user_id": "text", **{f"in_{name}": "boolean" for name in NAMES}}, rows)
    words = Table("words", {"word_id": "text", "known": "boolean"}, (("u0", "true"), ("u1", "true"), ("u2", "false")))
    found = run(compile_spec(SPEC), [table, words], datetime(2026, 3, 1))["segment_overlap"]
    told = {(one["segment"], one["other_segment"]): one for one in found}
    assert len(told) == len(found) and {pair for pair in told if "known" in pair} == {("known", "unknown")}
    assert told.keys() - {("known", "unknown")} == set(combinations(sorted(NAMES), 2))
    for (one, other), row in told.items():
        if row["entity"] == "user":
            first, second = sets[str(one)], sets[str(other)]
            expected = overlap(len(first), len(second), len(first & second), len(users))
            assert (row["members"], row["other_members"]) == (len(first), len(second))
            assert (row["in_both"], row["in_either"]) == (len(first & second), len(first | second))
            for name in ("jaccard", "containment", "lift"):
                value = getattr(expected, name)
                assert row[name] == (None if value is None else pytest.approx(value, rel=1e-12)), (one, other, name)
