"""What commands do alike that ask the warehouse who would have been a member of segments, in order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Generic, TypeVar

from segpy.diagnostics.model import Diagnostic
from segpy.measure.extra import missing
from segpy.pipeline import Compiled, planned
from segpy.plan.model import Plan
from segpy.plan.model_panel import PanelPlan
from segpy.plan.model_results import ResultTable, Row
from segpy.resolve.model import Bound
from segpy.saving import saved
from segpy.sql.until import until_sql
from segpy.warehouse.model import Target
from segpy.warehouse.model_until import Until
from segpy.warehouse.run import parse
from segpy.warehouse.until import until

_HOUR = timedelta(hours=1)
P = TypeVar("P")
F = TypeVar("F")


@dataclass(frozen=True, slots=True)
class Misused:
    """Why nothing is asked, in words: a mistake of who asked."""

    words: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """A segment that was asked for and is none of those that there are."""

    name: str
    known: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asking:
    """A project whose specs hold, its warehouse, what dbt is told besides, and whom progress is told."""

    plan: Plan
    adapter: str | None
    where: Target
    manifest: Any
    variables: dict[str, object]
    on_progress: Callable[[str], None]

    @property
    def grain(self) -> str:
        """Between which instants there are none: `day` or `hour`."""
        return self.plan.bound.settings.grain.value

    @property
    def remembering(self) -> frozenset[str]:
        """The segments with rules of membership that ask what earlier runs found."""
        return frozenset(one.name for one in self.plan.bound.segments if one.remembers)

    def until(self, panel: PanelPlan) -> Until | Diagnostic:
        """The instant of a run now, and when the last event before it was."""
        return until(self.where, self.manifest, until_sql(panel, self.adapter), self.variables)


@dataclass(frozen=True, slots=True)
class Answered(Generic[F]):
    """What the warehouse told of all that was asked."""

    asking: Asking
    found: tuple[F, ...]

    def saved(self, table: ResultTable, rows: Sequence[Row]) -> str | Diagnostic | None:
        """The model that has these rows now, or what stood against it."""
        one = self.asking
        return saved(one.plan, one.adapter, one.where, one.manifest, table, rows)


def answered(
    project: tuple[Path, Path | None, str | None],
    where: Target,
    variables: dict[str, object],
    on_progress: Callable[[str], None],
    plans: Callable[[Bound], Sequence[P] | Misused | Unknown],
    answer: Callable[[Asking, P], Sequence[F] | Misused | Diagnostic],
) -> tuple[Compiled, Answered[F] | Misused | Unknown | Diagnostic | None]:
    """What is planned of a project's specs, asked part by part; None where they do not hold.

    A project is its folder, that of its profiles and its target.
    """
    compiled, plan, adapter = planned(*project)
    if plan is None or compiled.failed:
        return compiled, None
    wanted = plans(plan.bound)
    if isinstance(wanted, Misused | Unknown):
        return compiled, wanted
    if lacking := missing():
        return compiled, lacking[0]
    manifest = parse(where, variables)
    if isinstance(manifest, Diagnostic):
        return compiled, manifest
    asking = Asking(plan, adapter, where, manifest, variables, on_progress)
    found: list[F] = []
    for one in wanted:
        part = answer(asking, one)
        if isinstance(part, Misused | Diagnostic):
            return compiled, part
        found += part
    return compiled, Answered(asking, tuple(found))


def refused(bound: Bound, segments: Sequence[str], *, save: bool, tells: str) -> Misused | Unknown | None:
    """Why these segments cannot be asked about; `tells` are the words for what tells of few people."""
    if save and bound.settings.min_cell_size is not None:
        return Misused(f"with `min_cell_size` nothing is saved: {tells} of few people, and tables do not")
    known = tuple(one.name for one in bound.segments)
    unknown = next((name for name in segments if name not in known), None)
    return None if unknown is None else Unknown(unknown, known)


def known_until(until: Until, grain: str) -> datetime:
    """Up to when all that happened is known: the run now, or the end of the day or hour of the last event before it.

    Where events stopped coming, a horizon after them is not over, whatever the clock says.
    """
    if until.last_at is None:
        return until.as_of
    length = timedelta(days=1) if grain == "day" else _HOUR
    start = until.last_at.replace(minute=0, second=0, microsecond=0, hour=0 if grain == "day" else until.last_at.hour)
    return min(until.as_of, start + length)
