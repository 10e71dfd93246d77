"""A comparison counts what the oracle says of members at each instant, for what the language can say: of every case.

The oracle is asked anew at each instant, and never sees what came later; deciles and frequencies are counted in plain
Python. `SEGPY_DRIFTS=all` looks at all cases; without it one of twelve, by their names.
"""

from __future__ import annotations

import os
from collections import Counter
from datetime import datetime, timedelta
from zlib import crc32

import pytest

from segpy.measure.bins import UNKNOWN, place_of
from segpy.plan.drift import drift_plan
from segpy.plan.model_drift import DriftPlan
from segpy.warehouse.model_drift import DriftRow
from tests.backtests.ask import bound_of
from tests.backtests.test_oracle import was_there
from tests.cases import case as cases
from tests.cases.case import Case
from tests.drift.ask import counts
from tests.drift.test_bins import deciles
from tests.oracle.ask import world
from tests.oracle.log import Cell

DAYS_AGO = (9, 2, 0)
EVERY = 1 if os.environ.get("SEGPY_DRIFTS") == "all" else 12


def some_cases() -> list[str]:
    return [name for name in cases.names() if crc32(f"drift {name}".encode()) % EVERY == 0]


@pytest.mark.parametrize("name", some_cases())
def test_each_instant(name: str) -> None:
    case = cases.load(name)
    bound = bound_of(case.spec)
    looked = 0
    for entity in bound.entities:
        segments = tuple(one.name for one in bound.segments if one.entity == entity.name and not one.remembers)
        declared = [one.name for one in bound.features if one.entity == entity.name]
        plan = drift_plan(bound, entity.name, segments, declared) if segments and declared else None
        if plan is not None and plan.features:
            instants = tuple(case.as_of - timedelta(days=days) for days in DAYS_AGO)
            found = counts(plan, case.tables, instants, case.as_of + timedelta(days=30))
            looked += same(case, plan, instants, found)
    if not looked:
        pytest.skip("no feature of members to compare")


def same(case: Case, plan: DriftPlan, instants: tuple[datetime, ...], found: tuple[DriftRow, ...]) -> int:
    """That everything is as the oracle says; how many values were looked at."""
    entity, looked = plan.panel.entity.entity.name, 0
    then = [world(case.spec, case.tables, at) for at in instants]
    for i, segment in enumerate(plan.panel.segments):
        who = [[key for key in sorted(one.members(segment), key=str) if was_there(one, entity, key, at)]
               for one, at in zip(then, instants, strict=True)]  # fmt: skip
        sizes = {one.instant: one.members for one in found if (one.kind, one.segment) == ("size", i)}
        assert sizes == {place: len(keys) for place, keys in enumerate(who) if keys}, segment
        for j, feature in enumerate(plan.features):
            values = [
                [one.features(entity)[key][feature.name] for key in keys] for one, keys in zip(then, who, strict=True)
            ]
            own = [one for one in found if (one.segment, one.feature) == (i, j)]
            got = Counter({(one.instant, one.place): one.members for one in own if one.kind in ("number", "text")})
            wanted = numbers(values) if j < len(plan.numbers) else texts(values)
            assert got == wanted, f"{feature.name} of {segment}"
            looked += sum(map(len, values))
    return looked


def numbers(values: list[list[Cell]]) -> Counter[tuple[int, int]]:
    edges = deciles([as_number(one) for one in values[0]])
    return Counter((i, place_of(as_number(one), edges)) for i, each in enumerate(values) for one in each)


def texts(values: list[list[Cell]]) -> Counter[tuple[int, int]]:
    frequent = Counter(str(one) for one in values[0] if one is not None)
    order = sorted(frequent, key=lambda one: (-frequent[one], one))[:9]
    places = {one: place for place, one in enumerate(order)}
    told = ((i, UNKNOWN if one is None else places.get(str(one), 9)) for i, each in enumerate(values) for one in each)
    return Counter(told)


def as_number(value: Cell) -> float | None:
    return None if value is None else float(value)  # type: ignore[arg-type]
