"""What `segpy stays` does, in order: reads how many stayed for how many weeks, and makes life tables of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from segpy.diagnostics.model import Diagnostic
from segpy.measure.extra import missing
from segpy.measure.half_life import half_life
from segpy.measure.hazard import life_table
from segpy.measure.model import Estimate, Interval, Status, withheld
from segpy.measure.model_time import HalfLife, LifeTable, Stay
from segpy.pipeline import Compiled, planned
from segpy.plan.model_results import STATISTICS, Row
from segpy.saving import figure_row, saved
from segpy.warehouse.model import Target
from segpy.warehouse.model_stays import StaysRead, WeekRow
from segpy.warehouse.run import parse
from segpy.warehouse.stays import stays_of


@dataclass(frozen=True, slots=True)
class Asked:
    """Which segments, or all; how sure intervals are to be; whether the table is to have it."""

    segments: tuple[str, ...]
    confidence: float
    save: bool = False


@dataclass(frozen=True, slots=True)
class Stayed:
    """How long the members of a segment stay: week by week since they entered, and after how many weeks half had left.

    `since` is the first run that knew the segment, None where none has: whoever was in at it is left out.
    """

    segment: str
    entity: str
    since: str | None
    table: LifeTable
    half_life: HalfLife

    @property
    def left(self) -> int:
        """How many memberships ended."""
        return sum(one.events for one in self.table.periods)


@dataclass(frozen=True, slots=True)
class Stays:
    """All segments asked for, as of the last run, None where there was none.

    `saved` is the table that has them now, where that was asked for, or what stood against it.
    """

    as_of: str | None
    confidence: float
    segments: tuple[Stayed, ...]
    saved: str | Diagnostic | None = None


def stays(
    project_dir: Path, profiles_dir: Path | None, target: str | None, where: Target, asked: Asked
) -> tuple[Compiled, Stays | Diagnostic | None]:
    """How long members stay; None where the specs do not hold, lack such a segment, or withhold small counts."""
    compiled, plan, adapter = planned(project_dir, profiles_dir, target)
    if plan is None or plan.portfolio is None or plan.portfolio.stays is None:
        return compiled, None
    entities = {one.name: one.entity for one in plan.bound.segments}
    if not set(asked.segments) <= set(entities):
        return compiled, None
    if lacking := missing():
        return compiled, lacking[0]
    manifest = parse(where, {})
    if isinstance(manifest, Diagnostic):
        return compiled, manifest
    read = stays_of(where, manifest, plan.portfolio.stays, plan.history.sizes)
    if isinstance(read, Diagnostic):
        return compiled, read
    told = [(name, entities[name]) for name in asked.segments or entities]
    found = Stays(read.as_of, asked.confidence, tuple(stayed(*one, read, asked.confidence) for one in told))
    if asked.save:
        found = replace(found, saved=saved(plan, adapter, where, manifest, STATISTICS, stays_rows(found)))
    return compiled, found


def stayed(segment: str, entity: str, read: StaysRead, confidence: float) -> Stayed:
    """The life table of a segment, of the counts of its weeks."""
    table = life_table(_memberships([one for one in read.weeks if one.segment == segment]), confidence)
    return Stayed(segment, entity, read.since.get(segment), table, half_life(table))


def _memberships(weeks: Sequence[WeekRow]) -> list[Stay]:
    """Who left in a week, and who was seen to its end and no further; all from their entry on."""
    return [
        Stay(0, one.week, happened, n) for one in weeks for happened, n in ((True, one.ended), (False, one.censored))
    ]


def figures(one: Stayed) -> list[tuple[str, str, Estimate]]:
    """Every figure of a segment's stays: its name, its place (all, or the number of a week) and what it is."""
    told = [("half_life_weeks", "all", _of_half(one)), ("leaving_rate", "all", one.table.rate)]
    for week in one.table.periods:
        told += [("hazard", str(week.period), week.hazard), ("survival", str(week.period), week.survival)]
    return told


def _of_half(one: Stayed) -> Estimate:
    """The half-life with its limits; no number where half have not left yet."""
    found = one.half_life
    if found.status is not Status.READABLE or found.periods is None:
        return withheld(found.n, found.status)
    limits = Interval(found.earliest, found.latest)
    sure = one.table.rate.confidence
    return Estimate(found.n, Status.READABLE, None, float(found.periods), limits, confidence=sure)


def stays_rows(found: Stays) -> list[Row]:
    """A row for each figure of the segments that some run knows, with the columns of `STATISTICS`."""
    return [
        {
            "as_of": found.as_of,
            "command": "stays",
            "segment": one.segment,
            "entity": one.entity,
            "about": "memberships",
            "first_at": one.since,
            "last_at": found.as_of,
            "confidence": found.confidence,
            **figure_row(*figure),
        }
        for one in found.segments
        if one.since is not None
        for figure in figures(one)
    ]
