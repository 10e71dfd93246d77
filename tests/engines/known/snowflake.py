"""Snowflake's emulator fakesnow: Snowflake's protocol and SQL, the latter put into DuckDB's. Through dbt-snowflake.

It is no Snowflake: what it does otherwise than Snowflake documents is marked, and the SQL keeps to the documents.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from segpy.dialects.snowflake import SNOWFLAKE
from tests.engines import buckets
from tests.engines.engine import Engine, Mark, Running
from tests.engines.inputs import one_by_one
from tests.engines.server import free_port, listens, served


@contextmanager
def start(folder: Path, programs: Path) -> Iterator[Running]:
    """The emulator on a free port, its data in memory."""
    port = free_port()
    command = [str(programs / "fakesnow"), "--server", "--port", str(port)]
    login = {"account": "segpy", "user": "segpy", "password": "none", "warehouse": "none", "role": "none"}
    place = {"host": "127.0.0.1", "port": port, "protocol": "http", "database": "segpy", "schema": "conformance"}
    with served(command, folder / "fakesnow.log", lambda: listens(port), folder=folder):
        yield Running({"type": "snowflake", **login, **place, "insecure_mode": True})


_WORDS = Mark("notyet", "the emulator hands on words without quotes that DuckDB reserves and Snowflake does not")
_SUMS = Mark("notyet", "the emulator sums whole numbers as doubles, Snowflake as numbers of 38 digits")

ENGINE = Engine(
    name="snowflake",
    dialect="snowflake",
    requirements=("dbt-core>=1.10.8,<1.12", "dbt-snowflake>=1.10,<1.13", "fakesnow[server]==0.12.*"),
    start=start,
    types={
        "text": "varchar",
        "number": "double",
        "integer": "bigint",
        "boolean": "boolean",
        "timestamp": "timestamp_ntz",
        "timestamptz": "timestamp_tz",
        "date": "date",
        "uuid": "varchar",  # Snowflake has no such type
    },
    table=one_by_one,
    every_run=False,
    marks={
        buckets.MODEL: Mark("notyet", "the emulator reads no hexadecimal numbers, Snowflake does by a format"),
        "integers_beyond_2_53": _SUMS,
        "sum": _SUMS,
        "identifiers_with_signs": Mark(
            "notyet", "the emulator breaks over quotes in names, and the client waits for it", deadly=True
        ),
        "odd_identifiers": _WORDS,
        "reserved_attributes": _WORDS,
        "reserved_entities": _WORDS,
        "reserved_properties": _WORDS,
        "reserved_segments": _WORDS,
        "text_trim": Mark("notyet", "the emulator trims every blank of Unicode, Snowflake those that it is told"),
    },
    backslash=True,
    kind="emulator",
    limits={"reserved": SNOWFLAKE.reserved | {"at"}},  # it too is handed on without quotes, and most specs here have it
    folds=True,
)
