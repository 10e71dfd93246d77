"""How well a score tells those who will from those who will not."""

from __future__ import annotations

from collections.abc import Iterable
from math import isfinite

from segpy.measure.distributions import critical, two_sided
from segpy.measure.model import Estimate, Interval, Method, Status, withheld


def auc(counts: Iterable[tuple[float, int, int]], confidence: float = 0.95) -> Estimate:
    """The chance that one who did had a higher score than one who did not, ties as halves: of (score, did, did not).

    The statistic is Mann and Whitney's; its variance is that of E. R. DeLong, D. M. DeLong and D. L. Clarke-Pearson
    (Biometrics 44, 1988), exact from counts by score. p is of 0.5, where the score tells nothing.
    """
    rows = sorted(counts)
    did, did_not = sum(row[1] for row in rows), sum(row[2] for row in rows)
    if not all(isfinite(row[0]) and min(row[1:]) >= 0 for row in rows):
        return withheld(did + did_not, Status.INVALID)
    if min(did, did_not) < 2:
        return withheld(did + did_not, Status.TOO_FEW)
    below = above_did = 0.0
    first, second = [], []  # for each who did, the part of the others below; for each who did not, of the others above
    for _, ones, zeros in _merged(rows):
        first.append(((below + zeros / 2) / did_not, ones))
        second.append(((did - above_did - ones / 2) / did, zeros))
        below, above_did = below + zeros, above_did + ones
    value = sum(part * count for part, count in first) / did
    variance = _variance(first, did, value) / did + _variance(second, did_not, value) / did_not
    if variance == 0:
        return withheld(did + did_not, Status.NO_VARIANCE)
    se = variance**0.5
    reach = critical(confidence, None) * se
    return Estimate(
        did + did_not,
        Status.READABLE,
        Method.DELONG,
        value,
        Interval(max(0.0, value - reach), min(1.0, value + reach)),
        two_sided((value - 0.5) / se, None),
        se,
        confidence=confidence,
    )


def _merged(rows: list[tuple[float, int, int]]) -> list[tuple[float, int, int]]:
    found: list[tuple[float, int, int]] = []
    for score, ones, zeros in rows:
        if found and found[-1][0] == score:
            found[-1] = (score, found[-1][1] + ones, found[-1][2] + zeros)
        else:
            found.append((score, ones, zeros))
    return found


def _variance(parts: list[tuple[float, int]], n: int, mean: float) -> float:
    return sum(count * (part - mean) ** 2 for part, count in parts) / (n - 1)
