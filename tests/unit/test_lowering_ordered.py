"""Cases on DuckDB as if it lacked what Redshift lacks: firsts and medians of a group, running extremes over ties."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from sqlglot import exp

from segpy.dialects import DIALECTS
from segpy.sql.lower.trees import lowered_expression
from segpy.sql.tree import column
from tests.cases import case as cases
from tests.cases.expected import EXPECTATIONS
from tests.cases.runner import compile_spec, run
from tests.engines.answers import differences

DUCKDB = DIALECTS["duckdb"]
POOR = replace(
    DUCKDB,
    spellings={name: one for name, one in DUCKDB.spellings.items() if name != "first_by"},
    asof_join=False,
    filter_clause=False,
    medians_together=False,
    range_frames=False,
    range_of_numbers=False,
    recursion_lists=True,
    scalar_subqueries=False,
)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("median", "_others"),
        ("seq_any_order", "then occurred_at end desc\n            rows between"),
        ("seq_choices", "_place_of_seconds"),
        ("seq_completed", "_walk (user_id, reached_at) as ("),
        ("seq_same", "_place_of_seconds"),
        ("seq_start", "_place_of_seconds"),
    ],
)
def test_the_answers_are_the_same(name: str, shown: str, monkeypatch: pytest.MonkeyPatch) -> None:
    case = cases.load(name)
    rich = compile_spec(case.spec)
    monkeypatch.setitem(DIALECTS, "duckdb", POOR)
    models = compile_spec(case.spec)
    text = "\n".join(models.sql.values())
    assert shown in text and shown not in "\n".join(rich.sql.values())
    found = run(models, case.tables, case.as_of)
    assert differences(found, run(rich, case.tables, case.as_of)) == []
    for expectation in EXPECTATIONS:
        expectation(case, found)


def test_several_medians_stand_apart() -> None:
    """Redshift takes only one order of rows in a select."""
    models = compile_spec(cases.load("median").spec, "redshift").sql
    for select in models["user_features"].split("select\n"):
        assert select.count("percentile_cont(") <= 1
        assert "percentile_cont(" not in select or "count(" not in select


def test_every_running_extreme_on_redshift_has_rows() -> None:
    """It knows no other frame, and wants one wherever an aggregate runs along an order."""
    windows = []
    for name in ("seq_any_order", "seq_completed", "burst", "streak_days"):
        for sql in compile_spec(cases.load(name).spec, "redshift").sql.values():
            windows += re.findall(r"(?:max|min|sum|count)\([^()]*\) over \(([^()]*)\)", sql)
    ordered = [one for one in windows if "order by" in one]
    assert len(ordered) > 20
    assert [one for one in ordered if "rows between" not in one] == []


def test_a_mean_on_redshift_is_of_fractions() -> None:
    """That of whole numbers is a whole number there."""
    found = lowered_expression(exp.Avg(this=column("whole")), DIALECTS["redshift"]).sql("redshift")
    assert "AVG(CAST(whole AS DOUBLE PRECISION))" in found.upper().replace("WHOLE", "whole")


@pytest.mark.parametrize(
    ("duration", "kind", "months"),
    [("3 month", exp.Sub, "-3"), ("1 year", exp.Sub, "-12"), ("2 month", exp.Add, "2")],
)
def test_months_on_redshift_are_counted_by_a_function(duration: str, kind: type[exp.Binary], months: str) -> None:
    count, unit = duration.split()
    moved = kind(this=column("at"), expression=exp.Interval(this=exp.Literal.string(count), unit=exp.var(unit)))
    found = lowered_expression(moved, DIALECTS["redshift"]).sql("redshift")
    assert found.lower() == f"dateadd(month, {months}, at)"
    assert "interval" in lowered_expression(moved, DIALECTS["postgres"]).sql("postgres").lower()
