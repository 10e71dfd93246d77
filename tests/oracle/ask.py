"""The text of a spec and tables of text, as the oracle wants them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from segpy.source.nodes import Source
from segpy.source.read import read_source
from segpy.spec.decode import decode
from segpy.spec.model import Spec
from tests.cases.tables import Table
from tests.oracle.cells import Row, read
from tests.oracle.world import World


def spec_from(text: str) -> Spec:
    """A spec as written."""
    file, problems = read_source(Source("segments/spec.yml", text))
    assert file is not None, problems
    spec, findings = decode([file])
    assert spec is not None, findings
    return spec


def rows_of(table: Table) -> list[Row]:
    """The rows of a table of text."""
    kinds = list(table.columns.items())
    return [{name: read(cell, kind) for (name, kind), cell in zip(kinds, row, strict=True)} for row in table.rows]


def world(text: str, tables: Iterable[Table], as_of: datetime) -> World:
    """What a spec means for these tables."""
    return World(spec_from(text), {table.name: rows_of(table) for table in tables}, as_of)
