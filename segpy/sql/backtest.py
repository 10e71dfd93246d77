"""A look back: who would have been in segments at several instants, and what came of them, as counts in one query."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlglot import exp

from segpy.plan.model_backtest import BacktestPlan
from segpy.spec.expression import Type
from segpy.sql.build import dialect_of, written
from segpy.sql.lower.query import lower
from segpy.sql.model import Cte, Query
from segpy.sql.nodes import Operation
from segpy.sql.panel import PANEL, inside, known_until, panel
from segpy.sql.relations import Relations
from segpy.sql.tree import (
    as_of,
    cast,
    coalesce,
    column,
    inner_join,
    is_known,
    named,
    number,
    output,
    select,
    table,
    text,
    union_all,
)

_COUNTS = ("people", "looks", "members", "converted", "converted_inside", "before", "stayed")
_NUMBERS = ("mean", "variance")
_COLUMNS = ("kind", "segment", "place", *_COUNTS, *_NUMBERS)
_BY = ("segment", "who")


def backtest_sql(plan: BacktestPlan, instants: Sequence[datetime], adapter: str | None) -> str:
    """The counts of a look back, of four kinds, told by `kind`; `segment` is its place among those asked for.

    instant: of each instant, by its place. who: how many entities have the same numbers over all instants. period: of
    each period of the horizon, who converted first in it. age: of members by for how many instants in a row they were
    in; of who may have been in before the first that is not known. value: of members the value of one look.
    """
    relations = Relations(plan.plan.bound.settings.grain)
    ctes = [*panel(plan, instants, relations), Cte("looked_at", (), _by_segment(plan))]
    ctes += [Cte("followed", ("what each look follows upon",), _followed(plan)), Cte("people", (), _people(plan))]
    parts = [_instants(), _whos(), _periods(), _ages()]
    if plan.outcome.value is not None:
        ctes.append(Cte("worth", ("the value of one look of a member",), _worth()))
        parts.append(_values())
    whole = (Type.INTEGER,) * (2 + len(_COUNTS))
    types = (Type.TEXT, *whole, *(Type.NUMBER,) * len(_NUMBERS))
    outputs = tuple(output(name, type_, name) for name, type_ in zip(_COLUMNS, types, strict=True))
    query = Query("backtest", "one row a figure", tuple(ctes), union_all(parts), outputs, relations.placeholders)
    return _text(query, plan, adapter)


def until_sql(plan: BacktestPlan, adapter: str | None) -> str:
    """The instant of a run now, and when the last event before it was, in microseconds since 1970; null without one."""
    relations = Relations(plan.plan.bound.settings.grain)
    ctes, events = known_until(plan, relations)
    last = Operation.MICROSECONDS(exp.Max(this=column("occurred_at")))
    columns = [named(cast(as_of(), Type.TEXT), "as_of"), named(last, "last_at")]
    outputs = (output("as_of", Type.TEXT, "as_of"), output("last_at", Type.INTEGER, "last_at"))
    query = Query("until", "one row in all", ctes, select(columns, table(events)), outputs, relations.placeholders)
    return _text(query, plan, adapter)


def _text(query: Query, plan: BacktestPlan, adapter: str | None) -> str:
    dialect = dialect_of(plan.plan, adapter)
    return written(lower(query, dialect), dialect)


def _by_segment(plan: BacktestPlan) -> exp.Query:
    """A row a segment, instant and entity."""
    told = ["place", "who", "converted", "period", *(["value"] if plan.outcome.value is not None else [])]
    return union_all(
        [
            select([named(number(i), "segment"), *map(column, told), named(column(inside(i)), "is_in")], table(PANEL))
            for i in range(len(plan.segments))
        ]
    )


def _followed(plan: BacktestPlan) -> exp.Query:
    """Each look with whether the one before found a member, and for how many in a row it has been one."""
    told = ["segment", "place", "who", "is_in", "converted", "period"]
    told += ["value"] if plan.outcome.value is not None else []
    before = _over(exp.Lag(this=column("is_in")))
    last = _over(exp.Lag(this=column("place")))
    follows = exp.EQ(this=last, expression=exp.Sub(this=column("place"), expression=number(1)))
    out = exp.Case(ifs=[exp.If(this=_equal("is_in", 0), true=column("place"))])
    columns: list[exp.Expr] = [*map(column, told)]
    columns.append(named(exp.Case(ifs=[exp.If(this=follows, true=before)]), "was_in"))
    columns.append(named(_over(exp.Max(this=out), running=True), "out_at"))
    columns.append(named(_over(exp.Min(this=column("place")), running=True), "first_place"))
    return select(columns, table("looked_at"))


def _over(function: exp.Expr, *, running: bool = False) -> exp.Expr:
    """Of one entity and segment, in the order of instants; with `running`, up to this one."""
    order = exp.Order(expressions=[exp.Ordered(this=column("place"), nulls_first=False)])
    frame = exp.WindowSpec(kind="ROWS", start="UNBOUNDED", start_side="PRECEDING", end="CURRENT ROW", end_side=None)
    return exp.Window(
        this=function, partition_by=[column(name) for name in _BY], order=order, spec=frame if running else None
    )


def _people(plan: BacktestPlan) -> exp.Query:
    """A row a segment and entity: what was seen of it over all instants."""
    sums = {
        "looks": exp.Count(this=exp.Star()),
        "members": _total(column("is_in")),
        "converted": _total(column("converted")),
        "converted_inside": _total(_both("is_in", "converted")),
        "before": _total(_before()),
        "stayed": _total(_stayed()),
    }
    columns = [*map(column, _BY), *(named(value, name) for name, value in sums.items())]
    if plan.outcome.value is not None:
        value = exp.Mul(this=column("is_in"), expression=column("value"))
        columns.append(named(exp.Sum(this=value), "value"))
    return select(columns, table("followed"), group_by=[column(name) for name in _BY])


def _instants() -> exp.Query:
    counts: dict[str, exp.Expr] = {
        "people": exp.Count(this=exp.Star()),
        "members": _total(column("is_in")),
        "converted": _total(column("converted")),
        "converted_inside": _total(_both("is_in", "converted")),
        "before": _total(_before()),
        "stayed": _total(_stayed()),
    }
    by = [column("segment"), column("place")]
    return _figures("instant", column("place"), counts, "followed", by)


def _whos() -> exp.Query:
    same = _COUNTS[1:]
    counts = {"people": exp.Count(this=exp.Star()), **{name: column(name) for name in same}}
    return _figures("who", None, counts, "people", [column("segment"), *map(column, same)])


def _periods() -> exp.Query:
    counts = {"members": _total(column("is_in")), "people": exp.Count(this=exp.Star())}
    by = [column("segment"), column("period")]
    return _figures("period", column("period"), counts, "followed", by, [_equal("converted", 1)])


def _ages() -> exp.Query:
    """By for how many instants in a row: since the last look that found no member, else since the first there was."""
    since = coalesce(column("out_at"), exp.Sub(this=column("first_place"), expression=number(1)))
    age = exp.Sub(this=column("place"), expression=since)
    known = exp.Or(this=is_known(column("out_at")), expression=exp.GT(this=column("first_place"), expression=number(0)))
    counts = {"members": exp.Count(this=exp.Star()), "converted_inside": _total(column("converted"))}
    where = [_equal("is_in", 1), exp.paren(known)]
    return _figures("age", age, counts, "followed", [column("segment"), age.copy()], where)


def _worth() -> exp.Query:
    """Sum over sum, as people are looked at several times."""
    sums = [_as_number(_total(column("members"))), exp.Sum(this=column("value"))]
    mean = exp.Div(this=sums[1].copy(), expression=Operation.NULL_IF(sums[0], number(0)), typed=False, safe=False)
    columns = [column("segment"), named(_total(column("members")), "members"), named(mean, "mean")]
    return select(columns, table("people"), group_by=[column("segment")])


def _values() -> exp.Query:
    """The variance of that mean: of what each of the people is off it, over the square of their looks."""
    off = exp.Sub(
        this=column("value", "people"),
        expression=exp.Mul(this=column("members", "people"), expression=column("mean", "worth")),
    )
    squares = exp.Sum(this=exp.Mul(this=exp.paren(off), expression=exp.paren(off.copy())))
    looks = _as_number(column("members", "worth"))
    variance = exp.Div(
        this=squares, expression=exp.paren(exp.Mul(this=looks, expression=looks.copy())), typed=False, safe=False
    )
    figures = {
        "people": exp.Count(this=exp.Star()),
        "members": column("members", "worth"),
        "mean": column("mean", "worth"),
        "variance": variance,
    }
    on = exp.EQ(this=column("segment", "worth"), expression=column("segment", "people"))
    by = [column("segment", "people"), column("members", "worth"), column("mean", "worth")]
    some = exp.GT(this=column("members", "people"), expression=number(0))
    return _figures("value", None, figures, "people", by, [some], [inner_join("worth", on)])


def _figures(
    kind: str,
    place: exp.Expr | None,
    told: Mapping[str, exp.Expr],
    source: str,
    by: Sequence[exp.Expr],
    where: Sequence[exp.Expr] = (),
    joins: Sequence[exp.Join] = (),
) -> exp.Query:
    """Rows of one kind, with all columns."""
    own: dict[str, exp.Expr] = {"kind": text(kind), "segment": by[0].copy()}
    own["place"] = exp.Null() if place is None else place
    columns = []
    for name in _COLUMNS:
        type_ = Type.TEXT if name == "kind" else Type.NUMBER if name in _NUMBERS else Type.INTEGER
        value = {**own, **told}.get(name, exp.Null())
        columns.append(named(value if name == "kind" else cast(value.copy(), type_), name))
    return select(columns, table(source), where=where, group_by=[one.copy() for one in by], joins=joins)


def _total(value: exp.Expr) -> exp.Expr:
    return coalesce(exp.Sum(this=value), number(0))


def _both(one: str, other: str) -> exp.Expr:
    return exp.Mul(this=column(one), expression=column(other))


def _before() -> exp.Expr:
    """1 where the look before found a member who is there still."""
    return coalesce(column("was_in"), number(0))


def _stayed() -> exp.Expr:
    return exp.Mul(this=_before(), expression=column("is_in"))


def _equal(name: str, value: int) -> exp.Expr:
    return exp.EQ(this=column(name), expression=number(value))


def _as_number(value: exp.Expr) -> exp.Expr:
    return cast(value, Type.NUMBER)
