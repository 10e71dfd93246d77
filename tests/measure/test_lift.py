"""What withholds a number, and what a report makes of all its lifts."""

from __future__ import annotations

from dataclasses import replace
from math import inf, nan

import pytest
from scipy.stats import fisher_exact

from segpy.measure import discoveries
from segpy.measure.cuped import adjusted
from segpy.measure.independence import independence
from segpy.measure.lift import lift, report
from segpy.measure.model import Arm, Covariate, Design, Estimate, Interval, Method, Status
from segpy.measure.power import needed, planned_se, rate_var, smallest_effect
from segpy.measure.proportions import difference_of_rates, newcombe, p_of_rates
from segpy.measure.relative import relative
from segpy.measure.sample_ratio import sample_ratio
from segpy.measure.welch import difference
from segpy.measure.wilson import clopper_pearson, wilson
from tests.measure.arms import ends, rate_arm

DESIGN = Design(control_share=0.1)
TREATED, CONTROL = Arm(9000, 1.2, 4.0), Arm(1000, 1.0, 4.0)


def lifted(treated: Arm = TREATED, control: Arm = CONTROL, design: Design = DESIGN, *, binary: bool = False) -> Status:
    """The status of the difference; all numbers of a lift are there or withheld with it."""
    found = lift("s", "m", treated, control, design, binary=binary)
    if not found.difference.readable:
        assert not any(one.readable for one in (found.relative, found.adjusted.difference, found.always_valid))
        assert (found.smallest_effect, found.rates) == (None, None)
    return found.difference.status


def test_a_lift_has_all_that_it_takes_to_read_it() -> None:
    found = lift("payment_gravity", "subscribed", rate_arm(1080, 9000), rate_arm(100, 1000), DESIGN, binary=True)
    assert found.difference.estimate == pytest.approx(0.02)
    assert found.relative.estimate == pytest.approx(0.2)
    assert found.sample_ratio.p == 1
    assert found.adjusted.difference.status is Status.NO_COVARIATE
    assert found.primary is found.difference
    assert found.rates is not None and found.rates[1] == wilson(100, 1000)
    wide, narrow = ends(found.always_valid.interval), ends(found.difference.interval)
    assert wide[0] < narrow[0] < narrow[1] < wide[1]


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"defined_before_exposure": False}, Status.DEFINED_AFTER_EXPOSURE),
        ({"control_share": 0.2}, Status.SAMPLE_RATIO_MISMATCH),
        ({"control_share": 0.2, "horizon_observed": False}, Status.SAMPLE_RATIO_MISMATCH),
        ({"horizon_observed": False}, Status.HORIZON_NOT_OBSERVED),
        ({"least": 1001}, Status.TOO_FEW),
        ({"control_share": nan}, Status.INVALID),
        ({"control_share": 0.0}, Status.INVALID),
        ({}, Status.READABLE),
    ],
)
def test_what_stands_against_an_experiment_withholds_its_numbers(change: dict[str, object], status: Status) -> None:
    assert lifted(design=replace(DESIGN, **change)) is status  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("treated", "control", "status"),
    [
        (Arm(0, None, None), Arm(0, None, None), Status.TOO_FEW),
        (Arm(1, 1.0, None), Arm(1, 1.0, None), Status.TOO_FEW),
        (Arm(9, nan, 1.0), Arm(9, 1.0, 1.0), Status.INVALID),
        (Arm(9, inf, 1.0), Arm(9, 1.0, 1.0), Status.INVALID),
        (Arm(9, 1.0, -1.0), Arm(9, 1.0, 1.0), Status.INVALID),
        (Arm(9, 1e200, 1e300), Arm(9, 1.0, 1.0), Status.INVALID),
        (Arm(9, 1.0, 0.0), Arm(9, 2.0, 0.0), Status.NO_VARIANCE),
        (Arm(9, 1.0, 0.0), Arm(9, 2.0, 1.0), Status.READABLE),
    ],
)
def test_what_stands_against_arms_withholds_their_difference(treated: Arm, control: Arm, status: Status) -> None:
    few = Design(0.5, least=0)
    assert difference(treated, control).status is status
    assert lifted(treated, control, few) is status
    assert lifted(treated, control, few, binary=True) in (status, Status.INVALID)  # a rate is at most 1


@pytest.mark.parametrize(
    ("treated", "control", "status"),
    [
        (Arm(100, 1.0, 1.0), Arm(100, 0.19, 1.0), Status.CONTROL_NEAR_ZERO),
        (Arm(100, 1.0, 1.0), Arm(100, 0.21, 1.0), Status.READABLE),
        (Arm(100, 1.0, 1.0), Arm(100, -5.0, 1.0), Status.CONTROL_NEAR_ZERO),
        (Arm(100, 1.0, 1.0), Arm(100, 0.0, 0.0), Status.CONTROL_NEAR_ZERO),
        (Arm(100, -1.0, 1.0), Arm(100, 1.0, 1.0), Status.TREATED_NEAR_ZERO),
        (Arm(100, 0.0, 0.0), Arm(100, 1.0, 1.0), Status.TREATED_NEAR_ZERO),
        (Arm(100, 1e149, 1.0), Arm(100, 1e-290, 0.0), Status.INVALID),
        (Arm(100, 1.0, 1e6), Arm(100, 1.0, 1.0), Status.TREATED_NEAR_ZERO),
    ],
)
def test_a_relative_lift_needs_something_to_be_relative_to(treated: Arm, control: Arm, status: Status) -> None:
    assert relative(treated, control).status is status


def test_sizes_are_those_assigned_not_those_observed() -> None:
    """Of the treated half are observed later: assigned as planned, so nothing is wrong; and the other way round."""
    later = lift(
        "s", "m", replace(TREATED, n=4500, assigned=9000), replace(CONTROL, assigned=1000), DESIGN, binary=False
    )
    assert later.difference.readable and later.sample_ratio.p == 1 and later.difference.n == 5500
    assert lifted(TREATED, replace(CONTROL, assigned=700)) is Status.SAMPLE_RATIO_MISMATCH


def test_a_withheld_estimate_cannot_carry_a_number() -> None:
    with pytest.raises(ValueError, match="too_few, and yet there are numbers"):
        Estimate(5, Status.TOO_FEW, estimate=1.0)
    with pytest.raises(ValueError, match="not finite"):
        Estimate(5, Status.READABLE, Method.WELCH, 1.0, Interval(0.0, inf))


def test_every_status_says_why() -> None:
    assert all(status.reason for status in Status)


# --- CUPED ----------------------------------------------------------------------------------------------------------


def test_a_covariate_that_exposure_may_have_changed_is_refused() -> None:
    """What followed exposure carries the effect: taken out with it, an effect of 1 would become none."""
    before = Covariate(mean=2.0, var=1.0, covar=0.99, before_exposure=True)
    after = replace(before, mean=3.0, before_exposure=False)
    treated, control = Arm(500, 2.0, 1.0, after), Arm(500, 1.0, 1.0, before)
    found = adjusted(treated, control)
    assert found.difference.status is found.relative.status is Status.COVARIATE_AFTER_EXPOSURE
    assert (found.theta, found.reduction) == (None, None)
    trap = adjusted(replace(treated, covariate=replace(after, before_exposure=True)), control)
    assert trap.difference.estimate == pytest.approx(0, abs=0.02)  # what the refusal saves from


@pytest.mark.parametrize(
    ("covariate", "status"),
    [
        (None, Status.NO_COVARIATE),
        (Covariate(1.0, 0.0, 0.0, True), Status.NO_VARIANCE),
        (Covariate(nan, 1.0, 0.0, True), Status.INVALID),
        (Covariate(1.0, -1.0, 0.0, True), Status.INVALID),
        (Covariate(1.0, 1.0, 0.5, True), Status.READABLE),
    ],
)
def test_a_covariate_must_be_there_and_vary(covariate: Covariate | None, status: Status) -> None:
    arms = replace(TREATED, covariate=covariate), replace(CONTROL, covariate=covariate)
    assert adjusted(*arms).difference.status is status


def test_the_reduction_is_what_the_correlation_promises() -> None:
    """With correlation r a part r² of the variance goes: here 0.8² = 0.64."""
    before = Covariate(mean=5.0, var=4.0, covar=0.8 * 2 * 2, before_exposure=True)
    found = adjusted(replace(TREATED, mean=1.0, covariate=before), replace(CONTROL, covariate=before))
    assert found.reduction == pytest.approx(0.64)
    assert found.theta == pytest.approx(0.8)


# --- rates ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("treated", "control", "method"),
    [
        (rate_arm(10, 1000), rate_arm(10, 1000), Method.WELCH),
        (rate_arm(9, 1000), rate_arm(10, 1000), Method.NEWCOMBE),
        (rate_arm(500, 1000), rate_arm(991, 1000), Method.NEWCOMBE),
        (rate_arm(0, 1000), rate_arm(3, 1000), Method.NEWCOMBE),
    ],
)
def test_rates_of_few_events_are_compared_otherwise(treated: Arm, control: Arm, method: Method) -> None:
    assert difference_of_rates(treated, control).method is method


def test_rates_without_an_event_have_nothing_to_compare() -> None:
    assert difference_of_rates(rate_arm(0, 50), rate_arm(0, 50)).status is Status.NO_VARIANCE
    assert newcombe(0, 0, 1, 5).status is Status.TOO_FEW
    assert newcombe(7, 5, 1, 5).status is Status.INVALID


def test_few_events_are_tested_by_fisher() -> None:
    """R. A. Fisher's lady: three of four cups right, p = 0.486 two-sided."""
    assert newcombe(3, 4, 1, 4).p == pytest.approx(0.4857142857)


@pytest.mark.parametrize(
    "counts",
    [(3, 600_000, 0, 500_000), (9, 600_000, 1, 500_000), (2, 4, 100_000, 1_100_000), (3, 4, 990_000, 1_100_000)],
)
def test_fisher_is_not_asked_about_millions(counts: tuple[int, int, int, int]) -> None:
    """Where he could still be, the answer is the same; where he would count for hours, it comes at once."""
    treated, n, control, m = counts
    exact = fisher_exact([[treated, n - treated], [control, m - control]]).pvalue
    assert p_of_rates(treated, n, control, m) == pytest.approx(exact, rel=2e-3)
    assert p_of_rates(n - treated, n, m - control, m) == pytest.approx(exact, rel=2e-3)
    assert 0 < p_of_rates(3, 10**12, 0, 10**12) <= 1


def test_intervals_of_a_rate() -> None:
    """None of 10: up to 0.2775 by Wilson, 0.3085 exactly (3 in 10, the rule of three)."""
    assert ends(wilson(0, 10)) == pytest.approx([0, 0.2775327998628892])
    assert ends(clopper_pearson(0, 10)) == pytest.approx([0, 1 - 0.025**0.1])
    assert wilson(0, 0) is None and wilson(3, 2) is None


# --- sizes, independence, power -------------------------------------------------------------------------------------


def test_small_arms_are_tested_exactly() -> None:
    found = sample_ratio((8, 2), (1, 1))
    assert found.exact and found.p == pytest.approx(112 / 1024)
    assert sample_ratio((0, 11), (1, 1)).alarm and not sample_ratio((0, 10), (1, 1)).alarm


@pytest.mark.parametrize("shares", [(1,), (0, 1), (nan, 1), (1, 1, 1)])
def test_shares_that_are_none_are_invalid(shares: tuple[float, ...]) -> None:
    assert sample_ratio((5, 5), shares).status is Status.INVALID


def test_nobody_has_no_ratio() -> None:
    assert sample_ratio((0, 0), (1, 1)).status is Status.TOO_FEW


def test_hold_outs_that_are_balanced_and_yet_one() -> None:
    """Both hold 10 %, of the same people: each is balanced, and together they are one."""
    nested = independence(both=100, first_only=0, second_only=0, neither=900)
    assert nested.phi == pytest.approx(1) and nested.alarm
    apart = independence(both=10, first_only=90, second_only=90, neither=810)
    assert apart.phi == pytest.approx(0) and apart.p == pytest.approx(1) and not apart.exact
    few = independence(both=1, first_only=9, second_only=9, neither=81)
    assert few.exact and not few.alarm
    assert independence(0, 0, 5, 5).status is Status.TOO_FEW
    assert independence(-1, 2, 5, 5).status is Status.INVALID


def test_what_can_be_seen_and_what_it_takes() -> None:
    """The rule of thumb is 16 variances over the effect squared for each arm, as (1.96 + 0.84)² is 7.85."""
    people = needed(0.02, rate_var(0.12), rate_var(0.1))
    assert people == 7677
    assert smallest_effect(planned_se(rate_var(0.12), rate_var(0.1), people, 0.5)) == pytest.approx(0.02, rel=1e-3)
    uneven = needed(0.02, rate_var(0.12), rate_var(0.1), control_share=0.1)
    assert uneven is not None and uneven > 2 * people
    assert needed(0.0, 1.0, 1.0) is None


# --- reports --------------------------------------------------------------------------------------------------------


def test_a_report_counts_all_its_pairs() -> None:
    lifts = [
        lift(f"s{number}", metric, replace(TREATED, mean=1.0 + number / 10), CONTROL, DESIGN, binary=False)
        for metric in ("revenue", "orders")
        for number in range(4)
    ]
    lifts.append(lift("tiny", "revenue", Arm(27, 1.0, 1.0), Arm(3, 1.0, 1.0), DESIGN, binary=False))
    found = report(lifts)
    ps = [one.difference.p for one in lifts]
    assert [one.adjusted_p for one in found] == list(discoveries.adjusted(ps))
    assert found[-1].adjusted_p is None and found[-1].shrunken is not None
    assert found[-1].shrunken.status is Status.TOO_FEW
    between = found[0].heterogeneity
    assert between is not None and between == found[3].heterogeneity
    assert between.q is not None and between.mean == pytest.approx(0.15)
    for raw, drawn in zip(lifts[:4], found[:4], strict=True):
        assert raw.difference.estimate is not None
        assert drawn.shrunken is not None and drawn.shrunken.estimate is not None
        assert abs(drawn.shrunken.estimate - 0.15) < abs(raw.difference.estimate - 0.15)


def test_two_segments_say_nothing_of_how_segments_differ() -> None:
    lifts = [lift(f"s{number}", "m", TREATED, CONTROL, DESIGN, binary=False) for number in range(2)]
    assert [one.shrunken and one.shrunken.status for one in report(lifts)] == [Status.TOO_FEW] * 2


def test_an_empty_report_is_one() -> None:
    assert report([]) == ()
    assert discoveries.adjusted([None, None]) == (None, None)
