"""Measures resolved: windows, aggregates, sequences, expressions. Spans take no part in equality."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TypeAlias

from segpy.diagnostics.model import Span
from segpy.resolve.model_events import Atom, Property
from segpy.resolve.model_windows import Fixed, OnTheCalendar
from segpy.spec.duration import Duration, most
from segpy.spec.expression import Expression, Type
from segpy.spec.model_measures import CalendarUnit, Output, Side, Start, Statistic, StreakKind, Ties


@dataclass(frozen=True, slots=True)
class Ever:
    """`[-inf, as_of)`"""


@dataclass(frozen=True, slots=True)
class InTheLast:
    """`[as_of - length, as_of)`"""

    length: Duration


@dataclass(frozen=True, slots=True)
class BetweenAgo:
    """`[as_of - far, as_of - near)`"""

    far: Duration
    near: Duration


@dataclass(frozen=True, slots=True)
class WithinFirst:
    """`[start, start + length)`, `start` an attribute."""

    start: str
    length: Duration


@dataclass(frozen=True, slots=True)
class Anchored:
    """After: `(anchor, anchor + within]`; before: `[anchor - within, anchor)`. `nth` 0 stands for the last."""

    side: Side
    anchor: Atom
    nth: int
    within: Duration | None


Window: TypeAlias = Ever | InTheLast | BetweenAgo | OnTheCalendar | Fixed | WithinFirst | Anchored


class Aggregation(Enum):
    """How the events of an atom become one value."""

    COUNT = "count"
    COUNT_DISTINCT = "count_distinct"
    SUM = "sum"
    AVG = "avg"
    MIN = "min"
    MAX = "max"
    MEDIAN = "median"
    STDDEV = "stddev"
    FIRST_VALUE = "first_value"
    LAST_VALUE = "last_value"
    MOST_FREQUENT = "most_frequent"
    ACTIVE_DAYS = "active_days"
    ACTIVE_WEEKS = "active_weeks"
    ACTIVE_MONTHS = "active_months"
    RECENCY = "recency"
    TENURE = "tenure"
    GAP = "gap"
    STREAK = "streak"
    BURST = "burst"
    DECAYED = "decayed"
    ZSCORE = "zscore"


UNITS = {
    Aggregation.ACTIVE_DAYS: CalendarUnit.DAY,
    Aggregation.ACTIVE_WEEKS: CalendarUnit.WEEK,
    Aggregation.ACTIVE_MONTHS: CalendarUnit.MONTH,
}
"""What is counted where units of the calendar are."""
CALENDAR = frozenset({*UNITS, Aggregation.STREAK})
"""Aggregations over units of the calendar, which go by a time zone."""
BY_ORDER = frozenset({Aggregation.FIRST_VALUE, Aggregation.LAST_VALUE})
"""Aggregations that tell events of one instant apart by their stream's `order`."""
ZERO = frozenset(
    {
        Aggregation.COUNT,
        Aggregation.COUNT_DISTINCT,
        Aggregation.SUM,
        *CALENDAR,
        Aggregation.BURST,
        Aggregation.DECAYED,
    }
)
"""Aggregations that are 0 rather than null where nothing qualifies."""


@dataclass(frozen=True, slots=True)
class Gaps:
    """Of `gap`: what is told of the times between consecutive events."""

    statistic: Statistic


@dataclass(frozen=True, slots=True)
class Streaks:
    """Of `streak`: consecutive units, of which up to `allow_gap` in a row may lack the event."""

    unit: CalendarUnit
    kind: StreakKind
    allow_gap: int


@dataclass(frozen=True, slots=True)
class Bursts:
    """Of `burst`: the length of the rolling stretch."""

    per: Duration


@dataclass(frozen=True, slots=True)
class Decay:
    """Of `decayed`: the age at which an event weighs half."""

    half_life: Duration


@dataclass(frozen=True, slots=True)
class Periods:
    """Of a z-score: the recent period, and `before` of the same length ahead of it, each with a value of its own."""

    aggregation: Aggregation
    length: Duration
    before: int
    span: Span | None = field(compare=False)


Detail: TypeAlias = Gaps | Streaks | Bursts | Decay | Periods


@dataclass(frozen=True, slots=True)
class EventMeasure:
    """An aggregate over an atom's events in a window.

    `zone` is whose calendar counts, where one does; `detail` what only some aggregations have.
    """

    aggregation: Aggregation
    atom: Atom
    property: Property | None
    window: Window
    window_span: Span | None = field(compare=False)
    zone: str | None = None
    detail: Detail | None = None


@dataclass(frozen=True, slots=True)
class AttributeValue:
    """What is known of the entity."""

    attribute: Property


@dataclass(frozen=True, slots=True)
class AttributeTenure:
    """Time from an attribute's timestamp to `as_of`; null where that lies ahead."""

    attribute: Property


@dataclass(frozen=True, slots=True)
class Step:
    """One step: `times` different events of `atom`, or one of `atom` and of each of `others` in any order.

    None of `without` since the step before, nor of `directly`: every event of the entity save the ignored ones.
    """

    atom: Atom
    times: int
    within: Duration | None
    without: tuple[Atom, ...]
    span: Span = field(compare=False)
    within_span: Span | None = field(compare=False)
    others: tuple[Atom, ...] = ()
    after: Duration | None = None
    directly: Atom | None = None
    after_span: Span | None = field(default=None, compare=False)

    @property
    def items(self) -> tuple[Atom, ...]:
        """What takes one event each, or `times` of them."""
        return (self.atom, *self.others)

    @property
    def barred(self) -> tuple[Atom, ...]:
        """All that must not lie between the step before and this one."""
        return (*self.without, self.directly) if self.directly is not None else self.without


@dataclass(frozen=True, slots=True)
class ThenWithout:
    """What must not follow a match, and for how long."""

    atom: Atom
    length: Duration


@dataclass(frozen=True, slots=True)
class Sequence:
    """Steps in order. `ties` is what holds, written or not; `same` are properties in the order of their names."""

    steps: tuple[Step, ...]
    complete_within: Duration | None
    in_the_last: Duration | None
    span: Span = field(compare=False)
    window_span: Span | None = field(compare=False)
    then_without: ThenWithout | None = None
    same: tuple[Property, ...] = ()
    start: Start = Start.ANY
    ties: Ties = Ties.ANY
    total_span: Span | None = field(default=None, compare=False)

    @property
    def atoms(self) -> tuple[Atom, ...]:
        """Every atom that the sequence reads."""
        last = (self.then_without.atom,) if self.then_without is not None else ()
        return (*(atom for step in self.steps for atom in (*step.items, *step.barred)), *last)


@dataclass(frozen=True, slots=True)
class SequenceMeasure:
    """One output of a sequence; `step` only counts for `STEP_SECONDS`."""

    sequence: Sequence
    output: Output
    step: int = 0


@dataclass(frozen=True, slots=True)
class Computed:
    """An expression over other measures; `inputs` pairs the names in it with what they stand for."""

    expression: Expression
    type: Type
    inputs: tuple[tuple[str, Measure], ...]


@dataclass(frozen=True, slots=True)
class Ratio:
    """The first measure by the second; null where that is 0."""

    first: Measure
    second: Measure


@dataclass(frozen=True, slots=True)
class Change:
    """The rate of events in a recent window against the rate of the same events in the window before."""

    recent: EventMeasure
    baseline: EventMeasure
    recent_length: Duration
    baseline_length: Duration


@dataclass(frozen=True, slots=True)
class Percentile:
    """The rank of an entity within the population by a measure, from 0 to 1."""

    measure: Measure


@dataclass(frozen=True, slots=True)
class MembersIn:
    """How many of an entity's members are in a segment of theirs; with `every` whether it has any, and all are."""

    segment: str
    member: str
    every: bool = False


Measure: TypeAlias = (
    EventMeasure
    | AttributeValue
    | AttributeTenure
    | SequenceMeasure
    | Computed
    | Ratio
    | Change
    | Percentile
    | MembersIn
)

_OF_THE_PROPERTY = frozenset(
    {
        Aggregation.SUM,
        Aggregation.MIN,
        Aggregation.MAX,
        Aggregation.FIRST_VALUE,
        Aggregation.LAST_VALUE,
        Aggregation.MOST_FREQUENT,
    }
)
_DURATIONS = frozenset({Aggregation.RECENCY, Aggregation.TENURE, Aggregation.GAP})
_NUMBERS = frozenset({Aggregation.AVG, Aggregation.MEDIAN, Aggregation.STDDEV, Aggregation.DECAYED, Aggregation.ZSCORE})


def type_of(measure: Measure) -> Type:
    """The type of a measure's value. Durations are seconds."""
    match measure:
        case EventMeasure(aggregation, _, Property(type=type_)) if aggregation in _OF_THE_PROPERTY:
            return type_
        case EventMeasure(aggregation) if aggregation in _DURATIONS:
            return Type.DURATION
        case EventMeasure(aggregation) if aggregation in _NUMBERS:
            return Type.NUMBER
        case EventMeasure():
            return Type.INTEGER
        case Ratio() | Change() | Percentile():
            return Type.NUMBER
        case AttributeTenure():
            return Type.DURATION
        case AttributeValue(attribute):
            return attribute.type
        case SequenceMeasure(output=Output.COMPLETED):
            return Type.BOOLEAN
        case SequenceMeasure(output=Output.STEP | Output.COMPLETIONS | Output.MATCHES):
            return Type.INTEGER
        case SequenceMeasure(output=Output.FIRST_AT | Output.LAST_AT):
            return Type.TIMESTAMP
        case SequenceMeasure():
            return Type.DURATION
        case MembersIn(every=every):
            return Type.BOOLEAN if every else Type.INTEGER
        case Computed():
            return measure.type


def nullable(measure: Measure) -> bool:
    """Whether the value can be null."""
    match measure:
        case EventMeasure(aggregation):
            return aggregation not in ZERO
        case SequenceMeasure(output=output):
            return output not in (Output.COMPLETED, Output.STEP, Output.COMPLETIONS, Output.MATCHES)
        case MembersIn():
            return False
        case AttributeValue() | AttributeTenure() | Computed() | Ratio() | Change() | Percentile():
            return True


def inputs_of(measure: Measure) -> tuple[Measure, ...]:
    """The measures that a measure is computed from."""
    match measure:
        case Computed(inputs=inputs):
            return tuple(one for _, one in inputs)
        case Ratio(first, second) | Change(first, second):
            return (first, second)
        case Percentile(inner):
            return (inner,)
        case EventMeasure() | AttributeValue() | AttributeTenure() | SequenceMeasure() | MembersIn():
            return ()


def measures_in(measure: Measure) -> tuple[Measure, ...]:
    """A measure and all that it is computed from, inputs first."""
    return (*(inner for one in inputs_of(measure) for inner in measures_in(one)), measure)


def windows_lengths(window: Window) -> tuple[Duration, ...]:
    """The lengths that a window spans backwards from `as_of`, at their longest."""
    match window:
        case InTheLast(length):
            return (length,)
        case BetweenAgo(far, _):
            return (far,)
        case OnTheCalendar(far, _, zone):
            long = far.unit in ("day", "week", "month", "year")
            extra = 3_600_000_000 if long and zone != "UTC" else 0  # of a day on which the clocks go back
            return (Duration(microseconds=most(far.back + 1, far.unit).microseconds + extra),)
        case Ever() | Fixed() | WithinFirst() | Anchored():
            return ()
