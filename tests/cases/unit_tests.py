"""Run the unit tests of a rendered project on an in-memory DuckDB, without dbt.

As dbt does: every text of the properties file is Jinja, variables go into the model, and what is expected is cast to
the types of the columns that are found.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

import duckdb
import yaml
from jinja2 import Environment, StrictUndefined

from tests.cases.runner import rendered
from tests.cases.tables import Value, literal, plain, quoted

_JINJA = Environment(undefined=StrictUndefined, autoescape=False, keep_trailing_newline=True)


def unit_tests(artifacts: Mapping[str, str]) -> list[dict[str, Any]]:
    """The unit tests of a project, as dbt reads them."""
    files = [text for path, text in artifacts.items() if path.endswith("_examples.yml")]
    return [_read(test) for text in files for test in yaml.safe_load(text)["unit_tests"]]


def failures(artifacts: Mapping[str, str]) -> dict[str, dict[str, tuple[Value, Value]]]:
    """The unit tests that fail, each with the columns that differ: what was expected, and what was found."""
    models = {PurePosixPath(path).stem: text for path, text in artifacts.items() if path.endswith("__examples.sql")}
    found = {test["name"]: _differences(models[test["model"]], test) for test in unit_tests(artifacts)}
    return {name: differences for name, differences in found.items() if differences}


def _differences(model: str, test: dict[str, Any]) -> dict[str, tuple[Value, Value]]:
    variables = test["overrides"]["vars"]
    as_of = datetime.fromisoformat(variables["segpy_as_of"])
    (expected,) = test["expect"]["rows"]
    with duckdb.connect(":memory:", config={"threads": 1}) as connection:
        cursor = connection.execute(rendered(model, as_of, variables))
        types = {column[0]: str(column[1]) for column in cursor.description or ()}
        (row,) = cursor.fetchall()
        real = dict(zip(types, map(plain, row), strict=True))
        wanted = {
            name: plain(
                connection.execute(f"select cast({_written(value)} as {types[name]}) as {quoted(name)}").fetchall()[0][
                    0
                ]
            )
            for name, value in expected.items()
        }
    return {name: (wanted[name], real[name]) for name in wanted if wanted[name] != real[name]}


def _written(value: Any) -> str:
    return literal(value) if isinstance(value, str) or value is None else str(value)


def _read(part: Any) -> Any:
    if isinstance(part, dict):
        return {key: _read(value) for key, value in part.items()}
    if isinstance(part, list):
        return [_read(value) for value in part]
    return _JINJA.from_string(part).render() if isinstance(part, str) else part
