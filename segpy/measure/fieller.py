"""The interval of a ratio of two differences, both of which are uncertain."""

from __future__ import annotations

from math import isfinite

from segpy.measure.distributions import critical, two_sided
from segpy.measure.interval import squared_se, unreadable
from segpy.measure.model import Arm, Estimate, Interval, Method, RatioArm, Status, withheld


def ratio_of_differences(treated: RatioArm, control: RatioArm, confidence: float = 0.95) -> Estimate:
    """How much more came above the line for each one more below: difference of numerators over that of denominators.

    The interval holds all ratios r for which (numerators - r denominators) is not told from 0 (E. C. Fieller, "Some
    problems in interval estimation", JRSS B 16, 1954), by the normal distribution. It is withheld where the difference
    below the line is not clear of 0: the set is then all numbers, or two halves of them. p is of the difference above
    the line.
    """
    n = treated.n + control.n
    above, below = _parts(treated, control, numerator=True), _parts(treated, control, numerator=False)
    status = unreadable(*above, *below)
    shared = treated.covar / max(treated.n, 1) + control.covar / max(control.n, 1)
    if status is not None or not isfinite(shared):
        return withheld(n, status or Status.INVALID)
    a, b = ((pair[0].mean or 0.0) - (pair[1].mean or 0.0) for pair in (above, below))
    var_a, var_b = (squared_se(pair[0]) + squared_se(pair[1]) for pair in (above, below))
    z2 = critical(confidence, None) ** 2
    clear = b * b - z2 * var_b
    if clear <= 0:
        return withheld(n, Status.NO_COST)
    middle, last = a * b - z2 * shared, a * a - z2 * var_a
    reach = max(0.0, middle * middle - clear * last) ** 0.5
    interval = Interval((middle - reach) / clear, (middle + reach) / clear)
    if not all(isfinite(end) for end in (a / b, interval.low or 0.0, interval.high or 0.0)):
        return withheld(n, Status.INVALID)
    p = two_sided(a / var_a**0.5, None) if var_a > 0 else None
    return Estimate(n, Status.READABLE, Method.FIELLER, a / b, interval, p, confidence=confidence)


def _parts(treated: RatioArm, control: RatioArm, *, numerator: bool) -> tuple[Arm, Arm]:
    if numerator:
        return (
            Arm(treated.n, treated.numerator, treated.numerator_var),
            Arm(control.n, control.numerator, control.numerator_var),
        )
    return (
        Arm(treated.n, treated.denominator, treated.denominator_var),
        Arm(control.n, control.denominator, control.denominator_var),
    )
