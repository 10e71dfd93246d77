"""What is particular to Spark's SQL; that it yields the same rows is for the cases on engines to say."""

from __future__ import annotations

import pytest
import sqlglot
from sqlglot import exp

from segpy.dialects import DIALECTS
from segpy.spec.expression import Type, Unreadable
from segpy.sql.build import models_in_sql, queries_of
from segpy.sql.expression import lower as tree_of
from segpy.sql.layout import comment_line, lay_out
from segpy.sql.lower.query import lower
from segpy.sql.lower.trees import lowered_expression
from segpy.sql.operations import from_local, local
from segpy.sql.read import read_expression
from segpy.sql.tree import column, text
from tests.unit.stages import planned

SPARK = DIALECTS["spark"]
TYPES = {"path": Type.TEXT, "query": Type.TEXT, "seats": Type.INTEGER, "x": Type.NUMBER}
SPEC = """
dialect: spark
features:
  days: {entity: user, count: login, in_the_last: 1 month, calendar: true}
  last: {entity: user, last_value: paid.amount, in_the_last: 1 week, calendar: true}
segments:
  often: {entity: user, all: [{sequence: {steps: [login, paid], same: path}, completed: {at_least: 2}}]}
  again: {entity: user, all: [{sequence: {steps: [login, login]}, completed: {at_least: 2}}]}
"""


def sql_of(model: str, spec: str = SPEC) -> str:
    """The text of a model, on one line."""
    found = {one.name: lay_out(lower(one, SPARK), "spark") for one in queries_of(planned(spec))}
    return " ".join(found[model].split())


def parsed(written: str) -> exp.Expr:
    """The canonical tree of what a spec says."""
    found = read_expression(written)
    assert not isinstance(found, Unreadable), written
    return tree_of(found, column, TYPES)


def said(value: exp.Expr) -> str:
    """An expression in Spark's SQL."""
    return lowered_expression(value, SPARK).sql("spark", normalize_functions="lower")


@pytest.mark.parametrize(
    "value", ["${x}", "a${env:PATH}b", "$${", "${${x}}", "{$ {", "$", "${", "back\\slash ${", "'${'"]
)
def test_texts_hold_nothing_that_spark_would_fill_in(value: str) -> None:
    sql = said(text(value))
    assert "${" not in sql
    parts = sqlglot.parse_one(sql, read="spark").find_all(exp.Literal, bfs=False)
    assert "".join(part.name for part in parts) == value


def test_comments_hold_nothing_that_spark_would_fill_in() -> None:
    assert comment_line("for ${env:PATH} and {{ x }}") == "-- for $ {env:PATH} and { { x }}"


@pytest.mark.parametrize(
    ("written", "sql"),
    [
        ("path like 'a%'", "path like 'a%'"),
        ("path like 'a\\b'", r"path like replace('a\\b', '\\', '\\\\')"),
        ("path ilike 'a\\b'", r"path ilike replace('a\\b', '\\', '\\\\')"),
        ("path like query", r"path like replace(query, '\\', '\\\\')"),
        ("seats * 0.5", "seats * 0.5e0"),
        ("seats * 5", "seats * 5"),
        ("floor(x)", "x - x % 1 - case when x % 1 < 0 then 1 else 0 end"),
        ("nullif(x, 0)", "case when x = 0 then null else x end"),
    ],
)
def test_expressions(written: str, sql: str) -> None:
    assert said(parsed(written)).lower() == sql


def test_a_column_that_is_called_as_a_unit_is_quoted() -> None:
    assert [said(column(name)) for name in ("day", "hours", "daily")] == ["`day`", "`hours`", "daily"]


def test_a_midnight_that_clocks_show_twice_is_the_second() -> None:
    assert said(local(column("at"), "Europe/Berlin")) == "from_utc_timestamp(at, 'Europe/Berlin')"
    assert "interval '1' day" in said(from_local(column("at"), "Europe/Berlin")).lower()


def test_matches_are_folded_for_each_value_and_added_up() -> None:
    sql = sql_of("user_sequences")
    assert "recursive" not in sql
    folds = sql.split("aggregate(")
    assert len(folds) == 3
    assert "group by user_id, same_path" in sql
    assert "sum(matches) as matches" in sql


def test_the_edges_of_calendar_windows_are_joined() -> None:
    sql = sql_of("user_features")
    assert "(select start_of" not in sql
    assert "from events cross join calendar where" in sql
    assert "events.occurred_at >= calendar.start_of_" in sql


def test_every_model_is_read_back() -> None:
    assert [model.name for model in models_in_sql(planned(SPEC))]
