"""Build a dbt project and hand over the rows of its models. A script for the engine's own Python, which has no segpy.

    python worker.py PROJECT RESULT

`PROJECT/wanted.json` names the models whose rows are wanted. `RESULT` becomes a JSON object: `problem` (why nothing was
built), `versions`, `models` and `tests` (how each node ended), `rows` (the columns and rows of each wanted model).
"""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from importlib import metadata
from pathlib import Path
from typing import Any
from uuid import UUID

from dbt.adapters.factory import get_adapter_by_type
from dbt.cli.main import dbtRunner

_QUIET = ("--log-level", "none", "--log-level-file", "info", "--no-print", "--no-use-colors")


def main(project: Path, result: Path) -> None:
    """Build, ask, write."""
    found: dict[str, Any] = {"problem": None, "versions": versions(), "models": {}, "tests": {}, "rows": {}}
    try:
        build(project, found)
    except Exception:
        found["problem"] = traceback.format_exc()
    result.write_text(json.dumps(found), encoding="utf-8")


def versions() -> dict[str, str]:
    """What is installed beside the worker that has a part in the answers."""
    told = ("dbt", "duckdb", "psycopg", "pyspark", "pysail", "chdb", "fakesnow", "bqemulator", "sqlglot", "clickhouse")
    found = {one.metadata["Name"]: one.version for one in metadata.distributions()}
    return {name: version for name, version in sorted(found.items()) if name and name.lower().startswith(told)}


def build(project: Path, found: dict[str, Any]) -> None:
    """Models first and tests after them, so that a test that fails hides no rows."""
    manifest = invoke(project, "parse", None)
    wanted = json.loads((project / "wanted.json").read_text(encoding="utf-8"))
    adapter = get_adapter_by_type(wanted["adapter"])
    if wanted.get("seeds"):
        found["seeds"] = {one.node.name: ended(one) for one in invoke(project, "seed", manifest).results}
    models = invoke(project, "run", manifest)
    found["models"] = {one.node.name: ended(one) for one in models.results}
    built = {one.node.name: one.node.relation_name for one in models.results if one.status == "success"}
    with adapter.connection_named("rows"):
        found["versions"].update(server_version(adapter))
        found["rows"] = {name: rows(adapter, built[name]) for name in wanted["models"] if name in built}
    if wanted["tests"]:
        found["tests"] = {one.node.name: ended(one) for one in invoke(project, "test", manifest).results}


def invoke(project: Path, command: str, manifest: Any) -> Any:
    """dbt's result of a command; nodes may have failed."""
    where = ["--project-dir", str(project), "--profiles-dir", str(project)]
    outcome = dbtRunner(manifest=manifest).invoke([command, *where, *_QUIET])
    if outcome.exception is not None:
        raise outcome.exception
    if outcome.result is None:
        raise RuntimeError(f"dbt {command} gave no result; see {project / 'logs' / 'dbt.log'}")
    return outcome.result


def ended(result: Any) -> dict[str, Any]:
    """How a node ended."""
    bad = result.status not in ("success", "pass")
    sql = (result.node.compiled_code or result.node.raw_code) if bad else None
    return {"status": str(result.status), "message": result.message, "failures": result.failures, "sql": sql}


def server_version(adapter: Any) -> dict[str, str]:
    """The version of a server that is not installed beside the worker."""
    if adapter.type() not in SERVER_VERSIONS:
        return {}
    name, question = SERVER_VERSIONS[adapter.type()]
    _, (row,) = ask_cursor(adapter, question)
    return {name: str(row[0]).split()[0]}


SERVER_VERSIONS = {"postgres": ("PostgreSQL", "show server_version")}
"""How to ask a server for its version, by type of adapter."""


def rows(adapter: Any, relation: str) -> dict[str, Any]:
    """All rows of a relation, as the driver gives them: dbt's own tables would guess at the types of text."""
    ask = ASK.get(adapter.type(), ask_cursor)
    try:
        columns, found = ask(adapter, f"select * from {relation}")
    except Exception as error:
        return {"problem": f"{type(error).__name__}: {error}"}
    return {"columns": list(columns), "rows": [[encoded(value) for value in row] for row in found]}


def ask_cursor(adapter: Any, sql: str) -> tuple[Sequence[str], Sequence[Sequence[Any]]]:
    """Ask through a cursor as Python's standard has it."""
    _, cursor = adapter.connections.add_query(sql, auto_begin=False)
    found = cursor.fetchall()
    return [column[0] for column in cursor.description], found


def ask_clickhouse(adapter: Any, sql: str) -> tuple[Sequence[str], Sequence[Sequence[Any]]]:
    """Ask through ClickHouse's own client."""
    found = adapter.connections.get_thread_connection().handle.query(sql)
    return found.column_names, found.result_rows


def ask_bigquery(adapter: Any, sql: str) -> tuple[Sequence[str], Sequence[Sequence[Any]]]:
    """Ask through Google's client, which has no cursor."""
    found = adapter.connections.get_thread_connection().handle.query(sql).result()
    return [column.name for column in found.schema], [row.values() for row in found]


def ask_snowflake(adapter: Any, sql: str) -> tuple[Sequence[str], Sequence[Sequence[Any]]]:
    """Ask for each value whether it is null too: fakesnow's server tells an instant of 1970 for none."""
    columns, _ = ask_cursor(adapter, f"{sql} limit 0")
    pairs = ", ".join(f'"{name}", "{name}" is null' for name in columns)
    _, found = ask_cursor(adapter, sql.replace("*", pairs, 1))
    return columns, [
        [None if null else value for value, null in zip(row[::2], row[1::2], strict=True)] for row in found
    ]


ASK: dict[str, Callable[[Any, str], tuple[Sequence[str], Sequence[Sequence[Any]]]]] = {
    "bigquery": ask_bigquery,
    "clickhouse": ask_clickhouse,
    "snowflake": ask_snowflake,
}
"""How to ask, by type of adapter, where that has no such cursor."""


def encoded(value: Any) -> Any:
    """A value as JSON, nothing lost: what JSON has no type for as `{type: text}`."""
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return {"float": repr(value)}
        case Decimal():
            return {"decimal": str(value)}
        case datetime():
            return {"datetime": value.isoformat()}
        case date():
            return {"date": value.isoformat()}
        case UUID():
            return {"uuid": str(value)}
    return {"unknown": f"{type(value).__module__}.{type(value).__name__}: {value!r}"}


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
