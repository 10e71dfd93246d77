"""Rules about time: what is still read, how finely `as_of` moves, and lengths that say nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from segpy.check.bounds import passing, possible
from segpy.check.errors import BeyondRetention, FinerThanGrain, GapBeyondTotal, LongerThanRetention, NeverComplete
from segpy.check.reach import longest, shortest
from segpy.diagnostics.model import Diagnostic, Span
from segpy.resolve.model import Bound, Comparison, Test, tests_of
from segpy.resolve.model_measures import (
    Aggregation,
    Anchored,
    AttributeTenure,
    BetweenAgo,
    EventMeasure,
    InTheLast,
    Measure,
    Periods,
    Sequence,
    SequenceMeasure,
    WithinFirst,
    measures_in,
    windows_lengths,
)
from segpy.resolve.model_windows import OnTheCalendar
from segpy.spec.duration import Duration, most
from segpy.spec.expression import Type
from segpy.spec.model import Grain, Relop

STEPS = {Grain.DAY: Duration(microseconds=86_400_000_000), Grain.HOUR: Duration(microseconds=3_600_000_000)}
_AGES = (Aggregation.RECENCY, Aggregation.TENURE)
_UPPER = (Relop.AT_MOST, Relop.LESS_THAN, Relop.BETWEEN, Relop.EXACTLY, Relop.IN)


def measures(bound: Bound) -> Iterator[Measure]:
    """Every measure, as often as it is written; one that is named comes up with its name and wherever that is used."""
    for feature in bound.features:
        yield from measures_in(feature.measure)
    for test in _tests(bound):
        yield from measures_in(test.measure)


def sequences(bound: Bound) -> Iterator[Sequence]:
    """Every sequence, once a place."""
    seen: set[Span] = set()
    for measure in measures(bound):
        if isinstance(measure, SequenceMeasure) and measure.sequence.span not in seen:
            seen.add(measure.sequence.span)
            yield measure.sequence


def _tests(bound: Bound) -> Iterator[Test]:
    for segment in bound.segments:
        yield from tests_of(segment.condition)


def longer_than_retention(bound: Bound) -> Iterator[Diagnostic]:
    """A window reaches back beyond `retention`."""
    retention = bound.settings.retention
    if retention is not None:
        for measure in measures(bound):
            for reach, span in _reaches(measure):
                if reach.seconds > retention.seconds:
                    yield LongerThanRetention(span=span, window=reach, retention=retention)


def _reaches(measure: Measure) -> tuple[tuple[Duration, Span | None], ...]:
    match measure:
        case EventMeasure(window=window, window_span=span):
            return tuple((length, span) for length in windows_lengths(window))
        case SequenceMeasure(sequence) if sequence.in_the_last:
            return ((sequence.in_the_last, sequence.window_span),)
    return ()


def beyond_retention(bound: Bound) -> Iterator[Diagnostic]:
    """A length between two events, or a time since one, that no events that are read can have."""
    retention = bound.settings.retention
    if retention is None:
        return
    for measure in measures(bound):
        for length, span in _distances(measure):
            if shortest(length) > longest(retention):
                yield BeyondRetention(span=span, length=length, retention=retention)
    for test in _tests(bound):
        found = passing(test, under_negation=False)
        if found is None or (found & possible(test.measure, bound.settings)).empty:
            continue  # that nobody can fulfil it is said elsewhere
        for comparison, length in _ages(test):
            if length.seconds > longest(retention):
                yield BeyondRetention(span=comparison.span, length=length, retention=retention)


def _distances(measure: Measure) -> tuple[tuple[Duration, Span | None], ...]:
    """The lengths that a measure lays between two events, or between an event and an entity's start."""
    match measure:
        case EventMeasure(window=Anchored(within=Duration() as within), window_span=span):
            return ((within, span),)
        case EventMeasure(window=WithinFirst(_, length), window_span=span):
            return ((length, span),)
        case SequenceMeasure(sequence):
            steps = [(step.within, step.within_span) for step in sequence.steps]
            lengths = [*steps, (sequence.complete_within, sequence.total_span)]
            return tuple((length, span) for length, span in lengths if length is not None)
    return ()


def _ages(test: Test) -> Iterator[tuple[Comparison, Duration]]:
    """The lengths that the time since an event is compared with."""
    if isinstance(test.measure, EventMeasure) and test.measure.aggregation in _AGES:
        for comparison in test.comparisons:
            for literal in comparison.values:
                if literal.type is Type.DURATION and isinstance(literal.value, int | float):
                    yield comparison, Duration(microseconds=round(literal.value * 1_000_000))


def finer_than_grain(bound: Bound) -> Iterator[Diagnostic]:
    """A window, or a time since something, is shorter than the steps in which `as_of` moves."""
    step, grain = STEPS[bound.settings.grain], bound.settings.grain.value
    for measure in measures(bound):
        for length, span in _stretches(measure):
            if length < step.seconds:
                shown = Duration(microseconds=round(length * 1_000_000))
                yield FinerThanGrain(span=span, window=shown, grain=grain)
    for test in _tests(bound):
        match test.measure:
            case AttributeTenure() | EventMeasure(Aggregation.RECENCY | Aggregation.TENURE):
                yield from _asked_too_finely(test, step, grain)


def _asked_too_finely(test: Test, step: Duration, grain: str) -> Iterator[Diagnostic]:
    found = passing(test, under_negation=False)
    edge = found.known.highest if found is not None else None
    upper = [comparison for comparison in test.comparisons if comparison.relop in _UPPER]
    if edge is not None and isinstance(edge[0], int | float) and 0 < edge[0] < step.seconds and upper:
        shown = Duration(microseconds=round(edge[0] * 1_000_000))
        yield FinerThanGrain(span=upper[-1].span, window=shown, grain=grain)


def _stretches(measure: Measure) -> tuple[tuple[float, Span | None], ...]:
    """The seconds that a window before `as_of` covers."""
    match measure:
        case EventMeasure(detail=Periods(length=length, span=span)):
            return ((length.seconds, span),)
        case EventMeasure(window=InTheLast(length), window_span=span):
            return ((length.seconds, span),)
        case EventMeasure(window=BetweenAgo(far, near), window_span=span):
            return ((far.seconds - near.seconds, span),)
        case EventMeasure(window=OnTheCalendar(far, near), window_span=span):
            return ((most(far.back, far.unit).seconds - most(near.back, near.unit).seconds, span),)
        case SequenceMeasure(sequence) if sequence.in_the_last is not None:
            return ((sequence.in_the_last.seconds, sequence.window_span),)
    return ()


def gap_beyond_total(bound: Bound) -> Iterator[Diagnostic]:
    """A length within a sequence that another one leaves no use for."""
    for sequence in sequences(bound):
        total, window = sequence.complete_within, sequence.in_the_last
        for step in sequence.steps:
            if step.within is not None and total is not None and step.within.seconds > total.seconds:
                reason = f"the whole sequence must complete within {total}"
                yield GapBeyondTotal("within", step.within, reason, span=step.within_span)
            elif step.within is not None and window is not None and shortest(step.within) > longest(window):
                reason = f"all of it lies in the last {window}"
                yield GapBeyondTotal("within", step.within, reason, span=step.within_span)
        yield from _never_complete(sequence)
        if total is not None and window is not None and shortest(total) > longest(window):
            reason = f"all of it lies in the last {window}"
            yield GapBeyondTotal("complete_within", total, reason, span=sequence.total_span)
        elif total is not None and (most := _most(sequence)) is not None and total.seconds > most.seconds:
            reason = f"its steps allow no more than {most} from the first to the last"
            yield GapBeyondTotal("complete_within", total, reason, span=sequence.total_span)


def _never_complete(sequence: Sequence) -> Iterator[Diagnostic]:
    total, window = sequence.complete_within, sequence.in_the_last
    least = Duration(microseconds=sum(step.after.microseconds for step in sequence.steps if step.after is not None))
    last = next((step for step in reversed(sequence.steps) if step.after is not None), None)
    if last is None:
        return
    if total is not None and least.seconds > total.seconds:
        whole = f"the whole sequence must complete within {total}"
        yield NeverComplete(span=last.after_span, least=least, whole=whole, first=sequence.total_span)
    elif window is not None and least.seconds >= longest(window):
        whole = f"all of it must lie in the last {window}"
        yield NeverComplete(span=last.after_span, least=least, whole=whole, first=sequence.window_span)


def _most(sequence: Sequence) -> Duration | None:
    """How long a sequence can take by what its steps allow; None where an event may come at any time."""
    first, *others = sequence.steps
    lengths = [step.within for step in others if step.within is not None]
    # `within` is measured to the first of a group in any order, and the others may come later.
    if first.times > 1 or not others or len(lengths) < len(others) or any(step.others for step in sequence.steps):
        return None
    return Duration(microseconds=sum(length.microseconds for length in lengths))


RULES: tuple[Callable[[Bound], Iterator[Diagnostic]], ...] = (
    longer_than_retention,
    finer_than_grain,
    gap_beyond_total,
    beyond_retention,
)
