"""Several models as one query: each model that is needed becomes a CTE, its own CTEs inside of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from sqlglot import exp

from segpy.sql.model import Cte, Query
from segpy.sql.relations import Relations, jinja_of_model
from segpy.sql.tree import AS_OF, identifier, select, table


def inlined(queries: Sequence[Query], wanted: Iterable[str]) -> tuple[tuple[Cte, ...], Mapping[str, str]]:
    """The models `wanted` and all that they are made from, as CTEs under their own names, and what these read.

    `queries` stand in the order in which they depend on each other. What they read besides is called by the same name
    in all of them: the second result has these names by the Jinja of the relation. No other CTE begins with `_`.
    """
    models = {jinja_of_model(query.name): query.name for query in queries}
    needed = _needed(queries, models, frozenset(wanted))
    read: dict[str, str] = {}
    ctes: list[Cte] = []
    for query in queries:
        if query.name in needed:
            placeholders = [(name, jinja) for name, jinja in query.placeholders if name != AS_OF]
            names = {name: models.get(jinja) or _name(name, jinja, read) for name, jinja in placeholders}
            own = tuple(reading(cte, names) for cte in query.ctes)
            ctes.append(Cte(query.name, (f"{query.name}: {query.grain}",), _tables(query.final, names), ctes=own))
    return tuple(ctes), read


def from_warehouse(
    queries: Sequence[Query], wanted: Iterable[str], relations: Relations, only: Mapping[str, exp.Expr] | None = None
) -> tuple[Cte, ...]:
    """The models `wanted` as CTEs, after those that read the warehouse for them: `only` some rows of what is named."""
    models, read = inlined(queries, wanted)
    rows = {jinja: [condition] for jinja, condition in (only or {}).items()}
    given = tuple(
        Cte(name, (), select([exp.Star()], table(relations.filled_in(name, jinja)), where=rows.get(jinja, [])))
        for jinja, name in read.items()
    )
    return (*given, *models)


def _needed(queries: Sequence[Query], models: Mapping[str, str], wanted: frozenset[str]) -> frozenset[str]:
    """The names of the models to be inlined: found from the last to the first."""
    needed = wanted
    for query in reversed(queries):
        if query.name in needed:
            needed |= {models[jinja] for _, jinja in query.placeholders if jinja in models}
    return needed


def _name(placeholder: str, jinja: str, read: dict[str, str]) -> str:
    """The name of a relation. Placeholders of one name may stand for different relations in different models."""
    if jinja not in read:
        plain = placeholder.strip("_")
        free = (name for name in (f"_{plain}", *(f"_{plain}_{i}" for i in range(2, 100))) if name not in read.values())
        read[jinja] = next(free)
    return read[jinja]


def reading(cte: Cte, names: Mapping[str, str]) -> Cte:
    """A CTE that reads other tables."""
    return replace(cte, query=_tables(cte.query, names), ctes=tuple(reading(inner, names) for inner in cte.ctes))


def _tables(query: exp.Query, names: Mapping[str, str]) -> exp.Query:
    """A copy of a query that reads other tables."""
    copy = query.copy()
    for one in copy.find_all(exp.Table):
        if one.name in names:
            one.set("this", identifier(names[one.name]))
    return copy
