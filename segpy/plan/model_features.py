"""What is measured of an entity: branches over its events, and the columns of the features model."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from segpy.plan.model_events import Selection
from segpy.resolve.model import Comparison
from segpy.resolve.model_events import Property
from segpy.resolve.model_measures import Aggregation, Detail, Window
from segpy.spec.duration import Duration
from segpy.spec.expression import Expression, Type
from segpy.spec.model_measures import Output


@dataclass(frozen=True, slots=True)
class Anchor:
    """The n-th (0: last) occurrence of an event, one row an entity."""

    name: str
    selection: Selection
    nth: int
    words: str


@dataclass(frozen=True, slots=True)
class BranchColumn:
    """One aggregate of a branch, over the column `value` where it has one. `detail` is what only some have."""

    name: str
    aggregation: Aggregation
    type: Type
    value: str | None
    window: Window
    detail: Detail | None


class Way(Enum):
    """How a branch comes from events to values.

    `PLAIN` aggregates the events as they are, `EACH` each value or calendar unit once; the others look at events, or
    units, beside each other. In `STREAKS`, `BURSTS` and `PERIODS` all columns have one window.
    """

    PLAIN = "plain"
    EACH = "each"
    FIRST = "first"
    LAST = "last"
    FREQUENCY = "frequency"
    GAPS = "gaps"
    STREAKS = "streaks"
    BURSTS = "bursts"
    PERIODS = "periods"


@dataclass(frozen=True, slots=True)
class Branch:
    """Aggregates over one atom's events, one row an entity. Units of the calendar are those in `zone`.

    `ordered` where events of one instant are told apart by the `order` of a stream.

    `anchor` is the anchor that the windows are measured from, `start` the attribute that they are; else `as_of`.
    """

    name: str
    selection: Selection
    way: Way
    zone: str | None
    ordered: bool
    anchor: Anchor | None
    start: str | None
    columns: tuple[BranchColumn, ...]
    serves: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FromBranch:
    """A column of a branch; `zero` where nothing counts as 0."""

    branch: str
    column: str
    zero: bool


@dataclass(frozen=True, slots=True)
class FromAttribute:
    """An attribute's value, or with `tenure` the seconds since it."""

    attribute: Property
    tenure: bool


@dataclass(frozen=True, slots=True)
class FromSequence:
    """An output of a sequence."""

    sequence: str
    output: Output
    step: int


@dataclass(frozen=True, slots=True)
class FromMembers:
    """How many members are in a segment, a column of their `model`; with `every` whether there are any, and all are."""

    segment: str
    model: str
    every: bool


@dataclass(frozen=True, slots=True)
class FromColumns:
    """An expression over other columns of the features model; `depth` is 1 more than the deepest of them."""

    expression: Expression
    columns: tuple[tuple[str, str], ...]
    depth: int


@dataclass(frozen=True, slots=True)
class FromRates:
    """The rate of one column over its length of time by the rate of another over its own."""

    recent: str
    recent_length: Duration
    baseline: str
    baseline_length: Duration
    depth: int


@dataclass(frozen=True, slots=True)
class FromRank:
    """The rank by another column, from 0 to 1; of equal values by the key."""

    column: str
    depth: int


@dataclass(frozen=True, slots=True)
class FromVerdict:
    """Whether a hidden column passes these comparisons; unknown where that is not known, unless `or_never`."""

    column: str
    comparisons: tuple[Comparison, ...]
    or_never: bool
    depth: int


Derived: TypeAlias = FromColumns | FromRates | FromRank | FromVerdict
"""What is made of other columns of the features model."""
Origin: TypeAlias = FromBranch | FromAttribute | FromSequence | FromMembers | Derived


@dataclass(frozen=True, slots=True)
class FeatureColumn:
    """A column of the features model. A `personal` one tells who somebody is; a `hidden` one is computed, not shown."""

    name: str
    type: Type
    origin: Origin
    description: str
    personal: bool = False
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class FeaturesPlan:
    """The features model: one row an entity."""

    model: str
    branches: tuple[Branch, ...]
    columns: tuple[FeatureColumn, ...]

    @property
    def shown(self) -> tuple[FeatureColumn, ...]:
        """The columns that the table has."""
        return tuple(one for one in self.columns if not one.hidden)
