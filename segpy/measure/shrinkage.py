"""What of the differences between segments is more than chance, and each estimate with the others' weight in it."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, pi

from segpy.measure.distributions import chi2_above, critical, normal_below, two_sided
from segpy.measure.model import Estimate, Interval, Method, Status, withheld
from segpy.measure.model_lift import Heterogeneity, Posterior, Shrinkage

LEAST = 4
"""Fewer estimates than this say nothing of how they differ."""


def shrunken(estimates: Sequence[Estimate], confidence: float = 0.95) -> Shrinkage:
    """Estimates of one metric in several segments drawn towards their common mean, the less certain the further.

    True effects are taken as normal around a mean, with a variance (tau²) by Paule and Mandel; each estimate becomes
    the mean of what is then believed of it (empirical Bayes: C. N. Morris, "Parametric empirical Bayes inference", JASA
    78, 1983), and its interval has the uncertainty of the common mean and of tau² in it. Segments that share people are
    taken as if they did not: chance makes their estimates differ less than this thinks, so tau² is rather too small.
    """
    known = [(one.estimate, one.se**2) for one in estimates if one.estimate is not None and one.se]
    spread = heterogeneity(known, sum(one.n for one in estimates if one.readable))
    if spread.tau2 is None or spread.mean is None or spread.mean_se is None:
        status = spread.status
        return Shrinkage(
            spread, tuple(withheld(one.n, one.status if not one.readable else status) for one in estimates)
        )
    return Shrinkage(spread, tuple(_drawn(one, spread, known, confidence) for one in estimates))


def _drawn(one: Estimate, spread: Heterogeneity, known: Sequence[tuple[float, float]], confidence: float) -> Estimate:
    if one.estimate is None or not one.se or spread.tau2 is None or spread.mean is None or spread.mean_se is None:
        return withheld(one.n, Status.TOO_FEW if one.readable else one.status)
    own, off = one.se**2, one.estimate - spread.mean
    others = own / (own + spread.tau2)  # the weight of the common mean
    value = one.estimate - others * off
    # How wrong that weight may be, as tau² is an estimate itself (Morris 1983, for unequal variances).
    usual = sum(variance for _, variance in known) / len(known)
    unsure = 2 / (len(known) - 3) * others**2 * (usual + spread.tau2) / (own + spread.tau2)
    se = ((1 - others) * own + (others * spread.mean_se) ** 2 + unsure * off**2) ** 0.5
    reach = critical(confidence, None) * se
    interval = Interval(value - reach, value + reach)
    p = two_sided(value / se, None)
    return Estimate(one.n, Status.READABLE, Method.SHRUNKEN, value, interval, p, se, confidence=confidence)


def heterogeneity(known: Sequence[tuple[float, float]], n: int) -> Heterogeneity:
    """Cochran's Q over estimates and their variances, and the variance between them by Paule and Mandel.

    Q is the weighted sum of squares around the mean with tau² = 0; of k equal effects it is chi-square with k - 1
    degrees of freedom (W. G. Cochran, Biometrics 10, 1954). tau² is what makes that sum k - 1 (R. C. Paule, J. Mandel,
    J. Res. NBS 87, 1982), or 0.
    """
    if len(known) < LEAST:
        return Heterogeneity(n, Status.TOO_FEW)
    q, _, _ = _around(known, 0.0)
    tau2 = _paule_mandel(known)
    _, mean, weight = _around(known, tau2)
    return Heterogeneity(n, Status.READABLE, q, chi2_above(q, len(known) - 1), tau2, mean, weight**-0.5)


def _around(known: Sequence[tuple[float, float]], tau2: float) -> tuple[float, float, float]:
    """The weighted sum of squares around the weighted mean, that mean, and the sum of weights."""
    weights = [1 / (variance + tau2) for _, variance in known]
    total = sum(weights)
    mean = sum(weight * value for weight, (value, _) in zip(weights, known, strict=True)) / total
    return sum(weight * (value - mean) ** 2 for weight, (value, _) in zip(weights, known, strict=True)), mean, total


def _paule_mandel(known: Sequence[tuple[float, float]]) -> float:
    excess = len(known) - 1
    if _around(known, 0.0)[0] <= excess:
        return 0.0
    from scipy.optimize import brentq

    values = [value for value, _ in known]
    most = (max(values) - min(values)) ** 2 * len(known)  # with so much between them, the sum is below 1
    return float(brentq(lambda tau2: _around(known, tau2)[0] - excess, 0.0, most, xtol=most * 1e-15, rtol=1e-12))


def posterior(
    estimate: float, se: float, prior: tuple[float, float] | None = None, confidence: float = 0.95
) -> Posterior:
    """What is believed of one effect after seeing it, given a normal prior of (mean, sd); None: all effects are alike.

    Losses are what a wrong choice costs on average: of taking a treatment that harms, and of leaving one that helps.
    """
    mean, variance = estimate, se**2
    if prior is not None:
        weight = prior[1] ** 2 / (prior[1] ** 2 + se**2)
        mean, variance = weight * estimate + (1 - weight) * prior[0], weight * se**2
    sd = variance**0.5
    reach = critical(confidence, None) * sd
    above = normal_below(mean / sd)
    density = sd * exp(-((mean / sd) ** 2) / 2) / (2 * pi) ** 0.5
    return Posterior(
        mean, sd, Interval(mean - reach, mean + reach), above, density - mean * (1 - above), density + mean * above
    )
