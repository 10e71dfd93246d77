"""Incremental conversions and value, return and cost of each conversion."""

from __future__ import annotations

from math import isfinite

from segpy.measure.fieller import ratio_of_differences
from segpy.measure.linear import linear
from segpy.measure.model import Estimate, Interval, Method, RatioArm, Status, withheld
from segpy.measure.model_lift import Lift
from segpy.measure.model_worth import Figure, Worth


def worth(conversions: Lift, value: Lift | None, cost_per_member: float | None, margin: float = 1.0) -> Worth:
    """What came of treating the segment. Of the value per person `margin` (0 to 1) is kept; the cost is per treated.

    A cost that is the same for everybody is no random number: return and cost of a conversion are then the interval of
    the difference, shifted or inverted, which is what Fieller's method comes to.
    """
    cost = _known(cost_per_member)
    rate = _known(conversions.treated.mean)
    gained = Figure(linear(conversions.primary, conversions.treated.n), _total(conversions))
    each = cost_of_each(conversions.primary, cost) if cost else _no_cost(conversions.primary)
    cac = Figure(each, cost / rate if cost and rate else None)
    if value is None:
        return Worth(gained, cac)
    kept = _total(value)
    naive = margin * kept / value.treated.n / cost - 1 if cost and kept is not None and value.treated.n else None
    roi = linear(value.primary, margin / cost, -1.0) if cost else _no_cost(value.primary)
    return Worth(gained, cac, Figure(linear(value.primary, value.treated.n), kept), Figure(roi, naive))


def _known(number: float | None) -> float | None:
    """What can be divided by."""
    return number if number is not None and number > 0 and isfinite(number) else None


def _total(lift: Lift) -> float | None:
    mean = lift.treated.mean
    return None if mean is None or not isfinite(mean) else lift.treated.n * mean


def _no_cost(one: Estimate) -> Estimate:
    return withheld(one.n, Status.NO_COST if one.readable else one.status)


def cost_of_each(difference: Estimate, cost: float) -> Estimate:
    """The cost per person over the conversions more per person: what one conversion more cost.

    Where the difference's interval touches 0, there may be no gain at all, and the interval has no upper end. Where no
    gain was seen, there is nothing to divide by.
    """
    if difference.estimate is None or difference.interval is None:
        return difference
    low, high = difference.interval.low, difference.interval.high
    if difference.estimate <= 0 or high is None or high <= 0 or not isfinite(cost / difference.estimate):
        return withheld(difference.n, Status.NO_GAIN)
    most = cost / low if low is not None and low > 0 else None
    interval = Interval(cost / high, most if most is not None and isfinite(most) else None)
    p, confidence = difference.p, difference.confidence
    return Estimate(
        difference.n, Status.READABLE, Method.FIELLER, cost / difference.estimate, interval, p, confidence=confidence
    )


def return_on_measured_cost(
    treated: RatioArm, control: RatioArm, margin: float = 1.0, confidence: float = 0.95
) -> Estimate:
    """The return where the cost of each person was measured: value above the line, cost below, as with discounts taken.

    The difference of values over the difference of costs, by Fieller's method, times the margin, minus 1.
    """
    return linear(ratio_of_differences(treated, control, confidence), margin, -1.0)
