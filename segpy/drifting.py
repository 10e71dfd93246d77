"""What `segpy drift` does, in order: plans a comparison, asks the warehouse once, and makes indices of its counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from segpy.asking import Answered, Asking, Misused, Unknown, answered, refused
from segpy.diagnostics.model import Diagnostic
from segpy.diagnostics.nearest import listed, nearest
from segpy.measure.bins import bins_of_labels, bins_of_numbers, counted
from segpy.measure.drift import drifts
from segpy.measure.model import Estimate
from segpy.measure.model_drift import ALARM, Bin
from segpy.measure.model_portfolio import Drift
from segpy.pipeline import Compiled
from segpy.plan.drift import drift_plan
from segpy.plan.model_drift import DriftPlan
from segpy.plan.model_features import FeatureColumn
from segpy.plan.model_results import STATISTICS, Row
from segpy.resolve.model import Bound
from segpy.saving import figure_row
from segpy.spec.duration import Duration, parse_duration
from segpy.sql.drift import PARTS, drift_sql
from segpy.warehouse.drift import drift_rows
from segpy.warehouse.errors_drift import MembersDrifted
from segpy.warehouse.model import Target
from segpy.warehouse.model_drift import DriftRow
from segpy.warehouse.spine import later, spine

MOST_INSTANTS = 60
_BEFORE = parse_duration("90 days")
Counts = dict[int, int]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is compared. Of what is empty or None: all segments, all features, the run now and 90 days before it."""

    segments: tuple[str, ...]
    features: tuple[str, ...]
    first: datetime | None
    last: datetime | None
    every: Duration | None
    variables: dict[str, object]
    save: bool = False


@dataclass(frozen=True, slots=True)
class FeatureDrift:
    """A feature of a segment's members: its bins, in each how many they were at each instant, and since the first one.

    `drifts` has an index for each instant but the first.
    """

    feature: FeatureColumn
    bins: tuple[Bin, ...]
    counts: tuple[tuple[int, ...], ...]
    drifts: tuple[Drift, ...]


@dataclass(frozen=True, slots=True)
class SegmentDrift:
    """A segment's members at the first instant, and how other they were at later ones; `as_of` is the run's instant.

    `as_now` are attributes that were looked at as they are now; `by_conditions` where rules of membership were left
    aside. `limit` is the index beyond which it is too much.
    """

    segment: str
    entity: str
    as_of: datetime
    instants: tuple[datetime, ...]
    sizes: tuple[int, ...]
    features: tuple[FeatureDrift, ...]
    as_now: tuple[str, ...]
    by_conditions: bool
    limit: float


@dataclass(frozen=True, slots=True)
class Drifts:
    """All of them, what is said of those beyond the limit, and the table that has them now.

    `saved` is None where nobody asked for that, and what stood against it where something did.
    """

    segments: tuple[SegmentDrift, ...]
    findings: tuple[Diagnostic, ...] = ()
    saved: str | Diagnostic | None = None


Result = Drifts | Misused | Unknown | Diagnostic | None


def compare(
    project_dir: Path,
    profiles_dir: Path | None,
    target: str | None,
    where: Target,
    asked: Asked,
    of_grain: Callable[[str], None],
    on_progress: Callable[[str], None] = lambda _: None,
) -> tuple[Compiled, Result]:
    """How other members are; None where the specs do not hold. `of_grain` refuses instants between its own."""

    def plans(bound: Bound) -> list[DriftPlan] | Misused | Unknown:
        of_grain(bound.settings.grain.value)
        return _plans(bound, asked)

    project = (project_dir, profiles_dir, target)
    compiled, found = answered(
        project, where, asked.variables, on_progress, plans, lambda asking, one: _compared(asking, one, asked)
    )
    if not isinstance(found, Answered):
        return compiled, found
    rows = [row for one in found.found for row in statistics_rows(one)]
    beyond = tuple(_beyond(found.asking.plan.bound, found.found))
    return compiled, Drifts(found.found, beyond, found.saved(STATISTICS, rows) if asked.save else None)


def _plans(bound: Bound, asked: Asked) -> list[DriftPlan] | Misused | Unknown:
    """One of each entity with the segments about it; of all segments those whose entities have something to compare."""
    known = {one.name: one for one in bound.segments}
    if against := refused(bound, asked.segments, save=asked.save, tells="a comparison tells"):
        return against
    if asked.first is not None and asked.last is not None and asked.last <= asked.first:
        return Misused("--from is not before --to")
    if not known:
        return Misused("the specs define no segments, so there is nobody to compare")
    groups: dict[str, list[str]] = {}
    for name in asked.segments or tuple(known):
        groups.setdefault(known[name].entity, []).append(name)
    plans = [drift_plan(bound, entity, tuple(names)) for entity, names in groups.items()]
    there = sorted({one.name for plan in plans for one in plan.features})
    if not there:
        return Misused("no feature tells anything that members could be compared by: declare some in `features`")
    for name in asked.features:
        if name not in there:
            near = nearest(name, there)
            hint = f"did you mean `{near}`?" if near else f"they can by {listed(there)}"
            return Misused(f"members cannot be compared by `{name}`: {hint}")
    if asked.features:
        plans = [drift_plan(bound, entity, tuple(names), asked.features) for entity, names in groups.items()]
    return [plan for plan in plans if plan.features]


def _compared(asking: Asking, plan: DriftPlan, asked: Asked) -> list[SegmentDrift] | Misused | Diagnostic:
    known = asking.until(plan.panel)
    if isinstance(known, Diagnostic):
        return known
    instants = instants_of(asked, known.as_of)
    if isinstance(instants, Misused):
        return instants
    asking.on_progress(f"comparing members of {len(instants)} instants from {instants[0]} to {instants[-1]}")
    rows = drift_rows(asking.where, asking.manifest, drift_sql(plan, instants, asking.adapter), asked.variables)
    if isinstance(rows, Diagnostic):
        return rows
    allowed = asking.plan.bound.settings.portfolio.max_drift
    limit = ALARM if allowed is None else allowed
    found = []
    for i, name in enumerate(plan.panel.segments):
        own = [one for one in rows if one.segment == i]
        features = features_of(plan, own, len(instants), limit)
        about = (name, plan.panel.entity.entity.name, known.as_of, instants, _sizes(own, len(instants)))
        found.append(SegmentDrift(*about, features, plan.panel.as_now, name in asking.remembering, limit))
    return found


def instants_of(asked: Asked, as_of: datetime) -> tuple[datetime, ...] | Misused:
    """The first is the base; two at least."""
    assert _BEFORE is not None
    last = asked.last or as_of
    if last > as_of:
        return Misused(f"--to is after {as_of}, the instant of a run now: nobody knows yet who will be a member")
    try:
        first = asked.first or later(last, _BEFORE, -1)
    except (OverflowError, ValueError):
        return Misused("90 days before --to is before the calendar begins: give --from")
    if first >= last:
        return Misused(f"--from is not before {last}, with which it is compared")
    instants = (first, last) if asked.every is None else spine(first, last, asked.every)
    if len(instants) > MOST_INSTANTS:
        return Misused(
            f"these are {len(instants):,} instants, and {MOST_INSTANTS} can be compared: give a longer --every"
        )
    return instants


def _sizes(rows: Sequence[DriftRow], instants: int) -> tuple[int, ...]:
    found = {one.instant: one.members for one in rows if one.kind == "size"}
    return tuple(found.get(instant, 0) for instant in range(instants))


def features_of(plan: DriftPlan, rows: Sequence[DriftRow], instants: int, limit: float) -> tuple[FeatureDrift, ...]:
    """The features of one segment's members."""
    found = []
    for i, feature in enumerate(plan.features):
        own = [one for one in rows if one.feature == i and one.kind != "size"]
        counts: list[Counts] = [{} for _ in range(instants)]
        for one in own:
            if one.kind in ("number", "text"):
                counts[one.instant][one.place] = one.members
        edges = [one.edge for one in own if one.edge is not None]
        labels = {one.place: one.label for one in sorted(own, key=lambda one: one.place) if one.label is not None}
        numeric = i < len(plan.numbers)
        bins = bins_of_numbers(edges, counts[0]) if numeric else bins_of_labels(labels, PARTS - 1, counts[0])
        told = tuple(tuple(counted(one, each) for one in bins) for each in counts)
        found.append(FeatureDrift(feature, bins, told, tuple(drifts(bins, counts[0], counts[1:], limit))))
    return tuple(found)


def _beyond(bound: Bound, found: Sequence[SegmentDrift]) -> list[Diagnostic]:
    """What the portfolio's limit forbids, as of the last instant."""
    portfolio = bound.settings.portfolio
    if portfolio.max_drift is None:
        return []
    return [
        MembersDrifted(
            segment=one.segment,
            feature=each.feature.name,
            index=each.drifts[-1].psi or 0.0,
            limit=portfolio.max_drift,
            span=portfolio.span,
        )
        for one in found
        for each in one.features
        if each.drifts[-1].alarm
    ]


def statistics_rows(found: SegmentDrift) -> list[Row]:
    """Two rows for each feature and instant: the index, and what chance reaches."""
    rows: list[Row] = []
    for one in found.features:
        for instant, drift in zip(found.instants[1:], one.drifts, strict=True):
            who: Row = {
                "as_of": str(found.as_of),
                "command": "drift",
                "segment": found.segment,
                "entity": found.entity,
                "about": one.feature.name,
                "first_at": str(found.instants[0]),
                "last_at": str(instant),
            }
            for figure, value in (("psi", drift.psi), ("psi_by_chance", drift.bound)):
                told = Estimate(drift.n, drift.status, None, value)
                rows.append({**who, **figure_row(figure, str(instant), told)})
    return rows
