"""What the warehouse tells of a portfolio, for the monthly review: what its published tables tell, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

Reading: TypeAlias = Callable[[str], None]
"""Told the name of each model before it is read."""


@dataclass(frozen=True, slots=True)
class ReviewModels:
    """The models to read. None where a project has none of the kind: that is no finding."""

    sizes: str
    catalog: str
    attrition: str
    audiences: str
    moves: str | None
    holdouts: str | None
    assignments: str | None
    overlap: str | None = None
    pareto: str | None = None
    monitors: str | None = None
    candidates: str | None = None
    backtests: str | None = None
    statistics: str | None = None


@dataclass(frozen=True, slots=True)
class SizeRow:
    """A segment at a run. A count is None where it is withheld."""

    segment: str
    as_of: datetime
    members: int | None
    population: int | None
    entered: int | None
    exited: int | None
    withheld: bool


@dataclass(frozen=True, slots=True)
class FlowRow:
    """Who came and who left in all runs since the one that is compared with. None where part of it is withheld."""

    segment: str
    entered: int | None
    exited: int | None


@dataclass(frozen=True, slots=True)
class CatalogRow:
    """A segment as it was built: its meaning's hash, and its definition in one sentence."""

    segment: str
    content_hash: str
    definition: str


@dataclass(frozen=True, slots=True)
class AttritionRow:
    """A rule of a segment; position 0 is the whole population. A count is None where it is withheld."""

    segment: str
    position: int
    description: str
    remaining: int | None
    passing: int | None
    failing_only: int | None


@dataclass(frozen=True, slots=True)
class MoveRow:
    """How many moved between two segments of an exclusive group; None is outside of it.

    Of runs whose moves are withheld there is one row without segments and number.
    """

    group: str
    before: str | None
    after: str | None
    entities: int | None
    withheld: bool


@dataclass(frozen=True, slots=True)
class AssignedRow:
    """How many one hold-out assigned to each arm, and how many it was to hold out by the limits of those days."""

    holdout: str
    entity: str
    salt: str
    held_out: int
    treated: int
    expected: float


@dataclass(frozen=True, slots=True)
class TogetherRow:
    """Whoever two hold-outs assigned, by whether the first and the second hold them out."""

    first: str
    second: str
    both: int
    first_only: int
    second_only: int
    neither: int


@dataclass(frozen=True, slots=True)
class AudienceRow:
    """How many members of a segment may be written to; None where that is withheld."""

    segment: str
    people: int | None


@dataclass(frozen=True, slots=True)
class OverlapRow:
    """Two segments of an entity that share people; a number is None where it is withheld."""

    segment: str
    other: str
    in_both: int | None
    in_either: int | None
    jaccard: float | None
    containment: float | None
    lift: float | None
    by_definition: str | None
    withheld: bool


@dataclass(frozen=True, slots=True)
class ParetoRow:
    """What the members of a segment are worth, by its place among those of its entity; shares are from 0 to 1."""

    entity: str
    place: int
    segment: str
    feature: str
    members: int
    value: float
    share: float | None
    cumulative: float | None
    kings: int
    all_kings_inside: int
    all_kings: int


@dataclass(frozen=True, slots=True)
class MonitorRow:
    """How a segment fared in the four weeks before: who left of how many days of members; who is to be answered.

    A number is None where it is withheld; `due` and `overdue` also where no playbook says until when.
    """

    segment: str
    exited: int | None
    member_days: float | None
    due: int | None
    overdue: int | None
    withheld: bool


@dataclass(frozen=True, slots=True)
class CandidateRow:
    """A reason to merge a segment with another, or to prune it: its name in the table, and in words."""

    segment: str
    reason: str
    words: str


@dataclass(frozen=True, slots=True)
class DriftFigure:
    """A figure of a comparison of members, by the name that it has in the table."""

    as_of: datetime
    segment: str
    feature: str
    first_at: datetime
    last_at: datetime
    figure: str
    estimate: float | None


@dataclass(frozen=True, slots=True)
class BacktestRow:
    """A figure of a look back over all instants, by the name that it has in the table."""

    as_of: datetime
    segment: str
    outcome: str
    first_at: datetime
    last_at: datetime
    instants: int
    horizon: str
    figure: str
    n: int
    estimate: float | None
    low: float | None
    high: float | None
    confidence: float
    status: str


@dataclass(frozen=True, slots=True)
class Unread:
    """A model that could not be read, and why."""

    model: str
    why: str


@dataclass(frozen=True, slots=True)
class Review:
    """All of it as of the last run. `since` is the run it is compared with: a month before, or the first; None of one.

    `runs` are all instants in history, `sizes` those of the instants that were asked for.
    """

    as_of: datetime
    since: datetime | None
    runs: tuple[datetime, ...]
    sizes: tuple[SizeRow, ...]
    flows: tuple[FlowRow, ...]
    catalog: tuple[CatalogRow, ...]
    attrition: tuple[AttritionRow, ...]
    moves: tuple[MoveRow, ...]
    assigned: tuple[AssignedRow, ...]
    together: tuple[TogetherRow, ...]
    audiences: tuple[AudienceRow, ...]
    overlap: tuple[OverlapRow, ...] = ()
    pareto: tuple[ParetoRow, ...] = ()
    monitors: tuple[MonitorRow, ...] = ()
    candidates: tuple[CandidateRow, ...] = ()
    backtests: tuple[BacktestRow, ...] = ()
    compared: tuple[DriftFigure, ...] = ()
    unread: tuple[Unread, ...] = ()
