"""Everybody at several instants, in one query: the events are read once, and each instant sees those before it.

What is evaluated at an instant is the very query that a run at that instant is: no other tells what it would have
found, and nothing that came later can leak into it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlglot import exp

from segpy.plan.model import EntityPlan
from segpy.plan.model_panel import PanelPlan
from segpy.spec.expression import Type
from segpy.spec.model import Population
from segpy.sql.build import entity_queries
from segpy.sql.first_seen import first_seen
from segpy.sql.inline import inlined, reading
from segpy.sql.model import Cte
from segpy.sql.nodes import Operation
from segpy.sql.operations import utc
from segpy.sql.relations import Relations
from segpy.sql.tree import (
    AS_OF,
    any_of,
    cast,
    column,
    is_null,
    left_join,
    named,
    number,
    select,
    table,
    told,
    union_all,
)

PANEL = "panel"
_BEGUN = "begun"


@dataclass(frozen=True, slots=True)
class Beside:
    """What a row tells besides: columns, joined to the flags of an instant, of who is wanted; made by CTEs at it."""

    columns: tuple[exp.Expr, ...] = ()
    joins: tuple[exp.Join, ...] = ()
    where: tuple[exp.Expr, ...] = ()
    ctes: tuple[Cte, ...] = ()


def inside(segment: int) -> str:
    """The column that is 1 for who is in a segment, by its place among those asked for, else 0."""
    return f"in_{segment}"


def panel(
    plan: PanelPlan, instants: Sequence[datetime], relations: Relations, beside: Callable[[str], Beside]
) -> tuple[Cte, ...]:
    """`panel`: a row an instant, by its place, and entity that there was at it: its flags, and what stands `beside`.

    `beside` is asked for each instant, by the name under which that is known.
    """
    given, events, others = _models(plan)
    firsts, instead = first_seen(plan.plan, {jinja: name for name, jinja in given.items()})
    others = [reading(one, instead.get(one.name, {})) for one in others]
    ctes = [*_given(given, relations), *(_prepared(one) for one in events), *firsts]
    if _begins(plan.entity):
        ctes.append(_begun(plan.entity, relations))
    names = [f"at_{place}" for place in range(len(instants))]
    staged = _staged(plan)
    for place, instant in enumerate(instants):
        at = at_instant(relations, place, instant)
        read = [_before(one.name, at) if one.name in staged else _as_of(one, at) for one in events]
        more = beside(at)
        inner = (*read, *(_as_of(one, at) for one in others), *more.ctes)
        ctes.append(Cte(names[place], (f"who was in at {instant}",), _row(plan, place, at, more), ctes=inner))
    everybody = union_all([select([exp.Star()], table(name)) for name in names])
    return (*ctes, Cte(PANEL, (), everybody, copied=True))


def _given(names: Mapping[str, str], relations: Relations) -> list[Cte]:
    return [
        Cte(name, (), select([exp.Star()], table(relations.filled_in(name, jinja))), inline=True)
        for name, jinja in names.items()
    ]


def _models(plan: PanelPlan) -> tuple[dict[str, str], list[Cte], list[Cte]]:
    """The relations that are read, by their names, as Jinja; the models of events; and those made from them."""
    entity = plan.entity
    assert entity.segments is not None
    queries = entity_queries(plan.plan, kept=False)
    wanted = (entity.segments.model, *((entity.events.model,) if entity.events is not None else ()))
    models, read = inlined(queries, wanted)
    given = {name: jinja for jinja, name in read.items()}
    of_events = {one.events.model for one in plan.plan.entities if one.events is not None}
    return given, [one for one in models if one.name in of_events], [one for one in models if one.name not in of_events]


def _staged(plan: PanelPlan) -> frozenset[str]:
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


def at_instant(relations: Relations, place: int, instant: datetime) -> str:
    """The name under which an instant is known in the query."""
    timestamp = f"adapter.dispatch('segpy_timestamp', 'segpy')('{instant:%Y-%m-%d %H:%M:%S}')"
    return relations.told(f"instant_{place}", timestamp)


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


def _row(plan: PanelPlan, place: int, at: str, beside: Beside) -> exp.Query:
    entity = plan.entity
    assert entity.segments is not None
    key, flags = entity.entity.key, entity.segments.model
    columns: list[exp.Expr] = [named(number(place), "place"), named(column(key, flags), "who")]
    columns += [named(Operation.ONE_IF(column(name, flags)), inside(i)) for i, name in enumerate(plan.segments)]
    columns += beside.columns
    joins, where = [*beside.joins], [*beside.where]
    if _begins(plan.entity):
        joins.append(left_join(_BEGUN, exp.EQ(this=column(key, _BEGUN), expression=column(key, flags))))
        start = column("start", _BEGUN)
        where.append(any_of([is_null(start), exp.LT(this=start.copy(), expression=told(at))]))
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
