"""Responses to price, and months to come."""

from __future__ import annotations

from dataclasses import replace
from math import exp, log

import numpy as np
import pytest

from segpy.measure.forecast import seasonal_naive, smoothed
from segpy.measure.model import Method, Status
from segpy.measure.model_price import Sales
from segpy.measure.price import log_log, price_response
from tests.measure.arms import ANCHORS, ends

TOLD = ANCHORS["elasticity"]
PRODUCT = [Sales("a", at, p, q) for at, (p, q) in enumerate(zip(TOLD["p"], TOLD["q"], strict=True))]


def panel(products: int, periods: int, elasticity: float, seed: int = 61) -> list[Sales]:
    """Dear products sell more here, prices fall when much is sold anyway, and many weeks sell nothing."""
    rng, found = np.random.default_rng(seed), []
    season = rng.normal(0, 0.5, periods)
    for product in range(products):
        dear = rng.normal(0, 1)
        for period in range(periods):
            price = dear - 0.3 * season[period] + rng.normal(0, 0.15)
            mean = exp(-0.5 + 1.5 * dear + season[period] + elasticity * (price - dear))
            found.append(Sales(f"p{product}", period, exp(price), float(rng.poisson(mean))))
    return found


def test_one_product_is_a_line() -> None:
    found = log_log(PRODUCT)
    assert found.estimate == pytest.approx(TOLD["slope"], abs=1e-8)
    assert found.se == pytest.approx(TOLD["se"], abs=1e-8)
    xs, ys = [log(one.price) for one in PRODUCT], [log(one.quantity) for one in PRODUCT]
    sums = TOLD["sums"]
    assert (len(xs), sum(xs), sum(ys)) == (sums["n"], pytest.approx(sums["sx"]), pytest.approx(sums["sy"]))
    squares = [sum(a * b for a, b in zip(*pair, strict=True)) for pair in ((xs, xs), (xs, ys), (ys, ys))]
    assert squares == pytest.approx([sums["sxx"], sums["sxy"], sums["syy"]])
    assert (sum(ys) - TOLD["slope"] * sum(xs)) / len(xs) == pytest.approx(TOLD["intercept"], abs=1e-8)


def test_several_products_in_one_line_are_refused() -> None:
    """Pooled, the line says that people buy more of what is dearer; the panel says -2, which is so."""
    sales = panel(24, 24, -2.0)
    assert log_log(sales).status is Status.SEVERAL_PRODUCTS
    pooled = log_log([Sales("one", one.period, one.price, one.quantity) for one in sales if one.quantity])
    assert pooled.estimate is not None and pooled.estimate > 0
    found = price_response(sales)
    assert found.elasticity.interval is not None and found.elasticity.interval.touches(-2.0)
    assert found.elasticity.method is Method.POISSON and (found.products, found.periods) == (24, 24)


def test_only_prices_drawn_by_lot_are_causes() -> None:
    assert not price_response(PRODUCT).causal
    assert price_response(PRODUCT, randomised=True).causal


def test_weeks_without_sales_count() -> None:
    """Left out, they leave the weeks that happened to sell: a response that is too weak."""
    sales = panel(24, 24, -2.0, seed=67)
    assert sum(one.quantity == 0 for one in sales) > 150
    whole, kept = price_response(sales), price_response([one for one in sales if one.quantity])
    assert whole.elasticity.estimate is not None and kept.elasticity.estimate is not None
    assert whole.elasticity.estimate < kept.elasticity.estimate - 0.2


@pytest.mark.parametrize(("products", "periods"), [(4, 8), (12, 12)])
def test_the_truth_is_in_the_interval_as_often_as_it_says(products: int, periods: int) -> None:
    """Few products too: by the usual robust error it is in 84 of 100 of those of 4 products in 8 periods."""
    inside = [
        found.interval.touches(-2.0)
        for found in (price_response(panel(products, periods, -2.0, seed)).elasticity for seed in range(120))
        if found.interval is not None
    ]
    assert len(inside) > 110 and 0.9 <= np.mean(inside) <= 1


def test_errors_by_products_are_those_of_statsmodels() -> None:
    from statsmodels.genmod.families import Poisson
    from statsmodels.genmod.generalized_linear_model import GLM

    sales = [replace(one, quantity=one.quantity + 1) for one in panel(12, 9, -1.0)]
    codes = [int(one.product[1:]) for one in sales]
    effects = np.array(
        [
            [code == k for k in range(12)] + [one.period == k for k in range(1, 9)]
            for code, one in zip(codes, sales, strict=True)
        ]
    )
    design = np.column_stack([[log(one.price) for one in sales], effects.astype(float)])
    told = GLM([one.quantity for one in sales], design, family=Poisson()).fit(
        cov_type="cluster", cov_kwds={"groups": np.array(codes)}
    )
    found = price_response(sales).elasticity
    assert found.estimate == pytest.approx(told.params[0]) and found.se == pytest.approx(told.bse[0])
    assert found.dof == 11


def test_what_can_only_be_nothing_tells_nothing() -> None:
    """Sold wherever the price is 1 and never where it is 2: there is no end to how much that could be a response.

    A fit would stop somewhere on the way, at -20 or so, and call itself sure of it.
    """
    sales = [
        Sales(name, at, 1.0 + (at + ord(name)) % 2, 4.0 * ((at + ord(name)) % 2 == 0))
        for at in range(8)
        for name in "abc"
    ]
    assert sum(one.quantity == 0 for one in sales) == 12
    assert price_response(sales).elasticity.status is Status.NO_VARIANCE


@pytest.mark.parametrize(
    ("sales", "status"),
    [
        ([], Status.TOO_FEW),
        ([Sales("a", 1, 1.0, 0.0), Sales("a", 2, 2.0, 0.0), Sales("b", 1, 1.0, 0.0)] * 9, Status.TOO_FEW),
        ([Sales("a", at, 0.0, 1.0) for at in range(9)], Status.NO_LOGARITHM),
        ([Sales("a", at, 1.0, -1.0) for at in range(9)], Status.INVALID),
        ([Sales("a", at, float("nan"), 1.0) for at in range(9)], Status.INVALID),
        ([Sales(name, at, 1.0 + at, 1.0 + at) for at in range(9) for name in "ab"], Status.NO_VARIANCE),
        ([Sales(name, at, float(ord(name)), 1.0 + at) for at in range(9) for name in "ab"], Status.NO_VARIANCE),
    ],
)
def test_a_panel_that_says_nothing(sales: list[Sales], status: Status) -> None:
    assert price_response(sales).elasticity.status is status


@pytest.mark.parametrize(
    ("sales", "status"),
    [
        (PRODUCT[:2], Status.TOO_FEW),
        ([Sales("a", at, 1.0, 2.0) for at in range(5)], Status.NO_VARIANCE),
        ([*PRODUCT, Sales("a", 9, 1.0, 0.0)], Status.NO_LOGARITHM),
        ([*PRODUCT, Sales("a", 9, float("inf"), 1.0)], Status.INVALID),
    ],
)
def test_a_line_that_says_nothing(sales: list[Sales], status: Status) -> None:
    assert log_log(sales).status is status


# --- months to come -------------------------------------------------------------------------------------------------


def months(count: int, seed: int) -> list[float]:
    rng = np.random.default_rng(seed)
    return [100 + at + 20 * np.sin(at * np.pi / 6) + float(rng.normal(0, 4)) for at in range(count)]


def test_a_month_is_as_it_was_last() -> None:
    series = [float(one) for one in range(24)]
    found = seasonal_naive(series, 14).ahead
    assert [one.estimate for one in found] == [*series[12:], 12.0, 13.0]
    assert [one.se for one in found] == [12.0] * 12 + [pytest.approx(12 * 2**0.5)] * 2
    assert ends(found[0].interval) == pytest.approx([12 - 1.959963984540054 * 12, 12 + 1.959963984540054 * 12])


def test_months_to_come_lie_in_their_intervals() -> None:
    """Five years of which the last was not seen: a trend and a season, smoothed and naive.

    Not 95 of 100 months do: the intervals take the smoothing that was fitted for the truth, as the page says.
    """
    inside, nearer = [], []
    for seed in range(4):
        series = months(60, seed)
        pair = smoothed(series[:48], 12).ahead, seasonal_naive(series[:48], 12).ahead
        errors = [
            [abs((one.estimate or 0) - truth) for one, truth in zip(found, series[48:], strict=True)] for found in pair
        ]
        nearer.append(sum(errors[0]) < sum(errors[1]))
        inside += [
            one.interval is not None and one.interval.touches(truth)
            for one, truth in zip(pair[0], series[48:], strict=True)
        ]
    assert 0.8 <= np.mean(inside) <= 0.97 and np.mean(nearer) > 0.5


@pytest.mark.parametrize(
    ("series", "statuses"),
    [
        ([1.0] * 9, (Status.TOO_FEW, Status.TOO_FEW)),
        ([1.0] * 24, (Status.READABLE, Status.NO_VARIANCE)),
        ([float("nan"), *[1.0, 2.0] * 12], (Status.INVALID, Status.INVALID)),
        ([1.0, 2.0] * 6, (Status.TOO_FEW, Status.READABLE)),
    ],
)
def test_a_series_that_says_nothing(series: list[float], statuses: tuple[Status, Status]) -> None:
    found = seasonal_naive(series, 2).ahead, smoothed(series, 2).ahead
    assert tuple(one[0].status for one in found) == statuses
    assert all(len(one) == 2 for one in found)
