"""The demonstration without dbt: its seeds, its staging models and the generated models, in memory."""

from __future__ import annotations

import csv
from contextlib import ExitStack
from functools import cache

import duckdb
import yaml

from segpy.pipeline import Compiled, compile_project
from segpy.warehouse.model import SegmentSize, Sizes
from tests.cases.runner import MODELS, Models, built
from tests.cases.tables import Row, Table, plain
from tests.demo_oracle.world import AS_OF
from tests.docs.pages import ROOT

_TYPES = {
    "varchar": "text",
    "integer": "integer",
    "boolean": "boolean",
    "timestamp": "timestamp",
    "date": "date",
    "numeric": "number",
}


_OPEN = ExitStack()


@cache
def compiled() -> Compiled:
    """The demonstration's specs, compiled."""
    found = compile_project(ROOT)
    assert not found.failed, found.diagnostics
    return found


def model(name: str) -> str:
    """The text of a generated model."""
    (text,) = (one.text for one in compiled().artifacts if one.path == f"{MODELS}/{name}.sql")
    return text


@cache
def warehouse() -> duckdb.DuckDBPyConnection:
    """A database with every model, for as long as tests run."""
    staging = {path.stem: path.read_text(encoding="utf-8") for path in (ROOT / "models/staging").glob("*.sql")}
    paths = [
        one.path for one in compiled().artifacts if one.path.startswith(f"{MODELS}/") and one.path.endswith(".sql")
    ]
    generated = {path.removeprefix(f"{MODELS}/").removesuffix(".sql") for path in paths}
    every = Models({**staging, **{name: model(name) for name in generated}}, {})
    return _OPEN.enter_context(built(every, _seeds(), AS_OF))


def answer(sql: str) -> list[Row]:
    """The rows of a query over the models."""
    cursor = warehouse().execute(sql)
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, map(plain, row), strict=True)) for row in cursor.fetchall()]


def _seeds() -> list[Table]:
    project = yaml.safe_load((ROOT / "dbt_project.yml").read_text(encoding="utf-8"))
    return [
        _seed(name, settings["+column_types"])
        for name, settings in project["seeds"]["segpy"].items()
        if not name.startswith("+")
    ]


def _seed(name: str, types: dict[str, str]) -> Table:
    with (ROOT / "seeds" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        header, *lines = csv.reader(file)
    rows = tuple(tuple(cell or None for cell in line) for line in lines)
    return Table(name, {column: _TYPES[types[column].partition("(")[0]] for column in header}, rows)


def sizes() -> Sizes:
    """The sizes of all segments, in the order in which `segpy build` shows them."""
    found = []
    for segment in compiled().segments:
        rows = answer(f"select * from {segment.model}")
        members = sum(row[segment.name] is True for row in rows)
        found.append(SegmentSize(segment.name, segment.entity, members, len(rows)))
    return Sizes(tuple(found), str(AS_OF))
