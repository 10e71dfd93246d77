"""The figures of a review that no table has yet: what it reckoned of what tables tell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from segpy.measure.model import Estimate, Interval, Status, withheld
from segpy.measure.model_portfolio import Drift
from segpy.report.model import Ahead, Reckoned, Report

_FOUR_WEEKS = timedelta(days=28)


def figures(report: Report) -> tuple[Reckoned, ...]:
    """Sizes to come by each method, half-lives, and how the mixes of groups drift; what is withheld as well."""
    return (*_of_segments(report), *_of_groups(report))


def _of_segments(report: Report) -> Iterator[Reckoned]:
    for one in report.segments:
        for ahead in one.ahead:
            figure = f"members_{ahead.method.value}"
            yield Reckoned(one.name, one.entity, figure, str(ahead.at), ahead.since, _of_people(ahead))
        if one.fared is not None and one.fared.half_life is not None:
            since = max(report.first, report.as_of - _FOUR_WEEKS)
            yield Reckoned(one.name, one.entity, "half_life_days", "all", since, one.fared.half_life)


def _of_people(ahead: Ahead) -> Estimate:
    """Its interval as the page shows it: fewer than nobody are none."""
    one = ahead.estimate
    if one.interval is None:
        return one
    low, high = (None if end is None else max(end, 0.0) for end in (one.interval.low, one.interval.high))
    return replace(one, interval=Interval(low, high))


def _of_groups(report: Report) -> Iterator[Reckoned]:
    for one in report.groups:
        if one.drift is not None:
            for figure, number in (("psi", one.drift.psi), ("psi_by_chance", one.drift.bound)):
                yield Reckoned(one.name, one.entity, figure, "all", report.since, _of_drift(one.drift, number))


def _of_drift(drift: Drift, number: float | None) -> Estimate:
    return withheld(drift.n, drift.status) if number is None else Estimate(drift.n, Status.READABLE, None, number)
