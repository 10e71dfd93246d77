"""`segpy backtest` on engines other than DuckDB: the look back that `tests/unit/test_backtest.py` has worked out.

Only where `SEGPY_BACKTEST_ENGINES` names them (`postgres,sail`), as each builds a project of its own with dbt.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.engines.shop import ASKED_FOR, shop_on
from tests.unit.shop import PROJECT
from tests.unit.test_backtest import ASKED, EVENTS, OUTCOMES

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not ASKED_FOR, reason="asked for by SEGPY_BACKTEST_ENGINES=postgres,sail"),
]


@pytest.mark.parametrize("name", ASKED_FOR.split(","))
def test_looked_back(name: str, tmp_path: Path) -> None:
    files = {**PROJECT, "segments/outcomes.yml": OUTCOMES, "seeds/app_events.csv": EVENTS}
    with shop_on(name, files, tmp_path) as segpy:
        built = segpy("build", "--as-of", "2026-03-10")
        assert built.returncode == 0, built.stdout + built.stderr
        said = segpy("backtest", "price_watchers", "--outcome", "bought", "--json", *ASKED)
        assert said.returncode == 0, said.stdout + said.stderr
        said = segpy("backtest", "price_watchers", "--outcome", "bought", "--save", "--json", *ASKED)
        assert said.returncode == 0, said.stdout + said.stderr
        document = json.loads(said.stdout)
        (one,) = document["segments"]
        assert document["saved"] == "segment_backtests"
        assert [each["population"] for each in one["instants"]] == [2, 2, 2, 3, 3, 3, 3]
        assert [each["members"] for each in one["instants"]] == [0, 1, 1, 2, 2, 2, 2]
        assert [each["converted_inside"] for each in one["instants"]] == [0, 1, 0, 0, 0, 0, 0]
        assert [each["stayed"] for each in one["instants"]] == [0, 0, 1, 1, 2, 2, 2]
        again = segpy("backtest", "price_watchers", "--outcome", "bought", "--save", "--json", *ASKED)
        assert again.returncode == 0, again.stdout + again.stderr
