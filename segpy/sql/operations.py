"""The operations that engines spell differently, and what selections of events mean in SQL."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from segpy.plan.model_events import Selection
from segpy.spec.expression import ClockUnit, Type
from segpy.spec.model_measures import CalendarUnit
from segpy.sql.nodes import Operation, start_of
from segpy.sql.tree import all_of, cast, column, text


def utc(value: exp.Expr) -> exp.Expr:
    """An instant as a timestamp in UTC, whether it was one with a zone, one without (taken as UTC) or a date."""
    return Operation.UTC(value)


def local(instant: exp.Expr, zone: str) -> exp.Expr:
    """What the clocks of a time zone show at an instant in UTC, whatever zone the session is set to."""
    return Operation.LOCAL(instant, text(zone))


def from_local(shown: exp.Expr, zone: str) -> exp.Expr:
    """The instant in UTC at which the clocks of a time zone show a time; of two that which the engine prefers."""
    return Operation.FROM_LOCAL(shown, text(zone))


def calendar_unit(instant: exp.Expr, unit: CalendarUnit, zone: str) -> exp.Expr:
    """The first day of the calendar's day, week (from Monday) or month that an instant lies in, by a time zone."""
    shown = local(instant, zone)
    if unit is not CalendarUnit.DAY:
        shown = truncated(shown, unit.value)
    return cast(shown, Type.DATE)


def clock(instant: exp.Expr, unit: ClockUnit, zone: str) -> exp.Expr:
    """What the clocks or the calendar of a time zone say of an instant: its hour, or its weekday from 1, Monday."""
    told = {ClockUnit.HOUR: Operation.HOUR, ClockUnit.WEEKDAY: Operation.WEEKDAY}[unit]
    return told(local(instant, zone))


def truncated(shown: exp.Expr, unit: str) -> exp.Expr:
    """The beginning of the unit that a clock's time lies in; weeks begin on Monday."""
    return start_of(unit)(shown)


def seconds_between(earlier: exp.Expr, later: exp.Expr) -> exp.Expr:
    """Elapsed seconds with fractions, exact to the microsecond for any two instants within 270 years."""
    return Operation.SECONDS_BETWEEN(earlier, later)


def microseconds_between(earlier: exp.Expr, later: exp.Expr) -> exp.Expr:
    """Elapsed microseconds, a whole number."""
    return Operation.MICROSECONDS_BETWEEN(earlier, later)


def units(count: int, unit: str) -> exp.Expr:
    """A number of units of the calendar or the clock, to be added to a day or an instant."""
    return exp.Interval(this=exp.Literal.string(str(count)), unit=exp.var(unit))


def filtered(aggregate: exp.Expr, condition: exp.Expr | None) -> exp.Expr:
    """An aggregate over the rows that fulfil a condition."""
    if condition is None:
        return aggregate
    return exp.Filter(this=aggregate, expression=exp.Where(this=condition))


def labels_type(labels: Sequence[str]) -> exp.DataType:
    """The type of the event labels: small integers under their names where the engine has that."""
    members = [text(label) for label in labels]
    if all(isinstance(member, exp.Literal) for member in members):
        return exp.DataType(this=exp.DType.ENUM, expressions=members)
    return exp.DataType(this=exp.DType.TEXT)


def greatest(value: exp.Expr, type_: Type, condition: exp.Expr | None = None) -> exp.Expr:
    """The greatest value of the rows that fulfil a condition. Not all engines compare booleans or uuids."""
    if type_ is Type.BOOLEAN:
        return filtered(exp.LogicalOr(this=value), condition)
    if type_ is Type.UUID:
        return cast(filtered(exp.Max(this=cast(value, Type.TEXT)), condition), type_)
    return filtered(exp.Max(this=value), condition)


def selected(selection: Selection, table: str | None = None) -> list[exp.Expr]:
    """The conditions that the rows of a selection fulfil."""
    conditions: list[exp.Expr] = []
    event = column("event", table)
    if len(selection.labels) == 1:
        conditions.append(exp.EQ(this=event, expression=text(selection.labels[0])))
    elif selection.labels:
        conditions.append(exp.In(this=event, expressions=[text(label) for label in selection.labels]))
    if selection.flag is not None:
        conditions.append(column(selection.flag, table))
    return conditions


def one_of(selections: Sequence[Selection], table: str | None = None) -> exp.Expr:
    """Whether a row is of any of these selections."""
    plain = sorted({label for one in selections if one.flag is None for label in one.labels})
    conditions: list[exp.Expr] = []
    if plain:
        conditions += selected(Selection(tuple(plain), None, ""), table)
    conditions += [all_of(selected(one, table)) for one in selections if one.flag is not None or not one.labels]
    found: exp.Expr | None = None
    for condition in conditions:
        wrapped = exp.paren(condition) if isinstance(condition, exp.And) else condition
        found = wrapped if found is None else exp.Or(this=found, expression=wrapped)
    assert found is not None
    return found
