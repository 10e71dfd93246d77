"""What of a review stands in a table: figures that it reckoned itself, worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from segpy.measure.model import Estimate, Interval, Method, Status, withheld
from segpy.plan.model_results import STATISTICS
from segpy.report.figures import figures
from segpy.report.model import Ahead, Report
from segpy.reporting import report_rows
from segpy.warehouse.instants import months_before
from segpy.warehouse.model_review import MonitorRow
from tests.report.made import AS_OF, SINCE, bare, review
from tests.report.test_reporting import found, reported, sizes

pytest.importorskip("scipy")


def rows(report: Report) -> dict[tuple[Any, Any, Any], dict[str, Any]]:
    told = report_rows(report)
    by_key = {(row["segment"], row["figure"], row["place"]): row for row in told}
    assert len(by_key) == len(told) and all(set(row) <= {one.name for one in STATISTICS.columns} for row in told)
    return by_key


def test_the_mix_of_a_group() -> None:
    """Of 80 and 20 it became 40 and 60: 0.4 log 2 + 0.4 log 3. By chance 2/100 of chi-square's 3.841459."""
    told = rows(reported(found()))
    psi, bound = told["journey", "psi", "all"], told["journey", "psi_by_chance", "all"]
    assert psi["estimate"] == pytest.approx(0.716704, abs=1e-6) and bound["estimate"] == pytest.approx(
        0.076829, abs=1e-6
    )
    assert (psi["n"], psi["status"], psi["confidence"], psi["entity"]) == (200, "readable", None, "user")
    assert (psi["first_at"], psi["last_at"], psi["as_of"]) == (str(SINCE), str(AS_OF), str(AS_OF))
    assert not [
        key for key in rows(reported(found(sizes=sizes((SINCE, 80, None), (AS_OF, 40, 60))))) if key[1] == "psi"
    ]
    nobody = rows(reported(found(sizes=sizes((SINCE, 0, 0), (AS_OF, 40, 60)))))["journey", "psi", "all"]
    assert (nobody["estimate"], nobody["status"]) == (None, "too_few")


def test_half_lives() -> None:
    """Ten left in 100 days of members: 100 log 2 / 10. What is withheld has no row; where nobody left it is not yet."""
    monitors = (MonitorRow("asleep", 10, 100.0, 12, 3, False), MonitorRow("awake", None, None, None, None, True))
    longer = (AS_OF - timedelta(days=90), SINCE, AS_OF)
    told = rows(reported(found(monitors=monitors, runs=longer)))
    half = told["asleep", "half_life_days", "all"]
    numbers = [half["estimate"], half["estimate_low"], half["estimate_high"]]
    assert numbers == pytest.approx([6.931472, 3.769, 14.454], abs=1e-3)
    assert (half["n"], half["confidence"], half["first_at"]) == (10, 0.95, str(AS_OF - timedelta(days=28)))
    assert ("awake", "half_life_days", "all") not in told
    lately = rows(reported(found(monitors=monitors, runs=(AS_OF - timedelta(days=9), AS_OF))))
    assert lately["asleep", "half_life_days", "all"]["first_at"] == str(AS_OF - timedelta(days=9))
    staying = rows(reported(found(monitors=(MonitorRow("asleep", 0, 100.0, None, None, False),))))
    assert staying["asleep", "half_life_days", "all"]["status"] == "not_yet"


def test_sizes_to_come() -> None:
    """By each method and month, with the months that they rest upon; of the season it takes two years."""
    runs = tuple(months_before(AS_OF, months) for months in reversed(range(14)))
    grown = sizes(*((at, 100 + place, 50) for place, at in enumerate(runs)))
    told = rows(reported(found(runs=runs, sizes=grown)))
    for step in (1, 2, 3):
        month = str(months_before(AS_OF, -step))
        one = told["asleep", "members_exponential_smoothing", month]
        assert one["estimate"] == pytest.approx(113 + step, abs=1)
        assert one["estimate_low"] <= one["estimate"] <= one["estimate_high"] and one["confidence"] == 0.95
        assert (one["n"], one["first_at"], one["about"]) == (14, str(runs[0]), "members")
        late = told["asleep", "members_seasonal_naive", month]
        assert (late["n"], late["estimate"], late["status"], late["confidence"]) == (14, None, "too_few", None)
    gone = replace(found(runs=runs, sizes=grown), runs=(*runs[:6], *runs[7:]))
    one = rows(reported(gone))["asleep", "members_exponential_smoothing", str(months_before(AS_OF, -1))]
    assert (one["n"], one["first_at"], one["status"]) == (7, str(runs[7]), "too_few")


def test_as_the_page_shows_them() -> None:
    """Last year's size by its month, as the chart has it; fewer than nobody are none."""
    report = review()
    told = rows(report)
    (keen, *_) = report.segments
    for one in keen.ahead:
        row = told["keen", f"members_{one.method.value}", str(one.at)]
        assert row["estimate"] == one.estimate.estimate and row["n"] == 30
    april = told["keen", "members_seasonal_naive", "2026-04-10 00:00:00"]
    assert april["estimate"] == 100 + 3 * 18  # of the run in April 2025, the nineteenth
    low = Estimate(12, Status.READABLE, Method.SEASONAL_NAIVE, 2.0, Interval(-3.0, 7.0))
    few = (Ahead(datetime(2026, 4, 10), Method.SEASONAL_NAIVE, SINCE, low),)
    only = replace(report, segments=(replace(keen, ahead=few, fared=None),), groups=())
    (figure,) = figures(only)
    assert figure.estimate.interval == Interval(0.0, 7.0)


def test_of_a_single_run() -> None:
    """There is a half-life; no sizes to come where none were reckoned, and no mix to compare with."""
    (one,) = figures(bare())
    assert (one.figure, one.first_at) == ("half_life_days", AS_OF)
    silent = replace(bare(), segments=(replace(bare().segments[0], fared=None),))
    assert figures(silent) == () and report_rows(silent) == []
    never = Ahead(AS_OF, Method.SEASONAL_NAIVE, None, withheld(0, Status.TOO_FEW))
    (row,) = report_rows(replace(silent, segments=(replace(silent.segments[0], ahead=(never,)),)))
    assert (row["first_at"], row["status"], row["n"]) == (None, "too_few", 0)
