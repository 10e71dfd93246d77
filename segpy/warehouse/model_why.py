"""Why somebody is in a segment, or is not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import TypeAlias

from segpy.plan.model import SegmentPlan, SequencePlan
from segpy.plan.model_explained import Line

Value: TypeAlias = float | str | bool | datetime | None


@dataclass(frozen=True, slots=True)
class Happened:
    """An event of the one that is asked about. `flags` are those that hold; values are texts, by column."""

    at: datetime
    order: int | None
    label: str
    flags: frozenset[str]
    values: tuple[tuple[str, str | None], ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """An event as people are told of it: what it is to the segments, and its known properties."""

    at: datetime
    words: tuple[str, ...]
    properties: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ConditionMet:
    """A condition, what its value is, and whether it speaks for membership."""

    line: Line
    value: Value
    passed: bool


class Kind(Enum):
    """Why an attempt went no further, or has not yet.

    The next event came too late after the step before, too soon after it, or too long after the first one; something
    unwanted came between; too few of what the step takes came, or none; only such with other values of `same`, or with
    none; what must not follow did; or nothing is the matter yet.
    """

    TOO_LATE = "too_late"
    TOO_SOON = "too_soon"
    TOO_LONG = "too_long"
    BETWEEN = "between"
    TOO_FEW = "too_few"
    NEVER = "never"
    OUTSIDE = "outside"
    OTHER_VALUE = "other_value"
    FOLLOWED = "followed"


@dataclass(frozen=True, slots=True)
class Broken:
    """One thing that an attempt went no further for.

    `at` is when that was, `seconds` how far off, and `words` which event. `found` of `wanted` came. Of what lay
    between, `came` is when the step would have been done, if it came that far.
    """

    kind: Kind
    at: datetime | None = None
    seconds: float | None = None
    words: str = ""
    found: int = 0
    wanted: int = 0
    came: datetime | None = None


class Standing(Enum):
    """Where an attempt stands."""

    COMPLETED = "completed"
    WAITING = "waiting"  # it can go on still
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Attempt:
    """The attempt at a sequence that got furthest: of the steps done, the events that they took.

    Of a `waiting` one `opens` and `until` tell when it can go on; `until` itself is too late where `closes`.
    """

    steps: tuple[tuple[Happened, ...], ...]
    standing: Standing
    broken: tuple[Broken, ...] = ()
    missing: tuple[str, ...] = ()
    opens: datetime | None = None
    until: datetime | None = None
    closes: bool = False


@dataclass(frozen=True, slots=True)
class SequenceTried:
    """A sequence that a segment looks at, and the attempt that got furthest; None where that cannot be told.

    `positions` are those of the conditions that ask whether it was completed.
    """

    sequence: SequencePlan
    attempt: Attempt | None
    positions: frozenset[int]


@dataclass(frozen=True, slots=True)
class Judged:
    """A segment, and how the one that is asked about stands to it."""

    segment: SegmentPlan
    is_member: bool
    missed: int
    conditions: tuple[ConditionMet, ...]
    sequences: tuple[SequenceTried, ...]


@dataclass(frozen=True, slots=True)
class Episode:
    """A membership; the last is open where it has not ended."""

    segment: str
    number: int
    entered_at: datetime
    exited_at: datetime | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Runs:
    """The runs that history knows of, up to the instant."""

    number: int
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class Why:
    """All that is told of one entity at an instant.

    Events are the latest first; there are `more` where older ones were not read.
    """

    entity: str
    key: str
    as_of: datetime
    segments: tuple[Judged, ...]
    events: tuple[Seen, ...]
    more: bool
    episodes: tuple[Episode, ...]
    runs: Runs | None


@dataclass(frozen=True, slots=True)
class WhyAsked:
    """What somebody asks: a key, perhaps of an entity, about a segment or all, at an instant or now."""

    key: str
    segment: str | None
    entity: str | None
    as_of: str | None

    def entity_among(self, segments: Sequence[tuple[str, str]]) -> str | None:
        """Whose key it is, given pairs of segments and their entities; None where that is not known."""
        entities = {entity for name, entity in segments if self.segment in (None, name)}
        if self.entity is not None:
            entities &= {self.entity}
        return entities.pop() if len(entities) == 1 else None
