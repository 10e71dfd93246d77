"""How long members stay, and how many come and go."""

from __future__ import annotations

from segpy.measure.crossing import first
from segpy.measure.model import Status
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


def turnover(members: int, outside: int, entered: int, left: int, confidence: float = 0.95) -> Turnover:
    """Entry and exit rates of one period: of those who were outside at its start, and of those who were members."""
    return Turnover(rate(entered, outside, confidence), rate(left, members, confidence))
