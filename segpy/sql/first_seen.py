"""Who is there at an instant, told by when each was seen first: so that not every instant reads all events."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlglot import exp

from segpy.plan.model import EntityPlan, Plan
from segpy.resolve.model_events import Stream, way_to
from segpy.spec.model import Population
from segpy.sql.model import Cte
from segpy.sql.operations import utc
from segpy.sql.relations import jinja_of
from segpy.sql.tree import column, is_known, named, select, table


def first_seen(plan: Plan, read: Mapping[str, str]) -> tuple[tuple[Cte, ...], dict[str, dict[str, str]]]:
    """Relations of events cut to the first of each key, and by features model what to read them in place of.

    `read` are the names of relations by their Jinja. Whether somebody had an event before an instant is told by their
    first one alone; not so with a retention, and of a relation that is read for other columns as well.
    """
    ctes: dict[str, Cte] = {}
    instead: dict[str, dict[str, str]] = {}
    kept = {jinja_of(one.entity.relation) for one in plan.entities if one.entity.relation is not None}
    for entity in plan.entities:
        if entity.retention is None and entity.entity.population is not Population.ATTRIBUTES:
            for jinja, stream, key in _alone(entity):
                if jinja in read and jinja not in kept:
                    name = f"{read[jinja]}__first_by_{key}".lower()
                    ctes[name] = _first(name, read[jinja], stream, key)
                    instead.setdefault(entity.features.model, {})[read[jinja]] = name
    return tuple(ctes.values()), instead


def _alone(entity: EntityPlan) -> Iterator[tuple[str, Stream, str]]:
    """The streams that are the only ones of their relation."""
    streams = [(jinja_of(one.relation), one, way_to(entity.entity, one)[0]) for one in entity.entity.streams]
    for jinja, stream, key in streams:
        if sum(other == jinja for other, _, _ in streams) == 1:
            yield jinja, stream, key


def _first(name: str, source: str, stream: Stream, key: str) -> Cte:
    at = named(exp.Min(this=utc(column(stream.occurred_at))), stream.occurred_at)
    query = select([column(key), at], table(source), where=[is_known(column(key))], group_by=[column(key)])
    return Cte(name, (f"when stream {stream.name} told of each for the first time",), query, copied=True)
