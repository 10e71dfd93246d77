"""Answers compared: no time is worth anything where they differ."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb


def different(models: Path, queries: Mapping[str, str], attached: Mapping[str, Path]) -> dict[str, int]:
    """How many rows differ, for each query where some do. The queries read segpy's models, and databases by name."""
    with duckdb.connect(str(models)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        for name, path in attached.items():
            connection.execute(f"attach '{path}' as {name} (read_only)")
        found = {name: _count(connection, query) for name, query in queries.items()}
    return {name: rows for name, rows in found.items() if rows}


def _count(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    row = connection.execute(query).fetchone()
    assert row is not None
    return int(row[0])
