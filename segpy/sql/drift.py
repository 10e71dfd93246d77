"""Members at several instants by their features, as counts: in parts that are frozen with the first instant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlglot import exp

from segpy.plan.model_drift import DriftPlan
from segpy.plan.model_features import FeatureColumn
from segpy.spec.expression import Type
from segpy.sql.build import dialect_of, written
from segpy.sql.lower.query import lower
from segpy.sql.model import Cte, Query
from segpy.sql.panel import PANEL, Beside, inside, panel
from segpy.sql.relations import Relations
from segpy.sql.tree import (
    all_of,
    any_of,
    cast,
    coalesce,
    column,
    inner_join,
    is_known,
    is_null,
    left_join,
    named,
    number,
    output,
    select,
    table,
    text,
    union_all,
)

PARTS = 10
"""Numbers are told apart by their deciles, of texts the nine that most members have from all others."""
_OF = ("segment", "feature")
_COLUMNS = {
    "kind": Type.TEXT,
    "segment": Type.INTEGER,
    "feature": Type.INTEGER,
    "instant": Type.INTEGER,
    "place": Type.INTEGER,
    "members": Type.INTEGER,
    "edge": Type.NUMBER,
    "label": Type.TEXT,
}


def drift_sql(plan: DriftPlan, instants: Sequence[datetime], adapter: str | None) -> str:
    """Counts by `kind`; `segment`, `feature` and `instant` are places among those asked for, the first is 0.

    size: of each segment and instant the members. number: of each segment, feature and instant how many members have
    values at a place between the deciles of the first instant: at how many `edge`s they are above, and how many they
    reach, together; -1 is unknown. edge: these deciles, from place 1 to 9, those that there are. text: how many members
    have one of the values that were the most frequent at the first instant, from place 0 to 8; any other is 9. label:
    these values.
    """
    relations = Relations(plan.panel.plan.bound.settings.grain)
    ctes = [*panel(plan.panel, instants, relations, lambda _: _beside(plan))]
    ctes.append(Cte("members", ("each segment's members at each instant",), _members(plan)))
    parts = [_rows("size", {"segment", "instant"}, "members", {})]
    if plan.numbers:
        ctes += _ctes_of_numbers(plan)
        parts += [_rows("number", {*_OF, "instant", "place"}, "placed", {}), *_edges()]
    if plan.texts:
        ctes += _ctes_of_texts(plan)
        label = {"label": column("value"), "place": column("place")}
        parts += [_rows("text", {*_OF, "instant", "place"}, "found", {}), _rows("label", {*_OF}, "frequent", label)]
    outputs = tuple(output(name, type_, name) for name, type_ in _COLUMNS.items())
    query = Query("drift", "one row a figure", tuple(ctes), union_all(parts), outputs, relations.placeholders)
    dialect = dialect_of(plan.panel.plan, adapter)
    return written(lower(query, dialect), dialect)


def _beside(plan: DriftPlan) -> Beside:
    """The features of whoever is in any of the segments."""
    entity = plan.panel.entity
    assert entity.segments is not None
    key, flags, features = entity.entity.key, entity.segments.model, entity.features.model
    columns = [named(_value(one, features), _feature(i)) for i, one in enumerate(plan.features)]
    joined = inner_join(features, exp.EQ(this=column(key, features), expression=column(key, flags)))
    return Beside(tuple(columns), (joined,), (any_of(column(name, flags) for name in plan.panel.segments),))


def _feature(place: int) -> str:
    return f"feature_{place}"


def _value(one: FeatureColumn, source: str) -> exp.Expr:
    value = column(one.name, source)
    if one.type is Type.TEXT:
        return value
    if one.type is Type.BOOLEAN:
        either = [exp.If(this=value, true=number(1)), exp.If(this=exp.Not(this=value.copy()), true=number(0))]
        return cast(exp.Case(ifs=either), Type.NUMBER)
    return cast(value, Type.NUMBER)


def _members(plan: DriftPlan) -> exp.Query:
    told = [_feature(i) for i in range(len(plan.features))]
    return union_all(
        [
            select(
                [named(number(i), "segment"), named(column("place"), "instant"), *map(column, told)],
                table(PANEL),
                where=[exp.EQ(this=column(inside(i)), expression=number(1))],
            )
            for i in range(len(plan.panel.segments))
        ]
    )


def _told(features: range) -> exp.Query:
    """A row a member, instant and feature."""
    who = ("segment", "instant")
    told = [[*map(column, who), named(number(i), "feature"), named(column(_feature(i)), "value")] for i in features]
    return union_all([select(columns, table("members")) for columns in told])


def _ctes_of_numbers(plan: DriftPlan) -> list[Cte]:
    words = ("where a tenth more of the members lies below, at the first instant",)
    return [
        Cte("numbers", (), _told(range(len(plan.numbers)))),
        Cte("ranked", (), _ranked()),
        Cte("edges", words, _deciles()),
        Cte("placed", ("between which of these values lie",), _placed()),
    ]


def _ranked() -> exp.Query:
    by = [column(name) for name in _OF]
    order = exp.Order(expressions=[exp.Ordered(this=column("value"), nulls_first=False)])
    position = exp.Window(this=exp.RowNumber(), partition_by=by, order=order)
    known = exp.Window(this=exp.Count(this=exp.Star()), partition_by=[one.copy() for one in by])
    columns = [*map(column, _OF), column("value"), named(position, "position"), named(known, "known")]
    return select(columns, table("numbers"), where=[_first(), is_known(column("value"))])


def _deciles() -> exp.Query:
    """Of values in order the first by which a tenth of all is reached, two tenths and so on: in whole numbers."""
    columns: list[exp.Expr] = [column(name) for name in _OF]
    for part in range(1, PARTS):
        wanted = exp.Mul(this=column("known"), expression=number(part))
        reached = exp.Mul(this=column("position"), expression=number(PARTS))
        before = exp.Sub(this=exp.Mul(this=column("position"), expression=number(PARTS)), expression=number(PARTS))
        here = all_of(
            [exp.GTE(this=reached, expression=wanted), exp.LT(this=before, expression=wanted.copy())],
        )
        one = exp.Case(ifs=[exp.If(this=here, true=column("value"))])
        columns.append(named(exp.Max(this=one), _edge(part)))
    return select(columns, table("ranked"), group_by=[column(name) for name in _OF])


def _edge(part: int) -> str:
    return f"edge_{part}"


def _placed() -> exp.Query:
    value = column("value", "numbers")
    passed: exp.Expr | None = None
    for part in range(1, PARTS):
        for kind in (exp.GT, exp.GTE):
            beyond = kind(this=value.copy(), expression=column(_edge(part), "edges"))
            one = exp.Case(ifs=[exp.If(this=beyond, true=number(1))], default=number(0))
            passed = one if passed is None else exp.Add(this=passed, expression=one)
    place = exp.Case(ifs=[exp.If(this=is_null(value), true=number(-1))], default=passed)
    columns = [*(column(name, "numbers") for name in (*_OF, "instant")), named(place, "place")]
    return select(columns, table("numbers"), joins=[left_join("edges", _same("edges", "numbers"))])


def _edges() -> list[exp.Query]:
    return [
        _rows(
            "edge",
            {*_OF},
            "edges",
            {"place": number(part), "edge": column(_edge(part))},
            where=[is_known(column(_edge(part)))],
        )
        for part in range(1, PARTS)
    ]


def _ctes_of_texts(plan: DriftPlan) -> list[Cte]:
    first = len(plan.numbers)
    words = ("the values that most members had at the first instant",)
    return [
        Cte("texts", (), _told(range(first, first + len(plan.texts)))),
        Cte("counted", (), _counted()),
        Cte("by_frequency", (), _by_frequency()),
        Cte("frequent", words, _frequent()),
        Cte("found", ("which of these each value is",), _found()),
    ]


def _counted() -> exp.Query:
    by = [*map(column, _OF), column("value")]
    columns = [*by, named(exp.Count(this=exp.Star()), "members")]
    return select(
        columns, table("texts"), where=[_first(), is_known(column("value"))], group_by=[one.copy() for one in by]
    )


def _by_frequency() -> exp.Query:
    order = exp.Order(
        expressions=[
            exp.Ordered(this=column("members"), desc=True, nulls_first=False),
            exp.Ordered(this=cast(column("value"), Type.TEXT), nulls_first=False),
        ]
    )
    position = exp.Window(this=exp.RowNumber(), partition_by=[column(name) for name in _OF], order=order)
    return select([*map(column, _OF), column("value"), named(position, "position")], table("counted"))


def _frequent() -> exp.Query:
    place = exp.Sub(this=column("position"), expression=number(1))
    some = exp.LT(this=column("position"), expression=number(PARTS))
    return select([*map(column, _OF), column("value"), named(place, "place")], table("by_frequency"), where=[some])


def _found() -> exp.Query:
    unknown = exp.If(this=is_null(column("value", "texts")), true=number(-1))
    place = exp.Case(ifs=[unknown], default=coalesce(column("place", "frequent"), number(PARTS - 1)))
    same = exp.EQ(this=column("value", "frequent"), expression=column("value", "texts"))
    joined = left_join("frequent", all_of([_same("frequent", "texts"), same]))
    columns = [*(column(name, "texts") for name in (*_OF, "instant")), named(place, "place")]
    return select(columns, table("texts"), joins=[joined])


def _first() -> exp.Expr:
    return exp.EQ(this=column("instant"), expression=number(0))


def _same(one: str, other: str) -> exp.Expr:
    return all_of(exp.EQ(this=column(name, one), expression=column(name, other)) for name in _OF)


def _rows(
    kind: str, by: set[str], source: str, told: Mapping[str, exp.Expr], where: Sequence[exp.Expr] = ()
) -> exp.Query:
    """Rows of one kind, with all columns: what is told of each, or how many there are by some columns."""
    columns: list[exp.Expr] = []
    for name, type_ in _COLUMNS.items():
        value = column(name) if name in by else told.get(name, exp.Null())
        if name == "kind":
            value = text(kind)
        elif name == "members" and not told:
            value = exp.Count(this=exp.Star())
        columns.append(named(value if name == "kind" else cast(value, type_), name))
    group = [column(name) for name in _COLUMNS if name in by] if not told else []
    return select(columns, table(source), where=where, group_by=group)
