"""A spec with every name resolved and every type known. Spans and descriptions take no part in equality."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TypeAlias

from segpy.diagnostics.model import Span
from segpy.spec.duration import Duration
from segpy.spec.expression import Expression, Literal, Type
from segpy.spec.model import Grain, Logic, Population, Portfolio, Relation, Relop, Side


@dataclass(frozen=True, slots=True)
class Property:
    """A typed column of a stream or of an entity's attributes."""

    name: str
    type: Type


@dataclass(frozen=True, slots=True)
class Stream:
    """A relation with one row an event. `keys` are the entities it serves and their key columns."""

    name: str
    relation: Relation
    occurred_at: str
    id: str | None
    event: str | None
    keys: tuple[tuple[str, str], ...] = field(compare=False)
    properties: tuple[Property, ...] = field(compare=False)


@dataclass(frozen=True, slots=True)
class Event:
    """Rows of a stream: those whose event column is one of `values` (all where empty) and that pass `where`."""

    name: str
    stream: Stream
    values: tuple[str, ...]
    where: Expression | None
    description: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Atom:
    """An event, narrowed by a measure's own `where`: the smallest thing that is counted."""

    event: Event
    where: Expression | None


@dataclass(frozen=True, slots=True)
class Entity:
    """Whom segments are about."""

    name: str
    key: str
    key_type: Type
    relation: Relation | None
    attributes: tuple[Property, ...]
    start: str | None
    population: Population
    streams: tuple[Stream, ...]


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


ZERO = frozenset({Aggregation.COUNT, Aggregation.COUNT_DISTINCT, Aggregation.SUM, Aggregation.ACTIVE_DAYS})
"""Aggregations that are 0 rather than null where nothing qualifies."""


@dataclass(frozen=True, slots=True)
class EventMeasure:
    """An aggregate over an atom's events in a window."""

    aggregation: Aggregation
    atom: Atom
    property: Property | None
    window: Window
    window_span: Span | None = field(compare=False)


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


class Output(Enum):
    """What a sequence measures."""

    COMPLETED = "completed"
    STEP = "step"
    COMPLETIONS = "completions"
    FIRST_AT = "first_at"
    LAST_AT = "last_at"
    SECONDS = "seconds"
    FASTEST_SECONDS = "fastest_seconds"
    STEP_SECONDS = "step_seconds"


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


@dataclass(frozen=True, slots=True)
class Comparison:
    """A comparison key with its typed values."""

    relop: Relop
    values: tuple[Literal, ...]


@dataclass(frozen=True, slots=True)
class Test:
    """A measure compared; without comparisons a boolean measure speaks for itself."""

    measure: Measure
    comparisons: tuple[Comparison, ...]
    or_never: bool
    name: str | None = field(compare=False)
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class InSegment:
    """Whether the entity is in another segment."""

    segment: str
    negated: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Conditions under one logic key."""

    logic: Logic
    conditions: tuple[Condition, ...]
    least: int


Condition: TypeAlias = Test | InSegment | Group


@dataclass(frozen=True, slots=True)
class Feature:
    """A column of the features table. `written` is the name in the spec that declares it."""

    name: str
    entity: str
    measure: Measure
    written: str
    description: str
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Size:
    """Bounds of a segment's size: members, or shares of the population between 0 and 1."""

    at_least: int | None
    at_most: int | None
    at_least_share: float | None
    at_most_share: float | None


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment. `group` is the exclusive group it is in; `playbook` its keys as written."""

    name: str
    entity: str
    description: str
    stage: str | None
    owner: str | None
    extends: str | None
    condition: Condition | None
    playbook: tuple[tuple[str, str], ...]
    size: Size | None
    version: int
    group: str | None
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class ExclusiveGroup:
    """Segments of one entity, first match first."""

    name: str
    entity: str
    segments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Settings:
    """The project's settings."""

    dialect: str
    dialect_span: Span | None = field(compare=False)
    grain: Grain
    models_path: str
    name_prefix: str
    retention: Duration | None
    portfolio: Portfolio


@dataclass(frozen=True, slots=True)
class Bound:
    """Everything that is to be computed, with nothing left to look up. Ordered by name."""

    settings: Settings
    entities: tuple[Entity, ...]
    features: tuple[Feature, ...]
    segments: tuple[Segment, ...]
    groups: tuple[ExclusiveGroup, ...]

    def entity(self, name: str) -> Entity:
        """The entity of that name, which exists."""
        return next(entity for entity in self.entities if entity.name == name)


def tests_of(condition: Condition | None) -> tuple[Test, ...]:
    """Every test below a condition, in the order written."""
    match condition:
        case None | InSegment():
            return ()
        case Test():
            return (condition,)
        case Group(_, conditions):
            return tuple(test for part in conditions for test in tests_of(part))


def segments_of(condition: Condition | None) -> tuple[str, ...]:
    """Every segment that a condition looks at, in the order written."""
    match condition:
        case None | Test():
            return ()
        case InSegment(segment):
            return (segment,)
        case Group(_, conditions):
            return tuple(name for part in conditions for name in segments_of(part))


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
