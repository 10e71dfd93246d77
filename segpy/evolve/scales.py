"""Makes features comparable: heavy tails by their logarithm, then centre and spread by quantiles."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite, log1p

from segpy.evolve.model import Feature, LeftOut, Point, Row, Scale, Unit

_DAY = 86_400.0
_HEAVY = 2.0  # skewness; that of an exponential distribution
_LIMIT = 4.0
_SAME = 0.999  # correlation of ranks from which on a feature says what another says


def usable(
    features: Sequence[Feature], rows: Sequence[Row], used: Sequence[int]
) -> tuple[tuple[int, ...], tuple[LeftOut, ...]]:
    """The places of features that tell people apart, by the people that are used; and why the others do not."""
    kept: list[tuple[int, tuple[float, ...]]] = []
    left: list[LeftOut] = []
    for place, feature in enumerate(features):
        column = [rows[i][place] for i in used]
        reason = _reason(column)
        if any(row[place] is not None and not isfinite(row[place] or 0.0) for row in rows):
            reason = "it has values that are no finite numbers"
        if reason is None:
            ranks = _ranks(column)
            twin = next((other for other, theirs in kept if _alike(ranks, theirs)), None)
            if twin is None:
                kept.append((place, ranks))
                continue
            reason = f"it puts people in the same order as {features[twin].name}"
        left.append(LeftOut(feature.name, reason))
    return tuple(place for place, _ in kept), tuple(left)


def _reason(column: Sequence[float | None]) -> str | None:
    """Why nothing can be made of a column of numbers, if so."""
    different = set(column)
    if len(different) > 1:
        return None
    return "nobody has a value" if different <= {None} else "everybody has the same value"


def _ranks(column: Sequence[float | None]) -> tuple[float, ...]:
    """The place of each value in their order, of equals the middle one; whoever has none comes last."""
    order = sorted(range(len(column)), key=lambda i: _placed(column[i]))
    ranks = [0.0] * len(column)
    first = 0
    for last in range(1, len(order) + 1):
        if last == len(order) or column[order[last]] != column[order[first]]:
            for i in order[first:last]:
                ranks[i] = (first + last - 1) / 2
            first = last
    return tuple(ranks)


def _placed(value: float | None) -> tuple[bool, float]:
    return (True, 0.0) if value is None else (False, value)


def _alike(first: Sequence[float], second: Sequence[float]) -> bool:
    """Whether two features put people in about the same order, or in the opposite one."""
    middle = (len(first) - 1) / 2
    both = sum((a - middle) * (b - middle) for a, b in zip(first, second, strict=True))
    squares = sum((a - middle) ** 2 for a in first) * sum((b - middle) ** 2 for b in second)
    return abs(both) >= _SAME * float(squares**0.5)


def scale_of(feature: Feature, column: Sequence[float | None]) -> Scale:
    """The scale of a feature by its finite values, of which there are some."""
    known = [value for value in column if value is not None]
    per = _DAY if feature.unit is Unit.SECONDS else 1.0
    log = min(known) >= 0 and _skewness(known) > _HEAVY
    values = sorted(log1p(value / per) if log else value for value in known)
    center, spread = quantile(values, 0.5), _spread(values)
    end = max(min((values[-1] - center) / spread, _LIMIT), -_LIMIT)
    # Never is longer than any time; of other things nothing is known, and the middle is least wrong.
    unknown = end if feature.unit is Unit.SECONDS else 0.0
    return Scale(log, per if log else 1.0, center, spread, _LIMIT, unknown, len(known) < len(column))


def _spread(values: Sequence[float]) -> float:
    """The interquartile range, or what there is where half of all people have the same value."""
    for low, high in ((0.25, 0.75), (0.05, 0.95), (0.0, 1.0)):
        width = quantile(values, high) - quantile(values, low)
        if width > 0:
            return width
    return 1.0


def quantile(ordered: Sequence[float], part: float) -> float:
    """A quantile of numbers in order, between neighbours in proportion."""
    place = part * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def _skewness(values: Sequence[float]) -> float:
    n, largest = len(values), max(map(abs, values))
    if largest == 0:
        return 0.0
    parts = [value / largest for value in values]  # so that no power of it is too large
    mean = sum(parts) / n
    variance = sum((one - mean) ** 2 for one in parts) / n
    return 0.0 if variance <= 0 else sum((one - mean) ** 3 for one in parts) / n / variance**1.5


def coordinates(scale: Scale, value: float | None) -> Point:
    """Where somebody stands on a scale. Infinite values, which later people may have, stand at the limit."""
    if value is None or value != value:
        return (scale.unknown, 1.0) if scale.told else (scale.unknown,)
    raw = log1p(max(value, 0.0) / scale.per) if scale.log else value
    place = min(max((raw - scale.center) / scale.spread, -scale.limit), scale.limit)
    return (place, 0.0) if scale.told else (place,)


def points_of(scales: Sequence[Scale], rows: Sequence[Row]) -> list[Point]:
    """Where everybody stands in the space of all scales."""
    return [
        tuple(x for scale, value in zip(scales, row, strict=True) for x in coordinates(scale, value)) for row in rows
    ]
