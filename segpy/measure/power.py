"""What an experiment can see: the smallest effect that so many people show, and how many it takes to see one."""

from __future__ import annotations

from math import ceil, isfinite, sqrt

from segpy.measure.distributions import normal_quantile


def smallest_effect(se: float, confidence: float = 0.95, power: float = 0.8) -> float:
    """The smallest difference that is told from none with this power, given the standard error of the difference.

    (z of confidence + z of power) standard errors: a two-sided test by the normal distribution, without the chance of
    being wrong about the sign (J. Cohen, "Statistical Power Analysis", 1988). It is of the plan, not of what was seen.
    """
    return (normal_quantile((1 + confidence) / 2) + normal_quantile(power)) * se


def planned_se(treated_var: float, control_var: float, n: int, control_share: float) -> float:
    """The standard error that the difference of means will have with n people in all."""
    return sqrt((treated_var / (1 - control_share) + control_var / control_share) / n)


def needed(
    effect: float,
    treated_var: float,
    control_var: float,
    control_share: float = 0.5,
    confidence: float = 0.95,
    power: float = 0.8,
) -> int | None:
    """How many people in all it takes to tell such a difference from none with this power; None where none will do.

    Variances are of one person's value: p (1 - p) of a rate. `control_share` is the part of people in the control.
    """
    spread = treated_var / (1 - control_share) + control_var / control_share
    people = smallest_effect(1.0, confidence, power) ** 2 * spread / effect**2 if effect else float("inf")
    return ceil(people) if isfinite(people) else None


def rate_var(rate: float) -> float:
    """The variance of a value that is 1 with this rate and else 0."""
    return rate * (1 - rate)
