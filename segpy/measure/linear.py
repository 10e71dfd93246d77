"""An estimate times a number, plus a number."""

from __future__ import annotations

from math import isfinite

from segpy.measure.distributions import two_sided
from segpy.measure.model import Estimate, Interval, Status, withheld


def linear(one: Estimate, factor: float, shift: float = 0.0) -> Estimate:
    """The same, stretched by a factor above 0 and shifted; p is of the result being 0."""
    if one.estimate is None or one.interval is None:
        return one
    if not (isfinite(factor) and isfinite(shift)) or factor <= 0:
        return withheld(one.n, Status.INVALID)
    low, high = (None if end is None else end * factor + shift for end in (one.interval.low, one.interval.high))
    value, se = one.estimate * factor + shift, None if one.se is None else one.se * factor
    numbers = [number for number in (low, high, value, se) if number is not None]
    if not all(isfinite(number) for number in numbers):
        return withheld(one.n, Status.INVALID)
    p = one.p if shift == 0 else two_sided(value / se, one.dof) if se else None
    return Estimate(one.n, one.status, one.method, value, Interval(low, high), p, se, one.dof, one.confidence)
