"""`segment_pareto`: what the members of segments are worth, and how few of them make four fifths of it.

What somebody is worth is a feature, of which only what is above 0 counts: losses would make shares of more than the
whole. Whoever is in several segments counts once where shares are added up, in the one of them that is worth most.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from segpy.plan.model import EntityPlan, Plan
from segpy.spec.expression import Type
from segpy.sql.cells import over
from segpy.sql.model import Cte, OutputColumn, Query
from segpy.sql.nodes import Operation
from segpy.sql.relations import Relations
from segpy.sql.tree import (
    all_of,
    as_of,
    cast,
    coalesce,
    column,
    inner_join,
    left_join,
    named,
    number,
    output,
    select,
    table,
    text,
    union_all,
)

_SEGMENT = ("segment", "entity")
_WHO = ("entity", "entity_key")
_PART = 0.799999999
"""Four fifths, less a hair: what is added up in binary may be as much off."""
EVERYBODY = ""
"""Whose kings are those of all, in place of a segment."""


def pareto_query(plan: Plan, name: str) -> Query:
    """A row for each segment of an entity whose worth is known."""
    relations = Relations(plan.bound.settings.grain)
    entities = _valued(plan)
    ctes = (
        Cte("worth", ("what everybody is worth; null where that is not known",), _worth(entities, relations)),
        Cte("definitions", (), _definitions(plan, relations)),
        Cte("owned", ("what the members of each segment are worth",), _owned(plan, relations)),
        Cte("wholes", (), _wholes()),
        Cte("sums", (), _sums()),
        Cte("places", ("the segments in the order of what they are worth",), _places()),
        Cte("first_in", ("everybody once: in the first segment in that order",), _first_in()),
        Cte("added", (), _added()),
        Cte("worth_something", ("members, and everybody as a segment without a name",), _worth_most()),
        Cte("in_order", ("from those worth most, with what comes before each",), _in_order()),
        Cte("kings", ("the fewest who make four fifths",), _kings()),
        Cte("king_sums", (), _king_sums()),
        Cte("kings_inside", ("of the kings of all those in each segment",), _kings_inside()),
    )
    return Query(name, "one row a segment", ctes, _final(), _columns(), relations.placeholders)


def _valued(plan: Plan) -> list[tuple[EntityPlan, str]]:
    """The entities whose worth is known, with the feature that tells it."""
    features = {one.entity: one.name for one in plan.bound.values}
    every = [entity for entity in plan.entities if entity.segments is not None]
    return [(entity, features[entity.entity.name]) for entity in every if entity.entity.name in features]


def _columns() -> tuple[OutputColumn, ...]:
    return (
        output("segment", Type.TEXT, "The segment."),
        output("entity", Type.TEXT, "Whom it is about."),
        output("as_of", Type.TIMESTAMP, "The instant of the memberships and of their worth."),
        output("feature", Type.TEXT, "The feature that tells what somebody is worth."),
        output("members", Type.INTEGER, "How many are in it."),
        output("valued", Type.INTEGER, "Of how many it is known what they are worth."),
        output("value", Type.NUMBER, "What they are worth, of all who are worth more than 0."),
        output("losses", Type.NUMBER, "What the others are worth: 0, or less."),
        output("value_share", Type.NUMBER, "The value by that of everybody; null where that is 0."),
        output("place", Type.INTEGER, "Its place among the segments of the entity, the one worth most first."),
        output("added_value", Type.NUMBER, "The value of its members who are in no segment before it."),
        output("cumulative_share", Type.NUMBER, "The value of all in it or in one before it, by that of everybody."),
        output("kings", Type.INTEGER, "The fewest members who make four fifths of its value."),
        output("kings_share", Type.NUMBER, "These by all members; null of nobody."),
        output("kings_value_share", Type.NUMBER, "What they are worth, by its value; null where that is 0."),
        output("all_kings", Type.INTEGER, "The fewest of everybody who make four fifths of the value of all."),
        output("all_kings_share", Type.NUMBER, "These by everybody there is."),
        output("all_kings_inside", Type.INTEGER, "How many of these are in the segment."),
    )


def _worth(entities: Sequence[tuple[EntityPlan, str]], relations: Relations) -> exp.Query:
    return union_all(
        [
            select(
                [
                    named(text(entity.entity.name), "entity"),
                    named(cast(column(entity.entity.key), Type.TEXT), "entity_key"),
                    named(text(feature), "feature"),
                    named(cast(column(feature), Type.NUMBER), "worth"),
                ],
                table(relations.model(entity.features.model)),
            )
            for entity, feature in entities
        ]
    )


def _definitions(plan: Plan, relations: Relations) -> exp.Query:
    return select(
        [named(cast(column("segment"), Type.TEXT), "segment"), column("entity")], table(relations.model(plan.catalog))
    )


def _owned(plan: Plan, relations: Relations) -> exp.Query:
    who = [column("segment", "members"), *(column(name, "worth") for name in _WHO), column("worth", "worth")]
    members = table(relations.model(plan.members), "members")
    return select(who, members, joins=[inner_join("worth", _same(_WHO, "worth", "members"))])


def _same(names: Sequence[str], one: str, other: str) -> exp.Expr:
    return all_of(exp.EQ(this=column(name, one), expression=column(name, other)) for name in names)


def _above_zero() -> exp.Expr:
    return exp.GT(this=column("worth"), expression=number(0))


def _gains() -> exp.Expr:
    """What is above 0, added up."""
    gain = exp.Case(ifs=[exp.If(this=_above_zero(), true=column("worth"))], default=number(0))
    return exp.Sum(this=gain)


def _losses() -> exp.Expr:
    below = exp.LT(this=column("worth"), expression=number(0))
    return exp.Sum(this=exp.Case(ifs=[exp.If(this=below, true=column("worth"))], default=number(0)))


def _count() -> exp.Expr:
    return exp.Count(this=exp.Star())


def _wholes() -> exp.Query:
    columns = [
        column("entity"),
        column("feature"),
        named(_count(), "population"),
        named(Operation.NULL_IF(_gains(), number(0)), "value"),
    ]
    return select(columns, table("worth"), group_by=[column("entity"), column("feature")])


def _sums() -> exp.Query:
    columns = [
        *map(column, _SEGMENT),
        named(_count(), "members"),
        named(exp.Count(this=column("worth")), "valued"),
        named(_gains(), "value"),
        named(_losses(), "losses"),
    ]
    return select(columns, table("owned"), group_by=[*map(column, _SEGMENT)])


def _places() -> exp.Query:
    counts = (named(coalesce(column(name, "sums"), number(0)), name) for name in ("members", "valued"))
    value = coalesce(column("value", "sums"), number(0))
    losses = coalesce(column("losses", "sums"), number(0))
    order = [exp.Ordered(this=value.copy(), desc=True), exp.Ordered(this=column("segment", "definitions"))]
    place = exp.Window(
        this=exp.RowNumber(),
        partition_by=[column("entity", "definitions")],
        order=exp.Order(expressions=order),
    )
    columns = [
        *(column(name, "definitions") for name in _SEGMENT),
        column("feature", "wholes"),
        *counts,
        named(value, "value"),
        named(losses, "losses"),
        named(place, "place"),
    ]
    whole = exp.EQ(this=column("entity", "wholes"), expression=column("entity", "definitions"))
    joins = [inner_join("wholes", whole), left_join("sums", _same(_SEGMENT, "sums", "definitions"))]
    return select(columns, table("definitions"), joins=joins)


def _first_in() -> exp.Query:
    by = [*(column(name, "owned") for name in _WHO), column("worth", "owned")]
    columns = [*by, named(exp.Min(this=column("place", "places")), "place")]
    where = [exp.GT(this=column("worth", "owned"), expression=number(0))]
    joins = [inner_join("places", _same(_SEGMENT, "places", "owned"))]
    return select(columns, table("owned"), joins=joins, where=where, group_by=[one.copy() for one in by])


def _added() -> exp.Query:
    columns = [column("entity"), column("place"), named(exp.Sum(this=column("worth")), "value")]
    return select(columns, table("first_in"), group_by=[column("entity"), column("place")])


def _worth_most() -> exp.Query:
    everybody = [named(text(EVERYBODY), "segment"), *map(column, _WHO), column("worth")]
    return union_all(
        [
            select([column("segment"), *map(column, _WHO), column("worth")], table("owned"), where=[_above_zero()]),
            select(everybody, table("worth"), where=[_above_zero()]),
        ]
    )


def _in_order() -> exp.Query:
    """Of those worth the same, the first by their keys come first."""
    order = [exp.Ordered(this=column("worth"), desc=True), exp.Ordered(this=column("entity_key"))]
    before = over(exp.Sum(this=column("worth")), _SEGMENT, order, before=True)
    columns = [
        *map(column, ("segment", *_WHO, "worth")),
        named(coalesce(before, number(0)), "worth_before"),
        named(over(exp.Sum(this=column("worth")), _SEGMENT), "whole"),
    ]
    return select(columns, table("worth_something"))


def _kings() -> exp.Query:
    """Whoever comes before four fifths are reached."""
    enough = exp.Mul(this=column("whole"), expression=number(_PART))
    where = [exp.LT(this=column("worth_before"), expression=enough)]
    return select([*map(column, ("segment", *_WHO, "worth"))], table("in_order"), where=where)


def _king_sums() -> exp.Query:
    columns = [*map(column, _SEGMENT), named(_count(), "kings"), named(exp.Sum(this=column("worth")), "value")]
    return select(columns, table("kings"), group_by=[*map(column, _SEGMENT)])


def _kings_inside() -> exp.Query:
    by = [column("segment", "owned"), column("entity", "owned")]
    of_all = exp.EQ(this=column("segment", "kings"), expression=text(EVERYBODY))
    joins = [inner_join("kings", _same(_WHO, "kings", "owned"))]
    return select([*by, named(_count(), "kings")], table("owned"), joins=joins, where=[of_all], group_by=[*by])


def _final() -> exp.Query:
    def part(value: exp.Expr, whole: exp.Expr) -> exp.Expr:
        return exp.Div(this=value, expression=whole, typed=False, safe=False)

    def some(whole: exp.Expr) -> exp.Expr:
        return Operation.NULL_IF(whole, number(0))

    def counted(source: str) -> exp.Expr:
        return coalesce(column("kings", source), number(0))

    def count_of(name: str, source: str) -> exp.Expr:
        return cast(column(name, source), Type.NUMBER)

    added = coalesce(column("value", "added"), number(0))
    so_far = exp.Window(
        this=exp.Sum(this=added.copy()),
        partition_by=[column("entity", "places")],
        order=exp.Order(expressions=[exp.Ordered(this=column("place", "places"))]),
        spec=exp.WindowSpec(kind="ROWS", start="UNBOUNDED", start_side="PRECEDING", end="CURRENT ROW"),
    )
    whole = column("value", "wholes")
    columns = [
        *(column(name, "places") for name in _SEGMENT),
        named(as_of(), "as_of"),
        *(column(name, "places") for name in ("feature", "members", "valued", "value", "losses")),
        named(part(column("value", "places"), whole), "value_share"),
        column("place", "places"),
        named(added, "added_value"),
        named(part(so_far, whole.copy()), "cumulative_share"),
        named(counted("king_sums"), "kings"),
        named(part(counted("king_sums"), some(count_of("members", "places"))), "kings_share"),
        named(part(column("value", "king_sums"), some(column("value", "places"))), "kings_value_share"),
        named(counted("kings_of_all"), "all_kings"),
        named(part(counted("kings_of_all"), some(count_of("population", "wholes"))), "all_kings_share"),
        named(counted("kings_inside"), "all_kings_inside"),
    ]
    in_entity = exp.EQ(this=column("entity", "wholes"), expression=column("entity", "places"))
    in_place = _same(("entity", "place"), "added", "places")
    of_all = all_of(
        [
            exp.EQ(this=column("segment", "kings_of_all"), expression=text(EVERYBODY)),
            exp.EQ(this=column("entity", "kings_of_all"), expression=column("entity", "places")),
        ]
    )
    joins = [
        inner_join("wholes", in_entity),
        left_join("added", in_place),
        left_join("king_sums", _same(_SEGMENT, "king_sums", "places")),
        left_join("king_sums", of_all, "kings_of_all"),
        left_join("kings_inside", _same(_SEGMENT, "kings_inside", "places")),
    ]
    return select(columns, table("places"), joins=joins)
