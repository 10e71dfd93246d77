"""The difference of two rates where events are so few that a rate is not about normal."""

from __future__ import annotations

from segpy.measure.distributions import critical, two_sided
from segpy.measure.interval import unreadable
from segpy.measure.model import Arm, Estimate, Interval, Method, Status, withheld
from segpy.measure.welch import difference
from segpy.measure.wilson import wilson

FEW = 10
"""Below so many events, or people without one, in an arm, its rate is not about normal (as textbooks have it)."""

MANY = 1_000_000


def difference_of_rates(treated: Arm, control: Arm, confidence: float = 0.95) -> Estimate:
    """The difference of two rates of a metric that is 0 or 1: by Welch, and by Newcombe where an arm has few events."""
    if unreadable(treated, control) is not None:
        return difference(treated, control, confidence)
    if min(cell for arm in (treated, control) for cell in (arm.events, arm.n - arm.events)) >= FEW:
        return difference(treated, control, confidence)
    return newcombe(treated.events, treated.n, control.events, control.n, confidence)


def newcombe(treated: int, n_treated: int, control: int, n_control: int, confidence: float = 0.95) -> Estimate:
    """The difference of two rates with Newcombe's hybrid score interval, made of the Wilson intervals of both.

    R. G. Newcombe, "Interval estimation for the difference between independent proportions", Statistics in Medicine 17
    (1998), method 10. p is of the score test with the pooled rate, and of Fisher's exact test where a cell of the 2x2
    table is expected to have fewer than five. `se` is what the interval's width is in standard errors.
    """
    n = n_treated + n_control
    own, other = wilson(treated, n_treated, confidence), wilson(control, n_control, confidence)
    if own is None or other is None or None in (own.low, own.high, other.low, other.high):
        return withheld(n, Status.TOO_FEW if min(n_treated, n_control) < 1 else Status.INVALID)
    if treated + control in (0, n):
        return withheld(n, Status.NO_VARIANCE)
    p1, p2 = treated / n_treated, control / n_control
    below = ((p1 - (own.low or 0.0)) ** 2 + ((other.high or 0.0) - p2) ** 2) ** 0.5
    above = (((own.high or 0.0) - p1) ** 2 + (p2 - (other.low or 0.0)) ** 2) ** 0.5
    interval = Interval(p1 - p2 - below, p1 - p2 + above)
    p = p_of_rates(treated, n_treated, control, n_control)
    se = (below + above) / 2 / critical(confidence, None)
    return Estimate(n, Status.READABLE, Method.NEWCOMBE, p1 - p2, interval, p, se, confidence=confidence)


def p_of_rates(treated: int, n_treated: int, control: int, n_control: int) -> float:
    """p of two rates being one: by the score test, or by Fisher's where fewer than five are expected in a cell."""
    rate = (treated + control) / (n_treated + n_control)
    if min(rate, 1 - rate) * min(n_treated, n_control) < 5:
        return _exact(treated, n_treated, control, n_control)
    return two_sided(score(treated, n_treated, control, n_control), None)


def _exact(treated: int, n_treated: int, control: int, n_control: int) -> float:
    """Fisher's test. Of more than `MANY` people, by the binomial distributions that it comes to: scipy counts to n."""
    from scipy.stats import binomtest, fisher_exact

    n, events = n_treated + n_control, treated + control
    if n <= MANY:
        return float(fisher_exact([[treated, n_treated - treated], [control, n_control - control]]).pvalue)
    if 2 * events > n:  # those without an event are the few
        treated, control, events = n_treated - treated, n_control - control, n - events
    if events <= n / 1000:  # each of the few is in an arm as its size says
        return float(binomtest(treated, events, n_treated / n).pvalue)
    small, size = (treated, n_treated) if n_treated < n_control else (control, n_control)
    return float(binomtest(small, size, events / n).pvalue)  # the large arm tells the rate, as good as exactly


def score(treated: int, n_treated: int, control: int, n_control: int) -> float:
    """The difference of two rates in standard errors, as they would be if the rate were one."""
    rate = (treated + control) / (n_treated + n_control)
    variance = rate * (1 - rate) * (1 / n_treated + 1 / n_control)
    return float((treated / n_treated - control / n_control) / variance**0.5)
