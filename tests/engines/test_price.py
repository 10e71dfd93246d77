"""`segpy price` on engines other than DuckDB: the shop of `tests/unit/test_price.py`, cell by cell.

Only where `SEGPY_BACKTEST_ENGINES` names them (`postgres,sail`), as each builds a project of its own with dbt.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.engines.shop import ASKED_FOR, shop_on
from tests.unit.shop import PROJECT
from tests.unit.test_price import ASKED, PRICES, SPAN, changed

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not ASKED_FOR, reason="asked for by SEGPY_BACKTEST_ENGINES=postgres,sail"),
]


@pytest.mark.parametrize("name", ASKED_FOR.split(","))
def test_priced(name: str, tmp_path: Path) -> None:
    files = {**PROJECT, **changed(PROJECT)}
    # dbt-spark has no way to put a number that is not known into a seed.
    seed = files["seeds/app_events.csv"].replace("rye,,1", "rye,-1,1")
    with shop_on(name, {**files, "seeds/app_events.csv": seed}, tmp_path) as segpy:
        built = segpy("build", "--as-of", "2026-02-16")
        assert built.returncode == 0, built.stdout + built.stderr
        said = segpy("price", "buyers", *ASKED, *SPAN, "--save", "--json")
        assert said.returncode == 0, said.stdout + said.stderr
        document = json.loads(said.stdout)
        (one,) = document["segments"]
        assert document["saved"] == "segment_statistics"
        assert [each["members"] for each in one["periods"]] == [2, 2, 3, 3, 3, 3]
        assert (one["purchases"], one["products_sold"]) == (30, 3)
        assert one["purchases_left_out"] == {"price_not_above_0": 2, "quantity_not_above_0": 1}
        # Cid buys in every other week, and is no member before the third.
        assert [(each["product"], each["price"], each["quantity"]) for each in one["cells"]] == [
            (product, pytest.approx(price), quantity)
            for product in sorted(PRICES)
            for price, quantity in zip(PRICES[product], _bought(product), strict=True)
        ]
        again = segpy("price", "buyers", *ASKED, *SPAN, "--save", "--json")
        assert again.returncode == 0, again.stdout + again.stderr


def _bought(product: str) -> list[int]:
    first, *_ = told = PRICES[product]
    own = [round(12 * (first / price) ** 1.5) + (week + len(product)) % 2 for week, price in enumerate(told)]
    return [pieces + (week if week in (3, 5) else 0) for week, pieces in enumerate(own)]
