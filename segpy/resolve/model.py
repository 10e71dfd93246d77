"""A spec with every name resolved and every type known. Spans and descriptions take no part in equality."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeAlias

from segpy.diagnostics.model import Span
from segpy.resolve.model_events import Entity, Event
from segpy.resolve.model_examples import Example
from segpy.resolve.model_experiments import EntityOutcome, Experiment, Holdout
from segpy.resolve.model_measures import Measure, MembersIn, measures_in
from segpy.spec.duration import Duration
from segpy.spec.expression import Literal
from segpy.spec.model import Explanations, Grain, Logic, Membership, Portfolio, Relop, Semantics
from segpy.spec.model_values import Length


@dataclass(frozen=True, slots=True)
class Comparison:
    """A comparison key with its typed values."""

    relop: Relop
    values: tuple[Literal, ...]
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Test:
    """A measure compared; without comparisons a boolean measure speaks for itself.

    `never_span` is where `or_never` is written, if it is.
    """

    measure: Measure
    comparisons: tuple[Comparison, ...]
    or_never: bool
    name: str | None = field(compare=False)
    span: Span = field(compare=False)
    never_span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class InSegment:
    """Whether the entity is in another segment."""

    segment: str
    negated: bool
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Group:
    """Conditions under one logic key."""

    logic: Logic
    conditions: tuple[Condition, ...]
    least: int
    span: Span | None = field(default=None, compare=False)


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
    within: float | None = None


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment. `group` is the exclusive group it is in; `playbook` its keys as written.

    With `eligible`, the first of its conditions is that somebody is: a group with this one test.
    """

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
    extends_span: Span | None = field(default=None, compare=False)
    respond_within: Length | None = field(default=None, compare=False)
    membership: Membership | None = field(default=None, compare=False)
    eligible: bool = field(default=False, compare=False)

    @property
    def remembers(self) -> bool:
        """Whether who is in it depends on who was before."""
        return self.membership is not None and self.membership.remembers

    @property
    def acting(self) -> str | None:
        """Who acts on its members: who the playbook says, else who answers for the segment."""
        return dict(self.playbook).get("owner") or self.owner

    @property
    def played(self) -> str:
        """Its playbook on one line."""
        return "; ".join(f"{key}: {value}" for key, value in self.playbook)


@dataclass(frozen=True, slots=True)
class ExclusiveGroup:
    """Segments of one entity, first match first."""

    name: str
    entity: str
    segments: tuple[str, ...]


MEANING_DIGITS = 8
"""How many digits of a hash of its meaning stand behind the name of a kept table in the warehouse."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The project's settings. Where there are several dialects, examples run in the first.

    `models_grouped` where the dbt project itself puts models into groups.
    """

    dialects: tuple[str, ...]
    dialect_spans: tuple[Span | None, ...] = field(compare=False)
    grain: Grain
    models_path: str
    macros_path: str
    name_prefix: str
    retention: Duration | None
    lateness: Duration | None
    timezone: str
    explanations: Explanations
    portfolio: Portfolio
    semantics: Semantics = field(default_factory=Semantics)
    models_grouped: bool = False
    min_cell_size: int | None = None


@dataclass(frozen=True, slots=True)
class Bound:
    """Everything that is to be computed, with nothing left to look up. Ordered by name."""

    settings: Settings
    entities: tuple[Entity, ...]
    features: tuple[Feature, ...]
    segments: tuple[Segment, ...]
    groups: tuple[ExclusiveGroup, ...]
    examples: tuple[Example, ...] = ()
    holdouts: tuple[Holdout, ...] = ()
    experiments: tuple[Experiment, ...] = ()
    values: tuple[Feature, ...] = ()
    outcomes: tuple[EntityOutcome, ...] = ()
    events: tuple[Event, ...] = ()

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


def segments_of_members(condition: Condition | None) -> tuple[str, ...]:
    """The segments of its members that a condition asks about, by name."""
    return segments_counted(test.measure for test in tests_of(condition))


def segments_counted(measures: Iterable[Measure]) -> tuple[str, ...]:
    """The segments of its members that measures of an entity ask about, by name."""
    inner = (one for measure in measures for one in measures_in(measure))
    return tuple(sorted({one.segment for one in inner if isinstance(one, MembersIn)}))
