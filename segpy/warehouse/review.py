"""Reads what a monthly review shows: the tables that are published, a few rows of each, and nobody's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from segpy.diagnostics.model import Diagnostic
from segpy.warehouse.errors_review import NoRuns
from segpy.warehouse.instants import compared_with, looked_at
from segpy.warehouse.model import Target
from segpy.warehouse.model_review import (
    AssignedRow,
    AttritionRow,
    AudienceRow,
    BacktestRow,
    CandidateRow,
    CatalogRow,
    DriftFigure,
    FlowRow,
    MonitorRow,
    MoveRow,
    OverlapRow,
    ParetoRow,
    Reading,
    Review,
    ReviewModels,
    SizeRow,
    TogetherRow,
    Unread,
)
from segpy.warehouse.query import Row, rows_of

T = TypeVar("T")


def review_of(
    target: Target, manifest: Any, models: ReviewModels, months: int, reading: Reading = lambda _: None
) -> Review | Diagnostic:
    """The portfolio as the last run left it, with the sizes of so many months.

    Without sizes or catalogue there is nothing to tell. Of another table that cannot be read, that is told.
    """
    reading(models.sizes)
    found = rows_of(target, manifest, _RUNS.format(sizes=models.sizes))
    if isinstance(found, Diagnostic):
        return found
    runs = tuple(sorted(instant(one) for (one,) in found if one is not None))
    if not runs:
        return NoRuns(models.sizes)
    as_of, since = runs[-1], compared_with(runs)
    sizes = rows_of(target, manifest, _sizes_sql(models.sizes, looked_at(runs, months)))
    if isinstance(sizes, Diagnostic):
        return sizes
    reading(models.catalog)
    catalog = rows_of(target, manifest, _CATALOG.format(catalog=models.catalog))
    if isinstance(catalog, Diagnostic):
        return catalog
    asked = _Asked(target, manifest, reading)
    between = {"since": _literal(since or as_of), "as_of": _literal(as_of)}
    return Review(
        as_of,
        since,
        runs,
        tuple(map(_size, sizes)),
        asked.rows(models.sizes, _FLOWS, _flow, sizes=models.sizes, **between),
        tuple(CatalogRow(str(name), str(told), str(words)) for name, told, words in catalog),
        asked.rows(models.attrition, _ATTRITION, _attrition, attrition=models.attrition),
        asked.rows(models.moves, _MOVES, _move, moves=models.moves, **between),
        asked.rows(models.assignments, _ASSIGNED, _assigned, assignments=models.assignments, holdouts=models.holdouts),
        asked.rows(models.assignments, _TOGETHER, _together, assignments=models.assignments, holdouts=models.holdouts),
        asked.rows(models.audiences, _AUDIENCES, _audience, audiences=models.audiences),
        asked.rows(models.overlap, _OVERLAP, _overlap, overlap=models.overlap),
        asked.rows(models.pareto, _PARETO, _pareto, pareto=models.pareto),
        asked.rows(models.monitors, _MONITORS, _monitor, monitors=models.monitors),
        asked.rows(models.candidates, _CANDIDATES, _candidate, candidates=models.candidates),
        asked.rows(models.backtests, _BACKTESTS, _backtest, backtests=models.backtests),
        asked.rows(models.statistics, _COMPARED, _compared, statistics=models.statistics),
        tuple(asked.unread),
    )


class _Asked:
    """Asks one table after the other, and notes what could not be read."""

    def __init__(self, target: Target, manifest: Any, reading: Reading) -> None:
        self._target, self._manifest, self._reading = target, manifest, reading
        self.unread: list[Unread] = []

    def rows(self, model: str | None, sql: str, made: Callable[[Row], T], **names: str | None) -> tuple[T, ...]:
        if model is None:
            return ()
        self._reading(model)
        found = rows_of(self._target, self._manifest, sql.format(**names))
        if isinstance(found, Diagnostic):
            if model not in {one.model for one in self.unread}:
                self.unread.append(Unread(model, found.label.splitlines()[0] if found.label else found.title))
            return ()
        return tuple(map(made, found))


def instant(told: Any) -> datetime:
    """An instant as engines write it as text, in UTC and without a zone."""
    read = told if isinstance(told, datetime) else datetime.fromisoformat(str(told).strip().replace(" UTC", ""))
    return read.replace(tzinfo=None)


def _literal(at: datetime) -> str:
    return f"cast('{at.isoformat(sep=' ')}' as {{{{ dbt.type_timestamp() }}}})"


def _sizes_sql(model: str, instants: Sequence[datetime]) -> str:
    return _SIZES.format(sizes=model, instants=", ".join(map(_literal, instants)))


def _count(told: Any) -> int | None:
    return None if told is None else int(told)


def _size(row: Row) -> SizeRow:
    segment, as_of, members, population, entered, exited, hidden = row
    there, came = (_count(members), _count(population)), (_count(entered), _count(exited))
    return SizeRow(str(segment), instant(as_of), *there, *came, bool(int(hidden or 0)))


def _flow(row: Row) -> FlowRow:
    segment, entered, exited, runs, told_in, told_out = row
    return FlowRow(
        str(segment),
        _count(entered) if int(told_in) == int(runs) else None,
        _count(exited) if int(told_out) == int(runs) else None,
    )


def _attrition(row: Row) -> AttritionRow:
    segment, position, description, *counts = row
    return AttritionRow(str(segment), int(position), str(description), *(_count(one) for one in counts))


def _move(row: Row) -> MoveRow:
    group, before, after, entities, hidden = row
    ends = (None if before is None else str(before), None if after is None else str(after))
    return MoveRow(str(group), *ends, _count(entities), bool(int(hidden or 0)))


def _assigned(row: Row) -> AssignedRow:
    holdout, entity, salt, held_out, treated, limits = row
    return AssignedRow(str(holdout), str(entity), str(salt), int(held_out), int(treated), int(limits) / 10_000)


def _together(row: Row) -> TogetherRow:
    first, second, *counts = row
    return TogetherRow(str(first), str(second), *(int(one) for one in counts))


def _audience(row: Row) -> AudienceRow:
    segment, people, hidden = row
    return AudienceRow(str(segment), None if int(hidden or 0) else _count(people))


def _overlap(row: Row) -> OverlapRow:
    segment, other, both, either, jaccard, containment, lift, by_definition, hidden = row
    told = (_part(jaccard), _part(containment), _part(lift))
    why = None if by_definition is None else str(by_definition)
    return OverlapRow(str(segment), str(other), _count(both), _count(either), *told, why, bool(int(hidden or 0)))


def _pareto(row: Row) -> ParetoRow:
    entity, place, segment, feature, members, value, share, cumulative, *kings = row
    own, inside, every = (int(one) for one in kings)
    shares = (_part(share), _part(cumulative))
    told = (str(entity), int(place), str(segment), str(feature), int(members), float(value or 0))
    return ParetoRow(*told, *shares, own, inside, every)


def _monitor(row: Row) -> MonitorRow:
    segment, exited, member_days, due, overdue, hidden = row
    left = (_count(exited), _part(member_days))
    return MonitorRow(str(segment), *left, _count(due), _count(overdue), bool(int(hidden or 0)))


def _candidate(row: Row) -> CandidateRow:
    segment, reason, words = row
    return CandidateRow(str(segment), str(reason), str(words))


def _backtest(row: Row) -> BacktestRow:
    as_of, segment, outcome, first_at, last_at, instants, horizon, figure, n, *rest = row
    estimate, low, high, confidence, status = rest
    return BacktestRow(
        instant(as_of),
        str(segment),
        str(outcome),
        instant(first_at),
        instant(last_at),
        int(instants),
        str(horizon),
        str(figure),
        int(n),
        *(_part(estimate), _part(low), _part(high)),
        float(confidence),
        str(status),
    )


def _compared(row: Row) -> DriftFigure:
    as_of, segment, feature, first_at, last_at, figure, estimate = row
    about = (instant(as_of), str(segment), str(feature), instant(first_at), instant(last_at))
    return DriftFigure(*about, str(figure), _part(estimate))


def _part(told: Any) -> float | None:
    return None if told is None else float(told)


_RUNS = """\
select distinct cast(as_of as {{{{ dbt.type_string() }}}}) as as_of
from {{{{ ref("{sizes}") }}}}"""

_SIZES = """\
select
    segment, cast(as_of as {{{{ dbt.type_string() }}}}) as at_instant, members, population, entered, exited,
    case when withheld then 1 else 0 end as hidden
from {{{{ ref("{sizes}") }}}}
where as_of in ({instants})
order by segment, at_instant"""

_FLOWS = """\
select
    segment, sum(entered) as entered, sum(exited) as exited, count(*) as runs, count(entered) as told_in,
    count(exited) as told_out
from {{{{ ref("{sizes}") }}}}
where as_of > {since} and as_of <= {as_of}
group by segment
order by segment"""

_CATALOG = """\
select segment, content_hash, definition
from {{{{ ref("{catalog}") }}}}
order by segment"""

_ATTRITION = """\
select segment, position, description, remaining, passing, failing_only
from {{{{ ref("{attrition}") }}}}
order by segment, position"""

_MOVES = """\
select
    exclusive_group, from_segment, to_segment, sum(entities) as entities,
    max(case when withheld then 1 else 0 end) as hidden
from {{{{ ref("{moves}") }}}}
where as_of > {since} and as_of <= {as_of}
group by exclusive_group, from_segment, to_segment
order by exclusive_group, from_segment, to_segment"""

_ASSIGNED = """\
select
    holdout, entity, salt, sum(case when arm = 'holdout' then 1 else 0 end) as held_out,
    sum(case when arm = 'holdout' then 0 else 1 end) as treated, sum(held_out_below) as limits
from {{{{ ref("{assignments}") }}}}
where salt in (select salt from {{{{ ref("{holdouts}") }}}})
group by holdout, entity, salt
order by holdout, salt"""

_TOGETHER = """\
select
    one.salt as first_salt, other.salt as second_salt,
    sum(case when one.arm = 'holdout' and other.arm = 'holdout' then 1 else 0 end) as in_both,
    sum(case when one.arm = 'holdout' and other.arm <> 'holdout' then 1 else 0 end) as first_only,
    sum(case when one.arm <> 'holdout' and other.arm = 'holdout' then 1 else 0 end) as second_only,
    sum(case when one.arm <> 'holdout' and other.arm <> 'holdout' then 1 else 0 end) as neither
from {{{{ ref("{assignments}") }}}} as one
inner join {{{{ ref("{assignments}") }}}} as other
    on one.entity = other.entity and one.entity_key = other.entity_key and one.salt < other.salt
where one.salt in (select salt from {{{{ ref("{holdouts}") }}}})
    and other.salt in (select salt from {{{{ ref("{holdouts}") }}}})
group by one.salt, other.salt
order by first_salt, second_salt"""

_AUDIENCES = """\
select audience, people, case when withheld then 1 else 0 end as hidden
from {{{{ ref("{audiences}") }}}}
order by audience"""

# Of pairs that share little there is nothing to say, and of 500 segments there are 124,750.
_OVERLAP = """\
select
    segment, other_segment, in_both, in_either, jaccard, containment, lift, by_definition,
    case when withheld then 1 else 0 end as hidden
from {{{{ ref("{overlap}") }}}}
where jaccard >= 0.25 or containment >= 0.9
order by segment, other_segment"""

_PARETO = """\
select
    entity, place, segment, feature, members, value, value_share, cumulative_share, kings, all_kings_inside, all_kings
from {{{{ ref("{pareto}") }}}}
order by entity, place"""

_MONITORS = """\
select segment, exited, member_days, due, overdue, case when withheld then 1 else 0 end as hidden
from {{{{ ref("{monitors}") }}}}
order by segment"""

_CANDIDATES = """\
select segment, reason, words
from {{{{ ref("{candidates}") }}}}
order by segment, reason, words"""

_BACKTESTS = """\
select
    cast(as_of as {{{{ dbt.type_string() }}}}) as at_instant, segment, outcome,
    cast(first_at as {{{{ dbt.type_string() }}}}) as first_instant,
    cast(last_at as {{{{ dbt.type_string() }}}}) as last_instant,
    instants, horizon, figure, n, estimate, estimate_low, estimate_high, confidence, status
from {{{{ ref("{backtests}") }}}}
where place = 'all'
order by segment, outcome, figure, at_instant"""

_COMPARED = """\
select
    cast(as_of as {{{{ dbt.type_string() }}}}) as at_instant, segment, about,
    cast(first_at as {{{{ dbt.type_string() }}}}) as first_instant,
    cast(last_at as {{{{ dbt.type_string() }}}}) as last_instant, figure, estimate
from {{{{ ref("{statistics}") }}}}
where command = 'drift'
order by segment, about, figure, at_instant, last_instant"""
