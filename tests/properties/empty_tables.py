"""The input that a spec asks for, with its types and without rows: enough for an engine to refuse SQL that is wrong."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import PurePosixPath

from segpy.catalog.model import Catalog
from segpy.pipeline import Compiled
from segpy.resolve.bind import bind
from segpy.resolve.model import Bound
from segpy.source.nodes import Source
from segpy.source.read import read_source
from segpy.spec.decode import decode
from segpy.spec.model_values import Relation
from segpy.sql.read import read_expression
from tests.cases.runner import Models, run
from tests.cases.tables import Table


def execute(sources: Iterable[Source], compiled: Compiled) -> None:
    """Run the models of a spec that compiles. Where one table is asked for in two ways, nothing is run."""
    files = [file for file, _ in map(read_source, sources) if file is not None]
    spec, _ = decode(files)
    assert spec is not None
    bound, _ = bind(spec, Catalog(), read_expression)
    assert bound is not None
    tables = tables_of(bound)
    folder = f"{bound.settings.models_path}/"
    models = [one for one in compiled.artifacts if one.path.startswith(folder) and one.path.endswith(".sql")]
    if tables is not None:
        run(Models({PurePosixPath(one.path).stem: one.text for one in models}, {}), tables, datetime(2026, 3, 10))


def tables_of(bound: Bound) -> list[Table] | None:
    """Every relation of a spec with its columns; None where two uses of one differ, or it is another package's."""
    found: dict[str, dict[str, str]] = {}
    uses = [(entity.relation, _attributes(bound, entity.name)) for entity in bound.entities if entity.relation]
    streams = {stream.name: stream for entity in bound.entities for stream in entity.streams}
    for stream in streams.values():
        columns = {key: bound.entity(entity).key_type.value for entity, key in stream.keys}
        columns.setdefault(stream.occurred_at, "timestamp")
        for column in (stream.id, stream.event):
            if column is not None:
                columns.setdefault(column, "text")
        if stream.order is not None:
            columns.setdefault(stream.order, "integer")
        for prop in stream.properties:
            if prop.name != stream.member_key:
                columns.setdefault(prop.name, prop.type.value)
        uses.append((stream.relation, columns))
    for relation, columns in uses:
        table = found.setdefault(".".join(relation.arguments), {})
        if _foreign(relation) or not _agree(table, columns):
            return None
        table.update(columns)
    return [Table(name, columns, ()) for name, columns in found.items()]


def _attributes(bound: Bound, name: str) -> dict[str, str]:
    entity = bound.entity(name)
    versions = (entity.validity.start, entity.validity.end) if entity.validity else ()
    known = {entity.key: entity.key_type.value, **dict.fromkeys(versions, "timestamp")}
    return {**known, **{prop.name: prop.type.value for prop in entity.attributes}}


def _foreign(relation: Relation) -> bool:
    """Whether a relation is another package's, or has a name that tables are parted by here."""
    return (relation.function == "ref" and len(relation.arguments) > 1) or "." in "".join(relation.arguments)


def _agree(table: dict[str, str], columns: dict[str, str]) -> bool:
    """Whether columns can be added to a table, which has each name only once, however its letters are written."""
    written = {column.lower(): (column, kind) for column, kind in table.items()}
    lowered = {column.lower() for column in columns}
    same = all(written.get(column.lower(), (column, kind)) == (column, kind) for column, kind in columns.items())
    return same and len(lowered) == len(columns)
