"""Equal to statsmodels and scipy on random statistics."""

from __future__ import annotations

import os
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats import meta_analysis, power, proportion

from segpy.measure import shrinkage
from segpy.measure.cuped import adjusted
from segpy.measure.decay import decay
from segpy.measure.independence import independence
from segpy.measure.lift import lift, report
from segpy.measure.model import Arm, Covariate, Design
from segpy.measure.model_worth import Month
from segpy.measure.payback import payback
from segpy.measure.power import needed
from segpy.measure.proportions import newcombe
from segpy.measure.welch import difference
from segpy.measure.wilson import clopper_pearson, wilson
from segpy.measure.worth import worth
from tests.measure.arms import arm_of, ends

EXAMPLES = int(os.environ.get("SEGPY_MEASURE_EXAMPLES", "20"))
several: Callable[..., object] = settings(
    max_examples=EXAMPLES, deadline=None, derandomize=EXAMPLES <= 20, suppress_health_check=[HealthCheck.too_slow]
)

people = st.integers(2, 10_000_000)
values = st.floats(-1e6, 1e6, allow_subnormal=False)
variances = st.floats(1e-6, 1e9)
sizes = st.integers(1, 500)


@several
@given(people, values, variances, people, values, variances)
def test_welch_is_that_of_scipy(n: int, mean: float, var: float, m: int, other: float, spread: float) -> None:
    found = difference(Arm(n, mean, var), Arm(m, other, spread))
    theirs = stats.ttest_ind_from_stats(mean, var**0.5, n, other, spread**0.5, m, equal_var=False)
    assert found.p == pytest.approx(theirs.pvalue, rel=1e-6, abs=1e-300)
    assert found.estimate is not None and found.se is not None
    assert found.estimate / found.se == pytest.approx(theirs.statistic, rel=1e-9)


@several
@given(st.lists(st.floats(-100, 100), min_size=3, max_size=30), st.lists(st.floats(-100, 100), min_size=3, max_size=30))
def test_the_interval_of_welch_is_that_of_statsmodels(a: list[float], b: list[float]) -> None:
    from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

    treated, control = arm_of(a), arm_of(b)
    assume((treated.var or 0) > 1e-6 and (control.var or 0) > 1e-6)
    theirs = CompareMeans(DescrStatsW(a), DescrStatsW(b)).tconfint_diff(usevar="unequal")
    assert ends(difference(treated, control).interval) == pytest.approx(theirs, rel=1e-7, abs=1e-7)


@several
@given(sizes, sizes, st.data())
def test_intervals_of_rates_are_those_of_statsmodels(n: int, m: int, data: st.DataObject) -> None:
    k, other = data.draw(st.integers(0, n)), data.draw(st.integers(0, m))
    for ours, name in ((wilson, "wilson"), (clopper_pearson, "beta")):
        assert ends(ours(k, n)) == pytest.approx(proportion.proportion_confint(k, n, method=name), abs=1e-9)
    assume(0 < k + other < n + m)
    theirs = proportion.confint_proportions_2indep(k, n, other, m, method="newcomb", compare="diff")
    assert ends(newcombe(k, n, other, m).interval) == pytest.approx(theirs, abs=1e-9)


@pytest.mark.filterwarnings("ignore:divide by zero:RuntimeWarning")  # of theirs, where nothing differs
@several
@given(st.lists(st.tuples(st.floats(-5, 5), st.floats(0.05, 3)), min_size=4, max_size=12))
def test_what_is_between_segments_is_that_of_statsmodels(seen: list[tuple[float, float]]) -> None:
    effects, squares = [value for value, _ in seen], [se**2 for _, se in seen]
    theirs = meta_analysis.combine_effects(
        np.array(effects), np.array(squares), method_re="iterated", atol=1e-6, maxiter=5000
    )
    ours = shrinkage.heterogeneity(list(zip(effects, squares, strict=True)), 100)
    assert ours.q == pytest.approx(theirs.q, rel=1e-9, abs=1e-9)
    assume(theirs.tau2 > 1e-3 or (ours.q or 0) <= len(seen) - 1)  # theirs falls back to 0 where a step goes too far
    assert ours.tau2 == pytest.approx(theirs.tau2, rel=1e-4, abs=1e-9)
    assert ours.mean == pytest.approx(theirs.mean_effect_re, rel=1e-4, abs=1e-6)
    assert ours.mean_se == pytest.approx(theirs.sd_eff_w_re, rel=1e-4)


@several
@given(st.floats(0.02, 2), st.floats(0.05, 0.95), st.floats(0.9, 0.99), st.floats(0.7, 0.99))
def test_the_people_needed_are_those_of_statsmodels(
    effect: float, share: float, confidence: float, asked: float
) -> None:
    ours = needed(effect, 1.0, 1.0, share, confidence, asked)
    ratio = (1 - share) / share
    assert ours is not None

    def theirs(people: float) -> float:
        return float(power.NormalIndPower().power(effect, people * share, 1 - confidence, ratio, "two-sided"))

    assert theirs(ours) >= asked - 1e-9
    assert theirs(ours - 1) < asked + 1e-3  # with one less it falls short, the chance of a wrong sign aside


@several
@given(*[st.integers(0, 2000)] * 4)
def test_independence_is_that_of_scipy(both: int, first: int, second: int, neither: int) -> None:
    assume(min(both + first, both + second, first + neither, second + neither) > 0)
    ours, table = independence(both, first, second, neither), [[both, first], [second, neither]]
    theirs = stats.fisher_exact(table) if ours.exact else stats.chi2_contingency(table, correction=False)
    assert ours.p == pytest.approx(theirs.pvalue, rel=1e-6, abs=1e-300)


@several
@given(st.lists(st.tuples(*[st.floats(-10, 10)] * 2), min_size=4, max_size=30), st.integers(0, 26))
def test_theta_is_the_slope_over_everybody(pairs: list[tuple[float, float]], place: int) -> None:
    cut = 2 + place % (len(pairs) - 3)
    xs, ys = [x for x, _ in pairs], [y for _, y in pairs]
    assume(max(xs) - min(xs) > 1e-2)
    found = adjusted(arm_of(ys[:cut], xs[:cut]), arm_of(ys[cut:], xs[cut:]))
    assert found.theta == pytest.approx(stats.linregress(xs, ys).slope, rel=1e-6, abs=1e-6) or found.theta is None


extremes = st.sampled_from([0.0, 1.0, 0.5, 1e-300, -1e300, 1e89, -1e89, 1e-89, 1e-50, 1e50])
anything = st.none() | st.floats() | extremes | extremes
number = st.floats() | extremes
covariates = st.none() | st.builds(Covariate, number, number, number, st.booleans())
any_arm = st.builds(Arm, st.integers(0, 10**12), anything, anything, covariates)


@several
@given(st.lists(st.tuples(any_arm, any_arm), min_size=1, max_size=6), st.booleans(), st.floats(0.1, 0.9))
def test_whatever_a_warehouse_delivers_there_is_an_answer(
    pairs: list[tuple[Arm, Arm]], binary: bool, share: float
) -> None:
    """Numbers that are none, too large, too small: withheld with a reason, never a traceback."""
    planned = [Design(control.n / (treated.n + control.n or 1) or share, least=0) for treated, control in pairs]
    lifts = [lift("s", "m", *pair, design, binary=binary) for pair, design in zip(pairs, planned, strict=True)]
    for found in report(lifts):
        assert found.difference.readable == (found.difference.estimate is not None)
        assert worth(found, found, share).roi is not None
    weeks = [(week, one.difference) for week, one in enumerate(lifts)]
    assert decay(weeks).slope.readable or decay(weeks).slope.estimate is None
    assert payback([Month(at, *pair) for at, pair in enumerate(pairs, 1)], share).observed <= len(pairs)
