"""The members of segments at the beginnings of months, and what they were worth in these months, in one query."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlglot import exp

from segpy.plan.model_forecast import ForecastPlan
from segpy.spec.expression import Type
from segpy.sql.backtest import what_came
from segpy.sql.build import dialect_of, written
from segpy.sql.lower.query import lower
from segpy.sql.model import Query
from segpy.sql.panel import PANEL, Beside, inside, panel
from segpy.sql.relations import Relations
from segpy.sql.tree import any_of, cast, column, named, number, output, select, table, union_all

_COLUMNS = {"segment": Type.INTEGER, "place": Type.INTEGER, "members": Type.INTEGER, "value": Type.NUMBER}


def forecast_sql(plan: ForecastPlan, months: Sequence[datetime], adapter: str | None) -> str:
    """A row a segment and month, by their places, in which there were members: how many, and their value in it.

    Members are those at the beginning of the month. The value is null where nothing tells what anything is worth.
    """
    relations = Relations(plan.panel.plan.bound.settings.grain)
    ctes = panel(plan.panel, months, relations, lambda at: _beside(plan, at))
    rows = union_all([_months(plan, i) for i in range(len(plan.panel.segments))])
    outputs = tuple(output(name, type_, name) for name, type_ in _COLUMNS.items())
    query = Query("months", "one row a segment and month", ctes, rows, outputs, relations.placeholders)
    dialect = dialect_of(plan.panel.plan, adapter)
    return written(lower(query, dialect), dialect)


def _beside(plan: ForecastPlan, at: str) -> Beside:
    """Only members; what came of them in the month."""
    flags = plan.panel.entity.segments
    assert flags is not None
    found = what_came(plan.worth, at) if plan.worth is not None else Beside()
    return replace(found, where=(any_of(column(name, flags.model) for name in plan.panel.segments),))


def _months(plan: ForecastPlan, segment: int) -> exp.Query:
    told = plan.worth is not None and plan.worth.outcome.value is not None
    value = exp.Sum(this=column("value")) if told else exp.Null()
    values = (number(segment), column("place"), exp.Count(this=exp.Star()), value)
    columns = [named(cast(one, type_), name) for one, (name, type_) in zip(values, _COLUMNS.items(), strict=True)]
    is_in = exp.EQ(this=column(inside(segment)), expression=number(1))
    return select(columns, table(PANEL), where=[is_in], group_by=[column("place")])
