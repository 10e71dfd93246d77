"""A query to the query of one engine: pure passes, in this order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from segpy.dialects import Dialect
from segpy.sql.lower.apart import apart_by_steps
from segpy.sql.lower.lookups import looked_up_by_joins
from segpy.sql.lower.names import fitting, quoted
from segpy.sql.lower.nearest import nearest_by_extremes
from segpy.sql.lower.outputs import typed, with_settings
from segpy.sql.lower.rolling import rolling_by_sums
from segpy.sql.lower.trees import lowered_tree
from segpy.sql.lower.types import written_type
from segpy.sql.model import Cte, ModelColumn, OutputColumn, Query


def lower(query: Query, dialect: Dialect) -> Query:
    """What the engine runs. The query that is given stays as it is."""
    for one in _PASSES:
        query = one(query, dialect)
    return query


def lowered_column(column: OutputColumn, dialect: Dialect) -> ModelColumn:
    """A column of a model, as the engine names it and its type."""
    return ModelColumn(
        column.name, quoted(column.name, dialect), written_type(column.type, dialect), column.description
    )


def _apart(query: Query, dialect: Dialect) -> Query:
    return replace(query, ctes=tuple(one for cte in query.ctes for one in _with_apart(cte, dialect)))


def _with_apart(cte: Cte, dialect: Dialect) -> list[Cte]:
    own = replace(cte, ctes=tuple(one for inner in cte.ctes for one in _with_apart(inner, dialect)))
    return apart_by_steps(own, recursion=dialect.recursion)


def _lookups(query: Query, dialect: Dialect) -> Query:
    if dialect.scalar_subqueries:
        return query
    return replace(query, ctes=tuple(map(_with_lookups, query.ctes)), final=looked_up_by_joins(query.final))


def _with_lookups(cte: Cte) -> Cte:
    return replace(cte, query=looked_up_by_joins(cte.query), ctes=tuple(map(_with_lookups, cte.ctes)))


def _nearest(query: Query, dialect: Dialect) -> Query:
    return replace(query, ctes=tuple(one for cte in query.ctes for one in _with_nearest(cte, dialect)))


def _with_nearest(cte: Cte, dialect: Dialect) -> list[Cte]:
    own = replace(cte, ctes=tuple(one for inner in cte.ctes for one in _with_nearest(inner, dialect)))
    return nearest_by_extremes(own, joins=dialect.asof_join)


def _rolling(query: Query, dialect: Dialect) -> Query:
    if dialect.range_of_numbers:
        return query
    return replace(query, ctes=tuple(one for cte in query.ctes for one in _with_rolling(cte)))


def _with_rolling(cte: Cte) -> list[Cte]:
    return rolling_by_sums(replace(cte, ctes=tuple(one for inner in cte.ctes for one in _with_rolling(inner))))


def _trees(query: Query, dialect: Dialect) -> Query:
    ctes = tuple(_with_trees(cte, dialect) for cte in query.ctes)
    return replace(query, ctes=ctes, final=lowered_tree(query.final, dialect))


def _with_trees(cte: Cte, dialect: Dialect) -> Cte:
    inner = tuple(_with_trees(one, dialect) for one in cte.ctes)
    return replace(cte, name=fitting(cte.name, dialect), query=lowered_tree(cte.query, dialect), ctes=inner)


def _hints(query: Query, dialect: Dialect) -> Query:
    return replace(query, ctes=tuple(_with_hints(cte, dialect) for cte in query.ctes))


def _with_hints(cte: Cte, dialect: Dialect) -> Cte:
    inner = tuple(_with_hints(one, dialect) for one in cte.ctes)
    return replace(
        cte, inline=cte.inline and dialect.inline_hint, copied=cte.copied and dialect.inline_hint, ctes=inner
    )


def _order(query: Query, dialect: Dialect) -> Query:
    """The order of a table's rows is worth its sorting only where the engine keeps it."""
    if dialect.clustered_by_order or query.final.args.get("order") is None:
        return query
    final = query.final.copy()
    final.set("order", None)
    return replace(query, final=final)


_PASSES: tuple[Callable[[Query, Dialect], Query], ...] = (
    _apart,
    _nearest,
    _rolling,
    _lookups,
    _hints,
    _order,
    typed,
    with_settings,
    _trees,
)
