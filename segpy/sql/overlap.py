"""`segment_overlap`: how far any two segments of an entity are the same people.

Who is in both is counted by joining the members to themselves: a row for each two segments that somebody is in. Of
100,000 people and 40 segments, of which each is in twelve, it takes an eighth of what counting each pair of flags
takes, and its text does not grow with the segments.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from segpy.plan.model import Plan
from segpy.spec.expression import Type
from segpy.sql.by_definition import inside, related
from segpy.sql.cells import NOTHING_WITHHELD, WITHHELD, is_one, unless, withheld_column
from segpy.sql.model import Cte, OutputColumn, Query
from segpy.sql.nodes import Operation
from segpy.sql.overlap_withheld import overlap_withheld
from segpy.sql.relations import Relations
from segpy.sql.sizes import populations
from segpy.sql.tree import (
    all_of,
    as_of,
    cast,
    coalesce,
    column,
    inner_join,
    left_join,
    listed,
    named,
    number,
    output,
    select,
    table,
    text,
)

PAIR = ("segment", "other_segment")
COUNTED = (*PAIR, "entity", "members", "other_members", "population", "in_both", "in_either", "by_definition")


def overlap_query(plan: Plan, name: str) -> Query:
    """A row for each two segments of an entity."""
    relations = Relations(plan.bound.settings.grain)
    known = related(inside(plan))
    ctes: tuple[Cte, ...] = (
        Cte("definitions", ("names as text are in one order on every engine",), _named_alike(relations, plan.catalog)),
        Cte("members", (), _named_alike(relations, plan.members, "entity_key")),
        Cte("populations", (), populations(plan, relations)),
        Cte("sizes", (), _sizes()),
        Cte("shared", ("whoever is in two segments, each two once",), _shared()),
        *((Cte("by_definition", ("what rules that ask for segments say",), _by_definition(known)),) if known else ()),
        Cte("pairs", (), _pairs(bool(known))),
        Cte("counted", (), _counted()),
    )
    least, told = plan.bound.settings.min_cell_size, "counted"
    if least is not None:
        ctes += overlap_withheld(plan, known, least, relations)
        told = "hidden"
    final = _told(told, withheld=least is not None)
    grain = "one row two segments of an entity"
    return Query(name, grain, ctes, final, _columns(), relations.placeholders, view=True)


def _columns() -> tuple[OutputColumn, ...]:
    return (
        output("segment", Type.TEXT, "A segment; the first of the two in the alphabet."),
        output("other_segment", Type.TEXT, "Another segment of the same entity."),
        output("entity", Type.TEXT, "Whom they are about."),
        output("as_of", Type.TIMESTAMP, "The instant of the memberships."),
        output("members", Type.INTEGER, "How many are in the segment."),
        output("other_members", Type.INTEGER, "How many are in the other."),
        output("in_both", Type.INTEGER, "How many are in both."),
        output("in_either", Type.INTEGER, "How many are in one of them, or in both."),
        output("jaccard", Type.NUMBER, "Who is in both, of those in either; 1 is the same people. Null of nobody."),
        output("containment", Type.NUMBER, "Who is in both, of the smaller; 1 is nested. Null of nobody."),
        output("lift", Type.NUMBER, "Who is in both, by who would be by chance; 1 is chance. Null of nobody."),
        output("by_definition", Type.TEXT, "inside or apart, where the rules of the two say so; else null."),
        withheld_column(),
    )


def _named_alike(relations: Relations, model: str, more: str = "exclusive_group") -> exp.Query:
    columns = [named(cast(column("segment"), Type.TEXT), "segment"), column("entity"), column(more)]
    return select(columns, table(relations.model(model)))


def _sizes() -> exp.Query:
    keys = [column("segment"), column("entity")]
    return select(
        [*keys, named(exp.Count(this=exp.Star()), "members")], table("members"), group_by=[one.copy() for one in keys]
    )


def _shared() -> exp.Query:
    keys = [column("segment", "one"), named(column("segment", "other"), "other_segment"), column("entity", "one")]
    same = all_of(
        exp.EQ(this=column(name, "other"), expression=column(name, "one")) for name in ("entity", "entity_key")
    )
    by = [column("segment", "one"), column("segment", "other"), column("entity", "one")]
    columns = [*keys, named(exp.Count(this=exp.Star()), "in_both")]
    joins = [inner_join("members", same, "other")]
    return select(columns, table("members", "one"), joins=joins, where=[_each_once()], group_by=by)


def _each_once() -> exp.Expr:
    """Of two segments the first is the one in front in the alphabet."""
    return exp.GT(this=column("segment", "other"), expression=column("segment", "one"))


def _by_definition(known: Mapping[tuple[str, str], str]) -> exp.Query:
    rows = ([text(one), text(other), text(word)] for (one, other), word in sorted(known.items()))
    return listed((*PAIR, "by_definition"), rows)


def _pairs(known: bool) -> exp.Query:
    """Each two segments of an entity, with their sizes; in the order in which members are joined."""
    two = exp.EQ(this=column("entity", "other"), expression=column("entity", "one"))

    def size(alias: str, of: str) -> exp.Join:
        pairs = (exp.EQ(this=column(name, alias), expression=column(name, of)) for name in ("segment", "entity"))
        return left_join("sizes", all_of(pairs), alias)

    said = column("by_definition", "by_definition") if known else cast(exp.Null(), Type.TEXT)
    columns = [
        column("segment", "one"),
        named(column("segment", "other"), "other_segment"),
        column("entity", "one"),
        named(coalesce(column("members", "size"), number(0)), "members"),
        named(coalesce(column("members", "other_size"), number(0)), "other_members"),
        column("population", "populations"),
        named(coalesce(column("in_both", "shared"), number(0)), "in_both"),
        named(said, "by_definition"),
    ]
    in_entity = exp.EQ(this=column("entity", "populations"), expression=column("entity", "one"))
    joins = [
        inner_join("definitions", two, "other"),
        inner_join("populations", in_entity),
        size("size", "one"),
        size("other_size", "other"),
        left_join("shared", _same_pair("shared")),
        *([left_join("by_definition", _same_pair("by_definition"))] if known else []),
    ]
    return select(columns, table("definitions", "one"), joins=joins, where=[_each_once()])


def _same_pair(name: str) -> exp.Expr:
    return all_of(
        [
            exp.EQ(this=column("segment", name), expression=column("segment", "one")),
            exp.EQ(this=column("other_segment", name), expression=column("segment", "other")),
        ]
    )


def _counted() -> exp.Query:
    members, others, both = (column(name) for name in ("members", "other_members", "in_both"))
    either = exp.Sub(this=exp.Add(this=members, expression=others), expression=both)
    smaller = exp.Case(
        ifs=[exp.If(this=exp.LT(this=members.copy(), expression=others.copy()), true=members.copy())],
        default=others.copy(),
    )
    chance = exp.Mul(this=cast(members.copy(), Type.NUMBER), expression=cast(others.copy(), Type.NUMBER))
    columns = [
        exp.Star(),
        named(either, "in_either"),
        named(smaller, "smaller"),
        named(cast(chance, Type.NUMBER), "by_chance"),
    ]
    return select(columns, table("pairs"))


def _told(source: str, *, withheld: bool) -> exp.Query:
    def of(whole: exp.Expr) -> exp.Expr:
        return Operation.NULL_IF(cast(whole, Type.NUMBER), number(0))

    both = cast(column("in_both"), Type.NUMBER)
    everybody = cast(column("population"), Type.NUMBER)
    told: dict[str, exp.Expr] = {
        "in_both": column("in_both"),
        "in_either": column("in_either"),
        "jaccard": _by(both, of(column("in_either"))),
        "containment": _by(both, of(column("smaller"))),
        "lift": _by(exp.Mul(this=both.copy(), expression=everybody), Operation.NULL_IF(column("by_chance"), number(0))),
    }
    sizes: dict[str, exp.Expr] = {name: column(name) for name in ("members", "other_members")}
    if withheld:
        hidden = is_one("is_hidden")
        told = {name: unless(hidden, value) for name, value in told.items()}
        sizes = {
            "members": unless(is_one("size_hidden"), column("members")),
            "other_members": unless(is_one("other_size_hidden"), column("other_members")),
        }
    columns = [
        *map(column, (*PAIR, "entity")),
        named(as_of(), "as_of"),
        *(named(value, name) for name, value in (sizes | told).items()),
        column("by_definition"),
        named(is_one("is_hidden"), WITHHELD) if withheld else NOTHING_WITHHELD.copy(),
    ]
    return select(columns, table(source))


def _by(part: exp.Expr, whole: exp.Expr) -> exp.Expr:
    return exp.Div(this=part.copy(), expression=whole, typed=False, safe=False)
