"""`segpy forecast` on engines other than DuckDB: the shop of `tests/unit/test_forecast.py`, month by month.

Only where `SEGPY_BACKTEST_ENGINES` names them (`postgres,sail`), as each builds a project of its own with dbt.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.engines.shop import ASKED_FOR, shop_on
from tests.unit.shop import PROJECT
from tests.unit.test_forecast import AT, EVENTS, OUTCOMES

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not ASKED_FOR, reason="asked for by SEGPY_BACKTEST_ENGINES=postgres,sail"),
]


@pytest.mark.parametrize("name", ASKED_FOR.split(","))
def test_month_by_month(name: str, tmp_path: Path) -> None:
    files = dict(PROJECT) | {"segments/outcomes.yml": OUTCOMES}
    # dbt-spark has no way to put a number that is not known into a seed.
    files["seeds/app_events.csv"] = EVENTS.replace("10:00:00,\n", "10:00:00,0\n")
    spec = files["segments/users.yml"]
    files["segments/users.yml"] = spec.replace("event: event_name}", "event: event_name, properties: {amount: number}}")
    settings = files["dbt_project.yml"]
    files["dbt_project.yml"] = settings.replace("{event_time: timestamp}", "{event_time: timestamp, amount: float}")
    with shop_on(name, files, tmp_path) as segpy:
        built = segpy("build", "--as-of", "2026-03-10")
        assert built.returncode == 0, built.stdout + built.stderr
        said = segpy("forecast", "price_watchers", "--save", "--json", *AT)
        assert said.returncode == 0, said.stdout + said.stderr
        document = json.loads(said.stdout)
        (one,) = document["segments"]
        assert document["saved"] == "segment_statistics"
        members, value = one["series"]
        assert members["seen"] == [float(10 + step) for step in range(1, 27)]
        assert value["seen"] == [float(100 + step) for step in range(1, 26)]
