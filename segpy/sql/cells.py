"""Small counts withheld from tables that others read, and with them what they could be computed back from.

A count from 1 to one less than `min_cell_size` is small. What is prevented, and what is not, is said in decision 34.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from segpy.spec.expression import Type
from segpy.sql.by_definition import Inside
from segpy.sql.model import Cte, OutputColumn, When
from segpy.sql.relations import Relations
from segpy.sql.tree import (
    all_of,
    any_of,
    as_of,
    cast,
    coalesce,
    column,
    inner_join,
    is_known,
    is_null,
    left_join,
    listed,
    named,
    number,
    output,
    select,
    table,
    text,
    union_all,
)

WITHHELD = "withheld"
NOTHING_WITHHELD = named(exp.false(), WITHHELD)
_SEGMENT = ("segment", "entity")
_AT = ("segment", "as_of")
_COUNTED = ("segment", "entity", "as_of", "members", "population", "share", "entered", "exited", "median_stay_seconds")


def withheld_column() -> OutputColumn:
    """The column that says so."""
    return output(WITHHELD, Type.BOOLEAN, "Whether something in this row is withheld, as it is about too few.")


def small(value: exp.Expr, least: int) -> exp.Expr:
    """Whether a count is about somebody, and too few."""
    return exp.Between(this=value.copy(), low=number(1), high=number(least - 1))


def difference(one: exp.Expr, other: exp.Expr) -> exp.Expr:
    """One count less another."""
    return exp.paren(exp.Sub(this=one.copy(), expression=other.copy()))


def unless(hidden: exp.Expr, value: exp.Expr) -> exp.Expr:
    """A value, or null where it is withheld."""
    return exp.Case(ifs=[exp.If(this=exp.Not(this=exp.paren(hidden.copy())), true=value.copy())])


def one_if(condition: exp.Expr) -> exp.Expr:
    """1 where a condition is true, else 0."""
    return exp.Case(ifs=[exp.If(this=condition, true=number(1))], default=number(0))


def is_one(name: str, source: str | None = None) -> exp.Expr:
    """Whether a column of ones and zeros is 1."""
    return exp.EQ(this=column(name, source), expression=number(1))


def over(function: exp.Expr, by: Sequence[str], order: Sequence[exp.Expr] = (), *, before: bool = False) -> exp.Window:
    """A window function over the rows with the same values; with `before`, of those before a row in an order."""
    found = exp.Window(this=function, partition_by=[column(name) for name in by])
    if order:
        found.set("order", exp.Order(expressions=list(order)))
    if before:
        found.set(
            "spec",
            exp.WindowSpec(kind="ROWS", start="UNBOUNDED", start_side="PRECEDING", end=number(1), end_side="PRECEDING"),
        )
    return found


def most(condition: exp.Expr, by: Sequence[str]) -> exp.Expr:
    """1 where a condition is true of any of the rows with the same values, else 0."""
    return over(exp.Max(this=one_if(condition)), by)


def sizes_withheld(
    now: exp.Query, inside: Sequence[Inside], least: int, relations: Relations
) -> tuple[tuple[Cte, ...], exp.Query]:
    """The sizes of this run without small counts, and those of former runs that tell some still.

    These were written before the setting was, or with a smaller one. Each is looked at again, and replaced by its key.
    """
    former = [column(name) for name in _COUNTED]
    earlier = exp.LT(this=column("as_of"), expression=as_of())
    kept = select(former, table(relations.this()), where=[earlier])
    none = select([one.copy() for one in former], table("counted"), where=[exp.false()])
    every = union_all([select([exp.Star()], table("counted")), select([exp.Star()], table("former"))])
    ctes = (
        Cte("counted", (), now),
        Cte("former", ("what former runs wrote",), kept, when=When.CONTINUED),
        Cte("former", ("what former runs wrote",), none, when=When.ANEW),
        Cte("every", (), every),
        Cte("inside", ("whose members are all in another segment, or none of them",), _inside(inside)),
        Cte("nearly_all", ("all but a few of those that could be",), _nearly_all(least)),
        Cte("small", ("counts that are small, and those whose rest is",), _small(least)),
        Cte("in_order", ("the groups of segments that nobody is in two of: small counts first",), _in_order()),
        Cte(
            "hidden", ("beside a small count of a group another: all of them may add up to everybody",), _hidden(least)
        ),
        Cte("beside_former", (), _beside_former()),
        Cte("flows", ("who came and went tells a size by the one before",), _flows(least)),
    )
    return ctes, _told(least)


def _small(least: int) -> exp.Query:
    members, population = column("members", "every"), column("population", "every")
    hidden = any_of(
        [
            is_null(members),
            small(members, least),
            small(population, least),
            small(difference(population, members), least),
            is_known(column("segment", "nearly_all")),
        ]
    )
    columns = [
        *(column(name, "every") for name in _COUNTED),
        column("exclusive_group", "definitions"),
        named(one_if(hidden), "is_small"),
    ]
    same = all_of(exp.EQ(this=column(name, "definitions"), expression=column(name, "every")) for name in _SEGMENT)
    at = all_of(exp.EQ(this=column(name, "nearly_all"), expression=column(name, "every")) for name in _AT)
    return select(columns, table("every"), joins=[left_join("definitions", same), left_join("nearly_all", at)])


def _inside(inside: Sequence[Inside]) -> exp.Query:
    names = ("segment", "other", "is_in")
    if not inside:
        nothing = [named(cast(exp.Null(), Type.TEXT), name) for name in names[:2]]
        return select([*nothing, named(number(0), "is_in")], table("every"), where=[exp.false()])
    return listed(names, ((text(one), text(other), number(int(is_in))) for one, other, is_in in inside))


def _nearly_all(least: int) -> exp.Query:
    """The segments that few are missing from, of those in another segment, or not in it."""
    others = column("members", "others")
    rest = difference(column("population", "others"), others)
    base = exp.Case(ifs=[exp.If(this=is_one("is_in", "inside"), true=others.copy())], default=rest)
    joins = [
        inner_join("inside", exp.EQ(this=column("segment", "inside"), expression=column("segment", "every"))),
        inner_join(
            "every",
            all_of(
                [
                    exp.EQ(this=column("segment", "others"), expression=column("other", "inside")),
                    exp.EQ(this=column("as_of", "others"), expression=column("as_of", "every")),
                ]
            ),
            "others",
        ),
    ]
    where = [small(difference(base, column("members", "every")), least)]
    return select([column(name, "every") for name in _AT], table("every"), joins=joins, where=where, distinct=True)


def _in_order() -> exp.Query:
    by = ("entity", "exclusive_group", "as_of")
    order = [
        exp.Ordered(this=column("is_small"), desc=True),
        exp.Ordered(this=coalesce(column("members"), number(0))),
        exp.Ordered(this=column("segment")),
    ]
    some = one_if(any_of([is_null(column("members")), exp.GT(this=column("members"), expression=number(0))]))
    columns = [
        exp.Star(),
        named(most(is_one("is_small"), by), "beside_small"),
        named(most(is_null(column("members")), by), "settled"),
        named(over(exp.Sum(this=some), by, order, before=True), "cells_before"),
        named(over(exp.Sum(this=column("members")), by, [one.copy() for one in order], before=True), "members_before"),
    ]
    return select(columns, table("small"))


def _hidden(least: int) -> exp.Query:
    few = any_of(
        [
            exp.LT(this=coalesce(column("cells_before"), number(0)), expression=number(2)),
            exp.LT(this=coalesce(column("members_before"), number(0)), expression=number(least)),
        ]
    )
    beside = all_of(
        [
            is_one("beside_small"),
            exp.EQ(this=column("settled"), expression=number(0)),
            exp.GT(this=column("members"), expression=number(0)),
            is_known(column("exclusive_group")),
            exp.paren(few),
        ]
    )
    hidden = coalesce(exp.paren(any_of([is_one("is_small"), exp.paren(beside)])), exp.false())
    columns = [*map(column, _COUNTED), named(one_if(hidden), "size_hidden")]
    return select(columns, table("in_order"))


def _beside_former() -> exp.Query:
    """Each size with whether the one before is withheld."""
    order = [exp.Ordered(this=column("as_of"))]
    before = over(exp.Lag(this=column("size_hidden")), _SEGMENT, order)
    columns = [*map(column, (*_COUNTED, "size_hidden")), named(before, "hidden_before")]
    return select(columns, table("hidden"))


def _flows(least: int) -> exp.Query:
    hidden = any_of(
        [
            is_one("size_hidden"),
            is_one("hidden_before"),
            is_null(column("entered")),
            small(column("entered"), least),
            small(column("exited"), least),
        ]
    )
    known = coalesce(exp.paren(hidden), exp.false())
    return select(
        [*map(column, (*_COUNTED, "size_hidden")), named(one_if(known), "flow_hidden")], table("beside_former")
    )


def _told(least: int) -> exp.Query:
    size, flow = is_one("size_hidden"), is_one("flow_hidden")
    few = small(column("population"), least)
    columns = [
        *map(column, ("segment", "entity", "as_of")),
        named(unless(size, column("members")), "members"),
        named(unless(any_of([coalesce(few, exp.false())]), column("population")), "population"),
        named(unless(size, column("share")), "share"),
        *(named(unless(flow, column(name)), name) for name in ("entered", "exited")),
        named(unless(size, column("median_stay_seconds")), "median_stay_seconds"),
        named(flow.copy(), WITHHELD),
    ]
    tells = [
        exp.EQ(this=column("as_of"), expression=as_of()),
        all_of([size.copy(), is_known(column("members"))]),
        all_of([flow.copy(), is_known(column("entered"))]),
        few.copy(),
    ]
    return select(columns, table("flows"), where=[exp.paren(any_of(tells))])
