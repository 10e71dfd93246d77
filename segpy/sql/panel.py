"""Everybody at several instants, in one query: the events are read once, and each instant sees those before it.

What is evaluated at an instant is the very query that a run at that instant is: no other tells what it would have
found, and nothing that came later can leak into it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlglot import exp

from segpy.plan.model import EntityPlan
from segpy.plan.model_backtest import BacktestPlan
from segpy.spec.expression import Type
from segpy.spec.model import Population
from segpy.sql.build import entity_queries
from segpy.sql.first_seen import first_seen
from segpy.sql.inline import inlined, reading
from segpy.sql.model import Cte
from segpy.sql.nodes import Operation
from segpy.sql.operations import microseconds_between, selected, utc
from segpy.sql.relations import Relations
from segpy.sql.tree import (
    AS_OF,
    any_of,
    cast,
    coalesce,
    column,
    is_known,
    is_null,
    left_join,
    named,
    number,
    plus,
    select,
    table,
    told,
    union_all,
)

PANEL = "panel"
_LATER, _BEGUN = "came_of_it", "begun"


def inside(segment: int) -> str:
    """The column that is 1 for who is in a segment, by its place among those asked for, else 0."""
    return f"in_{segment}"


def panel(plan: BacktestPlan, instants: Sequence[datetime], relations: Relations) -> tuple[Cte, ...]:
    """`panel`: a row an instant, by its place, and entity that there was at it: its flags, and what came of it."""
    given, events, others = _models(plan)
    firsts, instead = first_seen(plan.plan, {jinja: name for name, jinja in given.items()})
    others = [reading(one, instead.get(one.name, {})) for one in others]
    ctes = [*_given(given, relations), *(_prepared(one) for one in events), *firsts]
    if _begins(plan.entity):
        ctes.append(_begun(plan.entity, relations))
    names = [f"at_{place}" for place in range(len(instants))]
    staged = _staged(plan)
    for place, instant in enumerate(instants):
        at = relations.told(f"instant_{place}", _timestamp(instant))
        read = [_before(one.name, at) if one.name in staged else _as_of(one, at) for one in events]
        inner = (*read, *(_as_of(one, at) for one in others), Cte(_LATER, (), _came(plan, at)))
        ctes.append(
            Cte(names[place], (f"who was in at {instant}, and what came of it",), _row(plan, place, at), ctes=inner)
        )
    everybody = union_all([select([exp.Star()], table(name)) for name in names])
    return (*ctes, Cte(PANEL, (), everybody, copied=True))


def known_until(plan: BacktestPlan, relations: Relations) -> tuple[tuple[Cte, ...], str]:
    """The events of the entity at the run's own instant, as CTEs, and the name of the last of these."""
    assert plan.entity.events is not None
    given, events, _ = _models(plan)
    return (*_given(given, relations), *events), plan.entity.events.model


def _given(names: Mapping[str, str], relations: Relations) -> list[Cte]:
    return [
        Cte(name, (), select([exp.Star()], table(relations.filled_in(name, jinja))), inline=True)
        for name, jinja in names.items()
    ]


def _models(plan: BacktestPlan) -> tuple[dict[str, str], list[Cte], list[Cte]]:
    """The relations that are read, by their names, as Jinja; the models of events; and those made from them."""
    entity = plan.entity
    assert entity.segments is not None and entity.events is not None
    queries = entity_queries(plan.plan, kept=False)
    models, read = inlined(queries, (entity.segments.model, entity.events.model))
    given = {name: jinja for jinja, name in read.items()}
    of_events = {one.events.model for one in plan.plan.entities if one.events is not None}
    return given, [one for one in models if one.name in of_events], [one for one in models if one.name not in of_events]


def _staged(plan: BacktestPlan) -> frozenset[str]:
    """The models of events of which those before an instant are those that a run at it reads.

    Not so where it reads no further back than the retention, where of copies the one that was known first counts,
    which may have happened later, and where whose an event is was another at another time.
    """
    return frozenset(one.events.model for one in plan.plan.entities if one.events is not None and _is_staged(one))


def _is_staged(plan: EntityPlan) -> bool:
    assert plan.events is not None
    if plan.retention is not None:
        return False
    return not any(
        (read.stream.id is not None and read.stream.loaded_at is not None) or any(one.validity for one in read.way)
        for read in plan.events.streams
    )


def _prepared(events: Cte) -> Cte:
    """The events up to now, made once; in no order, as nobody keeps them."""
    query = events.query.copy()
    query.set("order", None)
    return replace(events, name=whole_of(events.name), query=query, copied=True)


def whole_of(events: str) -> str:
    """The CTE of all events up to now."""
    return f"{events}__whole"


def _timestamp(instant: datetime) -> str:
    return f"adapter.dispatch('segpy_timestamp', 'segpy')('{instant:%Y-%m-%d %H:%M:%S}')"


def _before(events: str, at: str) -> Cte:
    earlier = exp.LT(this=column("occurred_at"), expression=told(at))
    return Cte(events, (), select([exp.Star()], table(whole_of(events)), where=[earlier]), inline=True)


def _as_of(cte: Cte, at: str) -> Cte:
    """The same at another instant."""
    query = cte.query.copy()
    for one in query.find_all(exp.Column):
        if one.name == AS_OF:
            one.this.set("this", at)
    return replace(cte, query=query, ctes=tuple(_as_of(inner, at) for inner in cte.ctes))


def _came(plan: BacktestPlan, at: str) -> exp.Query:
    """What followed the instant, of those of whom something did."""
    events, key = plan.entity.events, column(plan.entity.entity.key)
    assert events is not None
    begins = plus(told(at), plan.gap) if plan.gap.seconds else told(at)
    occurred_at = column("occurred_at")
    where = [
        *selected(plan.outcome.selection),
        exp.GTE(this=occurred_at, expression=begins),
        exp.LT(this=occurred_at.copy(), expression=plus(begins.copy(), plan.horizon)),
    ]
    value: exp.Expr = cast(exp.Null(), Type.NUMBER)
    if plan.outcome.value is not None:
        value = exp.Sum(this=cast(column(plan.outcome.value), Type.NUMBER))
    after = microseconds_between(begins.copy(), exp.Min(this=occurred_at.copy()))
    columns = [key, named(after, "after"), named(value, "value")]
    return select(columns, table(whole_of(events.model)), where=where, group_by=[key.copy()])


def _row(plan: BacktestPlan, place: int, at: str) -> exp.Query:
    entity = plan.entity
    assert entity.segments is not None
    key, flags = entity.entity.key, entity.segments.model
    columns: list[exp.Expr] = [named(number(place), "place"), named(column(key, flags), "who")]
    columns += [named(Operation.ONE_IF(column(name, flags)), inside(i)) for i, name in enumerate(plan.segments)]
    columns.append(named(Operation.ONE_IF(is_known(column(key, _LATER))), "converted"))
    columns.append(named(_period(plan), "period"))
    if plan.outcome.value is not None:
        columns.append(named(coalesce(column("value", _LATER), number(0)), "value"))
    joins, where = [left_join(_LATER, exp.EQ(this=column(key, _LATER), expression=column(key, flags)))], []
    if _begins(plan.entity):
        joins.append(left_join(_BEGUN, exp.EQ(this=column(key, _BEGUN), expression=column(key, flags))))
        start = column("start", _BEGUN)
        where = [any_of([is_null(start), exp.LT(this=start.copy(), expression=told(at))])]
    return select(columns, table(flags), joins=joins, where=where)


def _begins(plan: EntityPlan) -> bool:
    """Whether attributes, as they are now, tell of people who were not there yet."""
    entity = plan.entity
    by_attributes = entity.population is not Population.EVENTS and entity.relation is not None
    return by_attributes and entity.start is not None and entity.validity is None


def _begun(plan: EntityPlan, relations: Relations) -> Cte:
    entity = plan.entity
    assert entity.relation is not None
    start = next(one for one in entity.attributes if one.name == entity.start)
    raw = column(start.name)
    since = utc(raw) if start.type is Type.TIMESTAMP else cast(cast(raw, start.type), Type.TIMESTAMP)
    columns = [named(cast(column(entity.key), entity.key_type), entity.key), named(since, "start")]
    source = table(relations.written(entity.relation))
    return Cte(_BEGUN, ("since when there is somebody",), select(columns, source))


def _period(plan: BacktestPlan) -> exp.Expr:
    """The period of the first conversion, from 1 on; null of who did not convert."""
    length = cast(number(plan.period.microseconds), Type.INTEGER)
    after = exp.Div(this=cast(column("after", _LATER), Type.NUMBER), expression=length, typed=False, safe=False)
    return cast(exp.Add(this=Operation.FLOOR(after), expression=number(1)), Type.INTEGER)
