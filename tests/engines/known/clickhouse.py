"""ClickHouse's engine, by chdb, through dbt-clickhouse: behind a server of our own that speaks its HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.cases.tables import Table
from tests.engines.engine import Engine, Mark, Running
from tests.engines.inputs import cells
from tests.engines.server import free_port, listens, served

_QUOTES = Mark("notyet", "dbt-clickhouse does not escape the quotes in a column's name where it lists what it inserts")
_SERVER = Path(__file__).absolute().parents[1] / "clickhouse_server.py"


@contextmanager
def start(folder: Path, programs: Path) -> Iterator[Running]:
    """A server on a free port, its tables in the folder."""
    port = free_port()
    command = [str(programs / "python"), str(_SERVER), str(port), str(folder / "clickhouse")]
    login = {"driver": "http", "host": "127.0.0.1", "port": port, "user": "default", "password": "", "secure": False}
    with served(command, folder / "clickhouse.log", lambda: listens(port), folder=folder):
        yield Running({"type": "clickhouse", "schema": "conformance", **login})


def table(engine: Engine, table: Table) -> str:
    """Rows of the function `values`, whose cells are text until they are cast."""
    names = [f"c{number}" for number in range(len(table.columns))]
    typed = [
        f"cast({name} as {engine.types[kind]}) as {engine.quoted(column)}"
        for name, (column, kind) in zip(names, table.columns.items(), strict=True)
    ]
    given = ", ".join(f"{name} Nullable(String)" for name in names)
    known = [f"({', '.join(map(literal, row))})" for row in cells(table)]
    rows = ",\n    ".join(known or [f"({', '.join(['null'] * len(names))})"])
    return f"select {', '.join(typed)}\nfrom values('{given}',\n    {rows}\n)" + ("" if known else "\nwhere 1 = 0")


def literal(cell: str | None) -> str:
    """Text in quotes, in which a backslash makes the next one a letter."""
    return "null" if cell is None else "'" + cell.replace("\\", "\\\\").replace("'", "\\'") + "'"


ENGINE = Engine(
    name="clickhouse",
    dialect="clickhouse",
    requirements=("dbt-core>=1.10.8,<1.12", "dbt-clickhouse>=1.10,<1.11", "chdb>=4.4,<5"),
    start=start,
    types={
        "text": "Nullable(String)",
        "number": "Nullable(Float64)",
        "integer": "Nullable(Int64)",
        "boolean": "Nullable(Bool)",
        "timestamp": "Nullable(DateTime64(6, 'UTC'))",
        "timestamptz": "Nullable(DateTime64(6, 'America/St_Johns'))",
        "date": "Nullable(Date32)",
        "uuid": "Nullable(UUID)",
    },
    table=table,
    every_run=False,
    marks={"identifiers_with_signs": _QUOTES, "odd_identifiers": _QUOTES},
)
