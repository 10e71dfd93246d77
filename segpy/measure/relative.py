"""How much more in parts of what the control has."""

from __future__ import annotations

from math import exp, log

from segpy.measure.interval import satterthwaite, squared_se, symmetric, unreadable
from segpy.measure.model import Arm, Estimate, Interval, Method, Status, withheld
from segpy.measure.welch import mean_interval

_MOST = 700.0  # exp of more is not finite


def relative(treated: Arm, control: Arm, confidence: float = 0.95) -> Estimate:
    """Mean of the treated over mean of the control, minus 1: 0.2 is a fifth more.

    The interval is made on the logarithm of the ratio by the delta method (for rates: D. Katz et al., "Obtaining
    confidence intervals for the risk ratio in cohort studies", Biometrics 34, 1978), so it never reaches below -1, and
    doubling is as far from nothing as halving. `se` and `dof` are of the logarithm. It is withheld where the interval
    of either mean touches 0: of the control, because the ratio has no upper limit then; of the treated, because its
    logarithm has no lower one, and is far from normal.
    """
    n = treated.n + control.n
    status = unreadable(treated, control)
    if status is not None:
        return withheld(n, status)
    if not _is_clear_of_zero(control, confidence):
        return withheld(n, Status.CONTROL_NEAR_ZERO)
    if not _is_clear_of_zero(treated, confidence):
        return withheld(n, Status.TREATED_NEAR_ZERO)
    parts = _squared(treated), _squared(control)
    dof = satterthwaite((parts[0], treated.n), (parts[1], control.n))
    logarithm = symmetric(
        n, log(treated.mean or 1.0) - log(control.mean or 1.0), sum(parts), dof, confidence, Method.LOG_RATIO
    )
    return back(logarithm)


def _is_clear_of_zero(arm: Arm, confidence: float) -> bool:
    own = mean_interval(arm, confidence)
    return own is not None and own.low is not None and own.low > 0


def _squared(arm: Arm) -> float:
    """The variance of the logarithm of an arm's mean; not the square of a mean, which may be too small for one."""
    return squared_se(arm) / (arm.mean or 1.0) / (arm.mean or 1.0)


def back(logarithm: Estimate) -> Estimate:
    """An estimate of a logarithm of a ratio as one of the ratio minus 1. `se` and `dof` stay those of the logarithm."""
    if logarithm.estimate is None or logarithm.interval is None:
        return logarithm
    low, high = logarithm.interval.low, logarithm.interval.high
    if low is None or high is None or high > _MOST:
        return withheld(logarithm.n, Status.INVALID)  # means so far apart that their ratio is no number
    return Estimate(
        logarithm.n,
        logarithm.status,
        logarithm.method,
        exp(logarithm.estimate) - 1,
        Interval(exp(low) - 1, exp(high) - 1),
        logarithm.p,
        logarithm.se,
        logarithm.dof,
        confidence=logarithm.confidence,
    )
