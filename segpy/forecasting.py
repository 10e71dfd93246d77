"""What `segpy forecast` does, in order: asks how large segments were month by month, and foretells the next months."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from segpy.asking import Answered, Asking, Misused, Unknown, answered, known_until, refused
from segpy.diagnostics.model import Diagnostic
from segpy.diagnostics.nearest import listed
from segpy.measure.forecast import seasonal_naive, smoothed
from segpy.measure.model import Estimate, Method
from segpy.pipeline import Compiled
from segpy.plan.forecast import forecast_plan
from segpy.plan.model_forecast import ForecastPlan
from segpy.plan.model_results import STATISTICS, Row
from segpy.resolve.model import Bound
from segpy.resolve.model_events import with_article
from segpy.resolve.model_experiments import EntityOutcome
from segpy.saving import figure_row
from segpy.spec.duration import Duration, parse_duration
from segpy.sql.forecast import forecast_sql
from segpy.warehouse.forecast import months_of
from segpy.warehouse.model import Target
from segpy.warehouse.model_forecast import MonthRow
from segpy.warehouse.spine import later

MOST_MONTHS = 120
METHODS = (Method.EXPONENTIAL_SMOOTHING, Method.SEASONAL_NAIVE)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is foretold: of which segments, all where none is named; from how many months back, and how many ahead.

    `outcome` is whose value is told; None for the one that there is, if there is one.
    """

    segments: tuple[str, ...]
    outcome: str | None
    months: int
    ahead: int
    confidence: float
    variables: dict[str, object]
    save: bool = False


@dataclass(frozen=True, slots=True)
class Series:
    """Numbers month by month from `first_at` on, and those of the next months by each method.

    `what` is `members`, at the beginning of each month, or `value`, of these members in the month.
    """

    what: str
    first_at: datetime
    seen: tuple[float, ...]
    ahead: tuple[tuple[Method, tuple[Estimate, ...]], ...]


@dataclass(frozen=True, slots=True)
class Foretold:
    """A segment; `outcome` tells what value is, if it is told. `now` is the beginning of the month that is not over."""

    segment: str
    entity: str
    outcome: str | None
    as_of: datetime
    now: datetime
    series: tuple[Series, ...]
    as_now: tuple[str, ...]
    by_conditions: bool


@dataclass(frozen=True, slots=True)
class Forecasts:
    """All of them, and the table that has them now, where that was asked for, or what stood against it."""

    confidence: float
    segments: tuple[Foretold, ...]
    saved: str | Diagnostic | None = None


Result = Forecasts | Misused | Unknown | Diagnostic | None


def forecast(
    project_dir: Path,
    profiles_dir: Path | None,
    target: str | None,
    where: Target,
    asked: Asked,
    on_progress: Callable[[str], None] = lambda _: None,
) -> tuple[Compiled, Result]:
    """The months to come of segments; None where the specs do not hold."""
    project = (project_dir, profiles_dir, target)
    compiled, found = answered(
        project,
        where,
        asked.variables,
        on_progress,
        lambda bound: plans_of(bound, asked),
        lambda asking, one: _foretold(asking, one, asked),
    )
    if not isinstance(found, Answered):
        return compiled, found
    rows = [row for one in found.found for row in statistics_rows(one)]
    return compiled, Forecasts(asked.confidence, found.found, found.saved(STATISTICS, rows) if asked.save else None)


def plans_of(bound: Bound, asked: Asked) -> list[ForecastPlan] | Misused | Unknown:
    """One for each entity and outcome, with the segments of which that is told."""
    known = {one.name: one for one in bound.segments}
    if against := refused(bound, asked.segments, save=asked.save, tells="months tell"):
        return against
    if not known:
        return Misused("the specs define no segments, so there is nothing to foretell")
    worth = {(one.entity, one.outcome.name): one for one in bound.outcomes if one.outcome.value is not None}
    names = sorted({name for _, name in worth})
    if asked.outcome is not None and asked.outcome not in names:
        return Misused(
            f"no outcome `{asked.outcome}` has a value: " + (f"{listed(names)} has" if names else "none has")
        )
    own = {one.segment: one.outcomes[0].name for one in bound.experiments}
    groups: dict[tuple[str, str | None], list[str]] = {}
    for name in asked.segments or tuple(known):
        entity = known[name].entity
        told = [of for whose, of in worth if whose == entity]
        if asked.segments and asked.outcome is not None and asked.outcome not in told:
            return Misused(f"no outcome `{asked.outcome}` of {with_article(entity)} has a value: leave out `{name}`")
        wanted = (asked.outcome or own.get(name), *(told if len(told) == 1 and asked.outcome is None else ()))
        outcome = next((one for one in wanted if one in told), None)
        groups.setdefault((entity, outcome), []).append(name)
    return [
        forecast_plan(bound, entity, tuple(names), _of(worth, entity, outcome))
        for (entity, outcome), names in groups.items()
    ]


def _of(worth: dict[tuple[str, str], EntityOutcome], entity: str, outcome: str | None) -> EntityOutcome | None:
    return None if outcome is None else worth[entity, outcome]


def _foretold(asking: Asking, plan: ForecastPlan, asked: Asked) -> list[Foretold] | Misused | Diagnostic:
    known = asking.until(plan.panel)
    if isinstance(known, Diagnostic):
        return known
    months = months_before(known_until(known, asking.grain), asked.months)
    if isinstance(months, Misused):
        return months
    asking.on_progress(f"looking at {len(months)} months from {months[0]:%Y-%m} to {months[-1]:%Y-%m}")
    rows = months_of(asking.where, asking.manifest, forecast_sql(plan, months, asking.adapter), asked.variables)
    if isinstance(rows, Diagnostic):
        return rows
    outcome = plan.worth.outcome.name if plan.worth is not None else None
    found = []
    for i, name in enumerate(plan.panel.segments):
        series = series_of([one for one in rows if one.segment == i], months, asked, worth=outcome is not None)
        about = (name, plan.panel.entity.entity.name, outcome, known.as_of, months[-1])
        found.append(Foretold(*about, series, plan.panel.as_now, name in asking.remembering))
    return found


def months_before(known: datetime, months: int) -> tuple[datetime, ...] | Misused:
    """The beginnings of so many months that are over, and of that in which everything is known, by the UTC calendar."""
    now = known.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    try:
        return tuple(later(now, _month(), step) for step in range(-months, 1))
    except (OverflowError, ValueError):
        return Misused(f"{months} months before {now:%Y-%m} the calendar has not begun: give fewer --months")


def _month() -> Duration:
    found = parse_duration("1 month")
    assert found is not None
    return found


def series_of(rows: Sequence[MonthRow], months: Sequence[datetime], asked: Asked, *, worth: bool) -> tuple[Series, ...]:
    """The members of a segment at the beginnings of months, and their value in those that are over.

    Months count from the first in which it had a member: before that there was nothing to be foretold from.
    """
    members = {one.place: float(one.members) for one in rows}
    first = min(members, default=len(months) - 1)
    sizes = [members.get(place, 0.0) for place in range(first, len(months))]
    found = [_ahead("members", months[first], sizes, asked)]
    if worth:
        values = {one.place: one.value or 0.0 for one in rows}
        told = [values.get(place, 0.0) for place in range(first, len(months) - 1)]
        found.append(_ahead("value", months[first], told, asked))
    return tuple(found)


def _ahead(what: str, first_at: datetime, seen: Sequence[float], asked: Asked) -> Series:
    ways = (smoothed, seasonal_naive)
    ahead = (way(seen, asked.ahead, confidence=asked.confidence).ahead for way in ways)
    return Series(what, first_at, tuple(seen), tuple(zip(METHODS, ahead, strict=True)))


def month_of(series: Series, step: int) -> datetime:
    """The beginning of the month so many steps after the last one seen, the next being 1."""
    return later(series.first_at, _month(), len(series.seen) - 1 + step)


def statistics_rows(found: Foretold) -> list[Row]:
    """A row for each month to come, by each method."""
    rows: list[Row] = []
    for series in found.series:
        for method, ahead in series.ahead:
            for step, estimate in enumerate(ahead, 1):
                rows.append(
                    {
                        "as_of": str(found.as_of),
                        "command": "forecast",
                        "segment": found.segment,
                        "entity": found.entity,
                        "about": series.what if series.what == "members" else f"{found.outcome}.value",
                        "first_at": str(series.first_at),
                        "last_at": str(found.now),
                        "confidence": estimate.confidence if estimate.interval is not None else None,
                        **figure_row(method.value, str(month_of(series, step)), estimate),
                    }
                )
    return rows
