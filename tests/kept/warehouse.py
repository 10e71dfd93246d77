"""Runs rendered models on an in-memory DuckDB as dbt would: views, tables, and tables that are kept from run to run.

What dbt does with an incremental model is written here once more in few lines, and so is what the run-time macros
decide, so that thousands of runs take seconds. That both are right is seen where dbt itself runs: `test_by_dbt.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any

import duckdb
from jinja2 import Environment, StrictUndefined

from tests.cases.runner import NO_SPELLS_YET, Models, in_order, no_rows
from tests.cases.tables import Row, Table, create, quoted, relation, rows


class GoesBack(Exception):
    """A run as of an earlier instant than the last one."""


@dataclass
class Warehouse:
    """A warehouse in which models are built again and again. `relations` are the tables by the names of the models."""

    connection: duckdb.DuckDBPyConnection
    relations: dict[str, str] = field(default_factory=dict)
    runs: int = 0

    def __enter__(self) -> Warehouse:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.connection.close()

    def fill(self, tables: Iterable[Table]) -> None:
        """The input tables as they are now."""
        for table in tables:
            self.connection.execute(f"drop table if exists {relation(table.name)}")
            create(self.connection, table)

    def run(
        self,
        models: Models,
        as_of: datetime,
        *,
        anew: bool = False,
        rewrite: bool = False,
        killed_before: str | None = None,
    ) -> None:
        """Build all models in order; `killed_before` a model the run ends.

        With `anew` nothing is kept but history; with `rewrite` that goes back.
        """
        self.begin()
        for name in in_order(models.sql):
            if name == killed_before:
                return
            self.build(models, name, as_of, anew=anew, rewrite=rewrite)

    def begin(self) -> None:
        """Another run begins: what is built from here on is of one run of dbt."""
        self.runs += 1

    def build(self, models: Models, name: str, as_of: datetime, *, anew: bool = False, rewrite: bool = False) -> None:
        """Build one model, in the run that was begun last."""
        run = _Run(self, name, as_of, anew, rewrite)
        try:
            run.build(models.sql[name])
        except duckdb.Error as error:
            raise AssertionError(f"{name} does not run: {error}\n{run.sql}") from error

    def rows(self, model: str) -> list[Row]:
        """What stands in the table of a model."""
        return rows(self.connection, self.relations[model])

    def tables(self) -> set[str]:
        """The names of all tables and views."""
        return {name for (name,) in self.connection.execute("select table_name from duckdb_tables()").fetchall()}


@dataclass
class _Run:
    """One model in one run."""

    warehouse: Warehouse
    model: str
    as_of: datetime
    anew: bool
    rewrite: bool
    config: dict[str, Any] = field(default_factory=dict)
    sql: str = ""

    def build(self, text: str) -> None:
        """Make the table of the model, or bring it up to date."""
        self.sql = sql = self._rendered(text)
        table, connection = self._table, self.warehouse.connection
        self.warehouse.relations[self.model] = table
        if self.config.get("materialized") == "view":
            connection.execute(f"create or replace view {quoted(table)} as\n{sql}")
            return
        connection.execute("begin")
        try:
            self._make(sql)
        except Exception:
            connection.execute("rollback")
            raise
        connection.execute("commit")

    def _make(self, sql: str) -> None:
        """All that is done of a table in one transaction."""
        table, connection = self._table, self.warehouse.connection
        if self.config.get("materialized") == "incremental" and self._incremental:
            for hook in self._hooks("pre_hook"):
                connection.execute(hook)
            connection.execute(f"create or replace temp table _new as\n{sql}")
            if key := self.config.get("unique_key"):
                same = " and ".join(f"_new.{one} = {quoted(table)}.{one}" for one in key)
                connection.execute(f"delete from {quoted(table)} using _new where {same}")
            connection.execute(f"insert into {quoted(table)} by name select * from _new")
        else:
            connection.execute(f"create or replace table {quoted(table)} as\n{sql}")
        for hook in self._hooks("post_hook"):
            connection.execute(hook)

    @property
    def _table(self) -> str:
        return str(self.config.get("alias", self.model))

    @property
    def _incremental(self) -> bool:
        anew = self.anew and self.config.get("full_refresh") is not False
        return not anew and self._table in self.warehouse.tables()

    def _hooks(self, kind: str) -> list[str]:
        rendered = (self._rendered(hook).strip() for hook in self.config.get(kind, ()))
        return [hook for hook in rendered if hook]

    def _rendered(self, text: str) -> str:
        environment = Environment(undefined=StrictUndefined, autoescape=False)
        return environment.from_string(text).render(
            ref=lambda name: quoted(self.warehouse.relations.get(name, name)),
            source=lambda schema, name: f"{quoted(schema)}.{quoted(name)}",
            config=self._configured,
            this=self,
            var=lambda name, default=None: default,
            segpy_as_of=lambda *_: _literal(self.as_of),
            segpy_continues=self._continues,
            is_incremental=lambda: self._incremental,
            segpy_last_as_of=lambda seconds=0: _literal(self._last() - timedelta(seconds=seconds)),
            segpy_last_look=self._last_look,
            segpy_run=lambda: f"'run {self.warehouse.runs}'",
            segpy_make_room=self._make_room,
            segpy_let_go=lambda _, column, seconds: self._deletes(
                f"{column} < {_literal(self.as_of - timedelta(seconds=seconds))}"
            ),
            segpy_take_out_empty=lambda column: f"delete from {quoted(self._table)} where {column} = 0",
            segpy_drop_former=self._drop_former,
            segpy_spells=self._spells,
            segpy_no_rows=no_rows,
            segpy_forget=self._forget,
        )

    def __str__(self) -> str:
        return quoted(self._table)  # `this`, which is known once the config is

    def _configured(self, **given: Any) -> str:
        self.config = given
        return ""

    def _kept_until(self) -> datetime | None:
        if not self._incremental:
            return None
        found = self.warehouse.connection.execute(f"select max(as_of) from {quoted(self._table)}").fetchone()
        return found[0] if found else None

    def _last(self) -> datetime:
        last = self._kept_until()
        assert last is not None, "asked only where a run is continued"
        return last

    def _last_look(self, other: str, _: str, seconds: int) -> str:
        last = self._last()
        until = f"as_of {'<=' if last < self.as_of else '<'} {_literal(last)}"
        found = self.warehouse.connection.execute(f"select max(as_of) from {other} where {until}").fetchone()
        return _literal(found[0] - timedelta(seconds=seconds) if found and found[0] else datetime(1900, 1, 1))

    def _continues(self, _: str, days: int | None = None) -> bool:
        last = self._kept_until()
        if last is None:
            return False
        if last > self.as_of and not self.rewrite:
            raise GoesBack(self.model)
        return last <= self.as_of and (days is None or self.as_of - timedelta(days=days) <= last)

    def _make_room(self, grain: str, days: int | None = None, column: str | None = None, seconds: int = 0) -> str:
        if not self._incremental:
            return ""
        if not self._continues(grain, days):
            return self._deletes("true")
        return self._deletes(f"{column} >= {_literal(self._last() - timedelta(seconds=seconds))}") if column else ""

    def _drop_former(self, model: str) -> str:
        for name in self.warehouse.tables() - {self._table}:
            if re.fullmatch(f"{re.escape(model)}_[0-9a-f]{{8}}", name):
                self.warehouse.connection.execute(f"drop table {quoted(name)}")
        return ""

    def _spells(self, name: str) -> str:
        return quoted(name) if name in self.warehouse.tables() else NO_SPELLS_YET

    def _forget(self, column: str, _: str) -> str:
        if not self._incremental:
            return ""
        found = self.warehouse.connection.execute(f"select max({column}) from {quoted(self._table)}").fetchone()
        last = found[0] if found else None
        if last is not None and last > self.as_of and not self.rewrite:
            raise GoesBack(self.model)
        return self._deletes(f"{column} >= {_literal(self.as_of)}")

    def _deletes(self, condition: str) -> str:
        return f"delete from {quoted(self._table)} where {condition}" if self._incremental else ""


def _literal(instant: datetime) -> str:
    return f"timestamp '{instant.isoformat(sep=' ')}'"


def opened(zone: str = "UTC") -> Warehouse:
    """An empty warehouse, in memory."""
    connection = duckdb.connect(":memory:", config={"threads": 1})
    connection.execute(f"set TimeZone = '{zone}'")
    connection.execute("set asof_loop_join_threshold = 0")
    return Warehouse(connection)


def comparable(found: Iterable[Row], *, but: Iterable[str] = ()) -> list[tuple[tuple[str, Any], ...]]:
    """Rows without some columns, in an order of their own."""
    left_out = frozenset(but)
    return sorted((tuple((k, v) for k, v in row.items() if k not in left_out) for row in found), key=repr)
