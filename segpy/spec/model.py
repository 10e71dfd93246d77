"""A spec as written: nothing resolved, every value with its place."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TypeAlias

from segpy.diagnostics.model import Span
from segpy.spec.expression import Type
from segpy.spec.model_examples import Example
from segpy.spec.model_experiments import Experiment, Outcome, SharedHoldout
from segpy.spec.model_measures import Measure
from segpy.spec.model_values import Column, Length, Name, Relation, SqlText, Value


class Population(Enum):
    """Who exists: those with a row of attributes, those with an event, or either."""

    ATTRIBUTES = "attributes"
    EVENTS = "events"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Attributes:
    """The relation that says what is known of an entity; with `valid_from` and `valid_to` its rows are versions."""

    relation: Relation
    columns: tuple[Column, ...]
    valid_from: Name | None
    valid_to: Name | None


@dataclass(frozen=True, slots=True)
class Members:
    """The entities that belong to one: those whose attribute `by` is its key."""

    entity: Name
    by: Name


@dataclass(frozen=True, slots=True)
class Entity:
    """Somebody or something that segments are about."""

    name: Name
    key: Name
    key_type: Type
    attributes: Attributes | None
    start: Name | None
    population: Population | None
    consent: Name | None
    members: Members | None
    suppressed: Name | None = None


@dataclass(frozen=True, slots=True)
class Stream:
    """A relation with one row an event."""

    name: Name
    relation: Relation
    entities: tuple[tuple[Name, Name], ...]
    occurred_at: Name
    id: Name | None
    order: Name | None
    event: Name | None
    properties: tuple[Column, ...]
    loaded_at: Name | None


@dataclass(frozen=True, slots=True)
class Event:
    """A named kind of event: rows of a stream."""

    name: Name
    stream: Name
    values: tuple[Value, ...]
    where: SqlText | None
    description: str


class Relop(Enum):
    """Comparison keys."""

    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    MORE_THAN = "more_than"
    LESS_THAN = "less_than"
    EXACTLY = "exactly"
    BETWEEN = "between"
    IN = "in"
    IS_NULL = "is_null"


@dataclass(frozen=True, slots=True)
class Comparison:
    """One comparison key with its value or values."""

    relop: Relop
    values: tuple[Value, ...]
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Test:
    """A measure compared."""

    measure: Measure
    comparisons: tuple[Comparison, ...]
    or_never: bool
    name: Name | None
    never_span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class InSegment:
    """Whether the entity is in another segment."""

    segment: Name
    negated: bool


class Logic(Enum):
    """How conditions are put together."""

    ALL = "all"
    ANY = "any"
    NONE = "none"
    AT_LEAST_OF = "at_least_of"


@dataclass(frozen=True, slots=True)
class Group:
    """Conditions under one logic key; `least` only counts for `at_least_of`."""

    logic: Logic
    conditions: tuple[Condition, ...]
    least: int
    span: Span = field(compare=False)


Condition: TypeAlias = Test | InSegment | Group


@dataclass(frozen=True, slots=True)
class Size:
    """Bounds of a segment's size: members, or shares of the population between 0 and 1."""

    at_least: int | None
    at_most: int | None
    at_least_share: float | None
    at_most_share: float | None
    within: float | None = None


@dataclass(frozen=True, slots=True)
class Eligible:
    """Who can be a member at all: those known for at least so long."""

    min_tenure: Length


class Reentry(Enum):
    """Whether somebody who left may enter again."""

    ALLOWED = "allowed"
    NEVER = "never"


class OnChange(Enum):
    """What becomes of open episodes when a segment's meaning changes."""

    RESTART = "restart"
    CARRY = "carry"


@dataclass(frozen=True, slots=True)
class Membership:
    """How entering and leaving become episodes."""

    minimum_stay: Length | None
    grace: Length | None
    expires: Length | None
    collapse_gap: Length | None
    reentry: Reentry
    on_change: OnChange
    span: Span = field(compare=False)

    @property
    def remembers(self) -> bool:
        """Whether flags depend on earlier runs. How episodes are counted and carried over does not by itself."""
        lengths = (self.minimum_stay, self.grace, self.expires)
        return self.reentry is Reentry.NEVER or any(one is not None for one in lengths)


@dataclass(frozen=True, slots=True)
class Playbook:
    """What is done with a member. `details` keeps every key as written, in order."""

    respond_within: Length | None
    details: tuple[tuple[str, str], ...]
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment as written. `condition` is None where only `extends` says who is in."""

    name: Name
    entity: Name
    description: str
    stage: str | None
    owner: str | None
    extends: Name | None
    condition: Condition | None
    eligible: Eligible | None
    membership: Membership | None
    playbook: Playbook | None
    size: Size | None
    version: int
    examples: tuple[Example, ...] = ()
    experiment: Experiment | None = None


@dataclass(frozen=True, slots=True)
class Feature:
    """A named measure."""

    name: Name
    entity: Name | None
    measure: Measure
    description: str


@dataclass(frozen=True, slots=True)
class ExclusiveGroup:
    """Segments of which an entity is in at most one, first match first."""

    name: Name
    segments: tuple[Name, ...]


class Grain(Enum):
    """How finely `as_of` is truncated."""

    DAY = "day"
    HOUR = "hour"


class Explanations(Enum):
    """How `segment_explanations` is made, if it is."""

    VIEW = "view"
    TABLE = "table"
    NONE = "none"


class SemanticLayer(Enum):
    """What dbt's semantic layer is told: nothing, the metrics, or these and the calendar that it wants besides."""

    NONE = "none"
    METRICS = "metrics"
    METRICS_AND_TIME_SPINE = "metrics_and_time_spine"


@dataclass(frozen=True, slots=True)
class Semantics:
    """What dbt's semantic layer is told, and where that is written."""

    layer: SemanticLayer = SemanticLayer.NONE
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Portfolio:
    """Limits on the segments as a whole. `require` names keys that every segment must have.

    `max_overlap` is a part of those in either of two segments, from 0 to 1, that may be in both. `value` names features
    that tell what somebody is worth, one of an entity. `max_drift` is an index of population stability.
    """

    max_segments: int | None = None
    require: tuple[str, ...] = ()
    max_overlap: float | None = None
    value: tuple[Name, ...] = ()
    max_drift: float | None = None
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Privacy:
    """The smallest count that is told, and the personal columns that generated tables may hold, as `entity.column`."""

    min_cell_size: int | None = None
    publish: tuple[Name, ...] = ()


@dataclass(frozen=True, slots=True)
class Settings:
    """The project's settings, with their defaults."""

    dialect: tuple[Name, ...] = ()
    grain: Grain = Grain.DAY
    models_path: str = "models/segpy"
    name_prefix: str = ""
    timezone: Name | None = None
    retention: Length | None = None
    lateness: Length | None = None
    explanations: Explanations = Explanations.VIEW
    portfolio: Portfolio = Portfolio()
    semantic_layer: Semantics = Semantics()
    privacy: Privacy = Privacy()


@dataclass(frozen=True, slots=True)
class Spec:
    """Everything written in all files of a project, in the order of their names."""

    settings: Settings
    entities: tuple[Entity, ...]
    streams: tuple[Stream, ...]
    events: tuple[Event, ...]
    features: tuple[Feature, ...]
    segments: tuple[Segment, ...]
    groups: tuple[ExclusiveGroup, ...]
    holdouts: tuple[SharedHoldout, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
