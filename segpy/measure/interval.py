"""Estimates that are about normal: the value, so many standard errors to either side, and the p-value of no effect."""

from __future__ import annotations

from math import isfinite

from segpy.measure.distributions import critical, two_sided
from segpy.measure.model import Arm, Estimate, Interval, Method, Status, withheld

LARGEST = 1e90
"""What is larger is no measurement; squares of what is made of it, and n times these, are finite."""


def symmetric(
    n: int, value: float, variance: float, dof: float | None, confidence: float, method: Method, null: float = 0.0
) -> Estimate:
    """An estimate with its interval by Student's t (the normal distribution where `dof` is None).

    `variance` is of the estimate itself. p is of the hypothesis that the truth is `null`.
    """
    if not (isfinite(value) and isfinite(variance)) or variance < 0:
        return withheld(n, Status.INVALID)
    if variance < 1 / LARGEST:
        return withheld(n, Status.NO_VARIANCE)
    se = variance**0.5
    reach = critical(confidence, dof) * se
    p = two_sided((value - null) / se, dof)
    return Estimate(
        n, Status.READABLE, method, value, Interval(value - reach, value + reach), p, se, dof, confidence=confidence
    )


def unreadable(*arms: Arm) -> Status | None:
    """What stands against any number of these arms: nobody there, one person, or what is no number."""
    for arm in arms:
        if arm.n < 2 or arm.mean is None or arm.var is None:
            return Status.TOO_FEW
        if not (abs(arm.mean) < LARGEST and 0 <= arm.var < LARGEST):  # false for what is not a number, too
            return Status.INVALID
    return None


def squared_se(arm: Arm) -> float:
    """The variance of an arm's mean."""
    return (arm.var or 0.0) / arm.n


def satterthwaite(*parts: tuple[float, int]) -> float | None:
    """Degrees of freedom of a sum of variances of means, each over n people (Welch 1947, Satterthwaite 1946).

    None where there is no variance.
    """
    largest = max(variance for variance, _ in parts)
    if largest <= 0:
        return None
    scaled = [(variance / largest, n) for variance, n in parts]  # so that squares neither vanish nor overflow
    return sum(one for one, _ in scaled) ** 2 / sum(one**2 / (n - 1) for one, n in scaled)
