"""What `segpy report` does, in order: reads the specs and the published tables, reckons, and makes a page of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from pathlib import Path

from segpy import measuring
from segpy.diagnostics.model import Diagnostic
from segpy.measure.drift import psi
from segpy.measure.extra import LIBRARIES
from segpy.measure.extra import missing as lacking
from segpy.measure.forecast import seasonal_naive, smoothed
from segpy.measure.half_life import half_life_at_rate
from segpy.measure.independence import independence
from segpy.measure.model import Method
from segpy.measure.model_lift import Lift
from segpy.measure.model_portfolio import Drift
from segpy.measure.sample_ratio import sample_ratio
from segpy.pipeline import Compiled, planned
from segpy.plan.model import EntityPlan, Plan, SegmentPlan
from segpy.plan.model_results import BACKTESTS, STATISTICS, Row
from segpy.report.document import document
from segpy.report.drawing import draw, missing
from segpy.report.figures import figures
from segpy.report.model import (
    Ahead,
    Candidate,
    Experiments,
    Fared,
    Group,
    Holdout,
    Missing,
    Outcome,
    Pair,
    Report,
    Rule,
    Segment,
    Size,
)
from segpy.report.page import page
from segpy.report.rows import any_small, compared, looks_back, moved, overlaps, worthy
from segpy.resolve.model_experiments import Holdout as Declared
from segpy.saving import figure_row, saved
from segpy.warehouse.arms import arms_of
from segpy.warehouse.instants import by_month, months_before
from segpy.warehouse.model import Target
from segpy.warehouse.model_review import MonitorRow, Reading, Review, ReviewModels
from segpy.warehouse.review import review_of
from segpy.warehouse.run import parse

AHEAD = 3
"""How many months to come are told."""

Progress = Callable[[str, int, int], None]
"""What is being done, and how many of how many things of it are done."""


@dataclass(frozen=True, slots=True)
class Asked:
    """How many months are shown, how sure intervals are to be, and whether the table is to have what is reckoned."""

    months: int
    confidence: float = 0.95
    save: bool = False


@dataclass(frozen=True, slots=True)
class Misused:
    """Why what was asked for makes no sense."""

    message: str


def review(
    project_dir: Path,
    profiles_dir: Path | None,
    target: str | None,
    where: Target,
    asked: Asked,
    on_progress: Progress = lambda *_: None,
) -> tuple[Compiled, Report | Diagnostic | Misused, str | Diagnostic | None]:
    """The review of a project as of its last run, and the table that has its figures now, or what stood against it."""
    compiled, plan, adapter = planned(project_dir, profiles_dir, target)
    if plan is None or compiled.failed or not compiled.segments:
        return compiled, Misused("the specs have no segment, so there is nothing to report"), None
    if asked.save and plan.results.name_of(STATISTICS) is None:
        return compiled, Misused("with `min_cell_size` nothing is saved: forecasts and drift tell of few people"), None
    for lack in (missing(), *lacking(*LIBRARIES)):
        if lack is not None:
            return compiled, lack, None
    on_progress("reading the project", 0, 0)
    manifest = parse(where, {})
    if isinstance(manifest, Diagnostic):
        return compiled, manifest, None

    def reading(model: str) -> None:
        on_progress(f"reading {model}", 0, 0)

    found = review_of(where, manifest, _models(plan), asked.months, reading)
    if isinstance(found, Diagnostic):
        return compiled, found, None
    experiments, more = _experiments(where, manifest, plan, asked, compiled.min_cell_size, reading)
    name = str(getattr(getattr(manifest, "metadata", None), "project_name", None) or project_dir.resolve().name)
    told = _with(report_of(plan, found, experiments, name, asked, on_progress), more)
    if not asked.save:
        return compiled, told, None
    on_progress("saving", 0, 0)
    return compiled, told, saved(plan, adapter, where, manifest, STATISTICS, report_rows(told))


def report_rows(report: Report) -> list[Row]:
    """A row for each figure that the review reckoned itself, with the columns of `STATISTICS`."""
    return [
        {
            "as_of": str(report.as_of),
            "command": "report",
            "segment": one.segment,
            "entity": one.entity,
            "about": "members",
            "first_at": None if one.first_at is None else str(one.first_at),
            "last_at": str(report.as_of),
            "confidence": one.estimate.confidence if one.estimate.interval is not None else None,
            **figure_row(one.figure, one.place, one.estimate),
        }
        for one in figures(report)
    ]


def html_of(report: Report, on_progress: Progress = lambda *_: None) -> str:
    """The page of a review."""
    on_progress("drawing", 0, 0)
    return page(document(report), draw)


def _with(report: Report, more: Sequence[Missing]) -> Report:
    return replace(report, missing=(*report.missing, *more))


def _models(plan: Plan) -> ReviewModels:
    held = plan.holdouts
    return ReviewModels(
        plan.history.sizes,
        plan.catalog,
        plan.attrition,
        plan.history.audiences,
        plan.history.moves,
        held.holdouts if held is not None else None,
        held.assignments if held is not None else None,
        plan.portfolio.overlap if plan.portfolio is not None else None,
        plan.portfolio.pareto if plan.portfolio is not None else None,
        plan.portfolio.monitors if plan.portfolio is not None else None,
        plan.portfolio.candidates if plan.portfolio is not None else None,
        plan.results.name_of(BACKTESTS),
        plan.results.name_of(STATISTICS),
    )


def _experiments(
    where: Target, manifest: object, plan: Plan, asked: Asked, least: int | None, reading: Reading
) -> tuple[Experiments, tuple[Missing, ...]]:
    """What experiments say, and the tables of them that could not be read."""
    declared = plan.bound.experiments
    if not declared or plan.holdouts is None or plan.holdouts.arms is None:
        silent = "No segment has an `experiment` with an `outcome`, so nobody can tell what acting on any did."
        return Experiments(asked.confidence, (), silent), ()
    flags = next(one.segments.model for one in plan.entities if one.experiments and one.segments is not None)
    reading(plan.holdouts.arms)
    arms = arms_of(where, manifest, plan.holdouts, flags)
    if isinstance(arms, Diagnostic):
        silent = f"{plan.holdouts.arms} could not be read: run `segpy build`, and make the page again."
        return Experiments(asked.confidence, (), silent), (Missing(plan.holdouts.arms, _first(arms.label)),)
    judged = measuring.judgement(declared, arms, asked.confidence)
    return Experiments(asked.confidence, tuple(outcome_of(one, least) for one in judged.outcomes), None), ()


def _first(label: str) -> str:
    return next((line.strip() for line in label.splitlines() if line.strip()), "")


def outcome_of(one: measuring.Judged, least: int | None) -> Outcome:
    """An outcome as the page tells it, with its verdicts; small where a count of its arms is below `least`."""
    verdict = measuring.verdict(one.conversions, guardrail=one.guardrail)
    of_value = measuring.verdict(one.value, guardrail=one.guardrail) if one.value is not None else None
    small = _is_small(one.conversions, least)
    return Outcome(
        one.segment,
        one.outcome,
        one.guardrail,
        one.conversions,
        verdict,
        one.value,
        of_value,
        one.worth,
        small,
        one.payback,
    )


def _is_small(lift: Lift, least: int | None) -> bool:
    """Whether some count of the arms, or what it leaves of another, is of fewer people than are told of."""
    counts = [
        each
        for arm in (lift.treated, lift.control)
        for each in (arm.size, arm.n, arm.size - arm.n, arm.events, arm.n - arm.events)
    ]
    return any_small(counts, least)


def report_of(
    plan: Plan,
    found: Review,
    experiments: Experiments,
    project: str,
    asked: Asked,
    on_progress: Progress = lambda *_: None,
) -> Report:
    """Everything that the page tells, of what was read."""
    least = plan.bound.settings.min_cell_size
    known = _Known(found)
    measured = {one.segment for one in plan.bound.experiments}
    models = _models(plan)
    declared = [one for entity in plan.entities if entity.segments for one in entity.segments.segments]
    names = {one.segment.name for one in declared}  # tables that are kept tell of others as well
    segments = []
    for done, one in enumerate(declared):
        on_progress("reckoning", done, len(declared))
        segments.append(_segment(one, found, known, asked.months, one.segment.name in measured))
    return Report(
        project,
        found.as_of,
        found.since,
        found.runs[0],
        len(found.runs),
        asked.months,
        least,
        tuple(segments),
        tuple(_groups(plan.entities, segments, found)),
        tuple(_holdouts(plan, found, least)),
        tuple(_pairs(found, least)),
        experiments,
        tuple(Missing(one.model, _first(one.why)) for one in found.unread),
        None if models.overlap is None else overlaps(found.overlap, names),
        None if models.backtests is None else looks_back(found.backtests, names, least),
        None if models.pareto is None else worthy(found.pareto, names),
        tuple(Candidate(one.segment, one.reason, one.words) for one in found.candidates),
        None if models.statistics is None else compared(found.compared, names, plan.bound.settings.portfolio.max_drift),
    )


class _Known:
    """What was read, by segment."""

    def __init__(self, found: Review) -> None:
        self.sizes = {
            name: [Size(one.as_of, one.members, one.population, one.entered, one.exited, one.withheld) for one in rows]
            for name, rows in groupby(found.sizes, key=lambda row: row.segment)
        }
        self.flows = {one.segment: one for one in found.flows}
        self.catalog = {one.segment: one for one in found.catalog}
        self.rules = {
            name: tuple(
                Rule(one.position, one.description, one.remaining, one.passing, one.failing_only) for one in rows
            )
            for name, rows in groupby(found.attrition, key=lambda row: row.segment)
        }
        self.audiences: Mapping[str, int | None] = {one.segment: one.people for one in found.audiences}
        self.months = by_month(found.runs)
        self.fared = {one.segment: _fared(one) for one in found.monitors}


def _segment(planned_one: SegmentPlan, found: Review, known: _Known, months_shown: int, measured: bool) -> Segment:
    """A segment; what is compared are runs that knew it. A segment of a later day has no size before."""
    one = planned_one.segment
    every = sorted(known.sizes.get(one.name, ()), key=lambda size: size.as_of)
    by_run = {size.as_of: size for size in every}
    built = known.catalog.get(one.name)
    stale = built is None or built.content_hash != planned_one.content_hash
    english = planned_one.english if built is None or not stale else (built.definition,)
    flow = known.flows.get(one.name) if found.since in by_run else None
    months = tuple(_members_at(by_run, at) for at in known.months)
    return Segment(
        name=one.name,
        entity=one.entity,
        description=one.description,
        english=tuple(english),
        stage=one.stage,
        owner=one.owner,
        acting=one.acting,
        playbook=one.playbook,
        group=one.group,
        uses=planned_one.uses,
        version=one.version,
        spec_file=one.span.file,
        stale=stale,
        sizes=tuple(one for one in every if one.as_of >= months_before(found.as_of, months_shown)),
        before=by_run.get(found.since) if found.since is not None and found.since != found.as_of else None,
        entered=flow.entered if flow is not None else None,
        exited=flow.exited if flow is not None else None,
        months=months,
        ahead=tuple(_ahead(months, known.months, found)),
        rules=known.rules.get(one.name, ()),
        reachable=known.audiences.get(one.name),
        measured=measured,
        fared=known.fared.get(one.name),
    )


def _fared(row: MonitorRow) -> Fared:
    told = row.exited is not None and row.member_days is not None
    half_life = half_life_at_rate(row.exited or 0, row.member_days or 0.0) if told else None
    return Fared(half_life, row.due, row.overdue)


def _members_at(by_run: Mapping[datetime, Size], at: datetime | None) -> float | None:
    size = by_run.get(at) if at is not None else None
    return float(size.members) if size is not None and size.members is not None else None


def _ahead(months: Sequence[float | None], runs: Sequence[datetime | None], found: Review) -> Iterator[Ahead]:
    """The months to come, from the last months in a row that are told, by each method."""
    told: list[float] = []
    for size in reversed(months):
        if size is None:
            break
        told.insert(0, size)
    since = runs[-len(told)] if told else None
    for method, forecast in (
        (Method.EXPONENTIAL_SMOOTHING, smoothed(told, AHEAD)),
        (Method.SEASONAL_NAIVE, seasonal_naive(told, AHEAD)),
    ):
        for step, estimate in enumerate(forecast.ahead, 1):
            yield Ahead(months_before(found.as_of, -step), method, since, estimate)


def _groups(entities: Sequence[EntityPlan], segments: Sequence[Segment], found: Review) -> Iterator[Group]:
    by_name = {one.name: one for one in segments}
    for entity in entities:
        for group in entity.segments.groups if entity.segments is not None else ():
            own = [by_name[name] for name in group.segments if name in by_name]
            moves = [one for one in found.moves if one.group == group.name]
            yield Group(
                group.name,
                entity.entity.name,
                tuple(one.name for one in own),
                tuple(moved(moves)),
                any(one.withheld for one in moves),
                _drift(own),
            )


def _drift(own: Sequence[Segment]) -> Drift | None:
    """Of members by segment, then and now; None where some size is not told."""
    then = [one.before.members if one.before is not None else None for one in own]
    now = [one.now.members if one.now is not None else None for one in own]
    if any(one is None for one in (*then, *now)):
        return None
    return psi([one or 0 for one in then], [one or 0 for one in now])


def _holdouts(plan: Plan, found: Review, least: int | None) -> Iterator[Holdout]:
    rows = {one.salt: one for one in found.assigned}
    for entity in plan.entities:
        for held in entity.holdouts:
            declared: Declared = held.holdout
            row, told = rows.get(declared.salt), (declared.name, declared.entity, declared.salt, declared.segments)
            if row is None:
                yield Holdout(*told, declared.share, None, assigned=False)
                continue
            n = row.held_out + row.treated
            small = any_small((row.held_out, row.treated), least)
            share = row.expected / n if n else declared.share
            ratio = None if small else sample_ratio((row.held_out, row.treated), (share, 1 - share))
            yield Holdout(*told, declared.share, ratio)


def _pairs(found: Review, least: int | None) -> Iterator[Pair]:
    for row in found.together:
        cells = (row.both, row.first_only, row.second_only, row.neither)
        told = independence(*cells)
        yield Pair(row.first, row.second, told, told.alarm, any_small(cells, least))
