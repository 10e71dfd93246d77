"""Intervals and p-values that hold however often somebody looks, and whenever they stop."""

from __future__ import annotations

from math import exp, log

from segpy.measure.model import Estimate, Interval, Method, Status, withheld


def always_valid(fixed: Estimate, confidence: float = 0.95, tuned_at: int = 5000) -> Estimate:
    """A difference of means as an asymptotic confidence sequence, from the estimate with a fixed interval.

    I. Waudby-Smith, D. Arbour, R. Sinha, E. H. Kennedy, A. Ramdas, "Time-uniform central limit theory and asymptotic
    confidence sequences", Annals of Statistics 52 (2024): with n people in all, variance s² = n se², m = n rho² + 1,
    half the width is s sqrt(2 m log(sqrt(m) / alpha) / (n rho)²). rho makes it about narrowest at `tuned_at` people,
    which must be chosen before looking. p is the least alpha whose interval leaves out 0.
    """
    if fixed.estimate is None or fixed.se is None:
        return withheld(fixed.n, Status.TOO_FEW if fixed.readable else fixed.status)
    n, alpha = fixed.n, 1 - confidence
    rho2 = (-2 * log(alpha) + log(-2 * log(alpha) + 1)) / tuned_at
    mixed = n * rho2 + 1
    reach = fixed.se * (2 * mixed * log(mixed**0.5 / alpha) / (n * rho2)) ** 0.5
    # The martingale of a normal mixture at 0: what a bet against no effect would have come to. p is one over it.
    evidence = n * rho2 * (fixed.estimate / fixed.se) ** 2 / (2 * mixed) - log(mixed) / 2
    return Estimate(
        n,
        Status.READABLE,
        Method.CONFIDENCE_SEQUENCE,
        fixed.estimate,
        Interval(fixed.estimate - reach, fixed.estimate + reach),
        exp(-max(0.0, evidence)),
        fixed.se,
        confidence=confidence,
    )
