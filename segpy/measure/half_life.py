"""How long members stay, and how many come and go."""

from __future__ import annotations

from math import isfinite, log

from segpy.measure.crossing import first
from segpy.measure.distributions import chi2_quantile
from segpy.measure.model import Estimate, Interval, Method, Status, withheld
from segpy.measure.model_time import HalfLife, LifeTable, Turnover
from segpy.measure.wilson import rate


def half_life(table: LifeTable, part: float = 0.5) -> HalfLife:
    """The first period after which no more than half are left: the median of Kaplan and Meier.

    Its limits are where those of survival reach a half (R. Brookmeyer, J. Crowley, Biometrics 38, 1982). For
    memberships, an event is leaving, and who is still a member is censored.
    """
    seen = [one.survival for one in table.periods if one.survival.readable]
    if not seen:
        return HalfLife(table.n, Status.TOO_FEW, 0)
    reached = first((one.estimate if one.estimate is not None else 1.0) <= part for one in seen)
    return HalfLife(
        table.n,
        Status.READABLE if reached is not None else Status.NOT_YET,
        len(seen),
        reached,
        earliest=first(one.interval is not None and (one.interval.low or 0.0) <= part for one in seen),
        latest=first(
            one.interval is not None and one.interval.high is not None and one.interval.high <= part for one in seen
        ),
    )


def half_life_at_rate(left: int, days: float, confidence: float = 0.95) -> Estimate:
    """After how many days half are left, of people who spent so many days in all and all leave at one rate.

    It is log 2 by that rate; its limits are those of a Poisson count (F. Garwood, Biometrika 28, 1936). n is how many
    left. NOT_YET where nobody did.
    """
    if left < 0 or not isfinite(days) or days < 0:
        return withheld(max(left, 0), Status.INVALID)
    if days == 0 or left == 0:
        return withheld(left, Status.NOT_YET if days else Status.TOO_FEW)
    tail = (1 - confidence) / 2
    fewest, most = chi2_quantile(tail, 2 * left) / 2, chi2_quantile(1 - tail, 2 * left + 2) / 2
    interval = Interval(log(2) * days / most, log(2) * days / fewest)
    return Estimate(left, Status.READABLE, Method.GARWOOD, log(2) * days / left, interval, confidence=confidence)


def turnover(members: int, outside: int, entered: int, left: int, confidence: float = 0.95) -> Turnover:
    """Entry and exit rates of one period: of those who were outside at its start, and of those who were members."""
    return Turnover(rate(entered, outside, confidence), rate(left, members, confidence))
