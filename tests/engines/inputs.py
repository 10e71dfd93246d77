"""Input tables as queries of an engine. Their cells are read by DuckDB first, so that every engine gets the same."""

from __future__ import annotations

import atexit
from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import cache
from uuid import UUID

import duckdb

from tests.cases.tables import Table, create, relation
from tests.engines.engine import Engine


def cells(table: Table) -> list[tuple[str | None, ...]]:
    """The rows, each cell as text that every engine reads alike; those with a zone in UTC."""
    connection = _reader()
    create(connection, table)
    found = connection.execute(f"select * from {relation(table.name)}").fetchall()
    connection.execute(f"drop table {relation(table.name)}")
    return [tuple(map(text, row)) for row in found]


@cache
def _reader() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(":memory:", config={"threads": 1})
    connection.execute("set TimeZone = 'UTC'")
    atexit.register(_reader.cache_clear)  # or DuckDB complains, at the end, of a connection that is still held
    return connection


def text(value: object) -> str | None:
    """A cell as text."""
    match value:
        case None | str():
            return value
        case bool():
            return "true" if value else "false"
        case int() | float() | UUID():
            return str(value)
        case datetime() if value.tzinfo is not None:
            return value.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds") + "+00:00"
        case datetime():
            return value.isoformat(sep=" ", timespec="microseconds")
        case date():
            return value.isoformat()
    raise TypeError(f"no engine was told how a {type(value).__name__} is written: {value!r}")


def from_values(engine: Engine, table: Table) -> str:
    """One `values` list, its columns cast by name."""
    rows = cells(table)
    if not rows:
        return without_rows(engine, table)
    names = [f"c{number}" for number in range(len(table.columns))]
    typed = [
        f"cast({name} as {engine.types[kind]}) as {engine.quoted(column)}"
        for name, (column, kind) in zip(names, table.columns.items(), strict=True)
    ]
    values = ",\n    ".join(f"({', '.join(map(engine.literal, row))})" for row in rows)
    return f"select {', '.join(typed)}\nfrom (values\n    {values}\n) as cells ({', '.join(names)})"


def one_by_one(engine: Engine, table: Table) -> str:
    """An input table, a select a row: for engines without lists of values."""
    rows = cells(table)
    if not rows:
        return f"select * from ({without_rows(engine, table).removesuffix(' where 1 = 0')}) where false"
    return "\nunion all\n".join(f"select {', '.join(typed(engine, table, row))}" for row in rows)


def without_rows(engine: Engine, table: Table) -> str:
    """The columns and no row."""
    return f"select {', '.join(typed(engine, table, [None] * len(table.columns)))} where 1 = 0"


def typed(engine: Engine, table: Table, row: Sequence[str | None]) -> list[str]:
    """The cells of a row as typed and named columns."""
    columns = zip(row, table.columns.items(), strict=True)
    return [
        f"cast({engine.literal(cell)} as {engine.types[kind]}) as {engine.quoted(column)}"
        for cell, (column, kind) in columns
    ]


def no_jinja(sql: str) -> str:
    """The query as a file of dbt's: with braces that Jinja does not read, and line ends that Python leaves alone."""
    return sql.replace("{", '{{ "{" }}').replace("\r", '{{ "\\r" }}')
