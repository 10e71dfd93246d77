"""How segments fare by SQL, beside plain Python, over random runs at random times, with and without small counts."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from itertools import pairwise
from math import log
from statistics import median

import pytest

from tests.cases.runner import compile_spec
from tests.cases.tables import Row, Table
from tests.kept.warehouse import opened

SPEC = """
entities:
  user: {key: user_id, attributes: {relation: ref('users'), columns: {keen: boolean, rich: boolean}}}
segments:
  keen: {entity: user, all: [{attribute: keen}], playbook: {respond_within: 5 days}}
  rich: {entity: user, all: [{attribute: rich}], membership: {grace: 2 days}}
"""
LEAST = 3
MONTH = timedelta(days=28)


@pytest.mark.parametrize("least", [None, LEAST], ids=["all", "none_small"])
@pytest.mark.parametrize("seed", range(2))
def test_how_segments_fare(seed: int, least: int | None) -> None:
    chance = random.Random(f"monitors {seed}")
    models = compile_spec(f"privacy: {{min_cell_size: {least}}}\n{SPEC}" if least else SPEC)
    keys = [f"u{i}" for i in range(chance.choice([6, 40]))]
    at = datetime(2026, 1, 1)
    with opened() as warehouse:
        for _ in range(8):
            at += timedelta(days=chance.choice([1, 3, 9]))
            rows = tuple((key, *(chance.choice(["true", "false", "false"]) for _ in range(2))) for key in keys)
            warehouse.fill([Table("users", {"user_id": "text", "keen": "boolean", "rich": "boolean"}, rows)])
            warehouse.run(models, at)
        sizes, members, told = (
            warehouse.rows(name) for name in ("segment_sizes", "segment_members", "segment_monitors")
        )
    assert sorted(str(row["segment"]) for row in told) == ["keen", "rich"]
    for row in told:
        of_it = sorted((one for one in sizes if one["segment"] == row["segment"]), key=lambda one: str(one["as_of"]))
        expected = fares(of_it, at) | late([one for one in members if one["segment"] == row["segment"]], at)
        if least and any(small(expected, row["members"])):
            expected |= {"due": None, "overdue": None}
        for name, value in expected.items():
            assert row[name] == (None if value is None else pytest.approx(value, rel=1e-9)), (row["segment"], name)
        untold = any(value is None for value in (row["members"], row["due"], row["entered"], row["member_days"]))
        assert row["withheld"] == untold


@pytest.mark.parametrize("least", [None, LEAST])
def test_beside_hold_outs_small_counts_withhold_who_is_due(least: int | None) -> None:
    """40 are in it, some of whom are held out and owed nothing; with the audience it would tell who did not consent."""
    spec = SPEC.replace("respond_within: 5 days}}", "respond_within: 5 days}, experiment: {holdout: 30%}}")
    models = compile_spec(f"privacy: {{min_cell_size: {least}}}\n{spec}" if least else spec)
    rows = tuple((f"u{i}", "true", "false") for i in range(40))
    with opened() as warehouse:
        warehouse.fill([Table("users", {"user_id": "text", "keen": "boolean", "rich": "boolean"}, rows)])
        warehouse.run(models, datetime(2026, 1, 1))
        arms = [row["arm"] for row in warehouse.rows("segment_members")]
        told = {row["segment"]: (row["due"], row["withheld"]) for row in warehouse.rows("segment_monitors")}
    treated = arms.count("treatment")
    assert LEAST < treated < 40 - LEAST
    assert told == {"keen": (None, True) if least else (treated, False), "rich": (0, False)}


def fares(sizes: list[Row], at: datetime) -> dict[str, float | None]:
    """What is told of the runs."""
    begin = at - MONTH
    before = [one for one in sizes if begin <= when(one) < at and one["members"] is not None]
    known = [int(str(one["members"])) for one in before]
    spans = [(one, two, (when(two) - when(one)).total_seconds() / 86_400) for one, two in pairwise(sizes)]
    spans = [(one, two, days) for one, two, days in spans if when(two) > begin]

    def added(values: list[float | None]) -> float | None:
        return None if None in values else sum(value for value in values if value is not None)

    inside = added([None if one["members"] is None else float(str(one["members"])) * days for one, _, days in spans])
    everybody = sum(float(str(one["population"])) * days for one, _, days in spans)
    outside = None if inside is None else everybody - inside
    entered, exited = (
        added([None if two[name] is None else float(str(two[name])) for _, two, _ in spans])
        for name in ("entered", "exited")
    )
    return {
        "runs_before": len(known),
        "least_before": min(known, default=None),
        "median_before": median(known) if known else None,
        "most_before": max(known, default=None),
        "entered": entered,
        "exited": exited,
        "member_days": inside,
        "outside_days": outside,
        "entry_rate": entered / outside if entered is not None and outside else None,
        "exit_rate": exited / inside if exited is not None and inside else None,
        "half_life_days": log(2) * inside / exited if inside is not None and exited else None,
    }


def late(members: list[Row], at: datetime) -> dict[str, float | None]:
    """Who is to be answered, and was to be by now."""
    due = [datetime.fromisoformat(str(one["respond_by"])) for one in members if one["respond_by"] is not None]
    return {"due": len(due), "overdue": sum(one < at for one in due)}


def small(expected: dict[str, float | None], members: object) -> list[bool]:
    """Whether what is told of deadlines is about few, or their number is withheld."""
    due, overdue = int(expected["due"] or 0), int(expected["overdue"] or 0)
    if members is None:
        return [True]
    return [1 <= one < LEAST for one in (due, overdue, due - overdue, int(str(members)) - due)]


def when(row: Row) -> datetime:
    return datetime.fromisoformat(str(row["as_of"]))
