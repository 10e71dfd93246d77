"""Branches of the features model: the events of one atom to one row an entity."""

from __future__ import annotations

from typing import assert_never

from sqlglot import exp

from segpy.plan.model_features import Branch, BranchColumn, Way
from segpy.resolve.model_measures import UNITS, Aggregation, Decay
from segpy.spec.expression import Literal, Type
from segpy.sql.frames import Frame, frame_of
from segpy.sql.model import Cte
from segpy.sql.nodes import Operation
from segpy.sql.operations import filtered, seconds_between
from segpy.sql.rankings import frequency_ctes, ranked_ctes
from segpy.sql.runs import burst_ctes, gap_ctes, period_ctes, streak_ctes
from segpy.sql.tree import as_of, cast, column, constant, is_known, named, number, select, table

INSTANTS: dict[Aggregation, type[exp.AggFunc]] = {Aggregation.RECENCY: exp.Max, Aggregation.TENURE: exp.Min}
"""What is the time since an instant, and which of the instants that is."""


def branch_ctes(branch: Branch, key: str, *, instants: bool = False) -> list[Cte]:
    """The relation of a branch under its name, behind those that it is made from.

    With `instants` it has the instant itself where a column is the time since then.
    """
    frame = frame_of(branch, key)
    match branch.way:
        case Way.PLAIN:
            return [_plain(frame, instants)]
        case Way.EACH:
            return _each(frame)
        case Way.FIRST | Way.LAST:
            return ranked_ctes(frame)
        case Way.FREQUENCY:
            return frequency_ctes(frame)
        case Way.GAPS:
            return gap_ctes(frame)
        case Way.STREAKS:
            return streak_ctes(frame)
        case Way.BURSTS:
            return burst_ctes(frame)
        case Way.PERIODS:
            return period_ctes(frame)
        case _:
            assert_never(branch.way)


def _plain(frame: Frame, instants: bool) -> Cte:
    columns = [named(_aggregate(one, frame, instants), one.name) for one in frame.branch.columns]
    query = frame.events([frame.key(), *columns], group_by=[frame.key()])
    return Cte(frame.branch.name, frame.comment, query)


def _each(frame: Frame) -> list[Cte]:
    """Each value, or each calendar unit, once."""
    branch = frame.branch
    value, unit_ = branch.columns[0].value, UNITS.get(branch.columns[0].aggregation)
    where: list[exp.Expr] = []
    if unit_ is not None:
        unit, what = frame.calendar_unit(unit_), unit_.value
    else:
        assert value is not None
        unit, what = frame.column(value), value
        where.append(is_known(unit.copy()))
    inner: list[exp.Expr] = [frame.key()]  # the unit itself is not selected: a feature may have its name
    outer: list[exp.Expr] = [column(frame.key_name)]
    for one in branch.columns:
        inside = frame.inside(one)
        if inside is None:
            outer.append(named(exp.Count(this=exp.Star()), one.name))
        else:
            ones = exp.Case(ifs=[exp.If(this=inside, true=number(1))], default=number(0))
            inner.append(named(exp.Max(this=ones), one.name))
            outer.append(named(cast(exp.Sum(this=column(one.name)), Type.INTEGER), one.name))
    each = f"{branch.name}_each"
    units = frame.events(inner, where=where, group_by=[frame.key(), unit.copy()])
    return [
        Cte(each, (f"each {what} once",), units),
        Cte(branch.name, frame.comment, select(outer, table(each), group_by=[column(frame.key_name)])),
    ]


def _aggregate(one: BranchColumn, frame: Frame, instants: bool) -> exp.Expr:
    inside = frame.inside(one)

    def over(aggregate: exp.Expr) -> exp.Expr:
        return filtered(aggregate, inside.copy() if inside is not None else None)

    value = frame.column(one.value or "occurred_at")
    match one.aggregation:
        case Aggregation.COUNT:
            return over(exp.Count(this=exp.Star()))
        case Aggregation.SUM:
            total = over(exp.Sum(this=value))
            return cast(total, Type.INTEGER) if one.type is Type.INTEGER else total
        case Aggregation.AVG:
            return over(exp.Avg(this=value))
        case Aggregation.MIN:
            return over(exp.Min(this=value))
        case Aggregation.MAX:
            return over(exp.Max(this=value))
        case Aggregation.MEDIAN:
            return over(Operation.MEDIAN(value))
        case Aggregation.STDDEV:
            return over(exp.StddevSamp(this=value))
        case Aggregation.RECENCY | Aggregation.TENURE:
            instant = over(INSTANTS[one.aggregation](this=value))
            return instant if instants else seconds_between(instant, as_of())
        case Aggregation.GAP:  # all gaps together reach from the first event to the last
            whole = seconds_between(over(exp.Min(this=value)), over(exp.Max(this=value.copy())))
            gaps = exp.Sub(this=over(exp.Count(this=exp.Star())), expression=number(1))
            return exp.Div(this=whole, expression=exp.Nullif(this=gaps, expression=number(0)))
        case Aggregation.DECAYED:
            return over(exp.Sum(this=_weighed(one, frame)))
        case other:
            raise AssertionError(other)


def _weighed(one: BranchColumn, frame: Frame) -> exp.Expr:
    """What an event adds to a decayed sum."""
    assert isinstance(one.detail, Decay)
    half_life = exp.paren(constant(Literal(one.detail.half_life.seconds, Type.DURATION)))
    age = exp.Div(this=seconds_between(frame.occurred_at(), as_of()), expression=half_life)
    weight = Operation.HALVED(age)
    return exp.Mul(this=frame.column(one.value), expression=weight) if one.value else weight
