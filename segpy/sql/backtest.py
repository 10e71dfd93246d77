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
from segpy.sql.operations import microseconds_between, selected
from segpy.sql.panel import PANEL, Beside, inside, panel, whole_of
from segpy.sql.relations import Relations
from segpy.sql.tree import (
    all_of,
    cast,
    coalesce,
    column,
    inner_join,
    is_known,
    left_join,
    named,
    number,
    output,
    plus,
    select,
    table,
    text,
    told,
    union_all,
)

_COUNTS = ("people", "looks", "members", "converted", "converted_inside", "before", "stayed")
_NUMBERS = ("mean", "variance")
_COLUMNS = ("kind", "segment", "place", *_COUNTS, *_NUMBERS)
_BY = ("segment", "who")
_LATER = "came_of_it"


def backtest_sql(plan: BacktestPlan, instants: Sequence[datetime], adapter: str | None) -> str:
    """The counts of a look back, by `kind`; `segment` is its place among those asked for, `place` that of an instant.

    population: of each instant, of all segments alike, who was there and what came of them. instant: of each instant
    the members, and who of them had been one at the instant before. who: how many entities have the same numbers over
    all instants. period: how many looks at members were first followed by the outcome in a period of the horizon. age:
    of members by for how many instants in a row they were in; of who may have been in before the first that is not
    known. value: the value of one look at a member. events: how many were looked at.
    """
    relations = Relations(plan.panel.plan.bound.settings.grain)
    ctes = [*panel(plan.panel, instants, relations, lambda at: what_came(plan, at))]
    ctes.append(Cte("members", ("each look at a member",), _members(plan)))
    words = ("for how many instants in a row, and which of these runs it is",)
    ctes.append(Cte("in_a_row", words, _in_a_row(plan)))
    ctes.append(Cte("aged", (), _aged()))
    ctes.append(Cte("looks", ("everybody over all instants",), _looks(), copied=True))
    ctes.append(Cte("people", ("members over all instants",), _people(plan, len(instants) - 1), copied=True))
    parts = [_population(), _instants(), *_whos(plan), _periods(), _ages(), _events(plan)]
    if plan.outcome.value is not None:
        ctes.append(Cte("worth", (), _worth()))
        parts.append(_values())
    whole = (Type.INTEGER,) * (2 + len(_COUNTS))
    types = (Type.TEXT, *whole, *(Type.NUMBER,) * len(_NUMBERS))
    outputs = tuple(output(name, type_, name) for name, type_ in zip(_COLUMNS, types, strict=True))
    query = Query("backtest", "one row a figure", tuple(ctes), union_all(parts), outputs, relations.placeholders)
    return _text(query, plan, adapter)


def what_came(plan: BacktestPlan, at: str) -> Beside:
    """Whether somebody converted, in which period, and what that was worth."""
    entity = plan.panel.entity
    assert entity.segments is not None
    key, flags = entity.entity.key, entity.segments.model
    columns = [named(Operation.ONE_IF(is_known(column(key, _LATER))), "converted"), named(_period(plan), "period")]
    if plan.outcome.value is not None:
        columns.append(named(coalesce(column("value", _LATER), number(0)), "value"))
    joined = left_join(_LATER, exp.EQ(this=column(key, _LATER), expression=column(key, flags)))
    return Beside(tuple(columns), (joined,), ctes=(Cte(_LATER, (), _came(plan, at)),))


def _came(plan: BacktestPlan, at: str) -> exp.Query:
    """What followed the instant, of those of whom something did."""
    events, key = plan.panel.entity.events, column(plan.panel.entity.entity.key)
    assert events is not None
    begins = plus(told(at), plan.gap) if plan.gap.seconds else told(at)
    occurred_at = column("occurred_at")
    where = [
        *selected(plan.outcome.selection),
        exp.GTE(this=occurred_at, expression=begins),
        exp.LT(this=occurred_at.copy(), expression=plus(begins.copy(), plan.horizon)),
    ]
    value: exp.Expr = cast(exp.Null(), Type.NUMBER)
    if plan.outcome.value is not None:
        value = exp.Sum(this=cast(column(plan.outcome.value), Type.NUMBER))
    after = microseconds_between(begins.copy(), exp.Min(this=occurred_at.copy()))
    columns = [key, named(after, "after"), named(value, "value")]
    return select(columns, table(whole_of(events.model)), where=where, group_by=[key.copy()])


def _period(plan: BacktestPlan) -> exp.Expr:
    """The period of the first conversion, from 1 on; null of who did not convert."""
    length = cast(number(plan.period.microseconds), Type.INTEGER)
    after = exp.Div(this=cast(column("after", _LATER), Type.NUMBER), expression=length, typed=False, safe=False)
    return cast(exp.Add(this=Operation.FLOOR(after), expression=number(1)), Type.INTEGER)


def _text(query: Query, plan: BacktestPlan, adapter: str | None) -> str:
    dialect = dialect_of(plan.panel.plan, adapter)
    return written(lower(query, dialect), dialect)


def _members(plan: BacktestPlan) -> exp.Query:
    """A row a segment, instant and member."""
    told = ["place", "who", "converted", "period", *(["value"] if plan.outcome.value is not None else [])]
    return union_all(
        [
            select([named(number(i), "segment"), *map(column, told)], table(PANEL), where=[_equal(inside(i), 1)])
            for i in range(len(plan.panel.segments))
        ]
    )


def _in_a_row(plan: BacktestPlan) -> exp.Query:
    """Instants in a row differ from the number of the look by the same: by that they are one run."""
    last = _over(exp.Lag(this=column("place")))
    follows = exp.EQ(this=last, expression=exp.Sub(this=column("place"), expression=number(1)))
    stayed = exp.Case(ifs=[exp.If(this=follows, true=number(1))], default=number(0))
    run = exp.Sub(this=column("place"), expression=_over(exp.RowNumber()))
    told = ["segment", "place", "who", "converted", *(["value"] if plan.outcome.value is not None else [])]
    return select([*_named(*told), named(stayed, "stayed"), named(run, "run")], table("members"))


def _over(function: exp.Expr, *more: str) -> exp.Expr:
    """Of one entity and segment, in the order of instants."""
    order = exp.Order(expressions=[exp.Ordered(this=column("place"), nulls_first=False)])
    return exp.Window(this=function, partition_by=[column(name) for name in (*_BY, *more)], order=order)


def _looks() -> exp.Query:
    columns = [
        column("who"),
        named(exp.Count(this=exp.Star()), "looks"),
        named(_total(column("converted")), "converted"),
    ]
    return select(columns, table(PANEL), group_by=[column("who")])


def _people(plan: BacktestPlan, last: int) -> exp.Query:
    """A row a segment and entity that was in it at some instant."""
    sums = {
        "members": exp.Count(this=exp.Star()),
        "converted_inside": _total(column("converted")),
        "before": _total(Operation.ONE_IF(exp.LT(this=column("place"), expression=number(last)))),
        "stayed": _total(column("stayed")),
    }
    columns = [*_named(*_BY), *(named(value, name) for name, value in sums.items())]
    if plan.outcome.value is not None:
        columns.append(named(exp.Sum(this=column("value")), "value"))
    return select(columns, table("in_a_row"), group_by=_named(*_BY))


def _population() -> exp.Query:
    counts = {"people": exp.Count(this=exp.Star()), "converted": _total(column("converted"))}
    return _figures("population", number(0), column("place"), counts, PANEL, [column("place")])


def _instants() -> exp.Query:
    counts = {
        "members": exp.Count(this=exp.Star()),
        "converted_inside": _total(column("converted")),
        "stayed": _total(column("stayed")),
    }
    return _figures("instant", column("segment"), column("place"), counts, "in_a_row", [*_named("segment", "place")])


def _whos(plan: BacktestPlan) -> list[exp.Query]:
    """Of each segment everybody, also who was never in it."""
    return [_who(i) for i in range(len(plan.panel.segments))]


def _who(segment: int) -> exp.Query:
    own = ("members", "converted_inside", "before", "stayed")
    told: dict[str, exp.Expr] = {name: column(name, "looks") for name in ("looks", "converted")}
    told = told | {name: coalesce(column(name, "people"), number(0)) for name in own}
    counts = {"people": exp.Count(this=exp.Star()), **told}
    same = exp.EQ(this=column("who", "people"), expression=column("who", "looks"))
    joins = [left_join("people", all_of([same, exp.EQ(this=column("segment", "people"), expression=number(segment))]))]
    by = [one.copy() for one in told.values()]
    return _figures("who", number(segment), None, counts, "looks", by, joins=joins)


def _periods() -> exp.Query:
    counts = {"members": exp.Count(this=exp.Star())}
    by = _named("segment", "period")
    return _figures("period", column("segment"), column("period"), counts, "members", by, [_equal("converted", 1)])


def _aged() -> exp.Query:
    age = _over(exp.RowNumber(), "run")
    began = exp.Window(this=exp.Min(this=column("place")), partition_by=_named(*_BY, "run"))
    return select([*_named("segment", "converted"), named(age, "age"), named(began, "began")], table("in_a_row"))


def _ages() -> exp.Query:
    """By for how many instants in a row. A run that begins with the first instant may have begun before it."""
    counts = {"members": exp.Count(this=exp.Star()), "converted_inside": _total(column("converted"))}
    later = exp.GT(this=column("began"), expression=number(0))
    return _figures("age", column("segment"), column("age"), counts, "aged", _named("segment", "age"), [later])


def _events(plan: BacktestPlan) -> exp.Query:
    # Were there no reader of all of them, DuckDB would ask of every event whether any of its readers wants it.
    assert plan.panel.entity.events is not None
    counts = {"people": exp.Count(this=exp.Star())}
    return _figures("events", number(0), None, counts, whole_of(plan.panel.entity.events.model), [])


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
    return _figures("value", by[0], None, figures, "people", by, joins=[inner_join("worth", on)])


def _figures(
    kind: str,
    segment: exp.Expr,
    place: exp.Expr | None,
    told: Mapping[str, exp.Expr],
    source: str,
    by: Sequence[exp.Expr],
    where: Sequence[exp.Expr] = (),
    joins: Sequence[exp.Join] = (),
) -> exp.Query:
    """Rows of one kind, with all columns."""
    own: dict[str, exp.Expr] = {"kind": text(kind), "segment": segment, "place": place or exp.Null()}
    columns = []
    for name in _COLUMNS:
        type_ = Type.NUMBER if name in _NUMBERS else Type.INTEGER
        value = {**own, **told}.get(name, exp.Null())
        columns.append(named(value if name == "kind" else cast(value.copy(), type_), name))
    return select(columns, table(source), where=where, group_by=[one.copy() for one in by], joins=joins)


def _named(*names: str) -> list[exp.Expr]:
    return [column(name) for name in names]


def _total(value: exp.Expr) -> exp.Expr:
    return coalesce(exp.Sum(this=value), number(0))


def _equal(name: str, value: int) -> exp.Expr:
    return exp.EQ(this=column(name), expression=number(value))


def _as_number(value: exp.Expr) -> exp.Expr:
    return cast(value, Type.NUMBER)
