"""What dbt 2 says of a project: without a warehouse, a login or a network.

It refuses keys of properties files that it does not know, renders models and tests with the macros of the adapter, and
reads what comes of that by a grammar of its own for the dialect: its `baseline` analysis. Tables, columns, types and
functions it does not ask for; `strict`, which does, is for those who log in.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.cases.runner import Models, Refused
from tests.engines import corpus
from tests.engines.corpus import Entry
from tests.engines.engine import Engine, Running
from tests.engines.environments import python_of
from tests.engines.known import ENGINES
from tests.engines.project import connect, write
from tests.engines.reader import Reader, Reading

_ADDRESS = {"host": "127.0.0.1", "port": 9, "user": "none", "password": "none"}
LOGINS: Mapping[str, Mapping[str, Any]] = {
    "databricks": {"host": "127.0.0.1", "http_path": "/none", "token": "none", "catalog": "segpy", "schema": "none"},
    "redshift": {**_ADDRESS, "dbname": "segpy", "schema": "none"},
    "bigquery": {"method": "oauth-secrets", "token": "none", "project": "segpy", "dataset": "none", "location": "US"},
    "snowflake": {"account": "none", "user": "none", "password": "none", "database": "segpy", "schema": "none"},
    "duckdb": {"path": "none.duckdb"},
}
"""How profiles name a warehouse of each dialect. Nothing listens there, as nobody calls."""

_WRITTEN_LIKE = {"databricks": "spark", "redshift": "redshift_on_postgres"}
# What asks the warehouse is answered here: that its sessions are in UTC, and that earlier runs have left spells.
_ANSWERED = """\
{{% macro {adapter}__segpy_in_utc(question, advice) %}}{{% endmacro %}}
{{% macro {adapter}__segpy_spells(model) %}}
    {{{{ return(api.Relation.create(database=this.database, schema=this.schema, identifier=model)) }}}}
{{% endmacro %}}
"""
_TOLD = ("--log-format", "json")
_WRONG = ("warn", "error")
_STACK = "\n   0: "  # where in dbt 2 it was found
_NODE = re.compile(r"\w+\.conformance\.(\w+?)__")
_FILE = re.compile(r"--> models/(\w+)/")


@dataclass(frozen=True, slots=True)
class Said:
    """What dbt 2 says is wrong with a project: each thing with the name of its node, where it is of one.

    `rendered` are the nodes that it went through.
    """

    problems: tuple[tuple[str, str], ...]
    rendered: frozenset[str]


def by_dbt(reader: Reader, names: Sequence[str]) -> Reading:
    """Ask about all entries at once, as one project."""
    entries = list(_compilable(reader, names))
    engine = _written_like(reader.dialect)
    with TemporaryDirectory(prefix="segpy-dbt2-") as made:
        folder = Path(made)
        write(folder, engine, entries, tests=True)
        connect(folder, engine, Running({"type": reader.dialect, **LOGINS[reader.dialect]}))
        (folder / "macros" / "answered.sql").write_text(_ANSWERED.format(adapter=reader.dialect), encoding="utf-8")
        said = ask(reader, folder, "compile", "--static-analysis", "baseline")
    problems: dict[str, list[str]] = {}
    for node, problem in said.problems:
        place = _NODE.match(node) or _FILE.search(problem)
        assert place is not None, f"dbt 2 says of no entry: {problem}"
        problems.setdefault(place[1], []).append(f"{node}: {problem}")
    planned = {f"model.conformance.{entry.name}__{model}" for entry, models in entries for model in models.sql}
    assert problems or planned <= said.rendered, f"dbt 2 has left out {planned - said.rendered}"
    return Reading(problems, dict([reader.requirements[0].split("==")]))


def _compilable(reader: Reader, names: Sequence[str]) -> Iterator[tuple[Entry, Models]]:
    for name in names:
        try:
            yield corpus.entry(name).compiled(reader.dialect)
        except Refused:
            continue  # the test of that entry says so


def _written_like(dialect: str) -> Engine:
    """An engine whose input tables are written as the dialect has them."""
    known = ENGINES[_WRITTEN_LIKE.get(dialect, dialect)]
    return replace(known, dialect=dialect, given=lambda sql: sql, contracts=True)


def ask(reader: Reader, project: Path, command: str, *options: str) -> Said:
    """Let dbt 2 read a project, which has its own profile."""
    where = ["--project-dir", str(project), "--profiles-dir", str(project)]
    ours = {name: value for name, value in os.environ.items() if not name.startswith("DBT_")}
    done = subprocess.run(
        [str(python_of(reader).with_name("dbt")), command, *options, *where, "--no-version-check", *_TOLD],
        cwd=project,
        env={**ours, "DBT_SEND_ANONYMOUS_USAGE_STATS": "false", "HOME": str(project)},  # no settings of the user's
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    told = [json.loads(line) for line in done.stdout.splitlines()]
    problems = [one for one in told if one["info"]["level"] in _WRONG]
    ended = [one for one in told if one["info"]["name"] == "CommandCompleted"]
    assert ended and (problems or ended[0]["data"]["success"]), f"dbt 2 did not end well\n{done.stdout}\n{done.stderr}"
    return Said(
        tuple((_node(one), one["info"]["msg"].partition(_STACK)[0]) for one in problems),
        frozenset(_node(one) for one in told if one["info"]["name"] == "NodeFinished"),
    )


def _node(told: Mapping[str, Any]) -> str:
    name: str = told["data"].get("node_info", {}).get("unique_id", "")
    return name
