"""Measures resolved: windows, aggregates, sequences, expressions. Spans take no part in equality."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TypeAlias

from segpy.diagnostics.model import Span
from segpy.resolve.model_events import Atom, Property
from segpy.spec.duration import Duration
from segpy.spec.expression import Expression, Type
from segpy.spec.model_measures import Output, Side


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


Window: TypeAlias = Ever | InTheLast | BetweenAgo | WithinFirst | Anchored


class Aggregation(Enum):
    """How the events of an atom become one value."""

    COUNT = "count"
    COUNT_DISTINCT = "count_distinct"
    SUM = "sum"
    AVG = "avg"
    MIN = "min"
    MAX = "max"
    ACTIVE_DAYS = "active_days"
    RECENCY = "recency"
    TENURE = "tenure"


CALENDAR = frozenset({Aggregation.ACTIVE_DAYS})
"""Aggregations that count units of the calendar, and so go by a time zone."""
BY_ORDER: frozenset[Aggregation] = frozenset()
"""Aggregations that tell events of one instant apart by their stream's `order`."""
ZERO = frozenset({Aggregation.COUNT, Aggregation.COUNT_DISTINCT, Aggregation.SUM, Aggregation.ACTIVE_DAYS})
"""Aggregations that are 0 rather than null where nothing qualifies."""


@dataclass(frozen=True, slots=True)
class EventMeasure:
    """An aggregate over an atom's events in a window. `zone` is whose calendar counts, for those of `CALENDAR`."""

    aggregation: Aggregation
    atom: Atom
    property: Property | None
    window: Window
    window_span: Span | None = field(compare=False)
    zone: str | None = None


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
    """One step: `times` different events of `atom`, none of `without` since the step before."""

    atom: Atom
    times: int
    within: Duration | None
    without: tuple[Atom, ...]
    span: Span = field(compare=False)
    within_span: Span | None = field(compare=False)


@dataclass(frozen=True, slots=True)
class Sequence:
    """Steps in order. Ties are read in the order of the steps, and every start counts."""

    steps: tuple[Step, ...]
    complete_within: Duration | None
    in_the_last: Duration | None
    span: Span = field(compare=False)
    window_span: Span | None = field(compare=False)


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


Measure: TypeAlias = EventMeasure | AttributeValue | AttributeTenure | SequenceMeasure | Computed


def type_of(measure: Measure) -> Type:
    """The type of a measure's value. Durations are seconds."""
    match measure:
        case EventMeasure(Aggregation.SUM | Aggregation.MIN | Aggregation.MAX, _, Property(type=type_)):
            return type_
        case EventMeasure(Aggregation.AVG):
            return Type.NUMBER
        case EventMeasure(Aggregation.RECENCY | Aggregation.TENURE) | AttributeTenure():
            return Type.DURATION
        case EventMeasure():
            return Type.INTEGER
        case AttributeValue(attribute):
            return attribute.type
        case SequenceMeasure(output=Output.COMPLETED):
            return Type.BOOLEAN
        case SequenceMeasure(output=Output.STEP | Output.COMPLETIONS):
            return Type.INTEGER
        case SequenceMeasure(output=Output.FIRST_AT | Output.LAST_AT):
            return Type.TIMESTAMP
        case SequenceMeasure():
            return Type.DURATION
        case Computed():
            return measure.type


def nullable(measure: Measure) -> bool:
    """Whether the value can be null."""
    match measure:
        case EventMeasure(aggregation):
            return aggregation not in ZERO
        case SequenceMeasure(output=output):
            return output not in (Output.COMPLETED, Output.STEP, Output.COMPLETIONS)
        case AttributeValue() | AttributeTenure() | Computed():
            return True


def measures_in(measure: Measure) -> tuple[Measure, ...]:
    """A measure and all that it is computed from, inputs first."""
    if isinstance(measure, Computed):
        return (*(inner for _, one in measure.inputs for inner in measures_in(one)), measure)
    return (measure,)


def windows_lengths(window: Window) -> tuple[Duration, ...]:
    """The lengths that a window spans backwards from `as_of`."""
    match window:
        case InTheLast(length):
            return (length,)
        case BetweenAgo(far, _):
            return (far,)
        case Ever() | WithinFirst() | Anchored():
            return ()
