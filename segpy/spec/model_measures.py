"""Measures as written: operands, windows, sequences."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TypeAlias

from segpy.diagnostics.model import Span
from segpy.spec.model_values import Length, Name, SqlText


class MeasureKey(Enum):
    """The measures, by the key that writes them."""

    COUNT = "count"
    COUNT_DISTINCT = "count_distinct"
    SUM = "sum"
    AVG = "avg"
    MIN = "min"
    MAX = "max"
    ACTIVE_DAYS = "active_days"
    RECENCY = "recency"
    TENURE = "tenure"
    ATTRIBUTE = "attribute"
    FEATURE = "feature"
    EXPRESSION = "expression"
    SEQUENCE = "sequence"
    DID = "did"
    DID_NOT = "did_not"


@dataclass(frozen=True, slots=True)
class Operand:
    """`event`, `event.property`, an attribute or a feature."""

    name: Name
    property: Name | None = None


class Side(Enum):
    """On which side of its anchor a window lies."""

    AFTER = "after"
    BEFORE = "before"


@dataclass(frozen=True, slots=True)
class Ever:
    """No bound but `as_of` and retention."""


@dataclass(frozen=True, slots=True)
class InTheLast:
    """`[as_of - length, as_of)`"""

    length: Length


@dataclass(frozen=True, slots=True)
class BetweenAgo:
    """`[as_of - far, as_of - near)`"""

    far: Length
    near: Length


@dataclass(frozen=True, slots=True)
class WithinFirst:
    """`[start, start + length)` of the entity's own start."""

    length: Length


@dataclass(frozen=True, slots=True)
class Anchored:
    """After: `(anchor, anchor + within]`; before: `[anchor - within, anchor)`. `nth` 0 stands for the last."""

    side: Side
    event: Name
    where: SqlText | None
    nth: int
    within: Length | None


Window: TypeAlias = Ever | InTheLast | BetweenAgo | WithinFirst | Anchored


@dataclass(frozen=True, slots=True)
class Excluded:
    """An event that must not stand between two steps."""

    event: Name
    where: SqlText | None


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a sequence."""

    event: Name
    where: SqlText | None
    times: int
    within: Length | None
    without: tuple[Excluded, ...]
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Sequence:
    """Events in order."""

    steps: tuple[Step, ...]
    complete_within: Length | None
    in_the_last: Length | None
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure as written. `operand` is what its key demands; `window_span` is where a window was written."""

    key: MeasureKey
    operand: Operand | SqlText | Sequence
    window: Window
    where: SqlText | None
    span: Span = field(compare=False)
    window_span: Span | None = field(compare=False)
