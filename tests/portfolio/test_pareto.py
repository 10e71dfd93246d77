"""What segments are worth by SQL, beside plain Python, on random people, sets and worths."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from datetime import datetime
from fractions import Fraction

import pytest

from tests.cases.runner import compile_spec, run
from tests.cases.tables import Row, Table

NAMES = ("a", "b", "b_2", "b2", "c")
COLUMNS = ", ".join(f"in_{one}: boolean" for one in NAMES)
SPEC = f"""
portfolio: {{value: [worth, seats_of]}}
entities:
  user: {{key: user_id, attributes: {{relation: ref('users'), columns: {{worth_of: number, {COLUMNS}}}}}}}
  team: {{key: team_id, attributes: {{relation: ref('teams'), columns: {{seats: integer}}}}}}
  word: {{key: word_id, attributes: {{relation: ref('words'), columns: {{known: boolean}}}}}}
features:
  worth: {{entity: user, attribute: worth_of}}
  seats_of: {{entity: team, attribute: seats}}
segments:
  any_team: {{entity: team, any: [{{attribute: seats, at_least: 1, or_never: false}}]}}
  known: {{entity: word, all: [{{attribute: known}}]}}
""" + "".join(f"  {one}: {{entity: user, all: [{{attribute: in_{one}}}]}}\n" for one in NAMES)


def kings(keys: Iterable[str], worth: Mapping[str, int | None]) -> list[str]:
    """The fewest who make four fifths of what is above 0."""
    order = sorted((key for key in keys if (worth[key] or 0) > 0), key=lambda key: (-(worth[key] or 0), key))
    whole, found, so_far = sum(worth[key] or 0 for key in order), list[str](), 0
    for key in order:
        if so_far * 5 < whole * 4:
            found.append(key)
            so_far += worth[key] or 0
    return found


def expected(sets: Mapping[str, set[str]], worth: Mapping[str, int | None]) -> dict[str, dict[str, object]]:
    """The rows, by segment."""

    def gains(keys: Iterable[str]) -> int:
        return sum(max(worth[key] or 0, 0) for key in keys)

    def part(value: int, whole: int) -> float | None:
        return float(Fraction(value, whole)) if whole else None

    everybody, found, before, seen = gains(worth), {}, 0, set[str]()
    of_all = kings(worth, worth)
    for place, name in enumerate(sorted(sets, key=lambda name: (-gains(sets[name]), name)), 1):
        keys, own = sets[name], kings(sets[name], worth)
        added, seen = gains(keys - seen), seen | keys
        before += added
        found[name] = {
            "members": len(keys),
            "valued": sum(worth[key] is not None for key in keys),
            "value": gains(keys),
            "losses": sum(min(worth[key] or 0, 0) for key in keys),
            "value_share": part(gains(keys), everybody),
            "place": place,
            "added_value": added,
            "cumulative_share": part(before, everybody),
            "kings": len(own),
            "kings_share": part(len(own), len(keys)),
            "kings_value_share": part(gains(own), gains(keys)),
            "all_kings": len(of_all),
            "all_kings_share": part(len(of_all), len(worth)),
            "all_kings_inside": len(keys & set(of_all)),
        }
    return found


@pytest.mark.parametrize("seed", range(5))
def test_what_segments_are_worth(seed: int) -> None:
    chance = random.Random(f"pareto {seed}")
    users = [f"u{i}" for i in range(chance.choice([1, 9, 60]))]
    drawn = chance.choice([[None, -3, 0], [10], [-5, 0, 1, 2, 2, 7, None], [1, 1, 1, 1000]])
    worth = {key: chance.choice(drawn) for key in users}
    sets = {name: {key for key in users if chance.random() < chance.choice([0, 0.3, 0.8])} for name in NAMES}
    rows = tuple((key, worth[key], *(str(key in sets[name]).lower() for name in NAMES)) for key in users)
    tables = [
        Table(
            "users",
            {"user_id": "text", "worth_of": "number", **{f"in_{name}": "boolean" for name in NAMES}},
            tuple((key, None if value is None else str(value), *rest) for key, value, *rest in rows),
        ),
        Table("teams", {"team_id": "text", "seats": "integer"}, (("u0", "4"), ("t", "1"), ("s", None))),
        Table("words", {"word_id": "text", "known": "boolean"}, (("u0", "true"),)),
    ]
    found = run(compile_spec(SPEC), tables, datetime(2026, 3, 1))["segment_pareto"]
    told = {str(row["segment"]): row for row in found}
    assert len(told) == len(found)
    differing(told, expected(sets, worth) | expected({"any_team": {"u0", "t"}}, {"u0": 4, "t": 1, "s": None}))


def differing(told: Mapping[str, Row], rows: Mapping[str, Mapping[str, object]]) -> None:
    """All rows are there, and in each what is expected."""
    assert told.keys() == rows.keys()
    for name, row in rows.items():
        for column, value in row.items():
            assert told[name][column] == (None if value is None else pytest.approx(value, rel=1e-9)), (name, column)
