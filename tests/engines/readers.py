"""What reads the SQL of dialects whose engines cannot be had: a validator of Trino, and the parser of sqlglot.

A reader says less than an engine: that the SQL is what its documentation or grammar knows, nothing of what it answers.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Literal, TypeAlias

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from tests.cases.runner import Refused, rendered
from tests.engines import corpus
from tests.engines.engine import ENVIRONMENTS, Mark
from tests.engines.environments import python_of

_TOO_LONG = "maximum SQL statement complexity exceeded"

Statements: TypeAlias = Mapping[str, str]
Problems: TypeAlias = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader found wrong with each statement that is not right, and what it is."""

    problems: Problems
    versions: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Reader:
    """What reads statements of a dialect.

    `validated` is by a validator that knows the dialect's functions and types, `parsed` by a parser of its grammar.
    `same_as` is the dialect whose SQL is the same to the letter. `marks` are by case, or by code of a diagnostic.
    """

    name: str
    dialect: str
    kind: Literal["validated", "parsed"]
    requirements: tuple[str, ...]
    read: Callable[[Reader, Statements], Reading]
    same_as: str | None = None
    every_run: bool = False
    marks: Mapping[str, Mark] = field(default_factory=dict)

    @property
    def environment(self) -> Path:
        """The folder of its virtual environment."""
        return ENVIRONMENTS / self.name

    def absent(self) -> str | None:
        """Nothing is wanted but its environment."""
        return None


def statements(reader: Reader, names: Sequence[str]) -> dict[str, str]:
    """The SQL of every model of cases, by the names of both."""
    found = {}
    for name in names:
        entry = corpus.entry(name)
        try:
            models = entry.compiled(reader.dialect)[1]
        except Refused:
            continue  # the test of that case says so
        found |= {f"{name}: {model}": rendered(sql, entry.as_of) for model, sql in models.sql.items()}
    return found


def by_validator(reader: Reader, asked: Statements) -> Reading:
    """Ask Trino's validator. It gives up on long statements, by a limit of its own: it reads these query by query."""
    problems, versions = _validated(reader, asked)
    long = [name for name, told in problems.items() if any(_TOO_LONG in one for one in told)]
    parts = {f"{name}, {part}": sql for name in long for part, sql in parted(asked[name], reader.dialect).items()}
    of_parts, _ = _validated(reader, parts)
    for name in long:
        del problems[name]
    for part, told in of_parts.items():
        name, _, place = part.rpartition(", ")
        problems.setdefault(name, []).extend(f"{place}: {one}" for one in told)
    return Reading(problems, versions)


def _validated(reader: Reader, asked: Statements) -> tuple[dict[str, list[str]], dict[str, str]]:
    script = Path(__file__).absolute().with_name("validator_trino.py")
    done = subprocess.run(
        [str(python_of(reader)), str(script)],
        input=json.dumps(dict(asked)),
        capture_output=True,
        text=True,
        check=True,
        encoding="utf-8",
    )
    told = json.loads(done.stdout)
    return told["problems"], told["versions"]


def parted(sql: str, dialect: str) -> dict[str, str]:
    """The queries of each CTE, by its name and a number, and those of the statement without them."""
    tree = sqlglot.parse_one(sql, read=dialect)
    queries = {**{cte.alias: cte.this for cte in tree.ctes}, "": tree}
    tree.set("with_", None)
    return {f"{name} {at}": one.sql(dialect) for name, query in queries.items() for at, one in enumerate(united(query))}


def united(query: exp.Query) -> Iterator[exp.Query]:
    """The queries that `union` puts together."""
    left = query
    while isinstance(left, exp.SetOperation):
        yield left.expression
        left = left.this
    yield left


def by_parser(reader: Reader, asked: Statements) -> Reading:
    """Ask sqlglot, by which segpy itself reads again whatever it writes: each is one statement, and all of it known."""
    problems = {}
    for name, sql in asked.items():
        try:
            found = sqlglot.parse(sql, read=reader.dialect)
        except SqlglotError as error:
            problems[name] = [str(error)]
            continue
        if len(found) != 1 or not isinstance(found[0], exp.Query):
            problems[name] = [f"not one query but {found}"]
    return Reading(problems, {"sqlglot": metadata.version("sqlglot")})


_READERS = (
    Reader(
        name="trino",
        dialect="trino",
        kind="validated",
        requirements=("trino-sql-validator==0.23.0",),
        read=by_validator,
        every_run=True,
        marks={"calendar_edges": Mark("notyet", "one select is longer than the validator can read")},
    ),
    Reader(
        name="databricks",
        dialect="databricks",
        kind="parsed",
        requirements=(),
        read=by_parser,
        same_as="spark",
    ),
)
READERS = {reader.name: reader for reader in _READERS}
"""By name, which is none of an engine's."""
