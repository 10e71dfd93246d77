"""The tables that results of statistics stand in, which no warehouse can reckon."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from segpy.spec.expression import Type

Cell: TypeAlias = str | int | float | None
Row: TypeAlias = dict[str, Cell]
"""A row of a result, by the names of its columns; what it does not name is null."""


@dataclass(frozen=True, slots=True)
class ResultColumn:
    """A column of such a table."""

    name: str
    type: Type
    description: str


@dataclass(frozen=True, slots=True)
class ResultTable:
    """Such a table. `variable` is that of dbt by which it is given rows; of those with an equal `key` the last stay."""

    variable: str
    grain: str
    description: str
    key: tuple[str, ...]
    columns: tuple[ResultColumn, ...]


@dataclass(frozen=True, slots=True)
class ResultModels:
    """The tables of a project, each with the name of its model: those in which something could stand."""

    tables: tuple[tuple[str, ResultTable], ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """All of them."""
        return tuple(name for name, _ in self.tables)

    def name_of(self, table: ResultTable) -> str | None:
        """The model of a table; None where the project has none."""
        return next((name for name, one in self.tables if one is table), None)


def _text(name: str, description: str) -> ResultColumn:
    return ResultColumn(name, Type.TEXT, description)


def _count(name: str, description: str) -> ResultColumn:
    return ResultColumn(name, Type.INTEGER, description)


def _number(name: str, description: str) -> ResultColumn:
    return ResultColumn(name, Type.NUMBER, description)


def _interval(name: str, description: str) -> tuple[ResultColumn, ...]:
    """A number with the limits of its interval; all null where it is withheld."""
    return (
        _number(name, f"{description}; null where it is withheld."),
        _number(f"{name}_low", "Its interval from; null where it has no end there."),
        _number(f"{name}_high", "Its interval to; null where it has no end there."),
    )


_AS_OF = ResultColumn("as_of", Type.TIMESTAMP, "The run whose tables it was made from.")

LIFT = ResultTable(
    "segpy_rows_of_lift",
    "one row a run, segment, outcome and metric",
    "What acting on segments did, as `segpy lift --save` found it.",
    ("as_of", "segment", "outcome", "metric"),
    (
        _AS_OF,
        _text("segment", "The segment that the experiment is of."),
        _text("outcome", "What is measured."),
        _text("role", "outcome or guardrail."),
        _text("metric", "converted: whether it came about; or value: what it was worth."),
        _text("verdict", "What to make of it, in words."),
        _text("status", "readable, or why numbers are withheld."),
        _number("confidence", "How sure the intervals are, from 0 to 1."),
        _count("treated", "How many were assigned to be acted upon."),
        _count("treated_observed", "Of how many of them it is known what came."),
        _number("treated_mean", "Their mean."),
        _count("held_out", "How many were held out."),
        _count("held_out_observed", "Of how many of them it is known what came."),
        _number("held_out_mean", "Their mean."),
        *_interval("difference", "The mean of those acted upon less that of those held out; by CUPED where it can be"),
        _text("method", "How the difference was made."),
        _number("p", "How likely such a difference is where acting does nothing."),
        _number("adjusted_p", "The same, adjusted for all that was looked at together (Benjamini-Hochberg)."),
        *_interval("relative", "The difference in parts of the mean of those held out"),
        *_interval("always_valid", "The difference with an interval that may be looked at every day"),
        *_interval("shrunken", "The difference drawn towards that of all segments"),
        _number("smallest_effect", "The smallest difference that would be seen four times in five."),
        *_interval("incremental", "How many conversions, or how much value, would not have been"),
        _number("naive", "The same, as if all that those acted upon did were its doing."),
        *_interval("cost_of_each", "The cost of each conversion more"),
        *_interval("return_on_cost", "The return: 0 where the cost just came back"),
        _count("payback_months", "After how many months the cost had come back; null: not yet, or not told."),
        _count("payback_earliest", "The month in which the upper limit of what came back reached the cost."),
        _count("payback_latest", "The month in which the lower limit did; null: not yet."),
        _count("payback_naive", "The month, as if all that those acted upon brought in were its doing."),
        _count("months_observed", "Of how many months that is known."),
    ),
)

BACKTESTS = ResultTable(
    "segpy_rows_of_backtests",
    "one row a run, segment, outcome, figure and place",
    "What segments would have caught, as `segpy backtest --save` found it.",
    ("as_of", "segment", "outcome", "figure", "place"),
    (
        _AS_OF,
        _text("segment", "The segment."),
        _text("entity", "Whom it is about."),
        _text("outcome", "What was looked for after each instant."),
        ResultColumn("first_at", Type.TIMESTAMP, "The first instant that was looked at."),
        ResultColumn("last_at", Type.TIMESTAMP, "The last one."),
        _count("instants", "How many there were."),
        _text("horizon", "For how long after each instant the outcome was looked for."),
        _text("gap", "How long after each instant that begins."),
        _text("figure", "What it is: members, conversion_inside, lift, recall, hazard, smallest_uplift and so on."),
        _text("place", "all, an instant, the number of a period, or an age."),
        _count("n", "How many people it rests upon."),
        *_interval("estimate", "The figure"),
        _number("confidence", "How sure the interval is, from 0 to 1."),
        _text("status", "readable, or why the number is withheld."),
    ),
)

STATISTICS = ResultTable(
    "segpy_rows_of_statistics",
    "one row a run, command, segment, subject, figure and place",
    "What commands find by statistics besides, each with `--save`.",
    ("as_of", "command", "segment", "about", "figure", "place"),
    (
        _AS_OF,
        _text("command", "Which command found it: drift, evolve, forecast, price, report or stays."),
        _text("segment", "The segment, or the group of segments."),
        _text("entity", "Whom it is about."),
        _text("about", "What was looked at: a feature, an event, a file and so on."),
        _text("figure", "What it is: psi, elasticity, survival, accuracy and so on."),
        _text("place", "all, an instant, a period, or what else there are several of."),
        ResultColumn("first_at", Type.TIMESTAMP, "Since when was looked; null where that is an instant alone."),
        ResultColumn("last_at", Type.TIMESTAMP, "Until when was looked."),
        _count("n", "How many people, or what else is counted, it rests upon."),
        *_interval("estimate", "The figure"),
        _number("confidence", "How sure the interval is, from 0 to 1."),
        _text("status", "readable, or why the number is withheld."),
    ),
)
