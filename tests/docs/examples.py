"""Examples of pages that bring people of their own: compiled beside the page's taxonomy, and run on these people.

A block marked `taxonomy` is read beside all others, a table of CSV is marked with the relation that it is, and all is
evaluated at the page's instant, or at the day that a block is marked with.

A claim is an arrow in a comment. Behind a segment it lists the members, behind a feature (or behind the name of a
column) it gives everybody's value:

    watchers:                                     # → ann, eve
    views: {count: pricing_viewed}                # → ann 3, bob 0, cat 1, dan 0, eve 1
    # trip_step → ann 2, bob 2, cat 0, dan 0, eve 0
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import yaml

from segpy.catalog.model import Catalog
from segpy.pipeline import Compiled, compile_sources
from segpy.source.nodes import Source
from tests.cases.case import relation_name
from tests.cases.runner import MODELS, Models, run
from tests.cases.tables import Row, Table
from tests.docs.pages import ROOT, Block, blocks, read

PAGE = "docs/reference/language.md"
AS_OF = datetime(2026, 3, 10)
_DAY = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
_CLAIM = re.compile(r"#\s*(?:(\w+)\s*)?→\s*(.+)$")
_KEY = re.compile(r"\s*(\w+):")


@dataclass(frozen=True, slots=True)
class Claim:
    """What a comment says of a column: everybody's value, or None where it lists the members of a segment."""

    line: int
    column: str
    names: tuple[str, ...]
    values: tuple[str, ...] | None


def pages() -> list[str]:
    """The pages with such examples."""
    found = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").glob("explanation/*.md"))
    return [PAGE, *(page for page in found if any(one.mark == "taxonomy" for one in blocks(read(page), "yaml")))]


def examples(page: str = PAGE) -> list[Block]:
    """The YAML blocks of a page that are specs, the taxonomy aside."""
    return [block for block in blocks(read(page), "yaml") if block.mark != "taxonomy"]


@cache
def taxonomy(page: str = PAGE) -> str:
    """The block that all others are read beside."""
    (found,) = (block.text for block in blocks(read(page), "yaml") if block.mark == "taxonomy")
    return found


@cache
def people(page: str = PAGE) -> tuple[Table, ...]:
    """The tables of a page, their columns typed as the taxonomy says."""
    said = yaml.load(taxonomy(page), Loader=yaml.BaseLoader)
    types: dict[str, dict[str, str]] = {}
    for entity in said["entities"].values():
        if about := entity.get("attributes"):
            valid = {about[key]: "timestamp" for key in ("valid_from", "valid_to") if key in about}
            types[relation_name(about["relation"])] = {entity["key"]: "text", **valid, **about["columns"]}
    for stream in said["streams"].values():
        keys = [*stream["entity"].values(), *(stream[key] for key in ("id", "event") if key in stream)]
        order = {stream["order"]: "integer"} if "order" in stream else {}
        columns = {stream["occurred_at"]: "timestamp", **order, **stream.get("properties", {})}
        types[relation_name(stream["relation"])] = {**dict.fromkeys(keys, "text"), **columns}
    return tuple(_table(block, types[block.mark]) for block in blocks(read(page), "csv"))


def _table(block: Block, types: dict[str, str]) -> Table:
    header, *lines = csv.reader(block.text.splitlines())
    assert set(header) == set(types), f"{block.mark}: {header}, {sorted(types)}"
    rows = tuple(tuple(cell or None for cell in line) for line in lines)
    assert all(len(row) == len(header) for row in rows), block.mark
    return Table(block.mark, {column: types[column] for column in header}, rows)


def compiled(block: Block, page: str = PAGE, adapter: str | None = None) -> Compiled:
    """An example compiled, beside the taxonomy unless it is marked to stand alone."""
    beside = () if "alone" in block.mark.split() else (Source("segments/taxonomy.yml", taxonomy(page)),)
    return compile_sources((*beside, Source("segments/example.yml", block.text)), Catalog(adapter=adapter))


def result(compiled: Compiled, page: str = PAGE, mark: str = "") -> dict[str, list[Row]]:
    """The rows of every model of an example."""
    artifacts = {artifact.path: artifact.text for artifact in compiled.artifacts}
    sql = {
        path.removeprefix(f"{MODELS}/").removesuffix(".sql"): text
        for path, text in artifacts.items()
        if path.startswith(MODELS) and path.endswith(".sql") and "/examples/" not in path
    }
    day = _DAY.search(mark)
    return run(Models(sql, artifacts), people(page), datetime.fromisoformat(day[0]) if day else AS_OF)


def claims(block: Block) -> Iterator[Claim]:
    """Every claim of an example, by the line of its comment."""
    for number, line in enumerate(block.text.splitlines(), 1):
        match = _CLAIM.search(line)
        if match is None:
            continue
        key = _KEY.match(line)
        column = match[1] or (key[1] if key else "")
        parts = [] if match[2] == "nobody" else [part.split(" ", 1) for part in match[2].split(", ")]
        valued = any(len(part) > 1 for part in parts)
        values = tuple(part[1] for part in parts) if valued else None
        yield Claim(number, column, tuple(part[0] for part in parts), values)


def differs(claim: Claim, tables: dict[str, list[Row]]) -> str | None:
    """How a claim and the tables differ, if they do."""
    where = "user_features" if claim.values is not None else "user_segments"
    rows = {str(row["user_id"]): row for row in tables.get(where, [])}
    if not rows or claim.column not in next(iter(rows.values())):
        return f"{where} has no column `{claim.column}`"
    if claim.values is None:
        found = sorted(key for key, row in rows.items() if row[claim.column])
        return None if found == sorted(claim.names) else f"{claim.column}: {', '.join(found)}"
    said = dict(zip(claim.names, map(_value, claim.values), strict=True))
    real = {key: row[claim.column] for key, row in rows.items()}
    if said == real:
        return None
    return f"{claim.column}: {', '.join(f'{key} {_shown(value)}' for key, value in sorted(real.items()))}"


def _value(text: str) -> Any:
    words = {"null": None, "true": True, "false": False}
    if text in words:
        return words[text]
    try:
        return float(text)
    except ValueError:
        return text


def _shown(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return {None: "null", True: "true", False: "false"}[value]
    return f"{value:g}" if isinstance(value, float) else str(value)
