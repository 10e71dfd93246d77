"""What the suite knows of an engine."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, TypeAlias

from segpy.dialects import DIALECTS
from segpy.sql.lower import names
from tests.cases.tables import Table

ROOT = Path(__file__).parents[2]
_ESCAPED = str.maketrans({"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r"})
ENVIRONMENTS = Path(os.environ.get("SEGPY_ENGINES") or ROOT / ".engines").absolute()


@dataclass(frozen=True, slots=True)
class Mark:
    """Why a case is not answered on an engine.

    `notimpl`: segpy could and does not yet; `notyet`: the engine, or its adapter, may learn it; `never`: it cannot be.
    What is `deadly` to an engine, or hangs it, is not even built.
    """

    kind: Literal["notimpl", "notyet", "never"]
    reason: str
    deadly: bool = False


@dataclass(frozen=True, slots=True)
class Running:
    """An engine that answers: an output of a dbt profile, and what its worker must find in its environment."""

    profile: Mapping[str, Any]
    environment: Mapping[str, str] = field(default_factory=dict)


Start: TypeAlias = Callable[[Path, Path], AbstractContextManager[Running]]
"""From a new folder, and the `bin` of the engine's virtual environment, to an engine that answers while inside."""


@dataclass(frozen=True, slots=True)
class Engine:
    """An engine, and all that is particular about it.

    `requirements` are those of its virtual environment; without any, the Python that runs the tests has them.
    `types` are the engine's words for the types of input tables. `table` writes an input table as a query. `absent`
    says what is missing on this machine beside the environment. `marks` are by case, or by code of a diagnostic. An
    engine of `every_run` is one that CI fails without. In CI it is asked for the cases whose tests are run, and of
    the others for some of four, by their `turns`; for none of them without one, as all cases run there without
    dbt. `random` specs are left out where they would tell nothing. In text, a `backslash` of some engines is not a
    letter. `aware` engines hand out instants with a time zone. `kind` is what the documentation says of it. A
    stand-in is `given` the SQL as it can read it; it, or an emulator, has `limits` of its own, capabilities of the
    dialect. `contracts` of dbt are beyond some emulators. One that `folds` takes names without quotes for names in
    capital letters. After so many `hours` a build is given up.
    """

    name: str
    dialect: str
    requirements: tuple[str, ...]
    start: Start
    types: Mapping[str, str]
    table: Callable[[Engine, Table], str]
    every_run: bool
    turns: tuple[int, ...] = ()
    random: bool = True
    absent: Callable[[], str | None] = lambda: None
    marks: Mapping[str, Mark] = field(default_factory=dict)
    threads: int = 2
    hours: int = 1
    quote: str = '"'
    backslash: bool = False
    aware: bool = False
    kind: Literal["engine", "emulator", "stand-in"] = "engine"
    given: Callable[[str], str] = lambda sql: sql
    limits: Mapping[str, Any] = field(default_factory=dict)
    contracts: bool = True
    folds: bool = False
    kept: Mapping[str, str] | None = field(default_factory=dict)

    @property
    def environment(self) -> Path:
        """The folder of its virtual environment."""
        return ENVIRONMENTS / self.name

    def quoted(self, name: str) -> str:
        """An identifier as it is quoted there; where quotes change what it means, as segpy writes it."""
        if self.folds:
            return names.quoted(name, replace(DIALECTS[self.dialect], **self.limits))
        return self.quote + name.replace(self.quote, self.quote * 2) + self.quote

    def literal(self, cell: str | None) -> str:
        """Text in quotes, put together where Spark would take a part of it for a variable."""
        if cell is None:
            return "null"
        quoted = cell.translate(_ESCAPED) if self.backslash else cell.replace("'", "''")
        return "'" + quoted.replace("${", "$' || '{") + "'"
