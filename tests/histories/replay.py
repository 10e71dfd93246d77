"""Several runs of generated models on one in-memory DuckDB, without dbt.

Tables are kept as dbt's incremental materialization keeps them: the hook before, then the rows of the query in place of
those with the same key. Of the macros only what they come to is told here; dbt runs them in `test_by_dbt`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from types import TracebackType
from typing import Any

import duckdb
from jinja2 import Environment, StrictUndefined

from tests.cases.runner import NO_SPELLS_YET, Models, in_order
from tests.cases.tables import Row, Table, create, literal, quoted, relation, rows

_HOOK = re.compile(r"\{\{ segpy_forget\('(\w+)', '(?:day|hour)'\) }}")


class Refused(Exception):
    """A run before the last one."""


class Replay:
    """A warehouse in which models are run, again and again."""

    def __init__(self) -> None:
        self.connection = duckdb.connect(":memory:", config={"threads": 1})
        self.kept: set[str] = set()
        self.inputs: set[str] = set()

    def __enter__(self) -> Replay:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.connection.close()

    def run(self, models: Models, tables: Iterable[Table], as_of: datetime, *, rewrite: bool = False) -> None:
        """One run of all models. `tables` are the input as it is then."""
        for table in tables:
            self.connection.execute(f"drop table if exists {relation(table.name)}")
            create(self.connection, table)
        for name in in_order(models.sql):
            body, config = self.rendered(models.sql[name], as_of)
            try:
                if config["materialized"] == "incremental":
                    self._add(name, body, config, as_of, rewrite=rewrite)
                else:
                    kind = config["materialized"]
                    self.connection.execute(f"create or replace {kind} {quoted(name)} as\n{body}")
            except duckdb.Error as error:
                raise AssertionError(f"{name} does not run: {error}\n{body}") from error

    def rendered(self, body: str, as_of: datetime) -> tuple[str, dict[str, Any]]:
        """A model's SQL with its Jinja resolved, and its config."""
        config: dict[str, Any] = {}

        def spells(name: str) -> str:
            return quoted(name) if name in self.kept else NO_SPELLS_YET

        environment = Environment(undefined=StrictUndefined, autoescape=False)
        text = environment.from_string(body).render(
            ref=quoted,
            config=lambda **told: config.update(told) or "",
            segpy_as_of=lambda *_: f"timestamp '{as_of.isoformat(sep=' ')}'",
            segpy_spells=spells,
        )
        return text, config

    def _add(self, name: str, body: str, config: dict[str, Any], as_of: datetime, *, rewrite: bool) -> None:
        """What dbt does of a table that is kept."""
        if name not in self.kept:
            self.connection.execute(f"create table {quoted(name)} as\n{body}")
            self.kept.add(name)
            return
        (hook,) = config["pre_hook"]
        found = _HOOK.fullmatch(hook)
        assert found is not None, hook
        ((last,),) = self.connection.execute(f"select max({found[1]}) from {quoted(name)}").fetchall()
        if last is not None and last > as_of and not rewrite:
            raise Refused(name)
        self.connection.execute(f"delete from {quoted(name)} where {found[1]} >= {literal(str(as_of))}::timestamp")
        self.connection.execute(f"create or replace temp table added as\n{body}")
        if "unique_key" in config:
            same = " and ".join(f"there.{key} = added.{key}" for key in map(quoted, config["unique_key"]))
            self.connection.execute(f"delete from {quoted(name)} as there using added where {same}")
        self.connection.execute(f"insert into {quoted(name)} select * from added")

    def rows(self, table: str) -> list[Row]:
        """All rows of a table, with plain values."""
        return rows(self.connection, table)
