"""Operations that engines write in different ways, as nodes of the syntax tree.

The builders know an operation by its meaning. `sql.lower` puts in its place what `dialects` says that an engine writes
for it; no node of this file is ever written.
"""

from __future__ import annotations

from typing import ClassVar

from sqlglot import exp


class Operation(exp.Expression, exp.Func):
    """An operation. `spelled` is its name among the spellings of a dialect, its arguments are the holes of these."""

    spelled: ClassVar[str]


class Utc(Operation):
    """An instant as a timestamp in UTC, whether it was one with a zone, one without (taken as UTC) or a date."""

    spelled = "utc"
    arg_types: ClassVar[dict[str, bool]] = {"value": True}


class Local(Operation):
    """What the clocks of a time zone show at an instant in UTC, whatever zone the session is set to."""

    spelled = "local"
    arg_types: ClassVar[dict[str, bool]] = {"value": True, "zone": True}


class FromLocal(Operation):
    """The instant in UTC at which the clocks of a time zone show a time; of two that which the engine prefers."""

    spelled = "from_local"
    arg_types: ClassVar[dict[str, bool]] = {"value": True, "zone": True}


class FirstOfDay(Operation):
    """The first instant, in UTC, at which the clocks of a time zone show a beginning of a day, or are put beyond it."""

    spelled = "first_of_day"
    arg_types: ClassVar[dict[str, bool]] = {"value": True, "zone": True}


class Truncated(Operation):
    """The beginning of the unit that a clock's time lies in; weeks begin on Monday. `unit` is part of the name."""

    arg_types: ClassVar[dict[str, bool]] = {"value": True, "unit": True}

    @property
    def spelled(self) -> str:  # type: ignore[override]
        return f"start_of_{self.args['unit'].name}"


class Hour(Operation):
    """The hour that a clock shows, from 0 to 23."""

    spelled = "hour"
    arg_types: ClassVar[dict[str, bool]] = {"value": True}


class Weekday(Operation):
    """The day of the week that a calendar shows, from 1, Monday."""

    spelled = "weekday"
    arg_types: ClassVar[dict[str, bool]] = {"value": True}


class Microseconds(Operation):
    """Microseconds from 1970 to an instant in UTC, a whole number."""

    spelled = "microseconds"
    arg_types: ClassVar[dict[str, bool]] = {"value": True}


class MicrosecondsBetween(Operation):
    """Elapsed microseconds, a whole number."""

    spelled = "microseconds_between"
    arg_types: ClassVar[dict[str, bool]] = {"earlier": True, "later": True}


class SecondsBetween(Operation):
    """Elapsed seconds with fractions, exact to the microsecond for any two instants within 270 years."""

    spelled = "seconds_between"
    arg_types: ClassVar[dict[str, bool]] = {"earlier": True, "later": True}


class LaidBack(Operation):
    """An instant, earlier by what has elapsed between two others."""

    spelled = "laid_back"
    arg_types: ClassVar[dict[str, bool]] = {"value": True, "earlier": True, "later": True}


class FirstBy(Operation):
    """Of the rows of a group that fulfil a condition the value of the one that comes first."""

    spelled = "first_by"
    arg_types: ClassVar[dict[str, bool]] = {"value": True, "place": True, "condition": True}


class Median(Operation):
    """The median of a group's numbers, nulls aside: of an even number of them the mean of the middle two."""

    spelled = "median"
    arg_types: ClassVar[dict[str, bool]] = {"value": True}


class Halved(Operation):
    """One half to the power of a number that is not negative; 0 where that is too small for the engine."""

    spelled = "halved"
    arg_types: ClassVar[dict[str, bool]] = {"times": True}


class AsText(Operation):
    """A value as text that is compared and sorted by its code points."""

    spelled = "as_text"
    arg_types: ClassVar[dict[str, bool]] = {"value": True}


class AsUuid(Operation):
    """A value as a uuid; as text in small letters where the engine has no such type."""

    spelled = "as_uuid"
    arg_types: ClassVar[dict[str, bool]] = {"value": True}


class NullIf(Operation):
    """A value, or null where it equals another, as `-0.0` equals `0`."""

    spelled = "null_if"
    arg_types: ClassVar[dict[str, bool]] = {"value": True, "other": True}


class AsNumber(Operation):
    """A whole number beside fractions, of which one is chosen: as a number with a fraction."""

    spelled = "as_number"
    arg_types: ClassVar[dict[str, bool]] = {"value": True}


class OneIf(Operation):
    """1 where a condition holds, else 0. The condition is never null."""

    spelled = "one_if"
    arg_types: ClassVar[dict[str, bool]] = {"condition": True}


class Lowered(Operation):
    """Text in small letters, those of other alphabets too."""

    spelled = "lowered"
    arg_types: ClassVar[dict[str, bool]] = {"value": True}


class Raised(Operation):
    """Text in capital letters, those of other alphabets too."""

    spelled = "raised"
    arg_types: ClassVar[dict[str, bool]] = {"value": True}


class Trimmed(Operation):
    """Text without the blanks at its ends."""

    spelled = "trimmed"
    arg_types: ClassVar[dict[str, bool]] = {"value": True}


class Characters(Operation):
    """How many characters a text has."""

    spelled = "characters"
    arg_types: ClassVar[dict[str, bool]] = {"value": True}


class Like(Operation):
    """Whether a text fits a pattern of `%` and `_`; nothing else in a pattern is special.

    To most engines a backslash is. The name says so where there may be one: a constant shows that there is none.
    """

    kind: ClassVar[str] = "like"
    arg_types: ClassVar[dict[str, bool]] = {"value": True, "pattern": True}

    @property
    def spelled(self) -> str:  # type: ignore[override]
        pattern = self.args["pattern"]
        harmless = isinstance(pattern, exp.Literal) and "\\" not in pattern.name
        return self.kind if harmless else f"{self.kind}_with_backslashes"


class LikeAnyCase(Like):
    """As `Like`, capital and small letters being the same."""

    kind = "like_any_case"


class Floor(Operation):
    """The greatest whole number that is not greater, of the same type."""

    spelled = "floor"
    arg_types: ClassVar[dict[str, bool]] = {"value": True}


class Ceiling(Operation):
    """The least whole number that is not less, of the same type."""

    spelled = "ceiling"
    arg_types: ClassVar[dict[str, bool]] = {"value": True}


class Rounded(Operation):
    """A number rounded to so many digits behind the point, halves away from zero."""

    spelled = "rounded"
    arg_types: ClassVar[dict[str, bool]] = {"value": True, "digits": True}


class RoundedToWhole(Operation):
    """A number rounded to a whole one, halves away from zero."""

    spelled = "rounded_to_whole"
    arg_types: ClassVar[dict[str, bool]] = {"value": True}


class Bucket(Operation):
    """The bucket, 0 to 9999, that the text of a salt and a key falls into: see `plan.buckets`."""

    spelled = "bucket"
    arg_types: ClassVar[dict[str, bool]] = {"value": True}


class Apart(Operation):
    """An aggregate: how many of a group's stretches there are without overlap, those that end first being taken.

    A stretch lasts from `started` to `reached`. The earliest end comes first, and of those that start later than it the
    earliest end again. `by` are columns: stretches with different values of these do not overlap. `kind` is the type
    of starts and ends. It stands in the list of a select from one relation, for which `sql.lower.apart` has two ways.
    """

    spelled = "apart"
    arg_types: ClassVar[dict[str, bool]] = {"reached": True, "started": True, "by": False, "kind": True}


class WholeQuotient(Operation):
    """How often a whole number goes into another, where the parser's own node of that is not exact."""

    spelled = "whole_quotient"
    arg_types: ClassVar[dict[str, bool]] = {"dividend": True, "divisor": True}


class AnyOfGroup(Operation):
    """Whether a condition holds for any row of a group, where the parser's own node of that is unknown."""

    spelled = "any_of_group"
    arg_types: ClassVar[dict[str, bool]] = {"value": True}


class Deviation(Operation):
    """The deviation of a sample: of the rows of a group that fulfil a condition; null of fewer than two.

    It stands for the parser's own node of that where that means something else.
    """

    spelled = "deviation"
    arg_types: ClassVar[dict[str, bool]] = {"value": True, "condition": True}


class Variance(Operation):
    """The variance of all numbers of a group, where the parser's own node of that is not exact."""

    spelled = "variance"
    arg_types: ClassVar[dict[str, bool]] = {"value": True}


class Nearest(exp.Expression):
    """A join to the nearest row of a relation that fits: it stands among the joins of a select.

    `this` is the relation; `on` are equalities and, last, one comparison of something in the row with a column of the
    relation. `columns` are what the select reads of it. Each of them grows (or stays) with the compared column, within
    what the equalities hold together: on an engine without such joins a running extreme finds them.
    """

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "on": True, "outer": True, "columns": True}
