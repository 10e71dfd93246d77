"""Rates of looks at people, where the same people are looked at several times."""

from __future__ import annotations

from collections.abc import Sequence
from math import log

from segpy.measure.distributions import critical
from segpy.measure.interval import symmetric
from segpy.measure.model import Estimate, Interval, Method, Status, withheld
from segpy.measure.relative import back

LEAST = 5
"""Of fewer events the logarithm of a rate is far from normal."""
Counted = tuple[int, int, int]
"""So many people, each with so many events in so many looks."""


def clustered_rate(cells: Sequence[Counted], confidence: float = 0.95) -> Estimate:
    """Events over looks with Wilson's interval for as many people as would tell as much; `n` is how many people.

    Looks at one person are not independent. The variance is that of a ratio of sums, with people as clusters (W. G.
    Cochran, "Sampling Techniques", 1977, chapter 6); the effective number is p (1 - p) over it (E. L. Korn, B. I.
    Graubard, Survey Methodology 24, 1998), never more than there are looks. Where everybody is looked at once this is
    Wilson's interval itself. Where nothing or everything happened there is no variance, and each person counts once.
    """
    known = [one for one in cells if one[0] > 0 and one[2] > 0]
    people, events, looks = _sums(known)
    if any(not 0 <= own <= of for _, own, of in known):
        return withheld(people, Status.INVALID)
    if not looks:
        return withheld(people, Status.TOO_FEW)
    value = events / looks
    effective = effective_number(known)
    interval = wilson_of(value, effective, confidence)
    return Estimate(people, Status.READABLE, Method.WILSON, value, interval, confidence=confidence)


def effective_number(cells: Sequence[Counted]) -> float:
    """How many independent looks would tell as much as these."""
    known = [one for one in cells if one[0] > 0 and one[2] > 0]
    people, events, looks = _sums(known)
    value = events / looks if looks else 0.0
    variance = sum(n * (own - value * of) ** 2 for n, own, of in known) / looks**2 if looks else 0.0
    return min(float(looks), value * (1 - value) / variance) if variance > 0 else float(people)


def clustered_ratio(
    cells: Sequence[tuple[int, tuple[int, int], tuple[int, int]]], confidence: float = 0.95
) -> Estimate:
    """A rate over another of the same people: of (people, (events, looks), (events, looks)); 1 is no better.

    The interval is made on the logarithm; each person moves both rates, by its linear part of the difference of their
    logarithms (the delta method with people as clusters, as of `clustered_rate`). It takes five events on each side.
    """
    known = [one for one in cells if one[0] > 0]
    people = sum(n for n, _, _ in known)
    own, own_looks = (sum(n * one[i] for n, one, _ in known) for i in (0, 1))
    all_, all_looks = (sum(n * one[i] for n, _, one in known) for i in (0, 1))
    if own < LEAST or all_ - own < LEAST:
        return withheld(people, Status.TOO_FEW)
    variance = sum(
        n * ((a - own * b / own_looks) / own - (c - all_ * d / all_looks) / all_) ** 2 for n, (a, b), (c, d) in known
    )
    value = log(own / own_looks) - log(all_ / all_looks)
    found = back(symmetric(people, value, variance, None, confidence, Method.RECALL_RATIO))
    if found.estimate is None or found.interval is None:
        return found
    low, high = found.interval.low or 0.0, found.interval.high or 0.0
    interval = Interval(1 + low, 1 + high)
    return Estimate(
        people, found.status, found.method, 1 + found.estimate, interval, found.p, found.se, confidence=confidence
    )


def _sums(cells: Sequence[Counted]) -> tuple[int, int, int]:
    return (
        sum(n for n, _, _ in cells),
        sum(n * own for n, own, _ in cells),
        sum(n * of for n, _, of in cells),
    )


def wilson_of(value: float, n: float, confidence: float) -> Interval:
    """Wilson's interval in closed form, as n need not be whole."""
    z = critical(confidence, None)
    middle = (value + z * z / (2 * n)) / (1 + z * z / n)
    reach = z / (1 + z * z / n) * (value * (1 - value) / n + z * z / (4 * n * n)) ** 0.5
    return Interval(max(0.0, middle - reach), min(1.0, middle + reach))
