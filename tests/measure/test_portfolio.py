"""Drift, scores, backtests and overlaps."""

from __future__ import annotations

from math import exp, log

import numpy as np
import pytest
from scipy import stats

from segpy.measure.auc import auc
from segpy.measure.backtest import backtest, break_even
from segpy.measure.drift import psi
from segpy.measure.model import Status
from segpy.measure.overlap import overlap
from segpy.measure.wilson import wilson
from tests.measure.arms import ANCHORS, ends

# --- drift ----------------------------------------------------------------------------------------------------------


def test_the_indices_of_reference() -> None:
    told = ANCHORS["psi"]
    found = psi(told["counts_base"], told["counts_cur"])
    assert found.psi == pytest.approx(told["psi"], rel=1e-12) and not found.alarm
    moved = psi([25] * 4, [40, 30, 20, 10])
    assert moved.psi == pytest.approx(told["shares_0.25x4_vs_.4.3.2.1"], rel=1e-10)  # wrong in its last digits


def test_few_people_drift_by_chance() -> None:
    """The same index of 0.228 is within chance for twice 50 people in ten bins, and beyond it for twice 5,000."""
    base, now = [5] * 10, [8, 8, 6, 6, 5, 5, 4, 4, 2, 2]
    few, many = psi(base, now), psi([100 * one for one in base], [100 * one for one in now])
    assert few.psi == pytest.approx(many.psi or 0)
    assert (few.psi or 0) > 0.1
    assert few.bound == pytest.approx((1 / 50 + 1 / 50) * stats.chi2.ppf(0.95, 9))
    assert (few.alarm, many.alarm) == (False, True)


def test_a_small_drift_of_many_people_is_no_alarm() -> None:
    found = psi([100_000] * 4, [110_000, 100_000, 100_000, 90_000])
    assert found.psi is not None and found.bound is not None
    assert found.bound < found.psi < 0.1 and not found.alarm


def test_chance_alone_is_beyond_the_bound_once_in_twenty_times() -> None:
    rng = np.random.default_rng(41)
    shares = np.array([0.4, 0.3, 0.2, 0.1])
    drawn = [psi(rng.multinomial(400, shares).tolist(), rng.multinomial(900, shares).tolist()) for _ in range(2000)]
    assert np.mean([(one.psi or 0) > (one.bound or 0) for one in drawn]) == pytest.approx(0.05, abs=0.012)


def test_an_empty_bin_counts_half_a_person() -> None:
    found = psi([10, 0, 90], [10, 5, 85])
    base, now = [10 / 100.5, 0.5 / 100.5, 90 / 100.5], [0.1, 0.05, 0.85]
    assert found.psi == pytest.approx(sum((q - p) * log(q / p) for p, q in zip(base, now, strict=True)))
    assert psi([10, 0, 90], [10, 0, 90]).psi == 0


@pytest.mark.parametrize(
    ("base", "now", "status"),
    [
        ([1, 2], [1, 2, 3], Status.INVALID),
        ([1, -2], [1, 2], Status.INVALID),
        ([0, 0], [1, 2], Status.TOO_FEW),
        ([], [], Status.TOO_FEW),
        ([5, 0], [3, 0], Status.NO_VARIANCE),
    ],
)
def test_bins_that_are_none(base: list[int], now: list[int], status: Status) -> None:
    assert psi(base, now).status is status


# --- scores ---------------------------------------------------------------------------------------------------------


def test_auc_is_that_of_mann_and_whitney_with_ties() -> None:
    rng = np.random.default_rng(43)
    did, did_not = rng.integers(2, 9, 80), rng.integers(0, 7, 120)
    found = auc([*((float(one), 1, 0) for one in did), *((float(one), 0, 1) for one in did_not)])
    u = stats.mannwhitneyu(did, did_not).statistic
    assert found.estimate == pytest.approx(u / (80 * 120))
    merged = auc([(float(at), int((did == at).sum()), int((did_not == at).sum())) for at in range(9)])
    assert merged == found


def test_the_interval_of_auc_covers_the_truth() -> None:
    """Scores one standard deviation apart: 0.7602."""
    rng, truth = np.random.default_rng(47), float(stats.norm.cdf(1 / 2**0.5))
    covered = []
    for _ in range(600):
        scores = [
            *((float(one), 1, 0) for one in rng.normal(1, 1, 60)),
            *((float(one), 0, 1) for one in rng.normal(0, 1, 90)),
        ]
        interval = auc(scores).interval
        covered.append(interval is not None and interval.touches(truth))
    assert np.mean(covered) == pytest.approx(0.95, abs=0.02)


def test_scores_that_tell_nothing() -> None:
    assert auc([]).status is auc([(1.0, 1, 5)]).status is Status.TOO_FEW
    assert auc([(1.0, 5, 5)]).status is Status.NO_VARIANCE
    assert auc([(float("nan"), 5, 5)]).status is Status.INVALID
    assert auc([(1.0, 5, 4), (2.0, 4, 5)]).estimate == pytest.approx(0.5 - 1 / 18)


# --- backtests ------------------------------------------------------------------------------------------------------


def test_a_backtest() -> None:
    """1,000 of 10,000 people are members; 100 of 300 conversions are theirs."""
    found = backtest(1000, 100, 10_000, 300)
    assert (found.inside.estimate, found.everybody.estimate) == (0.1, 0.03)
    assert found.outside.estimate == pytest.approx(200 / 9000)
    assert found.lift.estimate == pytest.approx(10 / 3)
    assert found.recall.estimate == pytest.approx(1 / 3) and found.recall.interval == wilson(100, 300)
    assert found.lift.p is not None and found.lift.p < 1e-9


def test_the_interval_of_lift_over_base_covers_the_truth() -> None:
    rng, truth, covered = np.random.default_rng(53), 0.1 / 0.028, []
    for inside, outside in zip(rng.binomial(1000, 0.1, 700), rng.binomial(9000, 0.02, 700), strict=True):
        interval = backtest(1000, int(inside), 10_000, int(inside + outside)).lift.interval
        covered.append(interval is not None and interval.touches(truth))
    assert np.mean(covered) == pytest.approx(0.95, abs=0.017)


@pytest.mark.parametrize(
    ("counts", "status"),
    [
        ((10, 0, 100, 5), Status.TOO_FEW),
        ((100, 5, 100, 5), Status.TOO_FEW),
        ((10, 11, 100, 20), Status.INVALID),
        ((10, 5, 100, 4), Status.INVALID),
        ((10, 10, 100, 100), Status.NO_VARIANCE),
    ],
)
def test_a_backtest_that_says_nothing(counts: tuple[int, int, int, int], status: Status) -> None:
    assert backtest(*counts).lift.status is status


def test_the_lift_to_break_even() -> None:
    """0.10 a head, where a head brings 2.00 of which 0.7 are kept: 7 % more."""
    assert break_even(0.10, 0.7, 2.0) == pytest.approx(0.1 / 1.4)
    assert break_even(0.10, 0.7, 0.0) is None


# --- overlaps -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("pair", "counts"), [("AB", (10, 10, 5)), ("AC", (10, 5, 5)), ("BC", (10, 5, 0))])
def test_the_overlaps_of_reference(pair: str, counts: tuple[int, int, int]) -> None:
    found, told = overlap(*counts, ANCHORS["overlap"]["N"]), ANCHORS["overlap"][pair]
    assert (found.jaccard, found.containment, found.lift) == (
        pytest.approx(told["jaccard"], abs=1e-9),
        told["overlap"],
        told["lift"],
    )


def test_nobody_overlaps_with_nobody() -> None:
    found = overlap(0, 0, 0, 10)
    assert (found.jaccard, found.containment, found.lift) == (None, None, None)


def test_a_ratio_is_read_from_its_logarithm() -> None:
    low, high = ends(backtest(1000, 100, 10_000, 300).lift.interval)
    assert exp((log(low) + log(high)) / 2) == pytest.approx(10 / 3)
