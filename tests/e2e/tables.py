"""What a build left in its DuckDB file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

Row = dict[str, Any]


def rows(database: Path, relation: str) -> list[Row]:
    """The rows of a table or view, in an order that depends on nothing but them."""
    with duckdb.connect(str(database), read_only=True) as connection:
        found = connection.execute(f"select * from {_place(connection, relation)} order by all")
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def dump(database: Path, *relations: str) -> dict[str, str]:
    """Each relation as text: its columns with their types, then its rows in order."""
    with duckdb.connect(str(database), read_only=True) as connection:
        return {relation: _text(connection, relation) for relation in relations}


def _text(connection: duckdb.DuckDBPyConnection, relation: str) -> str:
    place = _place(connection, relation)
    columns = connection.execute(f"describe {place}").fetchall()
    found = connection.execute(f"select * from {place} order by all").fetchall()
    return "\n".join(repr(row) for row in [*(column[:2] for column in columns), *found])


def _place(connection: duckdb.DuckDBPyConnection, relation: str) -> str:
    """A relation with its schema, which is the project's to choose."""
    query = "select table_schema from information_schema.tables where table_name = ?"
    ((schema,),) = connection.execute(query, [relation]).fetchall()
    return f'"{schema}"."{relation}"'
