"""Whether the arms have the sizes that were planned. If not, people are missing from one, and nobody knows whom."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

from segpy.measure.distributions import chi2_above
from segpy.measure.model import Status
from segpy.measure.model_lift import SampleRatio

SMALL = 1000
"""Up to so many people two arms are tested exactly."""


def sample_ratio(observed: Sequence[int], shares: Sequence[float]) -> SampleRatio:
    """Observed sizes beside planned shares, which are scaled to 1: by a chi-square test.

    Two arms of few people are tested by the exact binomial test.
    """
    n, total = sum(observed), sum(shares)
    if len(observed) != len(shares) or len(shares) < 2 or not isfinite(total) or min(shares, default=0) <= 0:
        return SampleRatio(n, Status.INVALID, tuple(observed), ())
    expected = tuple(n * share / total for share in shares)
    if n == 0:
        return SampleRatio(n, Status.TOO_FEW, tuple(observed), expected)
    if len(shares) == 2 and n <= SMALL:
        from scipy.stats import binomtest

        p = float(binomtest(observed[0], n, shares[0] / total).pvalue)
        return SampleRatio(n, Status.READABLE, tuple(observed), expected, p, exact=True)
    statistic = sum((seen - planned) ** 2 / planned for seen, planned in zip(observed, expected, strict=True))
    return SampleRatio(n, Status.READABLE, tuple(observed), expected, chi2_above(statistic, len(shares) - 1))
