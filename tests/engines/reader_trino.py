"""Trino's SQL, read by a validator that knows the functions and types of its documentation."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import sqlglot
from sqlglot import exp

from tests.cases.runner import Refused, rendered
from tests.engines import corpus
from tests.engines.environments import python_of
from tests.engines.reader import Reader, Reading

_TOO_LONG = "maximum SQL statement complexity exceeded"
_PARTED = ": "


def by_validator(reader: Reader, names: Sequence[str]) -> Reading:
    """Ask about every model. The validator gives up on long ones, by a limit of its own: these it reads in parts."""
    asked = statements(reader, names)
    found, versions = _validated(reader, asked)
    long = [name for name, told in found.items() if any(_TOO_LONG in one for one in told)]
    parts = {f"{name}, {part}": sql for name in long for part, sql in parted(asked[name], reader.dialect).items()}
    found = {name: told for name, told in found.items() if name not in long} | _validated(reader, parts)[0]
    problems: dict[str, list[str]] = {}
    for name, told in found.items():
        entry, _, place = name.partition(_PARTED)
        problems.setdefault(entry, []).extend(f"{place}: {one}" for one in told)
    return Reading(problems, versions)


def statements(reader: Reader, names: Sequence[str]) -> dict[str, str]:
    """The SQL of every model of entries, by the names of both."""
    found = {}
    for name in names:
        try:
            entry, models = corpus.entry(name).compiled(reader.dialect)
        except Refused:
            continue  # the test of that entry says so
        found |= {f"{name}{_PARTED}{model}": rendered(sql, entry.as_of) for model, sql in models.sql.items()}
    return found


def _validated(reader: Reader, asked: Mapping[str, str]) -> tuple[dict[str, list[str]], dict[str, str]]:
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
