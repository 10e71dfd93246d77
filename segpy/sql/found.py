"""Reasons to think about a segment that commands found by statistics, and saved: the last of each segment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlglot import exp

from segpy.measure.model_drift import ALARM
from segpy.plan.model import Plan
from segpy.plan.model_results import BACKTESTS, STATISTICS
from segpy.spec.expression import Type
from segpy.sql.model import Cte
from segpy.sql.nodes import Operation
from segpy.sql.reasons import PRUNE, reason_row, said
from segpy.sql.relations import Relations
from segpy.sql.tree import as_of, cast, column, inner_join, named, number, select, table, text

_INDEX, _CHANCE = "psi", "psi_by_chance"


def found_by_commands(plan: Plan, relations: Relations) -> Iterator[tuple[tuple[Cte, ...], exp.Query]]:
    """What is read, and the rows made of it; of segments that there still are."""
    backtests, statistics = plan.results.name_of(BACKTESTS), plan.results.name_of(STATISTICS)
    catalog = relations.model(plan.catalog)
    if backtests is not None:
        yield (_looked_back(relations.model(backtests)),), _too_few(catalog)
    if statistics is not None:
        limit = plan.bound.settings.portfolio.max_drift
        words = ("what `segpy drift` saved last of each segment: every feature beside what chance reaches",)
        compared = Cte("compared", words, _compared(relations.model(statistics)))
        beyond = _drifted(ALARM if limit is None else limit)
        yield (compared, Cte("drifted", ("the features that drifted, by how far",), beyond)), _others(catalog)


def _looked_back(backtests: str) -> Cte:
    """Of a look back `n` is how many there would be to act on, and the figure how many it takes."""
    place = _numbered(exp.RowNumber(), [_last("as_of"), exp.Ordered(this=column("outcome"))], "place")
    columns = [column("segment"), column("n"), column("estimate"), place]
    query = select(columns, table(backtests), where=[_is("figure", "members_needed"), _until_now()])
    return Cte("looked_back", ("what `segpy backtest` saved last of each segment",), query)


def _too_few(catalog: str) -> exp.Query:
    there, needed = column("n", "looked_back"), column("estimate", "looked_back")
    whole = cast(cast(Operation.ROUNDED_TO_WHOLE(needed.copy()), Type.INTEGER), Type.TEXT)
    words = said("a hold-out of its ", cast(there, Type.TEXT), " members would tell nothing: it takes ", whole)
    fewer = exp.LT(this=there.copy(), expression=needed)
    return _reason("looked_back", "too_few_to_tell", words, catalog, [_first("looked_back"), fewer])


def _compared(statistics: str) -> exp.Query:
    by = ("segment", "about", "as_of", "last_at")
    figures = []
    for figure in (_INDEX, _CHANCE):
        one = exp.Case(ifs=[exp.If(this=_is("figure", figure), true=column("estimate"))])
        figures.append(named(exp.Max(this=one), figure))
    age = _numbered(exp.Rank(), [_last("as_of"), _last("last_at")], "age")
    where = [_is("command", "drift"), _until_now()]
    return select([*map(column, by), *figures, age], table(statistics), where=where, group_by=[*map(column, by)])


def _drifted(limit: float) -> exp.Query:
    furthest = [exp.Ordered(this=column(_INDEX), desc=True, nulls_first=False), exp.Ordered(this=column("about"))]
    columns = [column("segment"), column("about"), column(_INDEX), _numbered(exp.RowNumber(), furthest, "place")]
    where = [
        exp.EQ(this=column("age"), expression=number(1)),
        exp.GT(this=column(_INDEX), expression=number(limit)),
        exp.GT(this=column(_INDEX), expression=column(_CHANCE)),
    ]
    return select(columns, table("compared"), where=where)


def _others(catalog: str) -> exp.Query:
    words = said("its members are others than they were, by ", column("about", "drifted"))
    return _reason("drifted", "drifted", words, catalog, [_first("drifted")])


def _reason(source: str, reason: str, words: exp.Expr, catalog: str, where: Sequence[exp.Expr]) -> exp.Query:
    known = inner_join(catalog, exp.EQ(this=column("segment", "known"), expression=column("segment", source)), "known")
    row = reason_row(column("segment", source), column("entity", "known"), PRUNE, reason, words)
    return select(row, table(source), joins=[known], where=where)


def _numbered(function: exp.Expr, order: Sequence[exp.Expr], name: str) -> exp.Expr:
    """The place of a row among those of its segment."""
    by = exp.Order(expressions=list(order))
    return named(exp.Window(this=function, partition_by=[column("segment")], order=by), name)


def _last(name: str) -> exp.Expr:
    return exp.Ordered(this=column(name), desc=True, nulls_first=False)


def _first(source: str) -> exp.Expr:
    return exp.EQ(this=column("place", source), expression=number(1))


def _until_now() -> exp.Expr:
    return exp.LTE(this=column("as_of"), expression=as_of())


def _is(name: str, value: str) -> exp.Expr:
    return exp.EQ(this=column(name), expression=text(value))
