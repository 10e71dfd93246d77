"""Say what is wrong with statements of Trino. A script for a Python that has trino-sql-validator.

Names and statements come in as a JSON object; out goes one with `problems`, by name of each that is not right, and
`versions`.
"""

from __future__ import annotations

import json
import sys
from importlib import metadata

import trino_sql_validator


def wrong(sql: str) -> list[str]:
    """What does not parse, and functions and types that Trino's documentation does not know."""
    found = trino_sql_validator.validate(sql, jinja="reject")
    unlike = trino_sql_validator.AliasWarning  # names that are legal, and look like words of SQL
    told = [one for one in found.warnings if not isinstance(one, unlike) and not quoted(sql, one.line, one.column)]
    return [str(one) for one in (found.error, *told) if one is not None]


def quoted(sql: str, line: int | None, column: int | None) -> bool:
    """Whether a name in quotes stands there, which is no function and no type, whatever the validator thinks."""
    return bool(line and column) and sql.split("\n")[line - 1][column - 1] == '"'


if __name__ == "__main__":
    told = {name: wrong(sql) for name, sql in json.load(sys.stdin).items()}
    problems = {name: found for name, found in told.items() if found}
    name = "trino-sql-validator"
    print(json.dumps({"problems": problems, "versions": {name: metadata.version(name)}}))
