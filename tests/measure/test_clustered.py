"""Rates of people who are looked at several times, and what is made of a look back."""

from __future__ import annotations

import numpy as np
import pytest

from segpy.measure.backtest import backtest
from segpy.measure.backtested import LEAST, backtested, value_of
from segpy.measure.clustered import clustered_rate, clustered_ratio
from segpy.measure.model import Status
from segpy.measure.model_backtest import Instant, Looked, Treatment
from segpy.measure.power import needed, rate_var
from segpy.measure.wilson import rate
from tests.measure.arms import ends

SUPPOSED = Treatment(0.2, 0.1, 2.0, 0.5)


def drawn(rng: np.random.Generator, people: int, looks: int, mean: float) -> list[tuple[int, int, int]]:
    """People who convert more or less readily, each looked at so often at most."""
    often = rng.integers(1, looks + 1, people)
    own = rng.beta(mean * 2, (1 - mean) * 2, people)
    return [(1, int(rng.binomial(n, p)), int(n)) for n, p in zip(often, own, strict=True)]


def test_looked_at_once_it_is_wilsons() -> None:
    found, same = clustered_rate([(93, 0, 1), (7, 1, 1)]), rate(7, 100)
    assert ends(found.interval) == pytest.approx(ends(same.interval)) and found.estimate == same.estimate


def test_looked_at_once_lift_is_about_that_of_one_instant() -> None:
    """Not quite: over several instants who is a member is chance too, and at one it is given."""
    whole = clustered_ratio([(60, (0, 0), (0, 1)), (20, (0, 0), (1, 1)), (8, (0, 1), (0, 1)), (12, (1, 1), (1, 1))])
    once = backtest(20, 12, 100, 32).lift
    assert whole.estimate == once.estimate == 1.875
    assert ends(whole.interval) == pytest.approx(ends(once.interval), rel=0.02)


def test_the_variance_is_that_of_a_regression_with_clusters() -> None:
    """statsmodels, an intercept only, errors clustered by people without corrections for few of them."""
    import statsmodels.api as sm

    rng = np.random.default_rng(3)
    people = drawn(rng, 60, 6, 0.3)
    y = [one for _, own, of in people for one in [1.0] * own + [0.0] * (of - own)]
    groups = [i for i, (_, _, of) in enumerate(people) for _ in range(of)]
    fitted = sm.OLS(y, np.ones(len(y))).fit(
        cov_type="cluster", cov_kwds={"groups": np.array(groups), "use_correction": False}
    )
    found = clustered_rate(people)
    p, variance = float(fitted.params[0]), float(fitted.cov_params()[0, 0])
    assert found.estimate == pytest.approx(p)
    n, z = p * (1 - p) / variance, 1.959963984540054
    middle, reach = (
        (p + z * z / (2 * n)) / (1 + z * z / n),
        z / (1 + z * z / n) * (variance + (z / (2 * n)) ** 2) ** 0.5,
    )
    assert ends(found.interval) == pytest.approx((middle - reach, middle + reach))


def test_the_intervals_cover_the_truth_where_looks_as_if_independent_do_not() -> None:
    rng, truth = np.random.default_rng(5), 0.3
    covered, naive = [], []
    for _ in range(800):
        people = drawn(rng, 80, 9, truth)
        low, high = ends(clustered_rate(people).interval)
        covered.append(low <= truth <= high)
        low, high = ends(rate(sum(own for _, own, _ in people), sum(of for _, _, of in people)).interval)
        naive.append(low <= truth <= high)
    assert np.mean(covered) == pytest.approx(0.95, abs=0.02)
    assert np.mean(naive) < 0.8


def test_the_interval_of_lift_covers_the_truth() -> None:
    """Members convert at 0.4, others at 0.1, and a third of looks find a member: 2 times all."""
    rng, covered = np.random.default_rng(7), []
    for _ in range(600):
        cells = []
        for _ in range(120):
            looks, often = int(rng.integers(1, 7)), bool(rng.random() < 1 / 3)
            inside = looks if often else 0
            at_once = rng.beta(0.8, 1.2) if often else rng.beta(0.2, 1.8)
            converted = int(rng.binomial(looks, at_once))
            cells.append((1, (converted if often else 0, inside), (converted, looks)))
        low, high = ends(clustered_ratio(cells).interval)
        covered.append(low <= 2.0 <= high)
    assert np.mean(covered) == pytest.approx(0.95, abs=0.03)


def test_what_withholds() -> None:
    assert clustered_rate([]).status is Status.TOO_FEW
    assert clustered_rate([(3, 2, 1)]).status is Status.INVALID
    assert clustered_ratio([(9, (0, 1), (1, 1)), (4, (1, 1), (1, 1))]).status is Status.TOO_FEW
    assert value_of(LEAST - 1, 3.0, 1.0).status is Status.TOO_FEW
    nothing = clustered_rate([(4, 0, 5)])
    assert (nothing.estimate, nothing.n) == (0, 4) and ends(nothing.interval) == pytest.approx(
        ends(rate(0, 4).interval)
    )


def test_what_a_launch_could_tell() -> None:
    """100 members of whom a quarter convert; 40 a look, of which half is left, for a cost of 2."""
    looked = Looked(75, 1, 1, 0, 0, 0, 0), Looked(25, 1, 1, 1, 1, 0, 0), Looked(900, 1, 0, 0, 0, 0, 0)
    at = Instant(0, Looked(1000, 1, 100, 25, 25, 0, 0))
    found = backtested([at], looked, [(1, 20), (3, 5)], [(1, 100, 25)], value_of(100, 40.0, 4.0), SUPPOSED)
    launch = found.launch
    assert (launch.people, launch.break_even, launch.brings) == (100, pytest.approx(0.1), pytest.approx(0.0))
    assert launch.needed == needed(0.025, rate_var(0.25), rate_var(0.25), 0.2)
    assert launch.smallest == pytest.approx((1.959964 + 0.841621) * (0.1875 * (1 / 0.8 + 1 / 0.2) / 100) ** 0.5 / 0.25)
    assert [one.estimate.estimate for one in found.hazards] == [0.2, 0.0, 5 / 80]
    assert found.slope.status is Status.TOO_FEW
