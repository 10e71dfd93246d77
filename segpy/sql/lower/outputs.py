"""What a model yields, where the engine would choose other types; and the settings that its query is to run with."""

from __future__ import annotations

from dataclasses import replace

from sqlglot import exp

from segpy.dialects import Dialect
from segpy.sql.model import Cte, OutputColumn, Query
from segpy.sql.tree import column, identifier, number, select, table

_UNITED = "united"


def typed(query: Query, dialect: Dialect) -> Query:
    """Every column is cast to the type that it is said to have."""
    if not dialect.typed_outputs:
        return query
    query = _one_select(query)
    final = query.final.copy()
    final.set(
        "expressions",
        [_as_said(item, one) for item, one in zip(query.final.expressions, query.columns, strict=True)],
    )
    return replace(query, final=final)


def with_settings(query: Query, dialect: Dialect) -> Query:
    """The query says itself which settings it runs with."""
    if not dialect.settings:
        return query
    query = _one_select(query)
    final = query.final.copy()
    settings = [
        exp.EQ(this=exp.Column(this=exp.to_identifier(name)), expression=number(value))
        for name, value in dialect.settings.items()
    ]
    final.set("settings", settings)
    return replace(query, final=final)


def _one_select(query: Query) -> Query:
    """The same as one select: what is united becomes a CTE."""
    if isinstance(query.final, exp.Select):
        return query
    united = Cte(_UNITED, (), query.final)
    final = select([column(one.name) for one in query.columns], table(_UNITED))
    return replace(query, ctes=(*query.ctes, united), final=final)


def _as_said(item: exp.Expr, said: OutputColumn) -> exp.Expr:
    value = item.this if isinstance(item, exp.Alias) else item
    if isinstance(value, exp.Cast) and value.to == said.type:
        return item.copy()
    cast = exp.Cast(this=value.copy(), to=_carried(said.type))
    return exp.Alias(this=cast, alias=identifier(said.name))


def _carried(type_: exp.DataType) -> exp.DataType:
    """Uuids are made where they are read; from there on their type is what they are carried as."""
    return exp.DataType(this=exp.DType.TEXT) if type_.this is exp.DType.UUID else type_.copy()
