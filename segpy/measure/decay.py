"""Whether an effect wears off."""

from __future__ import annotations

from collections.abc import Sequence

from segpy.measure.interval import symmetric
from segpy.measure.model import Estimate, Method, Status, withheld
from segpy.measure.model_time import Decay

LEAST = 3
"""Through fewer weeks than this any line fits."""


def decay(weeks: Sequence[tuple[int, Estimate]], confidence: float = 0.95) -> Decay:
    """The change of the lift in a week: a line through the weeks' differences, each weighed by one over its variance.

    The variance of the slope is one over the weighted sum of squares of weeks (a meta-regression with fixed effects: S.
    G. Thompson, J. P. T. Higgins, Statistics in Medicine 21, 2002). Weeks in which the same people are seen again are
    not independent; each week should have its own people, or its interval is too narrow. `n` is the most people of a
    week.
    """
    known = [(week, one.estimate, one.se**-2) for week, one in weeks if one.estimate is not None and one.se]
    n = max((one.n for _, one in weeks), default=0)
    if len({week for week, _, _ in known}) < LEAST:
        return Decay(tuple(weeks), withheld(n, Status.TOO_FEW))
    total = sum(weight for _, _, weight in known)
    middle = sum(weight * week for week, _, weight in known) / total
    spread = sum(weight * (week - middle) ** 2 for week, _, weight in known)
    slope = sum(weight * (week - middle) * value for week, value, weight in known) / spread
    return Decay(tuple(weeks), symmetric(n, slope, 1 / spread, None, confidence, Method.WEIGHTED_SLOPE))
