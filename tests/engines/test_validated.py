"""SQL of dialects whose engines cannot be had here: every model of every case is read by what there is instead.

    python -m tests.engines.setup trino
    pytest tests/engines -k trino

Where its environment is not set up, the tests of a reader are skipped.
"""

from __future__ import annotations

import pytest

from tests.cases.runner import Refused
from tests.engines import corpus
from tests.engines.engine import Mark
from tests.engines.known import ENGINES
from tests.engines.readers import READERS, Reader, Reading, parted
from tests.engines.test_conformance import of_problems, of_refusal


@pytest.mark.slow
def test_case(outcome: dict[str, str], read: Reading, reader: Reader, name: str) -> None:
    """Nothing is wrong with any model, or it is as it is marked."""
    try:
        models = corpus.entry(name).compiled(reader.dialect)[1]
    except Refused as refused:
        mark: Mark | None = of_refusal(reader.marks, refused)
    else:
        told = [f"{model}: {one}" for model in models.sql for one in read.problems.get(f"{name}: {model}", ())]
        mark = of_problems(reader.marks.get(name), told, reader.name)
        if reader.same_as is not None:
            assert models.sql == corpus.entry(name).compiled(reader.same_as)[1].sql
    outcome |= {"outcome": "passed"} if mark is None else {"outcome": mark.kind, "reason": mark.reason}
    if mark is not None:
        pytest.xfail(f"{mark.kind}: {mark.reason}")


def test_no_reader_is_called_as_an_engine() -> None:
    assert not READERS.keys() & ENGINES.keys()


def test_a_statement_is_read_in_parts() -> None:
    sql = "with one as (select 1 as a union all select 2 union all select 3) select a from one"
    parts = {"one 0": "SELECT 3", "one 1": "SELECT 2", "one 2": "SELECT 1 AS a", " 0": "SELECT a FROM one"}
    assert parted(sql, "trino") == parts


@pytest.mark.parametrize("sql", ["select 1 +", "select 1; select 2", "drop table t"])
def test_a_parser_takes_one_query(sql: str) -> None:
    reader = READERS["databricks"]
    assert list(reader.read(reader, {"wrong": sql, "right": "select 1"}).problems) == ["wrong"]
