"""When it happens: events among those at risk, period by period since entry."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from segpy.measure.model import Estimate, Status, withheld
from segpy.measure.model_time import LifeTable, Period, Stay
from segpy.measure.survival import Survivors
from segpy.measure.wilson import rate


def period_of(start: date | None, end: date | None, days: int) -> int | None:
    """The period, of so many days, in which something happened that long after the start; the first is 1.

    A date that is missing, or lies before the start, is no period: never 0, which would be an event at once.
    """
    if start is None or end is None or end < start:
        return None
    return (end - start).days // days + 1


def life_table(stays: Sequence[Stay], confidence: float = 0.95) -> LifeTable:
    """Hazards and survival. At risk in period t is who entered before it (entered < t) and was there in it (left >= t).

    Who came under observation later is not at risk before (left truncation): nobody saw those who had the event by
    then, and were the others counted from the beginning, hazards would be too low. Who left without the event counts
    until then (censoring). Intervals of hazards are Wilson's.
    """
    known = [one for one in stays if one.n > 0 and one.left is not None and 0 <= one.entered < one.left]
    undated = sum(one.n for one in stays) - sum(one.n for one in known)
    n = sum(one.n for one in known)
    last = max((one.left or 0 for one in known), default=0)
    risk, events = [0] * (last + 2), [0] * (last + 2)
    for one in known:
        left = one.left or 0
        risk[one.entered + 1] += one.n
        risk[left + 1] -= one.n
        events[left] += one.n * one.happened
    periods: list[Period] = []
    survivors, at_risk, exposed = Survivors(confidence), 0, 0
    for period in range(1, last + 1):
        at_risk += risk[period]
        exposed += at_risk
        survival = survivors.after(
            at_risk, events[period], more=any(risk[later] > 0 for later in range(period + 1, last))
        )
        periods.append(Period(period, at_risk, events[period], rate(events[period], at_risk, confidence), survival))
    pooled = rate(sum(events), exposed, confidence)
    return LifeTable(n, Status.READABLE if n else Status.TOO_FEW, tuple(periods), _of_people(pooled, n), undated)


def _of_people(pooled: Estimate, n: int) -> Estimate:
    """The rate of periods as one of people: n says how many people it rests upon."""
    if pooled.estimate is None:
        return withheld(n, pooled.status)
    return Estimate(n, pooled.status, pooled.method, pooled.estimate, pooled.interval, confidence=pooled.confidence)
