"""What a capability changes in the SQL of an engine."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
import sqlglot
from sqlglot import exp

from segpy.dialects import DIALECTS, Dialect
from segpy.spec.expression import Type
from segpy.sql.expression import lower
from segpy.sql.layout import lay_out, lowered
from segpy.sql.lower.lookups import looked_up_by_joins
from segpy.sql.lower.spelling import UnknownOperation, template
from segpy.sql.lower.trees import lowered_expression
from segpy.sql.model import Query
from segpy.sql.nodes import Operation
from segpy.sql.read import read_expression
from segpy.sql.tree import column, identifier, named, number, select, table
from tests.cases.runner import compile_spec, rendered

TYPES = {"whole": Type.INTEGER, "part": Type.NUMBER, "word": Type.TEXT}


def written(sql: str, dialect: str) -> str:
    """An expression of a spec in the SQL of a dialect."""
    tree = lower(read_expression(sql), column, TYPES)
    return lowered_expression(tree, DIALECTS[dialect]).sql(DIALECTS[dialect].grammar, normalize_functions=False)


@pytest.mark.parametrize(
    ("sql", "clickhouse"),
    [
        ("coalesce(whole, part)", "COALESCE(CAST(whole AS Nullable(Float64)), part)"),
        ("greatest(whole, 0.5)", "GREATEST(CAST(whole AS Nullable(Float64)), 0.5)"),
        ("case when whole > 1 then whole else part / 2 end", None),
        ("coalesce(whole, 0)", "COALESCE(whole, 0)"),
        ("coalesce(part, 0)", "COALESCE(part, 0)"),
        ("coalesce(word, '0')", "COALESCE(word, '0')"),
        ("whole in (1, 2)", "whole IN (1, 2)"),
        ("whole in (part, 2)", "(whole = part OR whole = 2)"),
    ],
)
def test_numbers_and_lists_on_clickhouse(sql: str, clickhouse: str | None) -> None:
    """Numbers of two kinds are made one where one of them is chosen; a list that may hold a null is compared with."""
    found = written(sql, "clickhouse")
    assert found == clickhouse if clickhouse is not None else "THEN CAST(whole AS Nullable(Float64)) ELSE" in found
    assert "CAST(whole" not in written(sql, "duckdb")


def test_letters_that_clickhouse_insists_on() -> None:
    """Keywords are written small, names as they are."""
    sql = "SELECT MAX(a), argMin(b, c), MD5(d), CAST(e AS Nullable(DateTime64(6, 'UTC'))) FROM \"F\""
    small = "select max(a), argMin(b, c), MD5(d), cast(e as Nullable(DateTime64(6, 'UTC'))) from \"F\""
    assert lowered(sql, "clickhouse") == small


def test_a_median_on_trino_is_exact() -> None:
    """Its own functions for percentiles are approximate."""
    median = Operation.MEDIAN(column("part"))
    found = lowered_expression(median, DIALECTS["trino"]).sql("trino", normalize_functions=False)
    assert found.count("array_sort(array_agg(part)") == 2
    assert "percentile" not in found


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("operation", Operation, ids=lambda one: one.spelled)
def test_no_operation_is_ever_text(operation: Operation, dialect: str) -> None:
    """What was not lowered cannot be written, wherever it stands and whoever writes it."""
    node = operation(*(column(name) for name in operation.arguments))
    joined = exp.Join(this=table("other"), on=node.copy())
    for tree in (node, exp.Alias(this=node.copy(), alias=identifier("one")), joined):
        with pytest.raises((ValueError, TypeError)):
            tree.sql(DIALECTS[dialect].grammar)
    for query in (
        select([named(node.copy(), "one")], table("given")),
        select([number(1)], table("given"), joins=[joined]),
    ):
        with pytest.raises((ValueError, TypeError)):
            lay_out(Query("model", "", (), query, (), ()), DIALECTS[dialect].grammar)


def test_what_a_dialect_cannot_spell() -> None:
    with pytest.raises(UnknownOperation, match="duckdb has no spelling of nearest"):
        lowered_expression(Operation.NEAREST(column("on"), exp.Tuple()), DIALECTS["duckdb"])


@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=lambda one: one.name)
def test_functions_keep_the_names_that_they_are_spelled_with(dialect: Dialect) -> None:
    """Whatever the parser knows of them, and writes in another way: capital letters matter to some."""
    spelled = [operation for operation in Operation if operation.spelled in dialect.spellings]
    assert {operation.spelled for operation in spelled} == set(dialect.spellings)
    called = re.compile(r"(?<!\bas )(?<!\[)\b(?!cast|extract|if\()\w+(?=\()")
    for operation in spelled:
        written = template(operation, dialect).sql(dialect.grammar, normalize_functions=False)
        assert set(called.findall(dialect.spellings[operation.spelled])) <= set(called.findall(written)), operation


SHARED_NUMBER = """
entities: {user: {key: user_id}}
streams:
  app:
    relation: ref('rows')
    entity: {user: user_id}
    occurred_at: at
    event: name
    properties: {price: number, item: text}
events:
  view: {stream: app, is: view}
  buy: {stream: app, is: buy}
features:
  twice: {sequence: {steps: [{event: view, times: 2}, {event: buy, without: [view]}], same: [price, item]}}
  first: {sequence: {steps: [view, buy], same: price, start: first}}
  ordered: {sequence: {steps: [view, {event: buy, times: 2}], same: price, complete_within: 2 days}}
"""


@pytest.mark.parametrize("dialect", DIALECTS)
def test_windows_by_a_number_with_a_fraction(dialect: str) -> None:
    """BigQuery refuses them: there it is the text of the number, in every step from its first. No other SQL changes."""
    sql = rendered(compile_spec(SHARED_NUMBER, dialect).sql["user_sequences"], datetime(2026, 3, 1))
    windows = sqlglot.parse_one(sql, read=DIALECTS[dialect].grammar).find_all(exp.Window)
    parted = [part for window in windows for part in window.args.get("partition_by") or ()]
    by_price = [part for part in parted if part.find(exp.Column) is not None and part.find(exp.Column).name == "price"]
    bare = [part for part in by_price if isinstance(part, exp.Column)]
    assert len(by_price) > 2
    if dialect == "bigquery":
        assert not bare
        assert (
            len(re.findall(r"\bprice as same_price", sql)) == 0 < sql.count("cast(price + 0 as string) as same_price")
        )
    else:
        assert bare == by_price and "price + 0" not in sql


@pytest.mark.parametrize(
    ("condition", "asked"),
    [
        ("word", "word IS NULL"),
        ("word = 'a'", "(word = 'a') IS NULL"),
        ("word in ('a', 'b')", "(word IN ('a', 'b')) IS"),
    ],
)
def test_where_bigquery_puts_nulls_last_the_whole_condition_is_asked(condition: str, asked: str) -> None:
    """`a and b is null` asks for `b` alone, and BigQuery refuses `a = b is null`."""
    key = lower(read_expression(condition), column, TYPES)
    numbered = exp.Window(this=exp.RowNumber(), order=exp.Order(expressions=[exp.Ordered(this=key, nulls_first=False)]))
    found = lowered_expression(numbered, DIALECTS["bigquery"]).sql("bigquery")
    assert f"ORDER BY {asked}" in found


def test_a_list_to_be_in_is_no_lookup() -> None:
    """What is looked up becomes a join; what something is in does not."""
    rows = select([column("k")], table("t"))
    value = exp.Subquery(this=select([column("x")], table("one")))
    among = exp.In(this=column("k"), query=exp.Subquery(this=select([column("k")], table("few"))))
    later = exp.GT(this=column("k"), expression=value)
    joined = looked_up_by_joins(rows.where(among, later, copy=False))
    said = "SELECT t.k FROM t CROSS JOIN one WHERE t.k IN (SELECT k FROM few) AND t.k > one.x"
    assert joined.sql().replace('"', "") == said
