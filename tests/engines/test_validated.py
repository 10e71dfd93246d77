"""SQL of dialects whose engines cannot be had here: the models of all cases and random specs are read by what there is.

    python -m tests.engines.setup trino dbt2
    pytest tests/engines -k "trino or dbt2"

Where its environment is not set up, the tests of a reader are skipped.
"""

from __future__ import annotations

import pytest

from tests.cases.runner import Refused
from tests.engines import corpus
from tests.engines.engine import Mark
from tests.engines.known import ENGINES
from tests.engines.reader import Reader, Reading
from tests.engines.reader_trino import parted
from tests.engines.readers import READERS
from tests.engines.test_conformance import of_problems, of_refusal


@pytest.mark.slow
def test_case(outcome: dict[str, str], read: Reading, reader: Reader, name: str) -> None:
    """Nothing is wrong with any model, or it is as it is marked."""
    try:
        models = corpus.entry(name).compiled(reader.dialect)[1]
    except Refused as refused:
        mark: Mark | None = of_refusal(reader.marks, refused)
    else:
        mark = of_problems(reader.marks.get(name), read.problems.get(name, ()), reader.name)
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
