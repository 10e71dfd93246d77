"""The difference of two means whose variances need not be equal."""

from __future__ import annotations

from segpy.measure.interval import satterthwaite, squared_se, symmetric, unreadable
from segpy.measure.model import Arm, Estimate, Interval, Method, withheld


def difference(treated: Arm, control: Arm, confidence: float = 0.95) -> Estimate:
    """Mean of the treated minus mean of the control, with Welch's interval and p-value.

    B. L. Welch, "The generalization of 'Student's' problem when several different population variances are involved",
    Biometrika 34 (1947). Of a metric that is 0 or 1, means are rates.
    """
    n = treated.n + control.n
    status = unreadable(treated, control)
    if status is not None:
        return withheld(n, status)
    parts = squared_se(treated), squared_se(control)
    dof = satterthwaite((parts[0], treated.n), (parts[1], control.n))
    value = (treated.mean or 0.0) - (control.mean or 0.0)
    return symmetric(n, value, sum(parts), dof, confidence, Method.WELCH)


def mean_interval(arm: Arm, confidence: float = 0.95) -> Interval | None:
    """Student's interval of an arm's own mean; None where it has none. Without variance it is a point."""
    if unreadable(arm) is not None or arm.mean is None:
        return None
    own = symmetric(arm.n, arm.mean, squared_se(arm), arm.n - 1, confidence, Method.WELCH)
    return own.interval or Interval(arm.mean, arm.mean)
