"""A dbt project with kept tables on disk, as somebody has it; its sources are tables in its warehouse."""

from __future__ import annotations

import io
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from itertools import islice
from pathlib import Path
from random import Random
from subprocess import PIPE
from typing import Any

import duckdb
import yaml
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner

from segpy import pipeline
from segpy.diagnostics.model import Severity
from tests.cases.expected import same
from tests.cases.runner import Models, compile_spec
from tests.cases.tables import Row, Table, create, quoted, rows
from tests.e2e.commands import plain_environment
from tests.kept.arrivals import Promise
from tests.kept.schedules import RUN, Source, about_users, random_source
from tests.kept.warehouse import comparable, opened

RAW = "raw"
SCHEMA = "main"
SPEC = (Path(__file__).parent / "living.yml").read_text(encoding="utf-8")
_MEANING = re.compile("_[0-9a-f]{8}$")


@dataclass(frozen=True)
class Ended:
    """How a command of dbt ended: what became of each node by name, and why of those that failed."""

    statuses: Mapping[str, str]
    messages: tuple[str, ...]

    @property
    def well(self) -> bool:
        """Whether there was something to do, and all of it was done."""
        return not self.messages and bool(self.statuses) and set(self.statuses.values()) <= {"success", "pass", "no-op"}


@dataclass(frozen=True)
class Sources:
    """Two streams, of which one says when its rows came, and people; as they are known at some time."""

    app: Source
    shop: Source

    def tables(self, now: datetime) -> tuple[Table, ...]:
        """The tables that a run sees."""
        events, _, people = self.app.tables(now)
        _, orders, _ = self.shop.tables(now)
        return events, orders, people


def random_sources(chance: Random, lateness: timedelta) -> Sources:
    """Events that are late, told twice, taken back, or of the future."""
    return Sources(*(_many(chance, Promise(lateness, loaded)) for loaded in (True, False)))


def _many(chance: Random, promise: Promise) -> Source:
    """Few rows would tell little, and each run of dbt takes seconds."""
    while True:
        found = random_source(chance, promise)
        if len(found.told) > 150:
            return found


@dataclass
class Project:
    """A project in a folder of its own, with its warehouse `w.duckdb` beside it."""

    folder: Path
    spec: str = ""
    manifest: Any = field(default=None, repr=False)

    @property
    def database(self) -> Path:
        """The warehouse."""
        return self.folder / "w.duckdb"

    def render(self, spec: str) -> None:
        """Let segpy write the models of a spec, in place of those that are there."""
        files = {
            "dbt_project.yml": "name: living\nprofile: living\nflags: {send_anonymous_usage_stats: false}\n",
            "profiles.yml": yaml.safe_dump({"living": {"outputs": {"default": self._output()}}}),
            "models/sources.yml": yaml.safe_dump({"sources": [{"name": RAW, "tables": _SOURCES}]}),
            "segments/spec.yml": spec,
        }
        for path, text in files.items():
            (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / path).write_text(text, encoding="utf-8")
        compiled = pipeline.compile_project(self.folder)
        errors = [one for one in compiled.diagnostics if one.severity is Severity.ERROR]
        assert not errors, errors
        _, problems = pipeline.write(self.folder, compiled)
        assert not problems, problems
        self.spec, self.manifest = spec, None

    def fill(self, tables: Iterable[Table]) -> None:
        """The sources as they are now."""
        with duckdb.connect(str(self.database)) as connection:
            for table in tables:
                connection.execute(f"drop table if exists {RAW}.{quoted(table.name)}")
                create(connection, in_raw(table))

    def dbt(
        self, *arguments: str, as_of: datetime | None = None, manifest: bool = True, rewrite: bool = False
    ) -> Ended:
        """One command of dbt. It reads the project again only where that changed, or without `manifest`."""
        if manifest and self.manifest is None:
            outcome = self._invoke(dbtRunner(), "parse")
            assert outcome.success, outcome.exception
            self.manifest = outcome.result
        back = ", segpy_rewrite_history: true" if rewrite else ""
        told = ["--vars", f"{{segpy_as_of: '{as_of.isoformat(sep=' ')}'{back}}}"] if as_of is not None else []
        outcome = self._invoke(dbtRunner(manifest=self.manifest if manifest else None), *arguments, *told)
        if outcome.exception is not None:
            return Ended({}, (str(outcome.exception),))
        results = getattr(outcome.result, "results", None) or []
        bad = tuple(f"{one.node.name}: {one.message}" for one in results if str(one.status) in ("error", "fail"))
        return Ended({one.node.name: str(one.status) for one in results if hasattr(one, "node")}, bad)

    def killed(self, *arguments: str, as_of: datetime, before: int, after: float) -> bool:
        """Whether a command of dbt, in a process of its own, was killed: so long after it began its n-th model."""
        command = [sys.executable, "-u", "-m", "dbt.cli.main", *arguments, "--project-dir", str(self.folder)]
        command += ["--profiles-dir", str(self.folder), "--vars", f"{{segpy_as_of: '{as_of.isoformat(sep=' ')}'}}"]
        with subprocess.Popen(command, env=plain_environment(), cwd=self.folder, stdout=PIPE, text=True) as running:
            assert running.stdout is not None
            begun = (line for line in running.stdout if " START " in line)
            if next(islice(begun, before, None), None) is not None:
                time.sleep(after)
                running.kill()
            running.stdout.read()
        return running.returncode == -signal.SIGKILL

    def ask(self, *statements: str) -> None:
        """What somebody else does in the warehouse."""
        with duckdb.connect(str(self.database)) as connection:
            for statement in statements:
                connection.execute(statement)

    def save_state(self) -> Path:
        """What dbt knows of the project now, for `--state`."""
        return Path(shutil.copytree(self.folder / "target", self.folder / "state"))

    def tables(self) -> dict[str, list[Row]]:
        """All tables and views that dbt made, by their names in the warehouse."""
        with duckdb.connect(str(self.database), read_only=True) as connection:
            query = f"select table_name from information_schema.tables where table_schema = '{SCHEMA}'"
            names = [name for (name,) in connection.execute(query).fetchall()]
            return {name: rows(connection, name) for name in names}

    def standing(self, ended: Ended | None = None) -> dict[str, list[Any]]:
        """The same in an order of its own; without what a run has made."""
        made = {name for name, status in ended.statuses.items() if status == "success"} if ended else set()
        return {name: comparable(rows) for name, rows in self.tables().items() if _MEANING.sub("", name) not in made}

    def _invoke(self, runner: Any, *arguments: str) -> Any:
        where = ["--project-dir", str(self.folder), "--profiles-dir", str(self.folder)]
        said = io.StringIO()
        quiet = ["--log-level", "none", "--log-level-file", "none", "--no-print"]
        try:
            with redirect_stdout(said), redirect_stderr(said):
                return runner.invoke([*arguments, *where, *quiet])
        finally:
            DuckDBConnectionManager.close_all_connections()  # or nobody else in this process can open the file

    def _output(self) -> dict[str, Any]:
        return {"type": "duckdb", "path": str(self.database), "schema": SCHEMA, "threads": 1}


_SOURCES = [{"name": name} for name in ("events", "orders", "people")]


def in_raw(table: Table) -> Table:
    """An input table where the project looks for it."""
    return Table(f"{RAW}.{table.name}", table.columns, table.rows)


def public(tables: Mapping[str, Sequence[Row]]) -> dict[str, list[Any]]:
    """What is told of users, by the name of the model, as it can be compared: without which run found it."""
    found: dict[str, list[Any]] = {}
    for table, several in tables.items():
        name = _MEANING.sub("", table)
        if name in ("user_features", "user_segments"):
            found[name] = comparable(several)
        elif name in ("user_measures", "user_sequences"):
            found[name] = comparable(several, but=RUN)
    return found


def anew(spec: str, tables: Iterable[Table], as_of: datetime) -> dict[str, list[Any]]:
    """The same, built once of the same sources in an empty warehouse."""
    models = _models(spec)
    warehouse = opened()
    warehouse.fill(map(in_raw, tables))
    warehouse.run(models, as_of)
    return public({name: warehouse.rows(name) for name in models.sql})


@cache
def _models(spec: str) -> Models:
    return about_users(compile_spec(spec))


def differences(kept: Mapping[str, list[Any]], fresh: Mapping[str, list[Any]]) -> list[str]:
    """Where two answers differ."""
    found = [f"{name} is only there" for name in kept.keys() ^ fresh.keys()]
    for name in kept.keys() & fresh.keys():
        mine, theirs = kept[name], fresh[name]
        if len(mine) != len(theirs):
            found.append(f"{name}: {len(mine)} rows kept, {len(theirs)} anew")
            continue
        for own, other in zip(mine, theirs, strict=True):
            wrong = [
                f"{column}: kept {value!r}, anew {dict(other).get(column)!r}"
                for column, value in own
                if column not in dict(other) or not same(value, dict(other)[column])
            ]
            if wrong or len(own) != len(other):
                found.append(f"{name} {own[0][1]}: {'; '.join(wrong[:4])}")
    return found
