"""Sequences whose steps no event can share, by joins to the latest earlier attempt.

Ties are read in the order of the steps: a step may be reached at the very instant of the step before it, which is
exact because no event can be both. `times: n` takes the n latest events up to an instant.
"""

from __future__ import annotations

from sqlglot import exp

from segpy.plan.model import SequencePlan, StepPlan
from segpy.sql.model import Cte
from segpy.sql.operations import one_of, selected
from segpy.sql.tree import (
    any_of,
    as_of,
    asof_join,
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
    ctes: list[Cte] = []
    for i, step in enumerate(sequence.steps, start=1):
        name = f"{sequence.name}__step_{i}"
        ctes += _step_events(name, sequence, step, key)
        if step.without:
            ctes.append(_unwanted(name, sequence, step, key, first=i == 1))
        query = _first(name, sequence, step, key) if i == 1 else _next(name, sequence, i, step, key)
        ctes.append(Cte(name, (step.words,), query))
    return ctes


def since(sequence: SequencePlan) -> list[exp.Expr]:
    """The condition that an event lies in the window of the whole sequence."""
    if sequence.in_the_last is None:
        return []
    return [exp.GTE(this=column("occurred_at"), expression=minus(as_of(), sequence.in_the_last))]


def _step_events(name: str, sequence: SequencePlan, step: StepPlan, key: str) -> list[Cte]:
    """The instants of a step's events: for `times` with the earliest of as many, and how many events are there."""
    where = [*selected(step.selection), *since(sequence)]
    plain = [column(key), column("occurred_at")]
    if step.times == 1:
        return [Cte(f"{name}_events", (), select(plain, table("events"), where=where))]
    order = exp.Order(expressions=[exp.Ordered(this=column("occurred_at"))])
    lag = exp.Lag(this=column("occurred_at"), offset=number(step.times - 1))
    runs = [named(exp.Window(this=lag, partition_by=[column(key)], order=order), "run_started_at")]
    grouped = [
        *plain,
        named(exp.Max(this=column("run_started_at")), "run_started_at"),
        named(exp.Count(this=exp.Star()), "events"),
    ]
    if step.alone:
        runs += _crowd(step, key)
        grouped += _crowded()
    by = [column(key), column("occurred_at")]
    return [
        Cte(
            f"{name}_runs",
            (f"the earliest of the {step.times} latest events",),
            select([*plain, *runs], table("events"), where=where),
        ),
        Cte(
            f"{name}_events",
            ("of events at one instant each can be the last",),
            select(grouped, table(f"{name}_runs"), group_by=by),
        ),
    ]


def _crowd(step: StepPlan, key: str) -> list[exp.Expr]:
    """The event that is one too many if it lies after the step before, and the very first."""
    order = exp.Order(expressions=[exp.Ordered(this=column("occurred_at"))])
    lag = exp.Lag(this=column("occurred_at"), offset=number(step.times))
    first = exp.Window(this=exp.Min(this=column("occurred_at")), partition_by=[column(key)])
    return [
        named(exp.Window(this=lag, partition_by=[column(key)], order=order), "crowded_at"),
        named(first, "first_at"),
    ]


def _crowded() -> list[exp.Expr]:
    """Of one instant the earliest event counts: what lies before it lies before the instant."""
    every = exp.EQ(this=exp.Count(this=column("crowded_at")), expression=exp.Count(this=exp.Star()))
    crowded_at = exp.Case(ifs=[exp.If(this=every, true=exp.Min(this=column("crowded_at")))])
    return [named(crowded_at, "crowded_at"), named(exp.Min(this=column("first_at")), "first_at")]


def _unwanted(name: str, sequence: SequencePlan, step: StepPlan, key: str, *, first: bool) -> Cte:
    """What must not lie before a step. The first step looks back over the whole window: the earliest decides."""
    where = [_wrapped(one_of(step.without)), *since(sequence)]
    if not first:
        return Cte(f"{name}_unwanted", (), select([column(key), column("occurred_at")], table("events"), where=where))
    earliest = named(exp.Min(this=column("occurred_at")), "occurred_at")
    query = select([column(key), earliest], table("events"), where=where, group_by=[column(key)])
    return Cte(f"{name}_unwanted", (), query)


def _wrapped(condition: exp.Expr) -> exp.Expr:
    return exp.paren(condition) if isinstance(condition, exp.Or) else condition


def _first(name: str, sequence: SequencePlan, step: StepPlan, key: str) -> exp.Select:
    source = f"{name}_events"
    occurred_at = column("occurred_at", source)
    started_at = column("run_started_at", source) if step.times > 1 else occurred_at.copy()
    if step.alone:
        started_at = column("first_at", source)  # all events so far are its own
    columns = [
        column(key, source),
        named(occurred_at, "reached_at"),
        named(started_at, "started_at"),
        _events(step, source),
    ]
    where: list[exp.Expr] = []
    if step.times > 1:
        where.append(is_known(column("run_started_at", source)))
        if step.alone:
            where.append(is_null(column("crowded_at", source)))
        if sequence.complete_within is not None:
            latest = plus(started_at.copy(), sequence.complete_within)
            where.append(exp.LTE(this=occurred_at.copy(), expression=latest))
    joins = []
    if step.without:
        unwanted = column("occurred_at", f"{name}_unwanted")
        on = exp.EQ(this=column(key, f"{name}_unwanted"), expression=column(key, source))
        joins.append(left_join(f"{name}_unwanted", on))
        none = is_null(unwanted)
        where.append(exp.paren(any_of([none, exp.GTE(this=unwanted.copy(), expression=occurred_at.copy())])))
    return select(columns, table(source), joins=joins, where=where)


def _events(step: StepPlan, source: str) -> exp.Expr:
    return column("events", source) if step.times > 1 else named(number(1), "events")


def _next(name: str, sequence: SequencePlan, i: int, step: StepPlan, key: str) -> exp.Select:
    occurred_at = column("occurred_at", "step")
    earliest = column("run_started_at", "step") if step.times > 1 else occurred_at
    reached_at, started_at = column("reached_at", "attempt"), column("started_at", "attempt")
    same = exp.EQ(this=column(key, "step"), expression=column(key, "attempt"))
    latest = exp.And(this=same, expression=exp.GTE(this=earliest.copy(), expression=reached_at))
    joins = [asof_join(f"{sequence.name}__step_{i - 1}", latest, "attempt")]
    where: list[exp.Expr] = []
    if step.times > 1:
        where.append(is_known(earliest.copy()))  # DuckDB before 2.0 lets an ASOF join match a null
    if step.within is not None:
        where.append(exp.LTE(this=occurred_at.copy(), expression=plus(reached_at.copy(), step.within)))
    if sequence.complete_within is not None:
        where.append(exp.LTE(this=occurred_at.copy(), expression=plus(started_at.copy(), sequence.complete_within)))
    if step.without:
        unwanted = column("occurred_at", "unwanted")
        one = exp.EQ(this=column(key, "step"), expression=column(key, "unwanted"))
        before = exp.And(this=one, expression=exp.GT(this=occurred_at.copy(), expression=unwanted))
        joins.append(asof_join(f"{name}_unwanted", before, "unwanted", left=True))
        none = is_null(unwanted.copy())
        where.append(exp.paren(any_of([none, exp.LTE(this=unwanted.copy(), expression=reached_at.copy())])))
    if step.alone:
        crowded_at = column("crowded_at", "step")
        late = exp.LTE(this=crowded_at, expression=reached_at.copy())
        where.append(exp.paren(any_of([is_null(crowded_at.copy()), late])))
    columns = [column(key, "step"), named(occurred_at.copy(), "reached_at"), started_at.copy(), _events(step, "step")]
    return select(columns, table(f"{name}_events", "step"), joins=joins, where=where)
