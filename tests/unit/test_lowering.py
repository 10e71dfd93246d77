"""What a capability changes in the SQL of an engine."""

from __future__ import annotations

import pytest

from segpy.dialects import DIALECTS
from segpy.spec.expression import Type
from segpy.sql import nodes
from segpy.sql.expression import lower
from segpy.sql.layout import lowered
from segpy.sql.lower.trees import lowered_expression
from segpy.sql.read import read_expression
from segpy.sql.tree import column

TYPES = {"whole": Type.INTEGER, "part": Type.NUMBER, "word": Type.TEXT}


def written(sql: str, dialect: str) -> str:
    """An expression of a spec in the SQL of a dialect."""
    tree = lower(read_expression(sql), column, TYPES)
    return lowered_expression(tree, DIALECTS[dialect]).sql(dialect, normalize_functions=False)


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
    median = nodes.Median(value=column("part"))
    found = lowered_expression(median, DIALECTS["trino"]).sql("trino", normalize_functions=False)
    assert found.count("array_sort(array_agg(part)") == 2
    assert "percentile" not in found
