"""Compile a spec and run the generated models on an in-memory DuckDB, without dbt.

The models are executed as dbt would execute them: in the order of their `ref`s, each as a table, with `ref`, `source`,
`config` and the macros of a first run as the only Jinja. Input tables are given as text and typed explicitly.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from graphlib import TopologicalSorter
from pathlib import PurePosixPath

import duckdb
from jinja2 import Environment, StrictUndefined

from segpy.catalog.model import Catalog
from segpy.diagnostics.model import Diagnostic, Severity
from segpy.pipeline import compile_sources
from segpy.source.nodes import Source
from tests.cases.tables import Row, Table, create, literal, quoted, rows

MODELS = "models/segpy"
NO_SPELLS_YET = """(
    select
        '' as segment, '' as entity, '' as entity_key, '' as kind, '' as reason, '' as content_hash,
        timestamp '1970-01-01' as from_at, timestamp '1970-01-01' as to_at, timestamp '1970-01-01' as since,
        cast(0 as bigint) as version
    limit 0
) as no_spells_yet"""
"""What `segpy_spells` comes to before the first run."""
_REF = re.compile(r"""ref\(\s*['"]([^'"]+)['"]\s*\)""")


@dataclass(frozen=True, slots=True)
class Models:
    """What a spec was compiled to: the SQL of each model by name, and every artifact by path."""

    sql: Mapping[str, str]
    artifacts: Mapping[str, str]


class Refused(AssertionError):
    """The compiler found errors in a spec."""

    def __init__(self, errors: Sequence[Diagnostic]) -> None:
        super().__init__("\n".join(f"{one.code} {one.title}: {one.label} at {one.span}" for one in errors))
        self.codes = frozenset(one.code for one in errors)


def compile_spec(text: str, dialect: str = "duckdb") -> Models:
    """The models of a spec. Raises `Refused` with the findings where there are errors."""
    compiled = compile_sources((Source("segments/spec.yml", text),), Catalog(adapter=dialect))
    errors = [found for found in compiled.diagnostics if found.severity is Severity.ERROR]
    if errors:
        raise Refused(errors)
    artifacts = {artifact.path: artifact.text for artifact in compiled.artifacts}
    sql = {
        PurePosixPath(path).stem: body
        for path, body in artifacts.items()
        if path.startswith(f"{MODELS}/") and path.endswith(".sql") and "/examples/" not in path
    }
    assert sql, f"no models among {sorted(artifacts)}"
    return Models(sql, artifacts)


def run(models: Models, tables: Iterable[Table], as_of: datetime, zone: str = "UTC") -> dict[str, list[Row]]:
    """The rows of every model, computed from `tables` at `as_of` in a session set to a time zone."""
    with built(models, tables, as_of, zone) as connection:
        return {name: rows(connection, name) for name in in_order(models.sql)}


@contextmanager
def built(
    models: Models, tables: Iterable[Table], as_of: datetime, zone: str = "UTC"
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database in memory with every model as a table."""
    with duckdb.connect(":memory:", config={"threads": 1}) as connection:
        connection.execute(f"set TimeZone = {literal(zone)}")
        # Small tables are joined by a loop, large ones by sorting: the cases are to test what large ones get.
        connection.execute("set asof_loop_join_threshold = 0")
        for table in tables:
            create(connection, table)
        for name in in_order(models.sql):
            body = rendered(models.sql[name], as_of)
            try:
                connection.execute(f"create table {quoted(name)} as\n{body}")
            except duckdb.Error as error:
                raise AssertionError(f"{name} does not run: {error}\n{body}") from error
        yield connection


def in_order(sql: Mapping[str, str]) -> list[str]:
    """Model names, each after the models it refers to."""
    graph = {name: [ref for ref in _REF.findall(body) if ref in sql] for name, body in sql.items()}
    return list(TopologicalSorter(graph).static_order())


def no_rows(names: Sequence[str]) -> str:
    """What `segpy_no_rows` comes to."""
    return f"select * from (select {', '.join(f'null as {name}' for name in names)}) as nobody where 1 = 0"


def rendered(body: str, as_of: datetime, variables: Mapping[str, str] | None = None) -> str:
    """A model's SQL with its Jinja resolved."""
    environment = Environment(undefined=StrictUndefined, autoescape=False)
    return environment.from_string(body).render(
        ref=quoted,
        source=lambda schema, name: f"{quoted(schema)}.{quoted(name)}",
        config=lambda **_: "",
        segpy_as_of=lambda *_: f"timestamp '{as_of.isoformat(sep=' ')}'",
        segpy_spells=lambda _: NO_SPELLS_YET,
        segpy_no_rows=no_rows,
        segpy_continues=lambda *_, **__: False,
        is_incremental=lambda: False,
        var=lambda name, default=None: (variables or {}).get(name, default),
    )
