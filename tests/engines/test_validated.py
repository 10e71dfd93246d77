"""SQL of dialects whose engines cannot be had here: every model of every case is valid to what there is instead.

For Trino that is a validator with the grammar, the functions and the types of its documentation:
`python -m venv .engines/trino && .engines/trino/bin/pip install trino-sql-validator==0.23.0`. For Databricks, whose SQL
is that of Spark, it is sqlglot's parser of the dialect, by which segpy reads again whatever it writes.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
import sqlglot

from tests.cases import case as cases
from tests.cases.runner import rendered
from tests.engines import corpus
from tests.engines.engine import ENVIRONMENTS

_TOO_LONG = "maximum SQL statement complexity exceeded"  # the validator's own limit, not Trino's
_AT_MOST_TOO_LONG = 0.1


def statements(dialect: str) -> dict[str, str]:
    """The SQL of every model of every case, by name."""
    found = {}
    for name in cases.names():
        entry, models = corpus.entry(name).compiled(dialect)
        found |= {f"{name}: {model}": rendered(sql, entry.as_of) for model, sql in models.sql.items()}
    return found


@pytest.mark.slow
def test_trino() -> None:
    """Nothing is wrong with any model, but that a few are longer than the validator can read."""
    python = ENVIRONMENTS / "trino" / "bin" / "python"
    if not python.exists():
        folder = python.parents[1]
        pytest.skip(f"not set up: python -m venv {folder} && {folder}/bin/pip install trino-sql-validator")
    script = Path(__file__).absolute().with_name("validator_trino.py")
    asked = statements("trino")
    done = subprocess.run(
        [str(python), str(script)],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=True,
        encoding="utf-8",
    )
    wrong: dict[str, list[str]] = json.loads(done.stdout)
    too_long = [name for name, problems in wrong.items() if any(_TOO_LONG in one for one in problems)]
    assert {name: problems for name, problems in wrong.items() if name not in too_long} == {}
    assert len(too_long) <= _AT_MOST_TOO_LONG * len(asked), too_long


@pytest.mark.slow
def test_databricks() -> None:
    """Every model is one statement."""
    asked = statements("databricks")
    assert asked
    for name, sql in asked.items():
        assert len(sqlglot.parse(sql, read="databricks")) == 1, name
