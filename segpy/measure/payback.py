"""After how many months a treatment had paid for itself."""

from __future__ import annotations

from collections.abc import Sequence

from segpy.measure.crossing import first
from segpy.measure.model import Interval, Status
from segpy.measure.model_worth import Month, Payback
from segpy.measure.welch import difference


def payback(months: Sequence[Month], cost: float, margin: float = 1.0, confidence: float = 0.95) -> Payback:
    """The first month by whose end the kept part of the difference in value had reached the cost per person.

    Limits are where those of the difference reach it, month by month. Months are read from 1 on, up to the first that
    is missing or cannot be read: what is not observed is "not yet", and no month is guessed.
    """
    seen: list[tuple[Month, float, Interval]] = []
    for number, month in enumerate(sorted(months, key=lambda one: one.month), 1):
        found = difference(month.treated, month.control, confidence)
        if month.month != number or found.estimate is None or found.interval is None:
            break
        seen.append((month, margin * found.estimate, found.interval))
    n = max((month.treated.n + month.control.n for month, _, _ in seen), default=0)
    if not seen:
        return Payback(n, Status.TOO_FEW, 0)
    if not cost > 0:
        return Payback(n, Status.NO_COST, len(seen))
    back = first(value >= cost for _, value, _ in seen)
    return Payback(
        n,
        Status.READABLE if back is not None else Status.NOT_YET,
        len(seen),
        back,
        earliest=first(margin * (interval.high or 0.0) >= cost for _, _, interval in seen),
        latest=first(margin * (interval.low or 0.0) >= cost for _, _, interval in seen),
        naive=first(margin * (month.treated.mean or 0.0) >= cost for month, _, _ in seen),
    )
