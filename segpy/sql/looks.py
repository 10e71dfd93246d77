"""What is asked of a warehouse that nothing is known of yet: how many rows there are, and what its columns hold."""

from __future__ import annotations

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect as Grammar
from sqlglot.dialects.dialect import NormalizationStrategy

from segpy.dialects import Dialect
from segpy.propose.model import MOST_ROWS, Look, Table
from segpy.spec.expression import Type
from segpy.spec.model import Grain
from segpy.sql.build import written
from segpy.sql.lower.names import needs_quotes
from segpy.sql.lower.query import lower
from segpy.sql.model import Cte, Query
from segpy.sql.relations import Relations
from segpy.sql.tree import cast, column, cross_join, is_known, named, number, output, select, table

_LOOKED_AT = "looked_at"


def counts_query(look: Look, dialect: Dialect) -> str:
    """One row: how many rows, then of each column how many know it and how many values differ, then each latest time.

    No more than so many rows are counted. The latest time is that of all of them.
    """
    relations = Relations(Grain.DAY)
    source = relations.written(look.table.relation)
    inner = select([named(column(name), f"value_{i}") for i, name in enumerate(look.columns)], table(source))
    inner.set("limit", exp.Limit(expression=number(MOST_ROWS)))
    counts: list[exp.Expr] = [named(exp.Count(this=exp.Star()), "counted")]
    for i in range(len(look.columns)):
        value = column(f"value_{i}")
        counts.append(named(exp.Count(this=value), f"known_{i}"))
        counts.append(named(exp.Count(this=exp.Distinct(expressions=[value.copy()])), f"different_{i}"))
    ctes = [Cte(_LOOKED_AT, (), inner), Cte("counts", (), select(counts, table(_LOOKED_AT)))]
    names = [item.alias for item in counts]
    columns: list[exp.Expr] = [named(cast(column(name, "counts"), Type.INTEGER), name) for name in names]
    outputs = [output(name, Type.INTEGER, name) for name in names]
    joins: list[exp.Join] = []
    if look.times:
        latest = [named(exp.Max(this=column(name)), f"latest_{i}") for i, name in enumerate(look.times)]
        ctes.append(Cte("latest", (), select(latest, table(source))))
        joins.append(cross_join("latest"))
        columns += [named(cast(column(item.alias, "latest"), Type.TEXT), item.alias) for item in latest]
        outputs += [output(item.alias, Type.TEXT, item.alias) for item in latest]
    final = select(columns, table("counts"), joins=joins)
    query = Query("counts", "one row in all", tuple(ctes), final, tuple(outputs), relations.placeholders)
    return written(lower(query, dialect), dialect)


def names_query(of: Table, name: str, dialect: Dialect) -> str:
    """The values of a column, and how many rows have each, of as many rows as are counted."""
    relations = Relations(Grain.DAY)
    inner = select([named(cast(column(name), Type.TEXT), "value")], table(relations.written(of.relation)))
    inner.set("limit", exp.Limit(expression=number(MOST_ROWS)))
    counted = named(cast(exp.Count(this=exp.Star()), Type.INTEGER), "counted")
    final = select(
        [column("value"), counted],
        table(_LOOKED_AT),
        where=[is_known(column("value"))],
        group_by=[column("value")],
    )
    outputs = (output("value", Type.TEXT, "value"), output("counted", Type.INTEGER, "counted"))
    query = Query("names", "one row a name", (Cte(_LOOKED_AT, (), inner),), final, outputs, relations.placeholders)
    return written(lower(query, dialect), dialect)


def in_spec(name: str, dialect: Dialect) -> str | None:
    """How a spec names a column that the warehouse calls `name`; None where none of its names would be that."""
    match Grammar.get_or_raise(dialect.grammar).normalization_strategy:
        case NormalizationStrategy.UPPERCASE:
            if name == name.upper():
                return name.lower() if not needs_quotes(name.lower(), dialect) else name
            return name if needs_quotes(name, dialect) else None
        case NormalizationStrategy.CASE_INSENSITIVE:
            return name.lower() if name == name.upper() else name
        case _:
            return name


def any_case(dialect: Dialect) -> bool:
    """Whether columns are found by small and capital letters alike."""
    return Grammar.get_or_raise(dialect.grammar).normalization_strategy is NormalizationStrategy.CASE_INSENSITIVE
