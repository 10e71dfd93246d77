"""How long members stay: counts by SQL make the life table that one makes of the memberships one by one."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

import pytest

from segpy.measure.half_life import half_life
from segpy.measure.hazard import life_table
from segpy.measure.model_time import Stay
from tests.cases.runner import compile_spec
from tests.cases.tables import Table
from tests.kept.warehouse import opened

SPEC = """
entities:
  user: {key: user_id, attributes: {relation: ref('users'), columns: {keen: boolean, rich: boolean}}}
segments:
  keen: {entity: user, all: [{attribute: keen}]}
  rich: {entity: user, all: [{attribute: rich}], membership: {minimum_stay: 9 days}}
"""


@pytest.mark.parametrize("seed", range(2))
def test_counts_make_the_life_table_of_memberships(seed: int) -> None:
    chance = random.Random(f"stays {seed}")
    models, keys = compile_spec(SPEC), [f"u{i}" for i in range(30)]
    runs, at = [], datetime(2026, 1, 1)
    inside: dict[str, dict[str, bool]] = {key: {"keen": False, "rich": False} for key in keys}
    with opened() as warehouse:
        for _ in range(9):
            at += timedelta(days=chance.choice([2, 5, 7, 16]))
            runs.append(at)
            for flags in inside.values():
                flags |= {name: not flags[name] for name in flags if chance.random() < 0.4}
            rows = tuple((key, *(str(one).lower() for one in flags.values())) for key, flags in inside.items())
            warehouse.fill([Table("users", {"user_id": "text", "keen": "boolean", "rich": "boolean"}, rows)])
            warehouse.run(models, at)
        told, known = warehouse.rows("segment_stays"), warehouse.rows("segment_membership")
    for segment in ("keen", "rich"):
        stays = []
        for row in known:
            start = datetime.fromisoformat(str(row["entered_at"]))
            if row["segment"] == segment and start > runs[0]:
                end = at if row["exited_at"] is None else datetime.fromisoformat(str(row["exited_at"]))
                over, inside = (at - start).days // 7, (end - start).days // 7
                left = row["exited_at"] is not None and inside < over  # in a week that is over
                stays.append(Stay(0, inside + 1 if left else over, left))
        own = [(int(str(row["week"])), row) for row in told if row["segment"] == segment]
        counts = [Stay(0, week, ended, int(str(row[name])))
                  for week, row in own for name, ended in (("ended", True), ("censored", False))]  # fmt: skip
        expected, found = life_table(stays), life_table(counts)
        assert found.periods == expected.periods and found.rate == expected.rate and len(found.periods) > 3
        assert half_life(found) == half_life(expected)
        by_week = {one.period: (one.at_risk, one.events) for one in expected.periods}
        assert {week: (row["at_risk"], row["ended"]) for week, row in own}.items() <= by_week.items()
