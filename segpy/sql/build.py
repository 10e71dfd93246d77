"""A plan to the queries of its models."""

from __future__ import annotations

from segpy.dialects import DIALECTS
from segpy.plan.model import Plan
from segpy.resolve.model_events import Entity
from segpy.sql.activation import activation_query
from segpy.sql.events import events_query
from segpy.sql.features import features_query
from segpy.sql.layout import fill_in, lay_out
from segpy.sql.model import Query
from segpy.sql.segments import catalog_query, members_query, segments_query
from segpy.sql.sequences import sequences_query
from segpy.sql.verify import verify


def build_queries(plan: Plan) -> tuple[tuple[Query, str], ...]:
    """Every model's query and its text, verified, in the order in which they depend on each other."""
    queries = list(entity_queries(plan))
    if any(entity.segments for entity in plan.entities):
        queries += [members_query(plan), catalog_query(plan), activation_query(plan)]
    return tuple((query, written(query, plan)) for query in queries)


def entity_queries(plan: Plan) -> tuple[Query, ...]:
    """The queries of the models about entities, in the order in which they depend on each other."""
    dialect = DIALECTS[plan.bound.settings.dialect]
    grain = plan.bound.settings.grain
    queries: list[Query] = []
    for entity in sorted(plan.entities, key=lambda one: _owning(one.entity)):
        if entity.events is not None:
            queries.append(events_query(entity, entity.events, grain, dialect))
        if entity.sequences is not None:
            queries.append(sequences_query(entity, entity.sequences, grain, dialect))
        queries.append(features_query(entity, grain, dialect))
        if entity.segments is not None:
            queries.append(segments_query(entity, entity.segments, grain, dialect.name))
    return tuple(queries)


def _owning(entity: Entity) -> int:
    """How many kinds of members stand below an entity: what asks about members comes after them."""
    return 0 if entity.members is None else 1 + _owning(entity.members.entity)


def written(query: Query, plan: Plan, *, verified: bool = True) -> str:
    """The text of a query of this plan, read again and compared with what it was written from."""
    dialect = plan.bound.settings.dialect
    plain = lay_out(query, dialect)
    if verified:
        verify(query, plain, dialect)
    return fill_in(plain, query, dialect)
