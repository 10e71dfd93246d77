"""What Hillstrom, Cookie Cats and CDNOW were published with, from sufficient statistics by plain SQL.

The data are not the project's to give on. Where `SEGPY_DATA` names a folder with `hillstrom/hillstrom.csv`,
`cookie_cats/cookie_cats.csv` and `cdnow/cdnow_master.csv`, they are read from there; else from `../shared/data`, if
that is beside the repository.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import duckdb
import pytest

from segpy.measure.auc import auc
from segpy.measure.lift import lift
from segpy.measure.model import Arm, Covariate, Design
from segpy.measure.sample_ratio import sample_ratio
from segpy.measure.welch import difference
from tests.measure.arms import ends

DATA = Path(os.environ.get("SEGPY_DATA") or Path(__file__).parents[3] / "shared" / "data")
ARMS = """
select {arm}, count(*),
    avg({metric}), var_samp({metric}),
    avg({before}), var_samp({before}), covar_samp({metric}, {before})
from read_csv(?) group by all order by 1
"""
SCORES = """
with scored as (select customer_id, {score} as score from read_csv(?) where {seen} group by all),
bought as (select distinct customer_id from read_csv(?) where date >= date '1997-10-01')
select score, count(bought.customer_id), count(*) - count(bought.customer_id)
from scored left join bought using (customer_id) group by all
"""


def file(name: str) -> Path:
    """A file of the data; without it, the test is skipped."""
    if not (DATA / name).exists():
        pytest.skip(f"NOT COMPARED with what was published: {DATA / name} is not there; SEGPY_DATA names the folder")
    return DATA / name


def arms(name: str, arm: str, metric: str, before: str = "0") -> dict[str, Arm]:
    """Arms of a file by what its column says, with a covariate."""
    path = file(f"{name}/{name}.csv")
    sql = ARMS.format(arm=arm, metric=f"cast({metric} as double)", before=f"cast({before} as double)")
    rows: list[Any] = duckdb.connect().execute(sql, [str(path)]).fetchall()
    return {row[0]: Arm(*row[1:4], Covariate(*row[4:7], before_exposure=True)) for row in rows}


@pytest.mark.parametrize(
    ("metric", "told", "digits"),
    [
        ("visit", (0.1062, 0.1828, 0.1514), 4),
        ("conversion", (0.00573, 0.01253, 0.00884), 5),
        ("spend", (0.6528, 1.4226, 1.0772), 4),
    ],
)
def test_hillstrom(metric: str, told: tuple[float, ...], digits: int) -> None:
    found = arms("hillstrom", "segment", metric)
    means = tuple(round(found[f"{name} E-Mail"].mean or 0, digits) for name in ("No", "Mens", "Womens"))
    assert means == told


def test_hillstrom_spend_of_the_mens_mail() -> None:
    found = arms("hillstrom", "segment", "spend", "history")
    treated, control = found["Mens E-Mail"], found["No E-Mail"]
    raw = difference(treated, control)
    assert round(raw.estimate or 0, 4) == 0.7698
    assert [round(end, 4) for end in ends(raw.interval)] == [0.4851, 1.0545]
    whole = lift("mens", "spend", treated, control, Design(1 / 2), binary=False)
    assert whole.difference == raw
    assert not sample_ratio([arm.n for arm in found.values()], [1, 1, 1]).alarm
    reduction = whole.adjusted.reduction
    assert reduction is not None and 0 < reduction < 0.01  # what was spent in the year before tells next to nothing


def test_cookie_cats() -> None:
    found = arms("cookie_cats", "version", "cast(retention_7 as boolean)::int")
    late, early = found["gate_40"], found["gate_30"]
    whole = lift("players", "day 7", late, early, Design(1 / 2), binary=True)
    assert (round(early.mean or 0, 4), round(late.mean or 0, 4)) == (0.1902, 0.182)
    assert round(whole.difference.estimate or 0, 4) == -0.0082
    assert whole.difference.p is not None and whole.difference.p < 0.01
    assert whole.sample_ratio.p == pytest.approx(0.0086, abs=5e-5) and not whole.sample_ratio.alarm


@pytest.mark.parametrize(
    ("score", "seen", "told"),
    [
        ("epoch(max(date))", "date < date '1997-10-01'", 0.76),
        ("count(distinct date)", "date < date '1997-10-01'", 0.75),
        ("count(distinct date)", "true", 0.94),
    ],
)
def test_a_score_that_sees_the_future_is_too_good(score: str, seen: str, told: float) -> None:
    """CDNOW: 39 weeks tell who buys in the following 39 with 0.76 at best; with future purchases among them, 0.94."""
    path = file("cdnow/cdnow_master.csv")
    rows: list[Any] = duckdb.connect().execute(SCORES.format(score=score, seen=seen), [str(path)] * 2).fetchall()
    found = auc((float(value), did, did_not) for value, did, did_not in rows)
    assert found.n == 23570
    assert found.estimate is not None and round(found.estimate, 2) == told
