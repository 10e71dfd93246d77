"""What a segment would have caught, and what a treatment of it would have to bring."""

from __future__ import annotations

from dataclasses import replace
from math import log

from segpy.measure.interval import symmetric
from segpy.measure.model import Estimate, Interval, Method, Status, withheld
from segpy.measure.model_portfolio import Backtest
from segpy.measure.relative import back
from segpy.measure.wilson import rate


def backtest(
    members: int, converted: int, population: int, converted_in_all: int, confidence: float = 0.95
) -> Backtest:
    """How a segment did among a population whose horizon was fully observed; members are a part of it.

    Rates and recall (the part of all conversions that was inside) have Wilson's intervals.
    """
    return Backtest(
        rate(converted, members, confidence),
        rate(converted_in_all - converted, population - members, confidence),
        rate(converted_in_all, population, confidence),
        _lift(members, converted, population, converted_in_all, confidence),
        rate(converted, converted_in_all, confidence),
    )


def _lift(members: int, converted: int, population: int, converted_in_all: int, confidence: float) -> Estimate:
    """Conversion inside over conversion of all: 1 is no better than anybody.

    The interval is made on the logarithm by the delta method. Members are among all, so both rates are moved by a; of a
    conversions inside and b outside, log(a) - log(a + b) changes with a by b / (a (a + b)), with b by -1 / (a + b).
    """
    inside, outside, rest = converted, converted_in_all - converted, population - members
    if not (0 <= inside <= members <= population and 0 <= outside <= rest):
        return withheld(max(population, 0), Status.INVALID)
    if inside == 0 or rest == 0:
        return withheld(population, Status.TOO_FEW)
    all_ = inside + outside
    variance = (outside / (inside * all_)) ** 2 * inside * (1 - inside / members)
    variance += outside * (1 - outside / rest) / all_**2
    value = log(inside / members) - log(all_ / population)
    found = back(symmetric(population, value, variance, None, confidence, Method.RECALL_RATIO))
    if found.estimate is None or found.interval is None:
        return found
    low, high = found.interval.low or 0.0, found.interval.high or 0.0
    return replace(found, estimate=1 + found.estimate, interval=Interval(1 + low, 1 + high))


def break_even(cost_per_member: float, margin: float, value_per_member: float) -> float | None:
    """How much more members must bring in, in parts of what they do anyway, for a treatment to pay for itself."""
    kept = margin * value_per_member
    return cost_per_member / kept if kept > 0 else None
