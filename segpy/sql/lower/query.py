"""A query to the query of one engine: pure passes, in this order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from sqlglot import exp

from segpy.dialects import Dialect
from segpy.sql.lower.apart import apart_by_steps
from segpy.sql.lower.lookups import looked_up_by_joins
from segpy.sql.lower.names import fitting, quoted
from segpy.sql.lower.nearest import nearest_by_extremes
from segpy.sql.lower.ordered import firsts_by_places, medians_apart
from segpy.sql.lower.outputs import typed, with_settings
from segpy.sql.lower.rolling import rolling_by_sums
from segpy.sql.lower.trees import lowered_tree
from segpy.sql.lower.types import written_type
from segpy.sql.model import Cte, ModelColumn, OutputColumn, Query
from segpy.sql.nodes import Operation


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


def _through(ctes: Iterable[Cte], change: Callable[[Cte], Sequence[Cte]]) -> tuple[Cte, ...]:
    """What comes of each CTE, those inside of it first."""
    return tuple(one for cte in ctes for one in change(replace(cte, ctes=_through(cte.ctes, change))))


def _apart(query: Query, dialect: Dialect) -> Query:
    ctes = _through(query.ctes, lambda cte: apart_by_steps(cte, recursion=dialect.recursion))
    return replace(query, ctes=ctes)


def _nearest(query: Query, dialect: Dialect) -> Query:
    ctes = _through(query.ctes, lambda cte: nearest_by_extremes(cte, joins=dialect.asof_join))
    return replace(query, ctes=ctes)


def _rolling(query: Query, dialect: Dialect) -> Query:
    return query if dialect.range_of_numbers else replace(query, ctes=_through(query.ctes, rolling_by_sums))


def _firsts(query: Query, dialect: Dialect) -> Query:
    known = Operation.FIRST_BY.spelled in dialect.spellings
    return query if known else replace(query, ctes=_through(query.ctes, firsts_by_places))


def _medians(query: Query, dialect: Dialect) -> Query:
    return query if dialect.medians_together else replace(query, ctes=_through(query.ctes, medians_apart))


def _lists(query: Query, dialect: Dialect) -> Query:
    def listed(cte: Cte) -> list[Cte]:
        if not cte.recursive:
            return [cte]
        names = [item.args["alias"] if isinstance(item, exp.Alias) else item.this for item in cte.query.selects]
        return [replace(cte, columns=tuple(names))]

    return replace(query, ctes=_through(query.ctes, listed)) if dialect.recursion_lists else query


def _lookups(query: Query, dialect: Dialect) -> Query:
    if dialect.scalar_subqueries:
        return query
    ctes = _through(query.ctes, lambda cte: [replace(cte, query=looked_up_by_joins(cte.query))])
    return replace(query, ctes=ctes, final=looked_up_by_joins(query.final))


def _hints(query: Query, dialect: Dialect) -> Query:
    if dialect.inline_hint:
        return query
    return replace(query, ctes=_through(query.ctes, lambda cte: [replace(cte, inline=False, copied=False)]))


def _trees(query: Query, dialect: Dialect) -> Query:
    def lowered(cte: Cte) -> list[Cte]:
        return [replace(cte, name=fitting(cte.name, dialect), query=lowered_tree(cte.query, dialect))]

    return replace(query, ctes=_through(query.ctes, lowered), final=lowered_tree(query.final, dialect))


def _order(query: Query, dialect: Dialect) -> Query:
    """The order of a table's rows is worth its sorting only where the engine keeps it."""
    if dialect.clustered_by_order or query.shown or query.final.args.get("order") is None:
        return query
    final = query.final.copy()
    final.set("order", None)
    return replace(query, final=final)


_PASSES: tuple[Callable[[Query, Dialect], Query], ...] = (
    _apart,
    _nearest,
    _rolling,
    _firsts,
    _medians,
    _lookups,
    _hints,
    _order,
    typed,
    with_settings,
    _trees,
    _lists,
)
