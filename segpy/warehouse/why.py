"""Asks the warehouse why somebody is in segments, or is not. Builds nothing."""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from segpy.diagnostics.model import Diagnostic
from segpy.plan.model import SegmentPlan, SequencePlan
from segpy.plan.model_events import Selection
from segpy.plan.model_explained import Flagged, Line, Measured
from segpy.plan.model_features import FromSequence
from segpy.spec.duration import Duration
from segpy.spec.expression import Type
from segpy.spec.model_measures import Output
from segpy.sql.model import WhyQueries
from segpy.warehouse.attempts import Scene, TooCrowded, attempts_at, is_one, length
from segpy.warehouse.broken import beginning, followed, going_on
from segpy.warehouse.errors_why import NobodyThere
from segpy.warehouse.model import Target
from segpy.warehouse.model_why import (
    Attempt,
    ConditionMet,
    Episode,
    Happened,
    Judged,
    Kind,
    Runs,
    Seen,
    SequenceTried,
    Standing,
    Value,
    Why,
    WhyAsked,
)
from segpy.warehouse.query import Row, rows_of

MOST_EVENTS = 5_000
"""So many of the latest events are read. Who has more is told of no attempt at a sequence: it could be another."""
_MOST_ALIKE = 20
_EPOCH = datetime(1970, 1, 1)


def why(target: Target, manifest: Any, queries: WhyQueries, asked: WhyAsked) -> Why | Diagnostic:
    """One entity at an instant. Who is in no row of any kind is not known."""
    variables: dict[str, object] = {"segpy_as_of": asked.as_of} if asked.as_of is not None else {}
    answers: list[tuple[Row, ...]] = []
    events = [(queries.events, MOST_EVENTS + 1)] if queries.events is not None else []
    for text, most in (*((one, 1) for one in queries.conditions), *events, (queries.episodes, -1)):
        rows = rows_of(target, manifest, text, variables, most)
        if isinstance(rows, Diagnostic):
            return rows
        answers.append(rows)
    cells = [cell for rows in answers[: len(queries.conditions)] for row in rows for cell in row]
    happened = answers[-2] if events else ()
    found = told(queries, asked.key, cells, happened, answers[-1])
    if found.segments:
        return found
    entity = queries.entity.entity
    return NobodyThere(entity.name, asked.key, _day(found.as_of), entity.population, len(happened))


def told(queries: WhyQueries, key: str, cells: Sequence[Any], events: Sequence[Row], history: Sequence[Row]) -> Why:
    """What the cells and rows of the queries say. Of nobody there are no cells, so nothing is said of segments."""
    *episodes, runs = sorted(history, key=lambda row: (row[0] == "", row[0], row[1]))
    as_of = datetime.fromisoformat(str(runs[5])[:19].replace("T", " "))
    happened = tuple(_happened(queries, row) for row in events[:MOST_EVENTS])
    more = len(events) > MOST_EVENTS
    return Why(
        queries.entity.entity.name,
        key,
        as_of,
        tuple(_all_judged(queries, iter(cells), None if more else happened, as_of)) if cells else (),
        tuple(_seen(queries, one) for one in happened),
        more,
        tuple(Episode(str(row[0]), int(row[1]), _instant(row[2]), _maybe(row[3]), row[4]) for row in episodes),
        Runs(int(runs[1]), _instant(runs[2]), _instant(runs[3])) if int(runs[1]) else None,
    )


def _day(instant: datetime) -> str:
    return str(instant).removesuffix(" 00:00:00")


def _seen(queries: WhyQueries, event: Happened) -> Seen:
    """What an event is to the segments, said as narrowly as they ask; `any event` only where it is nothing else."""
    events = queries.entity.events
    assert events is not None
    found = {one.words for one in _selections(queries) if is_one(one, event)}
    told = sorted(one for one in found if not one.startswith("any event")) or sorted(found)
    names = {column: prop.name for prop, column in events.properties}
    return Seen(event.at, tuple(told), tuple((names[name], value) for name, value in event.values if value is not None))


def _selections(queries: WhyQueries) -> Iterator[Selection]:
    """The kinds of events that the conditions look at."""
    for branch in queries.entity.features.branches:
        yield branch.selection
        if branch.anchor is not None:
            yield branch.anchor.selection
    for sequence in queries.entity.sequences.sequences if queries.entity.sequences is not None else ():
        for step in sequence.steps:
            yield from (*step.items, *step.without)
        if sequence.then_without is not None:
            yield sequence.then_without.selection


def _instant(microseconds: Any) -> datetime:
    return _EPOCH + timedelta(microseconds=int(microseconds))


def _maybe(microseconds: Any) -> datetime | None:
    return None if microseconds is None else _instant(microseconds)


def _happened(queries: WhyQueries, row: Row) -> Happened:
    events = queries.entity.events
    assert events is not None
    at, place, label, *rest = row
    holding = frozenset(name for name, holds in zip(events.flags, rest, strict=False) if int(holds))
    values = zip((name for _, name in events.properties), rest[len(events.flags) :], strict=True)
    shown = tuple((name, None if value is None else str(value)) for name, value in values)
    return Happened(_instant(at), None if place is None else int(place), str(label), holding, shown)


def _all_judged(
    queries: WhyQueries, cells: Iterator[Any], events: tuple[Happened, ...] | None, as_of: datetime
) -> Iterator[Judged]:
    """The segments in their order, by their cells; without `events` nothing is told of sequences."""
    for one in queries.segments:
        is_member, missed = int(next(cells)) == 1, int(next(cells))
        met = tuple(_met(line, next(cells), int(next(cells)) == 1) for line in one.apart.lines)
        tried = tuple(SequenceTried(each, _tried(each, events, as_of), at) for each, at in _sequences(queries, one))
        yield Judged(one, is_member, missed, met, tried)


def _met(line: Line, cell: Any, passed: bool) -> ConditionMet:
    """A condition with its value in its own type; None where it is not known."""
    value: Value = None
    match line.about:
        case Flagged():
            value = passed != line.negated
        case Measured() if cell is None:
            pass
        case Measured(_, _, Type.NUMBER | Type.INTEGER | Type.DURATION):
            value = float(cell)
        case Measured(_, _, Type.TIMESTAMP | Type.DATE):
            value = _instant(cell)
        case Measured(_, _, Type.BOOLEAN):
            value = int(cell) == 1
        case _:
            value = str(cell)
    return ConditionMet(line, value, passed)


def _sequences(queries: WhyQueries, one: SegmentPlan) -> Iterator[tuple[SequencePlan, frozenset[int]]]:
    """The sequences that the conditions of a segment look at, each once, and the conditions that want it completed."""
    plans = queries.entity.sequences.sequences if queries.entity.sequences is not None else ()
    origins = {each.name: each.origin for each in queries.entity.features.columns}
    asked = [
        (line.position, origins[line.about.column]) for line in one.apart.lines if isinstance(line.about, Measured)
    ]
    for plan in plans:
        own = [
            (at, origin) for at, origin in asked if isinstance(origin, FromSequence) and origin.sequence == plan.name
        ]
        if own:
            yield plan, frozenset(at for at, origin in own if origin.output is Output.COMPLETED)


def _tried(sequence: SequencePlan, events: tuple[Happened, ...] | None, as_of: datetime) -> Attempt | None:
    if events is None:
        return None
    try:
        return furthest(scene_of(sequence, events, as_of))
    except TooCrowded:
        return None


def scene_of(sequence: SequencePlan, events: Sequence[Happened], as_of: datetime) -> Scene:
    """A sequence, and the events in its order."""
    since = None if sequence.in_the_last is None else _earlier(as_of, sequence.in_the_last)
    scene = Scene(sequence, (), as_of, since)
    return Scene(sequence, tuple(sorted(events, key=scene.place)), as_of, since)


def furthest(scene: Scene) -> Attempt:
    """Of the attempts that did the most steps the one that did the last of them latest, and what became of it."""
    levels = attempts_at(scene)
    for done in range(len(levels), 0, -1):
        ordered = sorted(levels[done - 1], key=lambda one: (one.reached, one.started_at), reverse=True)
        if ordered and done == len(levels):
            ends = (followed(scene, one) for one in ordered)
            return next((one for one in ends if one.standing is Standing.COMPLETED), followed(scene, ordered[0]))
        if ordered:
            alike = [one for one in ordered if not ordered[0].later_than(one)][:_MOST_ALIKE]
            return min((going_on(scene, one) for one in alike), key=_of_interest)
    return beginning(scene)


def _of_interest(attempt: Attempt) -> tuple[bool, bool]:
    """Of attempts that got as far at the same time: first what is possible still, then what came, but would not do."""
    nothing = {one.kind for one in attempt.broken} & {Kind.NEVER, Kind.OTHER_VALUE}
    return attempt.standing is not Standing.WAITING, bool(nothing)


def _earlier(instant: datetime, duration: Duration) -> datetime:
    """An instant so long before; of a month that has fewer days the last."""
    if duration.exact:
        return instant - length(duration)
    years, month = divmod(instant.year * 12 + instant.month - 1 - duration.months, 12)
    last = calendar.monthrange(years, month + 1)[1]
    return instant.replace(year=years, month=month + 1, day=min(instant.day, last))
