"""Operations that engines write in different ways, as nodes of the syntax tree.

The builders know an operation by its meaning. `sql.lower` puts in its place what `dialects` says that an engine writes
for it. An operation is a function whose name is a member of `Operation`, and no string: sqlglot has no way to write
that, so none that is left over can ever become text. It is no class of its own, as the compiled sqlglot has its classes
for itself (`pip install 'sqlglot[c]'`).
"""

from __future__ import annotations

from enum import Enum

from sqlglot import exp


class Operation(Enum):
    """An operation: its name among the spellings of a dialect, and its arguments, which are the holes of these."""

    # An instant as a timestamp in UTC, whether it was one with a zone, one without (taken as UTC) or a date.
    UTC = ("utc", "value")
    # What the clocks of a time zone show at an instant in UTC, whatever zone the session is set to.
    LOCAL = ("local", "value", "zone")
    # The instant in UTC at which the clocks of a time zone show a time; of two that which the engine prefers.
    FROM_LOCAL = ("from_local", "value", "zone")
    # The first instant, in UTC, at which the clocks of a time zone show a beginning of a day, or are put beyond it.
    FIRST_OF_DAY = ("first_of_day", "value", "zone")

    # The beginning of the unit that a clock's time lies in; weeks begin on Monday.
    START_OF_MICROSECOND = ("start_of_microsecond", "value")
    START_OF_MILLISECOND = ("start_of_millisecond", "value")
    START_OF_SECOND = ("start_of_second", "value")
    START_OF_MINUTE = ("start_of_minute", "value")
    START_OF_HOUR = ("start_of_hour", "value")
    START_OF_DAY = ("start_of_day", "value")
    START_OF_WEEK = ("start_of_week", "value")
    START_OF_MONTH = ("start_of_month", "value")
    START_OF_QUARTER = ("start_of_quarter", "value")
    START_OF_YEAR = ("start_of_year", "value")

    # The hour that a clock shows, from 0 to 23.
    HOUR = ("hour", "value")
    # The day of the week that a calendar shows, from 1, Monday.
    WEEKDAY = ("weekday", "value")
    # Microseconds from 1970 to an instant in UTC, a whole number.
    MICROSECONDS = ("microseconds", "value")
    # Elapsed microseconds, a whole number.
    MICROSECONDS_BETWEEN = ("microseconds_between", "earlier", "later")
    # Elapsed seconds with fractions, exact to the microsecond for any two instants within 270 years.
    SECONDS_BETWEEN = ("seconds_between", "earlier", "later")
    # An instant, earlier by what has elapsed between two others.
    LAID_BACK = ("laid_back", "value", "earlier", "later")

    # What the calendar shows so many months later, the last of a shorter month; where intervals of months cannot tell.
    MONTHS_LATER = ("months_later", "value", "months")

    # Of the rows of a group that fulfil a condition the value of the one that comes first.
    FIRST_BY = ("first_by", "value", "place", "condition")
    # The median of a group's numbers, nulls aside: of an even number of them the mean of the middle two.
    MEDIAN = ("median", "value")
    # One half to the power of a number that is not negative; 0 where that is too small for the engine.
    HALVED = ("halved", "times")

    # A value as text that is compared and sorted by its code points.
    AS_TEXT = ("as_text", "value")
    # A value as a uuid; as text in small letters where the engine has no such type.
    AS_UUID = ("as_uuid", "value")
    # A whole number beside fractions, of which one is chosen: as a number with a fraction.
    AS_NUMBER = ("as_number", "value")
    # A value, or null where it equals another, as `-0.0` equals `0`.
    NULL_IF = ("null_if", "value", "other")
    # A number with a fraction, by which rows are told apart in windows and joins. Not all engines take it for that.
    TELLING_NUMBER = ("telling_number", "value")
    # 1 where a condition holds, else 0. The condition is never null.
    ONE_IF = ("one_if", "condition")

    # Text in small letters and in capital letters, those of other alphabets too; without the blanks at its ends.
    LOWERED = ("lowered", "value")
    RAISED = ("raised", "value")
    TRIMMED = ("trimmed", "value")
    # How many characters a text has.
    CHARACTERS = ("characters", "value")
    # Whether a text fits a pattern of `%` and `_`; nothing else in a pattern is special. To most engines a backslash
    # is: the name says so where there may be one. Of the second pair capital and small letters are the same.
    LIKE = ("like", "value", "pattern")
    LIKE_WITH_BACKSLASHES = ("like_with_backslashes", "value", "pattern")
    LIKE_ANY_CASE = ("like_any_case", "value", "pattern")
    LIKE_ANY_CASE_WITH_BACKSLASHES = ("like_any_case_with_backslashes", "value", "pattern")

    # The greatest value without a fraction that is not greater, the least that is not less, of the same type.
    FLOOR = ("floor", "value")
    CEILING = ("ceiling", "value")
    # A number rounded to so many digits behind the point, and to a whole one, halves away from zero.
    ROUNDED = ("rounded", "value", "digits")
    ROUNDED_TO_WHOLE = ("rounded_to_whole", "value")
    # The bucket, 0 to 9999, that the text of a salt and a key falls into: see `plan.buckets`.
    BUCKET = ("bucket", "value")

    # An aggregate: how many of a group's stretches there are without overlap, those that end first being taken. A
    # stretch lasts from `started` to `reached`. The earliest end comes first, and of those that start later than it the
    # earliest end again. `by` is a tuple of columns: stretches with different values of these do not overlap. `kind`
    # is the type of starts and ends. It stands in the list of a select from one relation, for which `sql.lower.apart`
    # has two ways.
    APART = ("apart", "reached", "started", "by", "kind")

    # The nearest row of a relation that fits: it stands for the condition of a join to that relation. `on` are
    # equalities and, last, one comparison of something in the row with a column of the relation. `columns` is a tuple
    # of what the select reads of it. Each of them grows (or stays) with the compared column, within what the equalities
    # hold together: on an engine without such joins a running extreme finds them.
    NEAREST = ("nearest", "on", "columns")

    # For each of these the parser has a node of its own, which stands in the tree. They take its place where an engine
    # has none, or one that is not exact or means something else: the mean of a group's numbers; how often a whole
    # number goes into another; whether a condition holds for any row of a group; the deviation of a sample, of the rows
    # of a group that fulfil a condition, null of fewer than two; the variance of all numbers of a group.
    AVERAGE = ("average", "value")
    WHOLE_QUOTIENT = ("whole_quotient", "dividend", "divisor")
    ANY_OF_GROUP = ("any_of_group", "value")
    DEVIATION = ("deviation", "value", "condition")
    VARIANCE = ("variance", "value")

    def __init__(self, spelled: str, *arguments: str) -> None:
        self.spelled = spelled
        self.arguments = arguments

    def __call__(self, *arguments: exp.Expr) -> exp.Anonymous:
        """This operation of something, as a node."""
        assert len(arguments) == len(self.arguments), f"{self.spelled} is of {', '.join(self.arguments)}"
        return exp.Anonymous(this=self, expressions=list(arguments))


def start_of(unit: str) -> Operation:
    """The beginning of a unit of the clock or the calendar."""
    return Operation[f"START_OF_{unit.upper()}"]


def operation(node: exp.Expr | None) -> Operation | None:
    """Which operation a node is, if it is one."""
    name = node.args["this"] if isinstance(node, exp.Anonymous) else None
    return name if isinstance(name, Operation) else None


def argument(node: exp.Expr, name: str) -> exp.Expr:
    """An argument of an operation."""
    return arguments(node)[name]


def arguments(node: exp.Expr) -> dict[str, exp.Expr]:
    """The arguments of an operation by their names."""
    found = operation(node)
    assert found is not None
    return dict(zip(found.arguments, node.expressions, strict=True))
