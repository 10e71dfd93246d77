"""A case as it stands on disk, and the variations of its input that must change nothing.

A case is a folder: `case.yml` (why, as_of, column types, what is expected), `spec.yml`, and a CSV file per input
relation. In a CSV an empty cell is null and `''` is the empty text.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from tests.cases.tables import Table

FOLDER = Path(__file__).parent
STRANGERS = {"text": "stranger", "integer": "987654", "uuid": "00000000-0000-4000-8000-000000987654"}


@dataclass(frozen=True, slots=True)
class Case:
    """One case. `expect` is what `case.yml` says under that key."""

    name: str
    title: str
    as_of: datetime
    spec: str
    tables: tuple[Table, ...]
    expect: Mapping[str, Any]


def names() -> list[str]:
    """The names of all cases."""
    return sorted(path.parent.name for path in FOLDER.glob("*/case.yml"))


def load(name: str) -> Case:
    """Read a case from its folder."""
    folder = FOLDER / name
    said = yaml.safe_load((folder / "case.yml").read_text(encoding="utf-8"))
    unknown = set(said) - {"title", "why", "as_of", "tables", "expect"}
    assert not unknown, f"{name}/case.yml: {sorted(unknown)}"
    return Case(
        name=name,
        title=said["title"],
        as_of=said["as_of"],
        spec=(folder / "spec.yml").read_text(encoding="utf-8"),
        tables=tuple(read_table(folder, table, kinds) for table, kinds in said["tables"].items()),
        expect=said["expect"],
    )


def read_table(folder: Path, name: str, kinds: Mapping[str, str]) -> Table:
    """An input relation from its CSV file. A `note` column is for the reader and needs no type."""
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        header, *lines = csv.reader(file)
    kinds = {**kinds, **({"note": "text"} if "note" in header else {})}
    assert list(kinds) == header, f"{folder.name}/{name}.csv: header {header}, types {list(kinds)}"
    assert all(len(line) == len(header) for line in lines), f"{folder.name}/{name}.csv: ragged"
    cells = tuple(tuple({"": None, "''": ""}.get(cell, cell) for cell in line) for line in lines)
    return Table(name, dict(kinds), cells)


def shuffled(case: Case, seed: int) -> Case:
    """The same case with the rows of every table in another order."""
    chance = random.Random(seed)
    return replace(
        case,
        tables=tuple(replace(table, rows=tuple(chance.sample(table.rows, len(table.rows)))) for table in case.tables),
    )


def with_future_events(case: Case) -> Case:
    """The same case, every event told again at and after `as_of`, once for its entity and once for a stranger."""
    tables = {table.name: table for table in case.tables}
    for stream in spec_of(case).get("streams", {}).values():
        table = tables[relation_name(stream["relation"])]
        tables[table.name] = replace(table, rows=(*table.rows, *future_rows(case, table, stream)))
    return replace(case, tables=tuple(tables.values()))


def future_rows(case: Case, table: Table, stream: Mapping[str, Any]) -> Iterator[tuple[str | None, ...]]:
    """Copies of each event of a stream, at `as_of` and after it."""
    at, strange = stream["occurred_at"], {}
    for entity, column in stream["entity"].items():
        key_type = spec_of(case)["entities"][entity].get("key_type", "text")
        strange[column] = STRANGERS[table.columns[column] if key_type == "text" else key_type]
    for row in table.rows:
        for later in (timedelta(0), timedelta(microseconds=1), timedelta(days=1), timedelta(days=4000)):
            when = case.as_of + later
            moved = {at: when.date().isoformat() if table.columns[at] == "date" else f"{when}+00:00"}
            for change in (moved, moved | strange):
                yield tuple(change.get(column, cell) for column, cell in zip(table.columns, row, strict=True))


def spec_of(case: Case) -> dict[str, Any]:
    """The spec as YAML reads it, every scalar as text."""
    loaded: dict[str, Any] = yaml.load(case.spec, Loader=yaml.BaseLoader)
    return loaded


def relation_name(relation: str) -> str:
    """`ref('x')` is table `x`, `source('a', 'b')` is table `a.b`."""
    return ".".join(part.strip(" '\"") for part in relation.partition("(")[2].rstrip(") ").split(","))
