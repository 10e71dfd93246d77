"""The interval of one rate."""

from __future__ import annotations

from segpy.measure.model import Estimate, Interval, Method, Status, withheld


def wilson(events: int, n: int, confidence: float = 0.95) -> Interval | None:
    """Wilson's interval of events out of n, by scipy; None where there is nobody.

    E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927). It stays
    within 0 and 1, and has a width also where nothing or everything happened.
    """
    return _of(events, n, confidence, "wilson")


def rate(events: int, n: int, confidence: float = 0.95) -> Estimate:
    """Events out of n with Wilson's interval."""
    interval = wilson(events, n, confidence)
    if interval is None:
        return withheld(max(n, 0), Status.TOO_FEW if n == 0 else Status.INVALID)
    return Estimate(n, Status.READABLE, Method.WILSON, events / n, interval, confidence=confidence)


def clopper_pearson(events: int, n: int, confidence: float = 0.95) -> Interval | None:
    """The exact interval of events out of n, by scipy: it covers the truth at least as often as it says.

    C. J. Clopper, E. S. Pearson, "The use of confidence or fiducial limits illustrated in the case of the binomial",
    Biometrika 26 (1934).
    """
    return _of(events, n, confidence, "exact")


def _of(events: int, n: int, confidence: float, method: str) -> Interval | None:
    if not 0 <= events <= n or n == 0:
        return None
    from scipy.stats import binomtest

    # Asked about the rate that was seen, p is 1 without a search; it is the interval that is wanted.
    found = binomtest(events, n, events / n).proportion_ci(confidence, method=method)
    return Interval(float(found.low), float(found.high))
