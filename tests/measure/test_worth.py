"""What a treatment brought in: each figure beside the one that ignores the control."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from segpy.measure.fieller import ratio_of_differences
from segpy.measure.lift import lift
from segpy.measure.linear import linear
from segpy.measure.model import Arm, Design, Interval, RatioArm, Status
from segpy.measure.model_lift import Lift
from segpy.measure.model_worth import Month
from segpy.measure.payback import payback
from segpy.measure.worth import cost_of_each, return_on_measured_cost, worth
from tests.measure.arms import ends, rate_arm

DESIGN = Design(control_share=0.1)


def conversions(treated: int = 1080, control: int = 100) -> Lift:
    return lift("s", "subscribed", rate_arm(treated, 9000), rate_arm(control, 1000), DESIGN, binary=True)


def value(treated: float = 6.0, control: float = 5.0) -> Lift:
    return lift("s", "amount", Arm(9000, treated, 400.0), Arm(1000, control, 400.0), DESIGN, binary=False)


def test_each_figure_stands_beside_the_naive_one() -> None:
    """9,000 treated at 0.10 each; 2 points more convert, and each brings 1.00 more, of which 0.7 are kept."""
    found, raw, more = worth(conversions(), value(), 0.10, 0.7), conversions().difference, value().difference
    assert found.value is not None and found.roi is not None
    assert (found.conversions.estimate.estimate, found.conversions.naive) == (pytest.approx(180), pytest.approx(1080))
    assert (found.value.estimate.estimate, found.value.naive) == (pytest.approx(9000), pytest.approx(54000))
    assert (found.roi.estimate.estimate, found.roi.naive) == (pytest.approx(6), pytest.approx(41))
    assert (found.cac.estimate.estimate, found.cac.naive) == (pytest.approx(5), pytest.approx(0.10 / 0.12))
    assert ends(found.conversions.estimate.interval) == pytest.approx([9000 * end for end in ends(raw.interval)])
    assert ends(found.roi.estimate.interval) == pytest.approx([0.7 * end / 0.1 - 1 for end in ends(more.interval)])
    assert found.conversions.estimate.p == raw.p


def test_the_p_of_a_return_is_of_having_just_come_back() -> None:
    """As many as cost the difference exactly: a return of 0, and nothing to tell it from 0."""
    found = worth(conversions(), value(), 0.7, 0.7)
    assert found.roi is not None and found.roi.estimate.estimate == pytest.approx(0)
    assert found.roi.estimate.p == pytest.approx(1)


def test_the_cost_of_a_conversion_has_no_upper_end_where_there_may_be_no_gain() -> None:
    unsure = worth(conversions(1000), value(), 0.10).cac
    high = ends(conversions(1000).difference.interval)[1]
    assert unsure.estimate.interval == Interval(pytest.approx(0.10 / high), None)
    sure = worth(conversions(1500), value(), 0.10).cac.estimate
    low, high = ends(conversions(1500).difference.interval)
    assert ends(sure.interval) == pytest.approx([0.10 / high, 0.10 / low])


@pytest.mark.parametrize("treated", [900, 800])
def test_no_gain_has_no_cost_of_each(treated: int) -> None:
    found = worth(conversions(treated), None, 0.10)
    assert found.cac.estimate.status is Status.NO_GAIN
    assert found.cac.naive is not None  # which is why it is misleading
    assert (found.value, found.roi) == (None, None)


@pytest.mark.parametrize("cost", [None, 0.0, -1.0, float("nan"), float("inf")])
def test_without_a_cost_there_is_no_return(cost: float | None) -> None:
    found = worth(conversions(), value(), cost)
    assert found.roi is not None
    assert found.roi.estimate.status is found.cac.estimate.status is Status.NO_COST
    assert (found.roi.naive, found.cac.naive) == (None, None)
    assert found.conversions.estimate.readable


def test_what_withholds_a_lift_withholds_its_worth() -> None:
    late = replace(DESIGN, horizon_observed=False)
    lifts = [
        lift("s", "m", Arm(9000, 0.5, 0.25), Arm(1000, 0.5, 0.25), late, binary=binary) for binary in (True, False)
    ]
    found = worth(lifts[0], lifts[1], 0.1)
    assert found.value is not None and found.roi is not None
    for figure in (found.conversions, found.value, found.roi, found.cac):
        assert figure.estimate.status is Status.HORIZON_NOT_OBSERVED


def test_a_number_too_large_is_none() -> None:
    assert linear(value().difference, 1e308).status is Status.INVALID
    assert linear(value().difference, -1.0).status is Status.INVALID
    assert cost_of_each(value().difference, 1e308).readable
    assert cost_of_each(replace(value().difference, estimate=1e-10), 1e308).status is Status.NO_GAIN


# --- costs that were measured ---------------------------------------------------------------------------------------


def test_with_a_cost_that_is_the_same_for_all_it_is_the_difference_shifted() -> None:
    treated, control = RatioArm(900, 6.0, 400.0, 0.1, 0.0, 0.0), RatioArm(900, 5.0, 400.0, 0.0, 0.0, 0.0)
    found = return_on_measured_cost(treated, control, 0.7)
    reach = 1.959963984540054 * (800 / 900) ** 0.5
    assert found.estimate == pytest.approx(6)
    assert ends(found.interval) == pytest.approx([0.7 * (1 - reach) / 0.1 - 1, 0.7 * (1 + reach) / 0.1 - 1])


def test_the_interval_of_a_measured_return_covers_the_truth() -> None:
    """Discounts of about 2 taken by 30 %, value 1.5 for each 1 of discount: Fieller's interval, over and over."""
    rng, covered = np.random.default_rng(23), []
    for _ in range(2500):
        pair = []
        for n, part in ((400, 0.3), (300, 0.0)):
            cost = (rng.random(n) < part) * rng.gamma(4, 0.5, n)
            both = np.vstack([1.5 * cost + rng.gamma(2, 0.5, n), cost])
            (above, covar), (_, below) = np.cov(both).tolist()
            means = both.mean(axis=1).tolist()
            pair.append(RatioArm(n, means[0], above, means[1], below, covar))
        interval = ratio_of_differences(*pair).interval
        covered.append(interval is not None and interval.touches(1.5))
    assert np.mean(covered) == pytest.approx(0.95, abs=0.012)  # 0.9496 of 16,000


def test_a_cost_that_may_be_none_gives_no_return() -> None:
    """The set of Fieller is then everything, or two halves of it."""
    arm = RatioArm(50, 2.0, 1.0, 0.1, 4.0, 0.0)
    assert return_on_measured_cost(arm, replace(arm, denominator=0.0)).status is Status.NO_COST
    assert return_on_measured_cost(arm, replace(arm, n=1)).status is Status.TOO_FEW
    assert return_on_measured_cost(arm, replace(arm, covar=float("nan"))).status is Status.INVALID


# --- payback --------------------------------------------------------------------------------------------------------


def months(*differences: float, first: int = 1, se: float = 0.5) -> list[Month]:
    """Months whose cumulated differences have this standard error; the control brings in 1.00 each month."""
    var = 500 * se**2
    return [
        Month(number, Arm(1000, number + apart, var), Arm(1000, float(number), var))
        for number, apart in enumerate(differences, first)
    ]


def test_payback_is_the_month_by_whose_end_the_cost_is_back() -> None:
    found = payback(months(0.5, 1.0, 2.0, 3.5, 5.0, 6.5), cost=3.0)
    assert (found.status, found.months, found.observed) == (Status.READABLE, 4, 6)
    assert (found.earliest, found.latest) == (4, 5)  # 2.0 + 0.98 is not yet 3, 5.0 - 0.98 is
    assert found.naive == 2  # 2 + 1.0: what they would have brought in anyway is counted


def test_payback_that_was_not_seen_is_not_yet() -> None:
    found = payback(months(0.5, 1.0, 2.5), cost=3.0)
    assert (found.status, found.months, found.earliest, found.latest) == (Status.NOT_YET, None, 3, None)
    assert payback(months(1.0, 2.0, 3.5), cost=3.0, margin=0.5).status is Status.NOT_YET


def test_a_month_that_is_missing_ends_what_was_observed() -> None:
    seen = months(1.0, 2.0, 3.5, 5.0)
    found = payback([seen[3], seen[0], seen[1]], cost=3.0)
    assert (found.status, found.observed, found.naive) == (Status.NOT_YET, 2, 2)
    assert payback(months(5.0, first=2), cost=1.0).status is Status.TOO_FEW
    assert payback([], cost=1.0).status is Status.TOO_FEW
    assert payback(seen, cost=0.0).status is Status.NO_COST


def test_a_month_without_readable_arms_ends_it_too() -> None:
    seen = months(1.0, 5.0)
    assert payback([seen[0], replace(seen[1], control=Arm(1, 1.0, None))], cost=3.0).observed == 1
