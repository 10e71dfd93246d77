"""Arms from values, as a warehouse would deliver them; the figures of reference."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean, variance
from typing import Any

from segpy.measure.model import Arm, Covariate, Interval, RatioArm

ANCHORS: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "golden" / "stat_anchors.json").read_text(encoding="utf-8")
)
TOY = ANCHORS["toy_inputs"]


def covariance(xs: Sequence[float], ys: Sequence[float]) -> float:
    """The sample covariance."""
    x, y = fmean(xs), fmean(ys)
    return sum((one - x) * (other - y) for one, other in zip(xs, ys, strict=True)) / (len(xs) - 1)


def arm_of(values: Sequence[float], before: Sequence[float] | None = None, *, ends_before: bool = True) -> Arm:
    """An arm of these people, with what they were like before, if that is given."""
    covariate = None
    if before is not None:
        covariate = Covariate(fmean(before), variance(before), covariance(values, before), ends_before)
    return Arm(len(values), fmean(values), variance(values), covariate)


def rate_arm(events: int, n: int, *, sample: bool = True) -> Arm:
    """An arm of which so many have a 1. The sample variance is n / (n - 1) times p (1 - p)."""
    rate = events / n
    return Arm(n, rate, rate * (1 - rate) * (n / (n - 1) if sample else 1))


def ratio_arm(above: Sequence[float], below: Sequence[float]) -> RatioArm:
    """An arm of a sum over a sum."""
    return RatioArm(len(above), fmean(above), variance(above), fmean(below), variance(below), covariance(above, below))


def ends(interval: Interval | None) -> list[float]:
    """Both ends of an interval that has two."""
    assert interval is not None and interval.low is not None and interval.high is not None
    return [interval.low, interval.high]
