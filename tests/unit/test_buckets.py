"""Buckets of hold-outs: pinned, and the same in Python and in SQL."""

from __future__ import annotations

import csv
from pathlib import Path

import duckdb
import pytest
from sqlglot import exp

from segpy.dialects import DIALECTS
from segpy.plan.buckets import BUCKETS, bucket, is_held_out
from segpy.sql.lower.trees import lowered_expression
from segpy.sql.nodes import Operation

GOLDEN = Path(__file__).parents[1] / "golden" / "buckets.csv"


def vectors() -> list[tuple[str, str, int]]:
    """Salts and keys with their buckets, which were computed with `md5sum` and the arithmetic of a shell."""
    with GOLDEN.open(encoding="utf-8", newline="") as file:
        return [(row["salt"], row["key"], int(row["bucket"])) for row in csv.DictReader(file)]


@pytest.mark.parametrize(("salt", "key", "wanted"), vectors())
def test_python(salt: str, key: str, wanted: int) -> None:
    assert bucket(salt, key) == wanted


def test_integers_are_their_digits() -> None:
    assert bucket("seg_kings_v1", 42) == bucket("seg_kings_v1", "42") == 265
    assert bucket("seg_kings_v1", 42) != bucket("seg_kings_v1", "00042")


def test_duckdb() -> None:
    both = exp.DPipe(
        this=exp.column("salt"), expression=exp.DPipe(this=exp.Literal.string("-"), expression=exp.column("key"))
    )
    tree = lowered_expression(Operation.BUCKET(both), DIALECTS["duckdb"])
    with duckdb.connect(":memory:") as connection:
        connection.execute("create table given (salt text, key text)")
        connection.executemany("insert into given values (?, ?)", [(salt, key) for salt, key, _ in vectors()])
        found = connection.execute(f"select salt, key, {tree.sql('duckdb')} from given").fetchall()
    assert sorted(found) == sorted(vectors())


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_dialect_has_buckets(dialect: str) -> None:
    told = DIALECTS[dialect]
    text = lowered_expression(Operation.BUCKET(exp.column("key")), told).sql(told.grammar).lower()
    assert "md5(" in text
    assert "10000" in text


def test_a_salt_without_the_sign_that_parts() -> None:
    with pytest.raises(ValueError, match="no `-`"):
        bucket("a-b", "c")


def test_a_larger_hold_out_has_all_of_a_smaller_one() -> None:
    keys = range(20_000)
    tenth, fifth = ({key for key in keys if is_held_out("v1", key, percent)} for percent in (10, 20))
    assert tenth < fifth
    assert 0.09 < len(tenth) / len(keys) < 0.11
    assert {bucket("v1", key) for key in keys} <= set(range(BUCKETS))


def test_part_of_a_percent() -> None:
    held = [key for key in range(50_000) if is_held_out("v1", key, 0.25)]
    assert held == [key for key in range(50_000) if bucket("v1", key) < 25]
    assert held
