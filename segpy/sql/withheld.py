"""Small counts withheld from what is told of rules, moves and audiences, and what they could be computed back from."""

from __future__ import annotations

from sqlglot import exp

from segpy.plan.model import Plan
from segpy.spec.expression import Type
from segpy.sql.cells import NOTHING_WITHHELD, WITHHELD, difference, is_one, most, one_if, over, small, unless
from segpy.sql.model import Cte
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
    named,
    number,
    select,
    table,
    union_all,
)

_SEGMENT = ("segment", "entity")
_RULE = ("segment", "entity", "position", "condition", "description", "remaining", "passing", "failing_only", "as_of")


def hidden_sizes(sizes: str, relations: Relations) -> Cte:
    """The segments whose size at this run is withheld."""
    at_this_run = exp.EQ(this=column("as_of"), expression=as_of())
    where = [at_this_run, is_null(column("members"))]
    return Cte("hidden_sizes", (), select([column("segment")], table(relations.model(sizes)), where=where))


def attrition_withheld(
    rows: exp.Query, sizes: str, least: int, relations: Relations
) -> tuple[tuple[Cte, ...], exp.Query]:
    """What remains after each rule, without the rows by which a small number could be told.

    `rows` have besides, under `about`, the segment that a rule asks for.
    """
    alone = any_of([is_one("row_hidden"), small(column("failing_only"), least)])
    segments_hidden = select([exp.Star(), named(most(alone, ("segment",)), "alone_hidden")], table("hidden"))
    lost, lost_after = _lost()
    ctes = (
        Cte("every", (), rows),
        Cte("lost", (), lost),
        Cte("looked_at", ("how many are lost next, by whichever rule that is",), lost_after),
        hidden_sizes(sizes, relations),
        Cte("hidden", ("rules by which few are told apart",), _rows_hidden(least)),
        Cte("told", ("who fails one rule alone is told by the rows before and after it",), segments_hidden),
    )
    rule = exp.GT(this=column("position"), expression=number(0))
    row, only = is_one("row_hidden"), all_of([is_one("alone_hidden"), rule])
    columns = [
        *map(column, _RULE[:5]),
        *(named(unless(row, column(name)), name) for name in ("remaining", "passing")),
        named(unless(only, column("failing_only")), "failing_only"),
        column("as_of"),
        named(any_of([row.copy(), exp.paren(only.copy())]), WITHHELD),
    ]
    return ctes, select(columns, table("told"))


def _lost() -> tuple[exp.Query, exp.Query]:
    """The rules with everybody there is, and with how many are lost where next some are."""
    remaining, order = column("remaining"), [exp.Ordered(this=column("position"))]
    at_one = exp.EQ(this=column("position"), expression=number(1))
    first = all_of([at_one, is_known(column("about"))])  # then the size of that segment tells it
    after = over(exp.Lead(this=remaining.copy()), ("segment",), order)
    lost = select(
        [
            exp.Star(),
            named(over(exp.Max(this=remaining.copy()), ("segment",)), "everybody"),
            named(over(exp.Min(this=remaining.copy()), ("segment",)), "at_last"),
            named(
                over(exp.Max(this=exp.Case(ifs=[exp.If(this=first, true=remaining.copy())])), ("segment",)), "at_first"
            ),
            named(difference(remaining, after), "lost_next"),
        ],
        table("every"),
    )
    plateau = over(exp.Max(this=column("lost_next")), ("segment", "remaining"))
    return lost, select([exp.Star(), named(plateau, "lost_after")], table("lost"))


def _rows_hidden(least: int) -> exp.Query:
    remaining, passing, everybody = column("remaining"), column("passing"), column("everybody")
    few = [
        small(one, least)
        for one in (
            remaining,
            difference(everybody, remaining),
            coalesce(column("lost_after"), number(0)),
            coalesce(difference(column("at_first"), remaining), number(0)),
            passing,
            difference(everybody, passing),
            difference(passing, remaining),
        )
    ]
    at_end = exp.EQ(this=remaining.copy(), expression=column("at_last"))
    rule = exp.GT(this=column("position"), expression=number(0))
    own = all_of([is_known(column("segment", "own")), at_end])
    hidden = any_of(
        [
            small(everybody, least),
            all_of([rule, exp.paren(any_of([*few, own, is_known(column("segment", "asked"))]))]),
        ]
    )
    joins = [
        left_join(
            "hidden_sizes", exp.EQ(this=column("segment", "own"), expression=column("segment", "looked_at")), "own"
        ),
        left_join(
            "hidden_sizes", exp.EQ(this=column("segment", "asked"), expression=column("about", "looked_at")), "asked"
        ),
    ]
    for one in hidden.find_all(exp.Column):
        if not one.table:
            one.set("table", exp.to_identifier("looked_at"))
    return select(
        [*(column(name, "looked_at") for name in _RULE), named(one_if(hidden), "row_hidden")],
        table("looked_at"),
        joins=joins,
    )


def moves_withheld(moves: exp.Query, sizes: str, least: int, relations: Relations) -> tuple[tuple[Cte, ...], exp.Query]:
    """The moves of the runs at which none is small, and of each other run and group that they are withheld."""
    by = ("exclusive_group", "entity", "as_of")
    flows = select(
        [column("exclusive_group", "definitions"), column("as_of", "sizes")],
        table(relations.model(sizes), "sizes"),
        joins=[
            inner_join(
                "definitions",
                all_of(exp.EQ(this=column(name, "definitions"), expression=column(name, "sizes")) for name in _SEGMENT),
            )
        ],
        where=[is_null(column("entered", "sizes"))],
        distinct=True,
    )
    same = all_of(
        exp.EQ(this=column(name, "hidden_flows"), expression=column(name, "moves"))
        for name in ("exclusive_group", "as_of")
    )
    small_or_told = any_of([small(column("entities", "moves"), least), is_known(column("as_of", "hidden_flows"))])
    looked_at = select(
        [exp.Column(this=exp.Star(), table=exp.to_identifier("moves")), named(one_if(small_or_told), "is_small")],
        table("moves"),
        joins=[left_join("hidden_flows", same)],
    )
    marked = select([exp.Star(), named(most(is_one("is_small"), by), "is_hidden")], table("looked_at"))
    ends = ("from_segment", "to_segment")
    shown = select(
        [*map(column, (*by, *ends, "entities")), NOTHING_WITHHELD.copy()],
        table("marked"),
        where=[exp.EQ(this=column("is_hidden"), expression=number(0))],
    )
    nothing = [named(cast(exp.Null(), Type.TEXT), name) for name in ends]
    nobody = named(cast(exp.Null(), Type.INTEGER), "entities")
    rest = select(
        [*map(column, by), *nothing, nobody, named(exp.true(), WITHHELD)],
        table("marked"),
        where=[is_one("is_hidden")],
        distinct=True,
    )
    ctes = (
        Cte("moves", (), moves),
        Cte("hidden_flows", ("runs at which who came and went is withheld",), flows),
        Cte("looked_at", (), looked_at),
        Cte("marked", (), marked),
    )
    return ctes, union_all([shown, rest])


def audience_hidden(
    plan: Plan, people: exp.Expr, least: int, relations: Relations
) -> tuple[list[Cte], list[exp.Join], exp.Expr]:
    """Whether the number of an audience is withheld: it is small, the rest of the members is, or their number is."""
    keys = [column(name) for name in _SEGMENT]
    members = select(
        [*keys, named(exp.Count(this=exp.Star()), "members")],
        table(relations.model(plan.members)),
        group_by=[one.copy() for one in keys],
    )
    sizes = table(relations.model(plan.history.sizes), "sizes_of_runs")
    last = select([named(exp.Max(this=column("as_of")), "as_of")], table(relations.model(plan.history.sizes)))
    same = exp.EQ(this=column("as_of", "last_run"), expression=column("as_of", "sizes_of_runs"))
    hidden = select(
        [column(name, "sizes_of_runs") for name in _SEGMENT],
        sizes,
        joins=[inner_join("last_run", same)],
        where=[is_null(column("members", "sizes_of_runs"))],
    )

    def beside(name: str) -> exp.Join:
        pairs = (exp.EQ(this=column(one, name), expression=column(one, "definitions")) for one in _SEGMENT)
        return left_join(name, all_of(pairs))

    without = difference(coalesce(column("members", "members"), number(0)), people)
    told = any_of([small(people, least), small(without, least), is_known(column("segment", "hidden_sizes"))])
    ctes = [Cte("members", (), members), Cte("last_run", (), last), Cte("hidden_sizes", (), hidden)]
    return ctes, [beside("members"), beside("hidden_sizes")], exp.paren(told)
