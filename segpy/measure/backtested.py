"""A look back over several instants: what a segment would have caught, and what could be told of acting on it."""

from __future__ import annotations

from collections.abc import Sequence

from segpy.measure.backtest import backtest, break_even
from segpy.measure.clustered import clustered_rate, clustered_ratio, effective_number, wilson_of
from segpy.measure.decay import decay
from segpy.measure.interval import symmetric
from segpy.measure.model import Estimate, Method, Status, withheld
from segpy.measure.model_backtest import Backtested, Instant, Kept, Launch, Looked, Treatment
from segpy.measure.model_portfolio import Backtest
from segpy.measure.power import needed, planned_se, rate_var, smallest_effect
from segpy.measure.wilson import rate

LEAST = 30
"""Of fewer people a mean of values, which few have and some have much of, is not read."""


def backtested(
    instants: Sequence[Instant],
    people: Sequence[Looked],
    periods: Sequence[tuple[int, int]],
    ages: Sequence[tuple[int, int, int]],
    value: Estimate | None,
    treatment: Treatment,
    confidence: float = 0.95,
) -> Backtested:
    """What was seen, made into figures.

    `people` are all who were looked at, `periods` pairs a period of the horizon with how many looks at members first
    converted in it, `ages` an age with looks at members of it and conversions after them.
    """
    whole = Backtest(
        clustered_rate([(one.people, one.converted_inside, one.members) for one in people], confidence),
        clustered_rate(
            [(one.people, one.converted - one.converted_inside, one.looks - one.members) for one in people], confidence
        ),
        clustered_rate([(one.people, one.converted, one.looks) for one in people], confidence),
        clustered_ratio(
            [(one.people, (one.converted_inside, one.members), (one.converted, one.looks)) for one in people],
            confidence,
        ),
        clustered_rate([(one.people, one.converted_inside, one.converted) for one in people], confidence),
    )
    by_age = tuple(Kept(age, rate(converted, looks, confidence)) for age, looks, converted in sorted(ages))
    return Backtested(
        whole,
        clustered_rate([(one.people, one.stayed, one.before) for one in people], confidence),
        tuple((one.place, one.seen, *_at(one.seen, confidence)) for one in sorted(instants, key=lambda one: one.place)),
        _hazards(people, periods, confidence),
        by_age,
        _slope(ages, confidence),
        value,
        _launch(people, whole.inside, value, treatment, confidence),
    )


def _at(seen: Looked, confidence: float) -> tuple[Backtest, Estimate]:
    found = backtest(seen.members, seen.converted_inside, seen.people, seen.converted, confidence)
    return found, rate(seen.stayed, seen.before, confidence)


def _hazards(people: Sequence[Looked], periods: Sequence[tuple[int, int]], confidence: float) -> tuple[Kept, ...]:
    """Who converts in a period, of those who had not before. All of a horizon was observed, so nobody is censored.

    Of looks at the same people as many count as tell of conversions over the whole horizon.
    """
    cells = [(one.people, one.converted_inside, one.members) for one in people if one.members]
    looks = at_risk = sum(n * of for n, _, of in cells)
    members, first, found = sum(n for n, _, _ in cells), dict(periods), list[Kept]()
    part = effective_number(cells) / looks if looks else 0.0
    for period in range(1, max(first, default=0) + 1):
        if at_risk <= 0:
            break
        hazard = first.get(period, 0) / at_risk
        interval = wilson_of(hazard, part * at_risk, confidence)
        found.append(
            Kept(period, Estimate(members, Status.READABLE, Method.WILSON, hazard, interval, confidence=confidence))
        )
        at_risk -= first.get(period, 0)
    return tuple(found)


def _slope(ages: Sequence[tuple[int, int, int]], confidence: float) -> Estimate:
    rates = []
    for age, looks, converted in sorted(ages):
        value = converted / looks
        rates.append((age, symmetric(looks, value, rate_var(value) / looks, None, confidence, Method.WEIGHTED_SLOPE)))
    return decay(rates, confidence).slope


def _launch(
    people: Sequence[Looked], inside: Estimate, value: Estimate | None, treatment: Treatment, confidence: float
) -> Launch:
    members = sum(one.people for one in people if one.members)
    rate_inside = inside.estimate or 0.0
    smallest = enough = None
    if members and 0 < rate_inside < 1:
        spread = rate_var(rate_inside)
        se = planned_se(spread, spread, members, treatment.holdout)
        smallest = smallest_effect(se, confidence) / rate_inside
        enough = needed(treatment.uplift * rate_inside, spread, spread, treatment.holdout, confidence)
    margin, mean = treatment.margin, value.estimate if value is not None else None
    if treatment.cost is None or margin is None or mean is None:
        return Launch(members, smallest, enough, None, None)
    return Launch(
        members,
        smallest,
        enough,
        break_even(treatment.cost, margin, mean),
        margin * mean * treatment.uplift - treatment.cost,
    )


def value_of(people: int, mean: float | None, variance: float | None, confidence: float = 0.95) -> Estimate:
    """The value of one look at a member, of that many people, with the variance of this mean."""
    if mean is None or variance is None or people < LEAST:
        return withheld(people, Status.TOO_FEW)
    return symmetric(people, mean, variance, None, confidence, Method.RATIO_OF_SUMS)
