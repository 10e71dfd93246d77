"""Sequences in which the latest attempt at the step before decides, by joins to it.

That is where no event can be two steps, so that a step may be reached at the very instant of the step before it; or
where each step must come later, so that an event cannot follow itself.
"""

from __future__ import annotations

from sqlglot import exp

from segpy.plan.model import SequencePlan, StepPlan
from segpy.sql.attempts import CROWDED, Frame
from segpy.sql.model import Cte
from segpy.sql.step_events import bars, foreign, step_events
from segpy.sql.tree import (
    any_of,
    call,
    coalesce,
    column,
    is_known,
    is_null,
    left_join,
    minus,
    named,
    number,
    plus,
    select,
    table,
)


def chain_ctes(sequence: SequencePlan, key: str) -> list[Cte]:
    """One relation for each step, `<sequence>__step_<i>`, and those that it is made from."""
    frame = Frame(sequence, key)
    ctes: list[Cte] = []
    for i, step in enumerate(sequence.steps, start=1):
        name = f"{sequence.name}__step_{i}"
        ctes += step_events(name, frame, step, first=i == 1)
        ctes += bars(name, frame, step, first=i == 1)
        if i == 1:
            ctes.append(Cte(name, (step.words,), _first(name, frame, step)))
            continue
        before = f"{sequence.name}__step_{i - 1}"
        if frame.ordered and step.after is not None:
            ctes.append(_of_each_instant(name, frame, before))
            before = f"{name}_attempts"
        ctes.append(Cte(name, (step.words,), _next(name, frame, before, step)))
    return ctes


def _first(name: str, frame: Frame, step: StepPlan) -> exp.Select:
    source = f"{name}_events"
    joins, where = _unbarred_first(name, frame, step, source)
    starts = _starts(frame, step, source, f"{name}_own")
    columns = [
        *frame.by(source),
        *_named(frame, "reached", source),
        *(named(start, place) for start, place in zip(starts, frame.places("started"), strict=True)),
        _events(step, source),
    ]
    if step.several:
        total = frame.sequence.complete_within
        known = [is_known(column("run_started_at", source))]
        if total is not None:
            latest = plus(starts[0].copy(), total)
            known.append(exp.LTE(this=column("occurred_at", source), expression=latest))
        where = [*known, *where]
    return select(columns, table(source), joins=joins, where=where)


def _starts(frame: Frame, step: StepPlan, source: str, own: str) -> list[exp.Expr]:
    """When the first step was begun at the latest; events that would bar must be among its own."""
    if not step.several:
        return [column(at, source) for at in frame.ats]
    runs: list[exp.Expr] = [column(place, source) for place in frame.places("run_started")]
    if not step.own:
        return runs
    firsts = [coalesce(column(place, own), run.copy()) for place, run in zip(frame.places("first"), runs, strict=True)]
    return [call("least", run, first) for run, first in zip(runs, firsts, strict=True)]


def _named(frame: Frame, what: str, source: str) -> list[exp.Expr]:
    return [named(column(at, source), place) for at, place in zip(frame.ats, frame.places(what), strict=True)]


def _unbarred_first(name: str, frame: Frame, step: StepPlan, source: str) -> tuple[list[exp.Join], list[exp.Expr]]:
    """That nothing unwanted lies before the first step, in the whole window."""
    joins: list[exp.Join] = []
    where: list[exp.Expr] = []
    at = column(frame.at, source)
    if foreign(frame, step):
        unwanted = column(frame.at, f"{name}_unwanted")
        on = exp.EQ(this=column(frame.key, f"{name}_unwanted"), expression=column(frame.key, source))
        joins.append(left_join(f"{name}_unwanted", on))
        where.append(exp.paren(any_of([is_null(unwanted), exp.GTE(this=unwanted.copy(), expression=at.copy())])))
    if step.own:
        earlier = exp.GT(this=at.copy(), expression=column(frame.at, f"{name}_own"))
        read = [CROWDED, *(frame.places("first") if step.several else ())]
        joins.append(frame.nearest(f"{name}_own", earlier, source, f"{name}_own", read, shared=False, outer=True))
        where.append(is_null(column(CROWDED, f"{name}_own")))
    return joins, where


def _events(step: StepPlan, source: str) -> exp.Expr:
    return column("events", source) if step.several else named(number(1), "events")


def _of_each_instant(name: str, frame: Frame, before: str) -> Cte:
    """Of the attempts that reached the step before at one instant the latest, which has the latest start."""
    by = [*frame.by(), column("reached_at")]
    latest = ["reached_position", *frame.places("started")]
    columns = [*by, *(named(exp.Max(this=column(name)), name) for name in latest)]
    query = select(columns, table(before), group_by=[one.copy() for one in by])
    return Cte(f"{name}_attempts", ("the latest attempt of each instant",), query)


def _next(name: str, frame: Frame, before: str, step: StepPlan) -> exp.Select:
    occurred_at = column("occurred_at", "step")
    reached_at, started_at = column("reached_at", "attempt"), column("started_at", "attempt")
    read = [*frame.places("reached"), *frame.places("started")]
    joins = [frame.nearest(before, _follows(frame, step), "step", "attempt", read)]
    where: list[exp.Expr] = []
    if step.several:
        where.append(is_known(column("run_started_at", "step")))  # DuckDB before 2.0 lets an ASOF join match a null
    if step.within is not None:
        where.append(exp.LTE(this=occurred_at.copy(), expression=plus(reached_at.copy(), step.within)))
    if frame.sequence.complete_within is not None:
        latest = plus(started_at.copy(), frame.sequence.complete_within)
        where.append(exp.LTE(this=occurred_at.copy(), expression=latest))
    for relation, alias, place, there in (
        (f"{name}_unwanted", "unwanted", frame.at, foreign(frame, step)),
        (f"{name}_own", "own", CROWDED, step.own),
    ):
        if there:
            earlier = exp.GT(this=column(frame.at, "step"), expression=column(frame.at, alias))
            joins.append(frame.nearest(relation, earlier, "step", alias, [place], shared=False, outer=True))
            bar, reached = column(place, alias), column(frame.place("reached"), "attempt")
            where.append(exp.paren(any_of([is_null(bar), exp.LTE(this=bar.copy(), expression=reached)])))
    columns = [
        *frame.by("step"),
        *_named(frame, "reached", "step"),
        *(column(place, "attempt") for place in frame.places("started")),
        _events(step, "step"),
    ]
    return select(columns, table(f"{name}_events", "step"), joins=joins, where=where)


def _follows(frame: Frame, step: StepPlan) -> exp.Expr:
    """That the first of the step's events may follow an attempt at the step before."""
    first = frame.places("run_started") if step.several else frame.ats
    if step.after is not None:
        earliest = minus(column(first[0], "step"), step.after)
        return exp.GTE(this=earliest, expression=column("reached_at", "attempt"))
    return frame.later(column(first[-1], "step"), column(frame.place("reached"), "attempt"))
