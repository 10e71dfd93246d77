"""What `segpy backtest` does, in order: plans a look back, asks the warehouse once, and makes figures of its counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from segpy.asking import Answered, Asking, Misused, Unknown, answered, known_until, refused
from segpy.diagnostics.model import Diagnostic
from segpy.measure.backtested import backtested, value_of
from segpy.measure.model import Estimate
from segpy.measure.model_backtest import Backtested, Instant, Looked, Treatment
from segpy.pipeline import Compiled
from segpy.plan.backtest import backtest_plan
from segpy.plan.model_backtest import BacktestPlan
from segpy.plan.model_results import BACKTESTS, Row
from segpy.resolve.model import Bound
from segpy.resolve.model_experiments import EntityOutcome
from segpy.saving import figure_row, plain_number
from segpy.spec.duration import Duration
from segpy.sql.backtest import backtest_sql
from segpy.warehouse import backtest as warehouse
from segpy.warehouse.model import Target
from segpy.warehouse.model_backtest import Count
from segpy.warehouse.spine import later, steps

MOST_INSTANTS = 200
"""More would be a query that few engines read."""
_BY_DEFAULT = 12


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked back for. Of what is None: the outcome that there is, the last instants whose horizon is over.

    `holdout` and `uplift` are parts: of people who would be held out, and of what members do anyway.
    """

    segments: tuple[str, ...]
    outcome: str | None
    first: datetime | None
    last: datetime | None
    every: Duration
    gap: Duration
    horizon: Duration | None
    holdout: float | None
    uplift: float
    confidence: float
    variables: dict[str, object]
    save: bool = False


@dataclass(frozen=True, slots=True)
class LookedBack:
    """A segment, its outcome, and how it would have done at these instants.

    `left_out` are instants that were asked for, and whose horizon is not over or not known to its end. `as_now` are
    attributes that were looked at as they are now; `by_conditions` where rules of membership were left aside.
    """

    segment: str
    entity: str
    outcome: str
    as_of: datetime
    known_until: datetime
    instants: tuple[datetime, ...]
    left_out: int
    gap: Duration
    horizon: Duration
    period: Duration
    found: Backtested
    as_now: tuple[str, ...]
    by_conditions: bool
    confidence: float


@dataclass(frozen=True, slots=True)
class LooksBack:
    """All of them, and the table that has them now, where that was asked for, or what stood against it."""

    segments: tuple[LookedBack, ...]
    saved: str | Diagnostic | None = None


Result = LooksBack | Misused | Unknown | Diagnostic | None


def look_back(
    project_dir: Path,
    profiles_dir: Path | None,
    target: str | None,
    where: Target,
    asked: Asked,
    of_grain: Callable[[str], None],
    on_progress: Callable[[str], None] = lambda _: None,
) -> tuple[Compiled, Result]:
    """How segments would have done; None where the specs do not hold. `of_grain` refuses instants between its own."""

    def plans(bound: Bound) -> list[tuple[EntityOutcome, tuple[str, ...]]] | Misused | Unknown:
        of_grain(bound.settings.grain.value)
        return _looked_for(bound, asked)

    project = (project_dir, profiles_dir, target)
    compiled, found = answered(
        project, where, asked.variables, on_progress, plans, lambda asking, one: _looked_back(asking, *one, asked)
    )
    if not isinstance(found, Answered):
        return compiled, found
    rows = [row for one in found.found for row in backtest_rows(one)]
    return compiled, LooksBack(found.found, found.saved(BACKTESTS, rows) if asked.save else None)


def _looked_for(bound: Bound, asked: Asked) -> list[tuple[EntityOutcome, tuple[str, ...]]] | Misused | Unknown:
    """The outcome of each entity with the segments about it."""
    known = {one.name: one for one in bound.segments}
    if against := refused(bound, asked.segments, save=asked.save, tells="a look back tells"):
        return against
    if not bound.outcomes:
        return Misused("the specs define no `outcomes`, so there is nothing to look back for")
    own = {one.segment: one.outcomes[0].name for one in bound.experiments}
    groups: dict[tuple[str, str], list[str]] = {}
    for name in asked.segments:
        entity = known[name].entity
        there = sorted(one.outcome.name for one in bound.outcomes if one.entity == entity)
        outcome = asked.outcome or own.get(name) or (there[0] if len(there) == 1 else None)
        if outcome is None:
            if not there:
                return Misused(f"no outcome can be looked for in the events of a {entity}, which `{name}` is about")
            return Misused(f"`{name}` has no experiment that says which outcome: give --outcome ({', '.join(there)})")
        if outcome not in there:
            return Misused(f"there is no outcome `{outcome}` of a {entity}: {', '.join(there) or 'there is none'}")
        groups.setdefault((entity, outcome), []).append(name)
    by_name = {(one.entity, one.outcome.name): one for one in bound.outcomes}
    return [(by_name[key], tuple(names)) for key, names in groups.items()]


def _looked_back(
    asking: Asking, outcome: EntityOutcome, segments: tuple[str, ...], asked: Asked
) -> list[LookedBack] | Misused | Diagnostic:
    bound = asking.plan.bound
    plan = backtest_plan(bound, segments, outcome, asked.gap, asked.horizon)
    asking.on_progress("asking up to when events are known")
    until = asking.until(plan.panel)
    if isinstance(until, Diagnostic):
        return until
    known = known_until(until, asking.grain)
    chosen = instants_of(asked, plan, known)
    if isinstance(chosen, Misused):
        return chosen
    instants, left_out = chosen
    asking.on_progress(f"looking at {len(instants)} instants from {instants[0]} to {instants[-1]}")
    sql = backtest_sql(plan, instants, asking.adapter)
    rows = warehouse.counts(asking.where, asking.manifest, sql, asked.variables)
    if isinstance(rows, Diagnostic):
        return rows
    spent = {one.segment: one for one in bound.experiments}
    found = []
    for i, name in enumerate(segments):
        experiment = spent.get(name)
        treatment = Treatment(
            asked.holdout or (experiment.holdout.share if experiment is not None else 0.1),
            asked.uplift,
            experiment.cost_per_member if experiment is not None else None,
            1.0 if outcome.outcome.margin is None else outcome.outcome.margin,
        )
        own = [one for one in rows if one.segment == i or one.kind == "population"]
        figures = figures_of(own, treatment, asked.confidence)
        about = (name, outcome.entity, outcome.outcome.name, until.as_of, known, instants, left_out)
        length = (plan.gap, plan.horizon, plan.period)
        found.append(
            LookedBack(*about, *length, figures, plan.panel.as_now, name in asking.remembering, asked.confidence)
        )
    return found


def instants_of(asked: Asked, plan: BacktestPlan, known: datetime) -> tuple[tuple[datetime, ...], int] | Misused:
    """The instants whose horizon is over, and how many more were asked for."""
    try:
        latest = _latest(known, plan)
        first = asked.first or later(min(latest, asked.last or latest), asked.every, 1 - _BY_DEFAULT)
    except (OverflowError, ValueError):
        return Misused("the calendar has no such instants: give a --from, and a shorter --every or --horizon")
    if asked.last is not None and asked.first is not None and asked.last < asked.first:
        return Misused("--to is before --from")
    wanted = steps(first, asked.last or latest, asked.every)
    found = tuple(one for one in wanted if one <= latest)
    if len(found) > MOST_INSTANTS:
        return Misused(
            f"these are {len(found):,} instants, and {MOST_INSTANTS} can be looked at: give a longer --every"
        )
    if not found:
        return Misused(
            f"no instant has a horizon that is over: events are known until {known}, and the outcome takes "
            f"{plan.horizon}" + (f" after {plan.gap}" if plan.gap.seconds else "") + f", so --from may be {latest}"
        )
    return found, len(wanted) - len(found)


def _latest(known: datetime, plan: BacktestPlan) -> datetime:
    """The last start of a day whose gap and horizon end by then; a month counts as its longest."""
    latest = known - timedelta(seconds=plan.gap.seconds + plan.horizon.seconds)
    hour = 0 if plan.panel.plan.bound.settings.grain.value == "day" else latest.hour
    return latest.replace(minute=0, second=0, microsecond=0, hour=hour)


def figures_of(rows: Sequence[Count], treatment: Treatment, confidence: float) -> Backtested:
    """The counts of one segment, as figures."""
    value: Estimate | None = None
    for one in rows:
        if one.kind == "value":
            value = value_of(one.people, one.mean, one.variance, confidence)
    return backtested(
        _instants(rows),
        [_looked(one) for one in rows if one.kind == "who"],
        [(one.place or 0, one.members) for one in rows if one.kind == "period"],
        [(one.place or 0, one.members, one.converted_inside) for one in rows if one.kind == "age"],
        value,
        treatment,
        confidence,
    )


def _instants(rows: Sequence[Count]) -> list[Instant]:
    """Each instant at which somebody was there; whoever was a member at the one before could have stayed."""
    inside = {one.place: one for one in rows if one.kind == "instant"}
    found = []
    for one in rows:
        if one.kind == "population" and one.place is not None:
            own, before = inside.get(one.place), inside.get(one.place - 1)
            members, converted, stayed = (own.members, own.converted_inside, own.stayed) if own else (0, 0, 0)
            came_from = before.members if before is not None else 0
            found.append(
                Instant(one.place, Looked(one.people, 1, members, one.converted, converted, came_from, stayed))
            )
    return found


def _looked(one: Count) -> Looked:
    return Looked(one.people, one.looks, one.members, one.converted, one.converted_inside, one.before, one.stayed)


def backtest_rows(one: LookedBack) -> list[Row]:
    """A row for each figure of a look back, with the columns of `BACKTESTS`."""
    who: Row = {
        "as_of": str(one.as_of),
        "segment": one.segment,
        "entity": one.entity,
        "outcome": one.outcome,
        "first_at": str(one.instants[0]),
        "last_at": str(one.instants[-1]),
        "instants": len(one.instants),
        "horizon": str(one.horizon),
        "gap": str(one.gap),
        "confidence": one.confidence,
    }
    return [{**who, **figure_row(figure, place, estimate)} for figure, place, estimate in figures(one)]


def figures(one: LookedBack) -> list[tuple[str, str, Estimate]]:
    """Every figure of a look back: its name, its place and what it is."""
    found = one.found
    told = [
        ("conversion_inside", "all", found.whole.inside),
        ("conversion_outside", "all", found.whole.outside),
        ("conversion", "all", found.whole.everybody),
        ("lift", "all", found.whole.lift),
        ("recall", "all", found.whole.recall),
        ("stability", "all", found.stability),
        ("change_with_age", "all", found.slope),
    ]
    told += [("value", "all", found.value)] if found.value is not None else []
    launch = found.launch
    told += [
        ("smallest_uplift", "all", plain_number(launch.people, launch.smallest)),
        ("members_needed", "all", plain_number(launch.people, launch.needed)),
        ("break_even", "all", plain_number(launch.people, launch.break_even)),
        ("brings", "all", plain_number(launch.people, launch.brings)),
    ]
    for place, seen, at, stayed in found.instants:
        instant = str(one.instants[place])
        told += [
            ("members", instant, plain_number(seen.people, seen.members)),
            ("conversion_inside", instant, at.inside),
            ("conversion_outside", instant, at.outside),
            ("lift", instant, at.lift),
            ("recall", instant, at.recall),
            ("stability", instant, stayed),
        ]
    told += [("hazard", str(each.place), each.estimate) for each in found.hazards]
    told += [("conversion_by_age", str(each.place), each.estimate) for each in found.ages]
    return told
