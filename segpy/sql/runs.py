"""Branches that look at events or calendar units beside each other: `gap`, `streak`, `burst`, z-scores of `change`."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from segpy.plan.model_features import BranchColumn
from segpy.resolve.model_measures import Aggregation, Bursts, Gaps, Periods, Streaks
from segpy.spec.expression import Type
from segpy.spec.model_measures import CalendarUnit, Statistic, StreakKind
from segpy.sql.frames import Frame
from segpy.sql.model import Cte
from segpy.sql.nodes import Operation
from segpy.sql.operations import filtered, microseconds_between, seconds_between, units
from segpy.sql.tree import as_of, cast, coalesce, column, is_known, named, number, select, table

_AT, _PREVIOUS = "occurred_at", "_previous_at"
_UNIT, _BEGINS, _STREAK, _LENGTH, _LAST = "_unit", "_begins", "_streak", "_length", "_last_unit"
_PERIOD, _VALUE = "_period", "_value"
_RECENT, _SUM, _COUNT, _VARIANCE = "_recent", "_sum", "_count", "_variance"
_MEAN, _DEVIATION = "_mean", "_deviation"
_ROUNDING = 1e-12


def _windowed(
    function: exp.Expr, frame: Frame, order: exp.Expr, spec: exp.WindowSpec | None = None, prefix: str | None = None
) -> exp.Window:
    """A window function over the rows of one entity."""
    ordered = exp.Order(expressions=[exp.Ordered(this=order)])
    return exp.Window(this=function, partition_by=[column(frame.key_name, prefix)], order=ordered, spec=spec)


def _last_cte(frame: Frame, columns: Sequence[exp.Expr], source: str) -> Cte:
    key = column(frame.key_name)
    query = select([key, *columns], table(source), group_by=[key.copy()])
    return Cte(frame.branch.name, frame.comment, query)


def gap_ctes(frame: Frame) -> list[Cte]:
    """The times between consecutive events: both must be in the window."""
    name = f"{frame.branch.name}_each"
    before = _windowed(exp.Lag(this=frame.occurred_at()), frame, frame.occurred_at(), prefix=frame.prefix)
    query = frame.events([frame.key(), frame.occurred_at(), named(before, _PREVIOUS), *frame.edges()])
    columns = [named(_gap(one, frame), one.name) for one in frame.branch.columns]
    return [Cte(name, ("each with the one before it",), query), _last_cte(frame, columns, name)]


def _gap(one: BranchColumn, frame: Frame) -> exp.Expr:
    inside = frame.both_inside(one, (_PREVIOUS, _AT))

    def over(aggregate: exp.Expr) -> exp.Expr:
        return filtered(aggregate, inside.copy() if inside is not None else None)

    assert isinstance(one.detail, Gaps)
    seconds = seconds_between(column(_PREVIOUS), column(_AT))
    match one.detail.statistic:
        case Statistic.STDDEV:
            return over(exp.StddevSamp(this=seconds))
        case Statistic.MAX:
            return over(exp.Max(this=seconds))
        case Statistic.LAST:  # both ends of the last gap are the latest of their kind
            return seconds_between(over(exp.Max(this=column(_PREVIOUS))), over(exp.Max(this=column(_AT))))
        case Statistic.AVG:
            raise AssertionError("an average gap needs no looking at events beside each other")


def streak_ctes(frame: Frame) -> list[Cte]:
    """Gaps and islands: the units with the event, numbered by the streak that each belongs to."""
    branch, detail = frame.branch, frame.branch.columns[0].detail
    assert isinstance(detail, Streaks)
    each, marked, numbered, streaks = (
        f"{branch.name}_{ending}" for ending in ("each", "marked", "numbered", "streaks")
    )
    key, unit, what = column(frame.key_name), column(_UNIT), detail.unit.value
    found = frame.events(
        [frame.key(), named(frame.calendar_unit(detail.unit), _UNIT)], where=frame.bounds(), distinct=True
    )
    reach = exp.Add(this=_windowed(exp.Lag(this=unit), frame, unit), expression=units(detail.allow_gap + 1, what))
    goes_on = exp.LTE(this=unit.copy(), expression=reach)
    begins = exp.Case(ifs=[exp.If(this=goes_on, true=number(0))], default=number(1))
    frame_ = exp.WindowSpec(kind="ROWS", start="UNBOUNDED", start_side="PRECEDING", end="CURRENT ROW")
    number_ = _windowed(exp.Sum(this=column(_BEGINS)), frame, unit.copy(), frame_)
    lengths = [named(exp.Count(this=exp.Star()), _LENGTH), named(exp.Max(this=unit.copy()), _LAST)]
    columns = [named(_streak(one, detail.unit, detail.allow_gap, frame), one.name) for one in branch.columns]
    missed = f", up to {detail.allow_gap} missed in a row" if detail.allow_gap else ""
    return [
        Cte(each, (f"the {what}s with the event",), found),
        Cte(
            marked,
            (f"where a streak begins{missed}",),
            select([key, unit.copy(), named(begins, _BEGINS)], table(each)),
        ),
        Cte(
            numbered,
            (f"which streak each {what} belongs to",),
            select([key.copy(), unit.copy(), named(number_, _STREAK)], table(marked)),
        ),
        Cte(
            streaks,
            (f"how many {what}s each streak has, and its last",),
            select([key.copy(), *lengths], table(numbered), group_by=[key.copy(), column(_STREAK)]),
        ),
        _last_cte(frame, columns, streaks),
    ]


def _streak(one: BranchColumn, unit: CalendarUnit, allow_gap: int, frame: Frame) -> exp.Expr:
    assert isinstance(one.detail, Streaks)
    longest = exp.Max(this=column(_LENGTH))
    if one.detail.kind is StreakKind.LONGEST:
        return longest
    earliest = exp.Sub(this=frame.calendar_unit(unit, as_of()), expression=units(allow_gap + 1, unit.value))
    return filtered(longest, exp.GTE(this=column(_LAST), expression=earliest))


def burst_ctes(frame: Frame) -> list[Cte]:
    """The stretch `(t - per, t]` that ends at each event, in microseconds, which are whole."""
    rolling = f"{frame.branch.name}_rolling"
    columns: list[exp.Expr] = [frame.key()]
    for one in frame.branch.columns:
        assert isinstance(one.detail, Bursts)
        stretch = exp.WindowSpec(
            kind="RANGE",
            start=number(one.detail.per.microseconds - 1),
            start_side="PRECEDING",
            end="CURRENT ROW",
        )
        at = Operation.MICROSECONDS(frame.occurred_at())
        counted = _windowed(exp.Count(this=exp.Star()), frame, at, stretch, frame.prefix)
        columns.append(named(counted, one.name))
    query = frame.events(columns, where=frame.bounds())
    most = [named(exp.Max(this=column(one.name)), one.name) for one in frame.branch.columns]
    return [
        Cte(rolling, ("how many there are in the stretch that ends with each",), query),
        _last_cte(frame, most, rolling),
    ]


def period_ctes(frame: Frame) -> list[Cte]:
    """Period 0 is the recent one, those from 1 on are the baseline."""
    branch = frame.branch
    (one,) = branch.columns
    detail = one.detail
    assert isinstance(detail, Periods)
    each, summed, spread = (f"{branch.name}_{ending}" for ending in ("each", "summed", "spread"))
    age = exp.Sub(this=microseconds_between(frame.occurred_at(), as_of()), expression=number(1))
    period = exp.IntDiv(this=exp.paren(age), expression=number(detail.length.microseconds))
    known = [is_known(frame.column(one.value))] if one.value else []
    values = frame.events(
        [frame.key(), named(period, _PERIOD), named(cast(_period_value(one, frame), Type.NUMBER), _VALUE)],
        where=known,
        group_by=[frame.key(), period.copy()],
    )
    recent = exp.EQ(this=column(_PERIOD), expression=number(0))
    baseline = exp.GT(this=column(_PERIOD), expression=number(0))
    sums = [
        named(coalesce(filtered(exp.Sum(this=column(_VALUE)), recent), number(0)), _RECENT),
        named(filtered(exp.Sum(this=column(_VALUE)), baseline), _SUM),
        named(filtered(exp.Count(this=exp.Star()), baseline.copy()), _COUNT),
        named(filtered(exp.VariancePop(this=column(_VALUE)), baseline.copy()), _VARIANCE),
    ]
    key, (mean, deviation) = column(frame.key_name), _spread(detail.before)
    varied = [column(_RECENT), named(mean, _MEAN), named(deviation, _DEVIATION)]
    return [
        Cte(each, ("the value of each period that has one; 0 is the recent period",), values),
        Cte(
            summed,
            ("the recent value, and what tells mean and deviation of those before",),
            select([key, *sums], table(each), group_by=[key.copy()]),
        ),
        Cte(
            spread,
            (f"over all {detail.before} periods before, those without a value being 0",),
            select([key.copy(), *varied], table(summed)),
        ),
        Cte(branch.name, frame.comment, select([key.copy(), named(_zscore(one), one.name)], table(spread))),
    ]


def _period_value(one: BranchColumn, frame: Frame) -> exp.Expr:
    assert isinstance(one.detail, Periods)
    match one.detail.aggregation:
        case Aggregation.COUNT:
            return exp.Count(this=exp.Star())
        case Aggregation.SUM:
            assert one.value is not None
            return exp.Sum(this=frame.column(one.value))
        case Aggregation.ACTIVE_DAYS:
            return exp.Count(this=exp.Distinct(expressions=[frame.calendar_unit(CalendarUnit.DAY)]))
        case other:
            raise AssertionError(other)


def _spread(before: int) -> tuple[exp.Expr, exp.Expr]:
    """Mean and sample deviation over all periods, from what is known of those that have a value."""

    def squared(value: exp.Expr) -> exp.Expr:
        return exp.Pow(this=value, expression=number(2))

    mean = exp.Div(this=column(_SUM), expression=number(before))
    own_mean = exp.Div(this=column(_SUM), expression=exp.Nullif(this=column(_COUNT), expression=number(0)))
    among = exp.Mul(this=column(_COUNT), expression=column(_VARIANCE))
    apart = exp.Mul(this=column(_COUNT), expression=squared(exp.Sub(this=own_mean, expression=mean)))
    empty = exp.paren(exp.Sub(this=number(before), expression=column(_COUNT)))
    absent = exp.Mul(this=empty, expression=squared(mean.copy()))
    squares = exp.Add(this=exp.Add(this=among, expression=apart), expression=absent)
    return mean.copy(), exp.Sqrt(this=exp.Div(this=exp.paren(squares), expression=number(before - 1)))


def _zscore(one: BranchColumn) -> exp.Expr:
    """How many deviations the recent value is from the mean; null where the periods do not vary.

    Sums of fractions that are equal differ in their last digits: that is no variation.
    """
    assert isinstance(one.detail, Periods)
    difference = exp.paren(exp.Sub(this=column(_RECENT), expression=column(_MEAN)))
    least: exp.Expr = number(0)
    if one.detail.aggregation is Aggregation.SUM:
        least = exp.Mul(this=exp.Abs(this=column(_MEAN)), expression=number(_ROUNDING))
    varies = exp.GT(this=column(_DEVIATION), expression=least)
    score = exp.Div(this=difference, expression=column(_DEVIATION))
    return exp.Case(ifs=[exp.If(this=varies, true=score)])
