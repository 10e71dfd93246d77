"""Queries as syntax trees: what the layout turns into text."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from sqlglot import exp

from segpy.dialects import Dialect
from segpy.plan.model import EntityPlan, SegmentPlan
from segpy.plan.model_examples import ExamplesPlan
from segpy.spec.model_values import Relation


class When(Enum):
    """In which runs a CTE is there: of a model that is kept from run to run, it may do for one kind of them only."""

    ALWAYS = "always"
    ANEW = "anew"
    CONTINUED = "continued"


@dataclass(frozen=True, slots=True)
class Cte:
    """A named query and what it is for, a line of comment each. `inline` forbids the engine to make a copy of it.

    `copied` bids it to make one. A `recursive` one reads itself. Its `columns` are listed where the engine
    wants them to be. `ctes` are known inside of it only. Two of one name stand for each other: one `when` a model is
    continued, the other when it is made anew.
    """

    name: str
    comment: tuple[str, ...]
    query: exp.Query
    inline: bool = False
    copied: bool = False
    recursive: bool = False
    columns: tuple[exp.Identifier, ...] = ()
    ctes: tuple[Cte, ...] = ()
    when: When = When.ALWAYS


@dataclass(frozen=True, slots=True)
class OutputColumn:
    """A column of a model: its type and what it tells."""

    name: str
    type: exp.DataType
    description: str


@dataclass(frozen=True, slots=True)
class Kept:
    """How dbt keeps a table from run to run: a later run adds rows, in place of those with the same `unique_key`.

    Without a key nothing is replaced. `continues` is the condition, in Jinja, that a run is such a later one. `before`
    and `after` are Jinja that yields a statement or nothing. `by_meaning`: its name in the warehouse tells what it
    means, so that a model that means something else begins anew; else the table outlasts every change,
    `--full-refresh` too.
    """

    unique_key: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    by_meaning: bool = True
    continues: str = ""


@dataclass(frozen=True, slots=True)
class Query:
    """A whole model, a table unless it is a `view`; a table that is made anew by each run unless it is `kept`.

    Of one that is `shown` the rows are read in the order that it tells, and nothing is stored. `placeholders` pair
    placeholder tables and columns with the Jinja that stands for them.
    """

    name: str
    grain: str
    ctes: tuple[Cte, ...]
    final: exp.Query
    columns: tuple[OutputColumn, ...]
    placeholders: tuple[tuple[str, str], ...]
    view: bool = False
    kept: Kept | None = None
    shown: bool = False


@dataclass(frozen=True, slots=True)
class ModelColumn:
    """A column of a model as a dialect writes it: its name, quoted where it needs to be, and its type."""

    name: str
    written: str
    sql_type: str
    description: str


@dataclass(frozen=True, slots=True)
class Written:
    """A model in one dialect: its text, with Jinja for what dbt fills in, and its columns."""

    dialect: Dialect
    text: str
    columns: tuple[ModelColumn, ...]


@dataclass(frozen=True, slots=True)
class Read:
    """Columns that a model reads of a relation of the user's, which is given as Jinja."""

    relation: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Model:
    """A model, in every dialect of the project; its columns are the same in all, but for their types.

    `meaning` is the hash by which a kept table is named, where it is.
    """

    name: str
    grain: str
    view: bool
    written: tuple[Written, ...]
    kept: Kept | None = None
    meaning: str | None = None
    reads: tuple[Read, ...] = ()


@dataclass(frozen=True, slots=True)
class InputRows:
    """What a unit test gives for a relation: the variable that holds a query, and the query, which yields the rows."""

    variable: str
    sql: str


@dataclass(frozen=True, slots=True)
class UnitTests:
    """The query of a segment with examples, its text, and for each example what goes into it."""

    plan: ExamplesPlan
    query: Query
    text: str
    inputs: tuple[tuple[InputRows, ...], ...]


@dataclass(frozen=True, slots=True)
class Reason:
    """A rule of a segment on one side: who is in it on the other side only may fail it."""

    segment: str
    side: str  # before or after
    words: str


@dataclass(frozen=True, slots=True)
class MembersQuery:
    """A query with one row about an entity: the instant as text, then numbers.

    For the population and each of the segments how many there are before, after, and on both sides; then for each
    reason how many are in the segment on the other side only, and fail the rule on this one.
    """

    entity: str
    segments: tuple[str, ...]
    reasons: tuple[Reason, ...]
    text: str


@dataclass(frozen=True, slots=True)
class PreviewQueries:
    """What is asked of a segment: a query with a row for each of its rules, and one with one row of its overlap.

    The latter tells the instant, the population and the members, and of each of the `others` its size, and how many are
    in both.
    """

    segment: str
    entity: str
    rules: str
    others: tuple[str, ...]
    overlap: str


@dataclass(frozen=True, slots=True)
class WhyQueries:
    """What is asked of one of an entity: about its conditions, its events where it has any, and its memberships.

    Instants are told in microseconds since 1970, which all engines spell alike. The cells of `conditions`, which have
    a row each, are one after the other of these `segments`: whether a member, how many conditions are missed, then of
    each condition its value and whether it passes. Of `episodes` one row more, of no segment, tells of the runs that
    history knows.
    """

    entity: EntityPlan
    segments: tuple[SegmentPlan, ...]
    conditions: tuple[str, ...]
    events: str | None
    episodes: str


@dataclass(frozen=True, slots=True)
class ExampleSummary:
    """An example as a build tells of it. `test` is the name of its unit test, `member` the column of membership."""

    test: str
    segment: str
    name: str
    spec_file: str
    line: int
    member: str


@dataclass(frozen=True, slots=True)
class HeldBy:
    """A relation that can hold a key: in these columns, what it is, and what deletes it there, with Jinja.

    `relation` where it is the user's. Of a view, and where only a value can be like the key, nothing is deleted.
    """

    name: str
    columns: tuple[str, ...]
    what: str
    is_generated: bool
    statement: str | None
    relation: Relation | None = None


@dataclass(frozen=True, slots=True)
class ForgetQueries:
    """Where a key can stand. `asked` and `left` are queries, one for each relation of the user's, or generated one.

    Each has one row: how many rows have it as a key, and how many others have a value that is the same.
    """

    entity: str
    key: str
    sources: tuple[HeldBy, ...]
    asked: tuple[str, ...]
    generated: tuple[HeldBy, ...]
    left: tuple[str, ...]
