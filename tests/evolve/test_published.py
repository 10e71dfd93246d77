"""Real people: a wholesaler's customers, buyers of music, households of a grocer, told apart by five questions.

The data are not the project's to give on. Where `SEGPY_DATA` names a folder with `online_retail/online_retail.parquet`,
`cdnow/cdnow_master.csv` and `complete_journey/transactions.parquet`, they are read from there; else from
`../shared/data`, if that is beside the repository.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import duckdb
import pytest

from segpy.evolve.describe import at_another_instant
from segpy.evolve.model import Feature, People, Score, Unit
from segpy.measure.wilson import wilson
from tests.evolve.people import described

pytest.importorskip("sklearn")

DATA = Path(os.environ.get("SEGPY_DATA") or Path(__file__).parents[3] / "shared" / "data")
FEATURES = (
    Feature("last_bought", Unit.SECONDS, nullable=True),
    Feature("first_bought", Unit.SECONDS, nullable=True),
    Feature("orders", Unit.INTEGER, nullable=False),
    Feature("revenue", Unit.NUMBER, nullable=False),
)
RETAIL = """
select cast(CustomerID as bigint) as buyer, InvoiceNo as order_id, InvoiceDate as sold_at,
    Quantity * UnitPrice as amount
from read_parquet(?) where CustomerID is not null and Quantity > 0 and UnitPrice > 0"""
CDNOW = "select customer_id as buyer, date as order_id, date as sold_at, amount from read_csv(?)"
GROCER = """
select household_id as buyer, basket_id as order_id, transaction_timestamp as sold_at, sales_value as amount
from read_parquet(?)"""
ASKED = """
select cast(buyer as varchar), date_diff('second', max(cast(sold_at as timestamp)), cast($as_of as timestamp))::double,
    date_diff('second', min(cast(sold_at as timestamp)), cast($as_of as timestamp))::double,
    count(distinct order_id)::double, sum(amount)::double
from ({events}) where cast(sold_at as timestamp) < cast($as_of as timestamp) group by all"""


def people(name: str, events: str, as_of: str) -> People:
    """How lately, since when, how often and how much; without the file, the test is skipped."""
    if not (DATA / name).exists():
        pytest.skip(f"NOT COMPARED with real people: {DATA / name} is not there; SEGPY_DATA names the folder")
    sql = ASKED.format(events=events.replace("?", "$file"))
    rows: list[Any] = duckdb.connect().execute(sql, {"file": str(DATA / name), "as_of": as_of}).fetchall()
    return People(FEATURES, tuple(row[0] for row in rows), tuple(tuple(row[1:]) for row in rows))


def share(score: Score) -> float:
    return score.right / score.people


def test_online_retail() -> None:
    """Known before: five clusters, five questions, 81 % held out [78.9, 83.1] where the largest cluster is 28 %.

    That was of other features. By these it is 88 to 90 %, whichever three in ten are held out, and 85 % and more three
    months before. What the best of several seeds says is no figure, so that it is the mean which is asked for.
    """
    now = people("online_retail/online_retail.parquet", RETAIL, "2011-12-10")
    then = people("online_retail/online_retail.parquet", RETAIL, "2011-09-11")
    assert len(now.keys) == 4_338
    found = [described(now, 5, 5, seed) for seed in range(3)]
    for seed, one in enumerate(found):
        assert one.held_out.people > 1_200 and 0.25 < one.held_out.largest / one.held_out.people < 0.35
        interval = wilson(one.held_out.right, one.held_out.people)
        assert interval is not None and interval.low is not None and interval.low > 0.831
        assert one.asked == 5 and one.stability.mean > 0.7
        assert share(at_another_instant(one.description, then, seed)) > 0.84
    assert 0.88 < sum(share(one.held_out) for one in found) / len(found) < 0.91


@pytest.mark.parametrize(
    ("name", "events", "instants", "least"),
    [
        ("cdnow/cdnow_master.csv", CDNOW, ("1998-07-01", "1998-01-01"), (0.89, 0.70)),
        ("complete_journey/transactions.parquet", GROCER, ("2018-01-01", "2017-10-01"), (0.80, 0.79)),
    ],
)
def test_others(name: str, events: str, instants: tuple[str, str], least: tuple[float, float]) -> None:
    """Without the time since the first purchase: 90 % of CDNOW's buyers, 83 % of households."""
    now, then = (without_beginnings(people(name, events, one)) for one in instants)
    found = described(now, 5, 5)
    assert share(found.held_out) > least[0]
    assert share(at_another_instant(found.description, then, 0)) > least[1]
    assert found.held_out.largest / found.held_out.people < 0.4


def test_what_ages_with_everybody_is_found_out_by_time() -> None:
    """All of CDNOW's buyers began in the same months: how long ago is worth nothing half a year before."""
    now, then = (people("cdnow/cdnow_master.csv", CDNOW, one) for one in ("1998-07-01", "1998-01-01"))
    found = described(now, 5, 5)
    other = at_another_instant(found.description, then, 0)
    assert share(found.held_out) > 0.9
    assert share(other) < other.largest / other.people


def without_beginnings(of: People) -> People:
    kept = [i for i, one in enumerate(of.features) if one.name != "first_bought"]
    return People(tuple(of.features[i] for i in kept), of.keys, tuple(tuple(row[i] for i in kept) for row in of.rows))
