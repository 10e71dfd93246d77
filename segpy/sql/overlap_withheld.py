"""Small counts withheld from what is told of two segments, and what they could be computed back from.

Of the members of a segment some are in each of an exclusive group: these add up to all but those in none. So where one
of them is withheld, all of the two groups are.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from segpy.plan.model import Plan
from segpy.sql.by_definition import APART
from segpy.sql.cells import difference, is_one, most, one_if, over, small
from segpy.sql.model import Cte
from segpy.sql.relations import Relations
from segpy.sql.tree import (
    all_of,
    any_of,
    coalesce,
    column,
    inner_join,
    is_known,
    left_join,
    listed,
    named,
    number,
    select,
    table,
    text,
    union_all,
)
from segpy.sql.withheld import hidden_sizes

_PAIR = ("segment", "other_segment")
_BLOCK = ("block", "other_block")


def overlap_withheld(
    plan: Plan, known: Mapping[tuple[str, str], str], least: int, relations: Relations
) -> tuple[Cte, ...]:
    """What was counted, as `hidden`: with whether a row is withheld, and each of the two sizes."""
    asked = sorted({pair for pair in _asked_together(plan) if known.get(pair) != APART})
    words = "what rules of a segment ask of two others, its attrition tells"
    return (
        hidden_sizes(plan.history.sizes, relations),
        *((Cte("asked_together", (words,), _listed(asked)),) if asked else ()),
        Cte("both_ways", ("each two segments twice, with what they are an exclusive group of",), _both_ways()),
        Cte("lines", ("how many of a segment are in some segment of a group",), _lines()),
        Cte("small", ("where few are told apart",), _small(least, bool(asked))),
        Cte("blocks", (), _blocks()),
        Cte("hidden", (), _hidden()),
    )


def _asked_together(plan: Plan) -> set[tuple[str, str]]:
    """Each two segments that some segment looks at, in the order of their names."""
    found: set[tuple[str, str]] = set()
    for entity in plan.entities:
        for one in entity.segments.segments if entity.segments is not None else ():
            used = sorted(set(one.uses))
            found |= {(a, b) for i, a in enumerate(used) for b in used[i + 1 :]}
    return found


def _listed(pairs: list[tuple[str, str]]) -> exp.Query:
    return listed(_PAIR, ([text(one), text(other)] for one, other in pairs))


def _both_ways() -> exp.Query:
    def way(one: str, other: str) -> exp.Query:
        def block(segment: str, group: str) -> exp.Expr:
            return coalesce(column("exclusive_group", group), column(segment, "counted"))

        def of(segment: str, alias: str) -> exp.Join:
            same = exp.EQ(this=column("segment", alias), expression=column(segment, "counted"))
            return inner_join("definitions", same, alias)

        sizes = {"segment": "members", "other_segment": "other_members"}
        columns = [
            named(column(one, "counted"), "segment"),
            named(column(other, "counted"), "other_segment"),
            named(column(sizes[one], "counted"), "members"),
            named(column(sizes[other], "counted"), "other_members"),
            *(column(name, "counted") for name in ("population", "in_both", "in_either", "by_definition")),
            named(column("exclusive_group", "its"), "exclusive_group"),
            named(block(one, "its"), "block"),
            named(block(other, "others"), "other_block"),
        ]
        return select(columns, table("counted"), joins=[of(one, "its"), of(other, "others")])

    return union_all([way("segment", "other_segment"), way("other_segment", "segment")])


def _lines() -> exp.Query:
    in_some = exp.Sum(this=column("in_both"))
    by = ("exclusive_group", "other_segment")
    return select([exp.Star(), named(over(in_some, by), "in_group")], table("both_ways"))


def _small(least: int, asked: bool) -> exp.Query:
    def counted(name: str) -> exp.Column:
        return column(name, "lines")

    both = counted("in_both")
    few = [  # who is in the other segment only is looked at the other way round
        small(one, least)
        for one in (
            both,
            difference(counted("members"), both),
            difference(counted("population"), counted("in_either")),
        )
    ]
    in_none = small(difference(counted("other_members"), counted("in_group")), least)
    grouped = is_known(counted("exclusive_group"))
    other_group = exp.NEQ(this=counted("block"), expression=counted("other_block"))
    sizes = [is_known(column("segment", one)) for one in ("hidden_one", "hidden_other")]
    together = [is_known(column("segment", "asked"))] if asked else []
    hidden = any_of([*few, all_of([grouped, other_group, in_none]), *sizes, *together])
    by_rules = coalesce(counted("by_definition"), text(""))
    nobody = all_of([exp.EQ(this=by_rules, expression=text(APART)), exp.EQ(this=both.copy(), expression=number(0))])
    told = all_of([nobody, exp.Not(this=exp.paren(any_of([one.copy() for one in sizes])))])
    columns = [
        *(counted(name) for name in (*_PAIR, *_BLOCK)),
        named(one_if(sizes[0].copy()), "size_hidden"),
        named(one_if(told), "is_told"),
        named(one_if(all_of([exp.paren(hidden), exp.Not(this=exp.paren(told.copy()))])), "is_small"),
    ]
    return select(columns, table("lines"), joins=_beside(asked))


def _beside(asked: bool) -> list[exp.Join]:
    def hidden(alias: str, segment: str) -> exp.Join:
        return left_join(
            "hidden_sizes", exp.EQ(this=column("segment", alias), expression=column(segment, "lines")), alias
        )

    def same(one: str, other: str) -> exp.Expr:
        return all_of(
            [
                exp.EQ(this=column("segment", "asked"), expression=column(one, "lines")),
                exp.EQ(this=column("other_segment", "asked"), expression=column(other, "lines")),
            ]
        )

    return [
        hidden("hidden_one", "segment"),
        hidden("hidden_other", "other_segment"),
        *([left_join("asked_together", same(*_PAIR), "asked")] if asked else []),
    ]


def _blocks() -> exp.Query:
    marked = most(is_one("is_small"), _BLOCK)
    return select([exp.Star(), named(marked, "block_hidden")], table("small"))


def _hidden() -> exp.Query:
    def same(alias: str, one: str, other: str) -> exp.Join:
        pairs = ((one, "segment"), (other, "other_segment"))
        on = all_of(exp.EQ(this=column(mine, alias), expression=column(name, "counted")) for mine, name in pairs)
        return inner_join("blocks", on, alias)

    either = exp.paren(any_of([is_one("block_hidden", "one_way"), is_one("block_hidden", "other_way")]))
    untold = exp.EQ(this=column("is_told", "one_way"), expression=number(0))
    columns = [
        exp.Column(this=exp.Star(), table=exp.to_identifier("counted")),
        column("size_hidden", "one_way"),
        named(column("size_hidden", "other_way"), "other_size_hidden"),
        named(one_if(all_of([either, untold])), "is_hidden"),
    ]
    joins = [same("one_way", *_PAIR), same("other_way", "other_segment", "segment")]
    return select(columns, table("counted"), joins=joins)
