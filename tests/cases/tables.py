"""Tables as text, in DuckDB and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TypeAlias
from uuid import UUID

import duckdb

DUCKDB_TYPES = {
    "text": "varchar",
    "number": "double",
    "integer": "bigint",
    "boolean": "boolean",
    "timestamp": "timestamp",
    "timestamptz": "timestamptz",
    "date": "date",
    "uuid": "uuid",
}
Value: TypeAlias = bool | int | float | str | None
Row: TypeAlias = dict[str, Value]


@dataclass(frozen=True, slots=True)
class Table:
    """An input relation: `name` or `schema.name`, column types, and cells as text (None is null)."""

    name: str
    columns: Mapping[str, str]
    rows: tuple[tuple[str | None, ...], ...]


def create(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Create and fill one input relation, in the order of its rows."""
    *schema, _ = table.name.split(".")
    for name in schema:
        connection.execute(f"create schema if not exists {quoted(name)}")
    columns = ", ".join(f"{quoted(column)} {DUCKDB_TYPES[kind]}" for column, kind in table.columns.items())
    connection.execute(f"create table {relation(table.name)} ({columns})")
    if table.rows:
        rows = ",\n".join("(" + ", ".join(map(literal, row)) + ")" for row in table.rows)
        connection.execute(f"insert into {relation(table.name)} values {rows}")


def rows(connection: duckdb.DuckDBPyConnection, table: str) -> list[Row]:
    """All rows of a table with plain values: timestamps as ISO text, decimals as floats."""
    cursor = connection.execute(f"select * from {quoted(table)}")
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, map(plain, row), strict=True)) for row in cursor.fetchall()]


def plain(value: object) -> Value:
    """A value as it is compared and shown."""
    match value:
        case None | bool() | int() | float() | str():
            return value
        case datetime():
            return value.replace(tzinfo=None).isoformat(sep=" ")
        case date() | UUID():
            return str(value)
        case Decimal():
            return float(value)
    raise TypeError(f"a {type(value).__name__} was not expected in a generated table: {value!r}")


def relation(name: str) -> str:
    """`schema.name`, quoted."""
    return ".".join(map(quoted, name.split(".")))


def quoted(name: str) -> str:
    """An identifier, quoted."""
    return '"' + name.replace('"', '""') + '"'


def literal(cell: str | None) -> str:
    """A cell as a text literal; the column's type does the rest."""
    return "null" if cell is None else "'" + cell.replace("'", "''") + "'"
