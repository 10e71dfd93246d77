"""DuckDB through dbt-duckdb: the engine that the cases run on in memory, here as a user has it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.engines.engine import Engine, Running
from tests.engines.inputs import from_values


@contextmanager
def start(folder: Path, programs: Path) -> Iterator[Running]:
    """A new database file."""
    # A loop would join the small tables of cases; large ones are joined by sorting, which is what is to be tested.
    settings = {"TimeZone": "Pacific/Kiritimati", "asof_loop_join_threshold": 0}
    profile = {"type": "duckdb", "path": str(folder / "cases.duckdb"), "schema": "conformance", "settings": settings}
    yield Running(profile)


ENGINE = Engine(
    name="duckdb",
    dialect="duckdb",
    requirements=(),
    start=start,
    types={
        "text": "varchar",
        "number": "double",
        "integer": "bigint",
        "boolean": "boolean",
        "timestamp": "timestamp",
        "timestamptz": "timestamptz",
        "date": "date",
        "uuid": "uuid",
    },
    table=from_values,
    every_run=True,
    random=False,  # they are held against DuckDB's answers
)
