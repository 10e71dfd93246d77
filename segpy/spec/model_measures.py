"""Measures as written: operands, windows, sequences."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TypeAlias

from segpy.diagnostics.model import Span
from segpy.spec.model_values import Length, Name, SqlText, Value

ANY = "any"
"""Stands for every event of the entity where an event is named."""


class MeasureKey(Enum):
    """The measures, by the key that writes them. From `DID` on they are conditions by themselves."""

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
    RATIO = "ratio"
    CHANGE = "change"
    PERCENTILE = "percentile"
    ATTRIBUTE = "attribute"
    FEATURE = "feature"
    EXPRESSION = "expression"
    SEQUENCE = "sequence"
    MEMBERS_IN = "members_in"
    DID = "did"
    DID_NOT = "did_not"
    ANY_MEMBER_IN = "any_member_in"
    ALL_MEMBERS_IN = "all_members_in"
    NO_MEMBER_IN = "no_member_in"


@dataclass(frozen=True, slots=True)
class Operand:
    """One event, several, or `any`, perhaps with a property of theirs; or one attribute, feature or segment."""

    names: tuple[Name, ...]
    prop: Name | None
    span: Span = field(compare=False)

    @property
    def name(self) -> Name:
        """The first name, which most operands have only."""
        return self.names[0]


@dataclass(frozen=True, slots=True)
class Narrowed:
    """An event with what narrows it."""

    event: Operand
    where: SqlText | None


class Side(Enum):
    """On which side of its anchor a window lies."""

    AFTER = "after"
    BEFORE = "before"


@dataclass(frozen=True, slots=True)
class Ever:
    """No bound but `as_of` and retention."""


@dataclass(frozen=True, slots=True)
class InTheLast:
    """`[as_of - length, as_of)`; with `calendar` both edges moved back to the unit of `length`.

    Where they are `listed`, each length declares a feature.
    """

    lengths: tuple[Length, ...]
    calendar: bool = False
    listed: bool = False


@dataclass(frozen=True, slots=True)
class BetweenAgo:
    """`[as_of - far, as_of - near)`; with `calendar` each edge moved back to its own unit."""

    far: Length
    near: Length
    calendar: bool = False


@dataclass(frozen=True, slots=True)
class Fixed:
    """`[start, min(end, as_of))`, at least one of them written; both read in the project's time zone."""

    start: Value | None
    end: Value | None


@dataclass(frozen=True, slots=True)
class WithinFirst:
    """`[start, start + length)` of the entity's own start."""

    length: Length


@dataclass(frozen=True, slots=True)
class Anchored:
    """After: `(anchor, anchor + within]`; before: `[anchor - within, anchor)`. `nth` 0 stands for the last."""

    side: Side
    event: Operand
    where: SqlText | None
    nth: int
    within: Length | None


Window: TypeAlias = Ever | InTheLast | BetweenAgo | Fixed | WithinFirst | Anchored


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a sequence: one event, or with several `items` each of them once in any order."""

    items: tuple[Narrowed, ...]
    times: int
    within: Length | None
    after: Length | None
    without: tuple[Narrowed, ...]
    directly: bool
    span: Span = field(compare=False)


class Start(Enum):
    """Which occurrences of the first step count."""

    ANY = "any"
    FIRST = "first"
    LAST = "last"


class Ties(Enum):
    """How events at one instant are read: in the order of the steps, not at all, or by the stream's `order`."""

    ANY = "any"
    STRICT = "strict"
    ORDERED = "ordered"


@dataclass(frozen=True, slots=True)
class ThenWithout:
    """What must not follow a match, and for how long."""

    unwanted: Narrowed
    length: Length


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
    MATCHES = "matches"


@dataclass(frozen=True, slots=True)
class Sequence:
    """Events in order. `output` is what is asked of it (and of which step), where that is written."""

    steps: tuple[Step, ...]
    then_without: ThenWithout | None
    complete_within: Length | None
    in_the_last: Length | None
    same: tuple[Name, ...]
    ignore: tuple[Operand, ...]
    start: Start
    ties: Ties | None
    output: tuple[Output, int] | None
    span: Span = field(compare=False)
    ties_span: Span | None = field(default=None, compare=False)
    start_span: Span | None = field(default=None, compare=False)


class Statistic(Enum):
    """What a `gap` tells of the times between consecutive events."""

    AVG = "avg"
    STDDEV = "stddev"
    MAX = "max"
    LAST = "last"


@dataclass(frozen=True, slots=True)
class GapDetail:
    """Of `gap`."""

    statistic: Statistic


class CalendarUnit(Enum):
    """Units of the calendar."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class StreakKind(Enum):
    """Which streak counts."""

    LONGEST = "longest"
    CURRENT = "current"


@dataclass(frozen=True, slots=True)
class StreakDetail:
    """Of `streak`: up to `allow_gap` units in a row may lack the event."""

    unit: CalendarUnit
    kind: StreakKind
    allow_gap: int


@dataclass(frozen=True, slots=True)
class BurstDetail:
    """Of `burst`: the length of the rolling stretch."""

    per: Length


@dataclass(frozen=True, slots=True)
class DecayedDetail:
    """Of `decayed`."""

    half_life: Length


class ChangeAs(Enum):
    """How a recent rate is set against its baseline."""

    RATIO = "ratio"
    ZSCORE = "zscore"


@dataclass(frozen=True, slots=True)
class ChangeDetail:
    """Of `change`: `[as_of - recent, as_of)` against the `baseline` before it."""

    recent: Length
    baseline: Length
    kind: ChangeAs


Detail: TypeAlias = GapDetail | StreakDetail | BurstDetail | DecayedDetail | ChangeDetail


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure as written. `operand` is what its key demands; `window_span` is where a window was written."""

    key: MeasureKey
    operand: Operand | SqlText | Sequence | Measure | tuple[Measure, Measure]
    window: Window
    where: SqlText | None
    detail: Detail | None
    span: Span = field(compare=False)
    window_span: Span | None = field(compare=False)
