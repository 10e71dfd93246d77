"""Whether people are other than they were."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log

from segpy.measure.bins import LEAST, counted
from segpy.measure.distributions import chi2_quantile
from segpy.measure.model import Status
from segpy.measure.model_drift import ALARM, Bin
from segpy.measure.model_portfolio import Drift


def drifts(
    bins: Sequence[Bin], base: Mapping[int, int], later: Sequence[Mapping[int, int]], alarm: float
) -> list[Drift]:
    """How far people of later instants are from those of the base, by bins that were frozen with these.

    Withheld where there are fewer people than two bins should have.
    """
    before = [counted(one, base) for one in bins]
    found = []
    for counts in later:
        now = [counted(one, counts) for one in bins]
        few = min(sum(before), sum(now)) < 2 * LEAST
        found.append(Drift(sum(before) + sum(now), Status.TOO_FEW) if few else psi(before, now, alarm))
    return found


def psi(base: Sequence[int], current: Sequence[int], alarm: float = ALARM) -> Drift:
    """The population stability index over bins whose edges were frozen with the base period: sum of (q - p) log(q / p).

    An index of nothing but chance is (1/n + 1/m) chi-square with one less degree of freedom than there are bins (B.
    Yurdakul, "Statistical properties of population stability index", 2018), so few people make a large one. It alarms
    above 0.1, or another limit, and above what chance reaches once in twenty times only. A bin that is empty on one
    side counts half a person there; one that is empty on both is no bin.
    """
    n, m = sum(base), sum(current)
    if len(base) != len(current) or min((*base, *current), default=0) < 0:
        return Drift(n + m, Status.INVALID)
    if n == 0 or m == 0:
        return Drift(n + m, Status.TOO_FEW)
    bins = [(a or 0.5, b or 0.5) for a, b in zip(base, current, strict=True) if a or b]
    if len(bins) < 2:
        return Drift(n + m, Status.NO_VARIANCE)
    of_base, of_current = sum(a for a, _ in bins), sum(b for _, b in bins)
    index = sum((b / of_current - a / of_base) * log((b / of_current) / (a / of_base)) for a, b in bins)
    bound = (1 / n + 1 / m) * chi2_quantile(0.95, len(bins) - 1)
    return Drift(n + m, Status.READABLE, index, bound, index > alarm and index > bound)
