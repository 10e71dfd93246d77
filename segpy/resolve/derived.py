"""Measures of measures, and what only some measures have beside their operand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from segpy.resolve.model_measures import (
    Aggregation,
    BetweenAgo,
    Bursts,
    Change,
    Decay,
    Detail,
    EventMeasure,
    Gaps,
    InTheLast,
    Measure,
    Percentile,
    Periods,
    Ratio,
    Streaks,
    type_of,
)
from segpy.resolve.scope import Findings, Unbound
from segpy.resolve.type_errors import NoRate, NotInPeriods, TypeClash, WindowInChange
from segpy.resolve.typing import words
from segpy.spec import model_measures as written
from segpy.spec.duration import Duration
from segpy.spec.expression import Type
from segpy.spec.model_measures import ChangeAs, MeasureKey
from segpy.spec.model_values import Name

Bind = Callable[[written.Measure], Measure]
_CHANGING = (MeasureKey.COUNT, MeasureKey.SUM, MeasureKey.ACTIVE_DAYS)


def detail(said: written.Detail | None) -> Detail | None:
    """What a measure of events has beside its operand."""
    match said:
        case written.GapDetail(statistic):
            return Gaps(statistic)
        case written.StreakDetail(unit, kind, allow_gap):
            return Streaks(unit, kind, allow_gap)
        case written.BurstDetail(per):
            return Bursts(per.duration)
        case written.DecayedDetail(half_life):
            return Decay(half_life.duration)
    return None


def ratio(first: written.Measure, second: written.Measure, bind: Bind, findings: Findings) -> Ratio:
    """One measure by another."""
    sides = findings.whole([lambda one=one: _number(one, bind, findings) for one in (first, second)])  # type: ignore[misc]
    return Ratio(sides[0], sides[1])


def _number(measure: written.Measure, bind: Bind, findings: Findings) -> Measure:
    found = bind(measure)
    if not type_of(found).numeric:
        message = f"a ratio is one of numbers, and this is {words(type_of(found))}"
        raise findings.fail(TypeClash(span=measure.span, message=message, way_out="measure a number or a duration"))
    return found


def percentile(feature: Name, measure: Measure, findings: Findings) -> Percentile:
    """The rank by a feature."""
    type_ = type_of(measure)
    if not type_.numeric and type_ not in (Type.TIMESTAMP, Type.DATE):
        message = f"`{feature.text}` is {words(type_)}, and a rank needs values in an order of size"
        way_out = "name a feature that is a number, a duration, a timestamp or a date"
        raise findings.fail(TypeClash(span=feature.span, message=message, way_out=way_out))
    return Percentile(measure)


def change(measure: written.Measure, inner: written.Measure, bind: Bind, findings: Findings) -> Measure:
    """A rate against the rate of the time before, or against how much it varied."""
    said = measure.detail
    assert isinstance(said, written.ChangeDetail)
    _has_a_rate(inner, findings)
    found = bind(inner)
    assert isinstance(found, EventMeasure)
    recent, baseline = said.recent.duration, said.baseline.duration
    whole = Duration(microseconds=recent.microseconds + baseline.microseconds)
    if said.kind is ChangeAs.RATIO:
        return Change(
            replace(found, window=InTheLast(recent), window_span=said.recent.span),
            replace(found, window=BetweenAgo(whole, recent), window_span=said.baseline.span),
            recent,
            baseline,
        )
    before, rest = divmod(baseline.microseconds, recent.microseconds)
    if rest or before < 2:
        raise findings.fail(NotInPeriods(span=said.baseline.span, recent=str(recent), baseline=str(baseline)))
    periods, window = Periods(found.aggregation, recent, before, said.recent.span), InTheLast(whole)
    return replace(found, aggregation=Aggregation.ZSCORE, window=window, window_span=said.baseline.span, detail=periods)


def _has_a_rate(inner: written.Measure, findings: Findings) -> None:
    problems: list[Unbound] = []
    if inner.key not in _CHANGING:
        problems.append(findings.fail(NoRate(span=inner.span, key=inner.key.value)))
    if inner.window_span is not None:
        problems.append(findings.fail(WindowInChange(span=inner.window_span)))
    if problems:
        raise problems[0]
