"""Who may be written to, as attributes are now: who consents where that is asked for, and is not suppressed."""

from __future__ import annotations

from sqlglot import exp

from segpy.resolve.model_events import Entity
from segpy.spec.expression import Type
from segpy.sql.model import Cte
from segpy.sql.relations import Relations
from segpy.sql.tree import cast, column, inner_join, is_known, is_null, left_join, named, select, table
from segpy.sql.versions import holding


def who_may_leave(
    entity: Entity, source: str, relations: Relations
) -> tuple[list[Cte], list[exp.Join], list[exp.Expr]]:
    """Who of a CTE may be written to as attributes are now: CTEs of their keys, and joins and conditions that ask them.

    Consent has to be known; whoever is not known to be suppressed is not.
    """
    ctes: list[Cte] = []
    joins: list[exp.Join] = []
    where: list[exp.Expr] = []
    if entity.consent is not None:
        name = f"{entity.name}__consenting"
        ctes.append(_keys(entity, entity.consent, name, f"those who have given their {entity.consent}", relations))
        joins.append(inner_join(name, _same(name, source)))
    if entity.suppressed is not None:
        name = f"{entity.name}__suppressed"
        ctes.append(_keys(entity, entity.suppressed, name, "those who are never to be written to", relations))
        joins.append(left_join(name, _same(name, source)))
        where.append(is_null(column("entity_key", name)))
    return ctes, joins, where


def _same(name: str, source: str) -> exp.Expr:
    return exp.EQ(this=column("entity_key", name), expression=column("entity_key", source))


def _keys(entity: Entity, attribute: str, name: str, words: str, relations: Relations) -> Cte:
    """The keys of those of whom a boolean attribute is true."""
    assert entity.relation is not None
    key = cast(cast(column(entity.key), entity.key_type), Type.TEXT)
    where = [is_known(column(entity.key)), cast(column(attribute), Type.BOOLEAN), *holding(entity)]
    query = select([named(key, "entity_key")], table(relations.written(entity.relation)), where=where, distinct=True)
    return Cte(name, (words,), query)
