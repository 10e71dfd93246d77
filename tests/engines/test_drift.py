"""`segpy drift` on engines other than DuckDB: the shop of `tests/unit/test_drift.py`, its table and its test.

Only where `SEGPY_BACKTEST_ENGINES` names them (`postgres,sail`), as each builds a project of its own with dbt.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.engines.shop import ASKED_FOR, shop_on
from tests.unit.shop import PROJECT
from tests.unit.test_drift import AT, EVENTS, FEATURES

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not ASKED_FOR, reason="asked for by SEGPY_BACKTEST_ENGINES=postgres,sail"),
]
# Who looked twice in January and four times in March is the last that was seen: as a number, a truth and a text.
MORE = """\
  often: {entity: user, expression: "views > 2"}
  latest: {entity: user, expression: "case when views > 2 then 'often' when orders = 0 then 'seldom' end"}
"""


@pytest.mark.parametrize("name", ASKED_FOR.split(","))
def test_compared(name: str, tmp_path: Path) -> None:
    limit = "portfolio: {max_drift: 0.25}\n"
    files = {**PROJECT, "seeds/app_events.csv": EVENTS, "segments/features.yml": limit + FEATURES + MORE}
    with shop_on(name, files, tmp_path) as segpy:
        built = segpy("build", "--as-of", "2026-03-10")
        assert built.returncode == 0, built.stdout + built.stderr
        said = segpy("drift", "price_watchers", *AT, "--save", "--json")
        document = json.loads(said.stdout)
        assert (said.returncode, document["saved"]) == (1, "segment_statistics"), said.stdout + said.stderr
        assert {one["code"] for one in document["findings"]} == {"SEG690"}
        (one,) = document["segments"]
        told = {
            each["feature"]: [(part["words"], *part["members"]) for part in each["bins"] if any(part["members"])]
            for each in one["features"]
        }
        assert told["views"] == [("exactly 2", 20, 0), ("above 2", 0, 20)]
        assert told["often"] == [("false", 20, 0), ("true", 0, 20)]
        assert told["latest"] == [("seldom", 20, 0), ("others", 0, 20)]
        assert told["orders"] == [("exactly 0", 20, 20)]
        again = segpy("build", "--as-of", "2026-03-10", "--json")
        failed = [node["name"] for node in json.loads(again.stdout)["nodes"] if node["status"] == "fail"]
        assert [name.startswith("segpy_drift_within") for name in failed] == [True], again.stdout
