"""English for expressions, windows, measures and comparisons. The same words serve descriptions and comments."""

from __future__ import annotations

from typing import assert_never

from segpy.plan.expressions import expression_words, literal_words
from segpy.resolve.atoms import named
from segpy.resolve.model import Comparison, Test
from segpy.resolve.model_events import Atom
from segpy.resolve.model_measures import (
    Aggregation,
    Anchored,
    AttributeTenure,
    AttributeValue,
    BetweenAgo,
    Bursts,
    Change,
    Computed,
    Decay,
    EventMeasure,
    Ever,
    Gaps,
    InTheLast,
    Measure,
    MembersIn,
    Percentile,
    Periods,
    Ratio,
    Sequence,
    SequenceMeasure,
    Step,
    Streaks,
    ThenWithout,
    Window,
    WithinFirst,
    type_of,
)
from segpy.resolve.model_windows import CalendarEdge, Fixed, OnTheCalendar
from segpy.spec.expression import (
    Type,
)
from segpy.spec.model import Relop
from segpy.spec.model_measures import Output, Start, Statistic, StreakKind, Ties


def atom_words(atom: Atom) -> str:
    """An event and what narrows it."""
    return named(atom) + (f" where {expression_words(atom.where)}" if atom.where is not None else "")


def window_words(window: Window) -> str:
    """When, with a leading space; nothing for all time."""
    match window:
        case Ever():
            return ""
        case InTheLast(length):
            return f" in the last {length}"
        case BetweenAgo(far, near):
            return f" between {far} and {near} ago"
        case OnTheCalendar(far, near, _, last):
            if last:
                many = f"{far.back} " if far.back > 1 else ""
                return f" in the last {many}whole {_units(far)} of the calendar"
            return f" from {_edge_words(far)} to {_edge_words(near)}"
        case Fixed(since, until):
            edges = (("from", since), ("to" if since else "before", until))
            return "".join(f" {word} {edge.shown}" for word, edge in edges if edge is not None)
        case WithinFirst(start, length):
            return f" within the first {length} since {start}"
        case Anchored(side, anchor, nth, within):
            reach = f" within {within}" if within else ""
            return f"{reach} {side.value} the {ordinal(nth)} {atom_words(anchor)}"
        case _:
            assert_never(window)


def _units(edge: CalendarEdge) -> str:
    return edge.unit if edge.back == 1 else f"{edge.unit}s"


def _edge_words(edge: CalendarEdge) -> str:
    before = f" {edge.back} {_units(edge)} before" if edge.back else ""
    return f"the beginning of the calendar {edge.unit}{before}"


def ordinal(nth: int) -> str:
    """`first`, `last` (for 0), `2nd`, …"""
    if nth in (0, 1):
        return "last" if nth == 0 else "first"
    ending = "th" if 10 <= nth % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(nth % 10, "th")
    return f"{nth}{ending}"


def sequence_words(sequence: Sequence) -> str:
    """A sequence, its steps in order."""
    words = [", then ".join(step_words(step) for step in sequence.steps)]
    if sequence.start is not Start.ANY:
        words.append(f"from the {sequence.start.value} {atom_words(sequence.steps[0].atom)} on")
    if sequence.same:
        words.append(f"all of the same {' and '.join(prop.name for prop in sequence.same)}")
    if sequence.complete_within is not None:
        words.append(f"all within {sequence.complete_within}")
    if sequence.in_the_last:
        words.append(f"in the last {sequence.in_the_last}")
    if sequence.then_without is not None:
        words.append(then_without_words(sequence.then_without))
    return ", ".join(words) + _TIES[sequence.ties]


_TIES = {
    Ties.ANY: "",
    Ties.STRICT: ", each step at a later instant",
    Ties.ORDERED: ", each step later in the order of its stream",
}


def then_without_words(then_without: ThenWithout) -> str:
    """What must not follow."""
    return f"and then {_none_of(then_without.atom)} for {then_without.length}"


def step_words(step: Step) -> str:
    """One step with what it demands of the time since the step before."""
    words = " and ".join(atom_words(item) for item in step.items)
    words += f" {step.times} times" if step.times > 1 else ""
    words += " in any order" if step.others else ""
    words += f" after {step.after} or more" if step.after is not None else ""
    words += f" within {step.within}" if step.within is not None else ""
    words += f" without {' or '.join(map(atom_words, step.without))} before it" if step.without else ""
    return words + (_directly(step.directly) if step.directly is not None else "")


def _directly(barred: Atom) -> str:
    """Save the ignored, no event may lie between."""
    return " directly" if barred.every else f" directly, with {_none_of(barred)} between"


def _none_of(atom: Atom) -> str:
    return "no " + atom_words(atom).removeprefix("any ")


_AGGREGATES = {
    Aggregation.COUNT: "number of {atom}",
    Aggregation.COUNT_DISTINCT: "number of different {property} of {atom}",
    Aggregation.SUM: "sum of {property} of {atom}",
    Aggregation.AVG: "average {property} of {atom}",
    Aggregation.MIN: "least {property} of {atom}",
    Aggregation.MAX: "greatest {property} of {atom}",
    Aggregation.MEDIAN: "median {property} of {atom}",
    Aggregation.STDDEV: "standard deviation of {property} of {atom}",
    Aggregation.FIRST_VALUE: "first known {property} of {atom}",
    Aggregation.LAST_VALUE: "last known {property} of {atom}",
    Aggregation.MOST_FREQUENT: "most frequent {property} of {atom}",
    Aggregation.ACTIVE_DAYS: "number of days with {atom}",
    Aggregation.ACTIVE_WEEKS: "number of weeks with {atom}",
    Aggregation.ACTIVE_MONTHS: "number of months with {atom}",
    Aggregation.RECENCY: "time since the last {atom}",
    Aggregation.TENURE: "time since the first {atom}",
}
_GAPS = {
    Statistic.AVG: "average time from one {atom} to the next",
    Statistic.STDDEV: "standard deviation of the time from one {atom} to the next",
    Statistic.MAX: "longest time from one {atom} to the next",
    Statistic.LAST: "time between the last two {atom}",
}
_STREAKS = {StreakKind.LONGEST: "longest streak", StreakKind.CURRENT: "current streak"}
_OUTPUTS = {
    Output.COMPLETED: "whether completed",
    Output.STEP: "furthest step reached",
    Output.COMPLETIONS: "number of completions",
    Output.FIRST_AT: "first completion",
    Output.LAST_AT: "last completion",
    Output.SECONDS: "seconds that the first completion took from its latest start",
    Output.FASTEST_SECONDS: "seconds that the fastest completion took",
    Output.MATCHES: "number of matches without overlap",
}


def measure_words(measure: Measure) -> str:
    """What a measure tells."""
    match measure:
        case EventMeasure():
            return _event_words(measure)
        case AttributeValue(attribute):
            return attribute.name
        case AttributeTenure(attribute):
            return f"time since {attribute.name}"
        case SequenceMeasure(sequence, Output.STEP_SECONDS, step):
            return f"seconds to step {step} at its first reach, from the latest start: {sequence_words(sequence)}"
        case SequenceMeasure(sequence, output):
            return f"{_OUTPUTS[output]}: {sequence_words(sequence)}"
        case MembersIn(segment, member, every):
            return f"every {member} is in segment {segment}" if every else f"number of {member}s in segment {segment}"
        case Computed(expression):
            return expression_words(expression)
        case Ratio(first, second):
            return f"ratio of ({measure_words(first)}) to ({measure_words(second)})"
        case Change(recent, baseline):
            what, before = measure_words(recent), window_words(baseline.window)
            return f"rate of {what} against that{before}"
        case Percentile(inner):
            return f"rank within the population, from 0 to 1, by {measure_words(inner)}"
        case _:
            assert_never(measure)


def _event_words(measure: EventMeasure) -> str:
    """What an aggregate over events tells."""
    atom, when = atom_words(measure.atom), window_words(measure.window)
    name = measure.property.name if measure.property else ""
    match measure.detail:
        case Gaps(statistic):
            return _GAPS[statistic].format(atom=atom) + when
        case Streaks(unit, kind, allow_gap):
            missed = f", up to {_counted(allow_gap, unit.value)} missed in a row" if allow_gap else ""
            return f"{_STREAKS[kind]} of {unit.value}s with {atom}{when}{missed}"
        case Bursts(per):
            return f"most {atom} within any {per}{when}"
        case Decay(half_life):
            what = f"sum of {name} of" if name else "number of"
            return f"{what} {atom}{when}, each weighed by half for every {half_life} of age"
        case Periods(aggregation, length, before):
            what = f"{_AGGREGATES[aggregation].format(atom=atom, property=name)} in the last {length}"
            return f"{what}, in standard deviations from the mean of the {before} periods before"
    return _AGGREGATES[measure.aggregation].format(atom=atom, property=name) + when


def _counted(amount: int, noun: str) -> str:
    return f"{amount} {noun}" if amount == 1 else f"{amount} {noun}s"


_RELOPS = {
    Relop.AT_LEAST: "at least {}",
    Relop.AT_MOST: "at most {}",
    Relop.MORE_THAN: "more than {}",
    Relop.LESS_THAN: "less than {}",
    Relop.EXACTLY: "{}",
}


def comparison_words(comparison: Comparison) -> str:
    """A comparison, to be put behind `is`."""
    values = [literal_words(value) for value in comparison.values]
    match comparison.relop:
        case Relop.BETWEEN:
            return f"between {values[0]} and {values[1]}"
        case Relop.IN:
            return values[0] if len(values) == 1 else f"one of {', '.join(values)}"
        case Relop.IS_NULL:
            return "not known" if comparison.values[0].value else "known"
        case relop:
            return _RELOPS[relop].format(values[0])


def threshold_words(test: Test) -> str:
    """What a measure is compared with; a boolean that speaks for itself is to be true."""
    never = ", or never" if test.or_never else ""
    if not test.comparisons:
        return f"true{never}"
    return " and ".join(map(_bound_words, test.comparisons)) + never


def _bound_words(comparison: Comparison) -> str:
    exactly = comparison.relop is Relop.EXACTLY or (comparison.relop is Relop.IN and len(comparison.values) == 1)
    return f"{'exactly ' if exactly else ''}{comparison_words(comparison)}"


def test_words(test: Test) -> str:
    """A measure compared, as a statement."""
    measure, comparisons = test.measure, test.comparisons
    never = ", or never" if test.or_never else ""
    if isinstance(measure, SequenceMeasure) and measure.output is Output.COMPLETED and not comparisons:
        return f"completed {sequence_words(measure.sequence)}"
    if isinstance(measure, EventMeasure) and measure.aggregation is Aggregation.COUNT and len(comparisons) == 1:
        events, (one,) = atom_words(measure.atom) + window_words(measure.window), comparisons
        if (did := _did(one)) is not None:
            return f"did {events}" if did else f"did not {events}"
        return f"{comparison_words(one)} {events}" if one.relop in _RELOPS else _plain(test)
    if isinstance(measure, MembersIn) and len(comparisons) == 1 and comparisons[0].values[0].value in (0, 1):
        relop, number = comparisons[0].relop, comparisons[0].values[0].value
        if (relop, number) in ((Relop.AT_LEAST, 1), (Relop.EXACTLY, 0)):
            return f"{'some' if number else 'no'} {measure.member} is in segment {measure.segment}"
    if type_of(measure) is Type.BOOLEAN and not comparisons:
        return measure_words(measure) + never + _glossary(measure)
    return _plain(test) + never + _glossary(measure)


def _did(one: Comparison) -> bool | None:
    """Whether a comparison of a count wants it to have happened, or not to; None of any other."""
    if one.relop is Relop.AT_LEAST and one.values[0].value == 1:
        return True
    return False if one.relop is Relop.EXACTLY and one.values[0].value == 0 else None


def opposite_words(test: Test) -> str:
    """The opposite of a test, as a statement."""
    words, measure = test_words(test), test.measure
    if isinstance(measure, EventMeasure) and measure.aggregation is Aggregation.COUNT and len(test.comparisons) == 1:
        did = _did(test.comparisons[0])
        if did is not None:
            return f"did not {words.removeprefix('did ')}" if did else f"did {words.removeprefix('did not ')}"
    return f"not: {words}"


def _plain(test: Test) -> str:
    return f"{measure_words(test.measure)} is {' and '.join(map(comparison_words, test.comparisons))}"


def _glossary(measure: Measure) -> str:
    """What the names in an expression stand for, in parentheses; nothing for attributes, whose names say it."""
    meanings = "; ".join(f"{name}: {words}" for name, words in _names(measure).items())
    return f" ({meanings})" if meanings else ""


def _names(measure: Measure) -> dict[str, str]:
    """The measures that an expression names, those within others among them."""
    match measure:
        case Computed(_, _, inputs):
            found: dict[str, str] = {}
            for name, one in inputs:
                if not isinstance(one, AttributeValue):
                    found |= {name: measure_words(one), **_names(one)}
            return found
        case Ratio(first, second):
            return _names(first) | _names(second)
        case Percentile(inner):
            return _names(inner)
        case _:
            return {}
