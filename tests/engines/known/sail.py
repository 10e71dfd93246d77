"""Spark SQL through Sail: what speaks Spark's protocol and SQL on one machine, without Java, through dbt-spark.

Its sessions are in UTC, as segpy asks of Spark, whose plain timestamps are read by the session's clock. So must be the
Python that collects them: it tells an instant by the clock of its own machine.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.engines.engine import Engine, Running
from tests.engines.inputs import from_values
from tests.engines.server import free_port, listens, served

_SESSION = "5e6b2f0a-53a1-4b1c-9d5e-2f6c1f0b7a11"  # without a fixed one every call has a catalog of its own


@contextmanager
def start(folder: Path, programs: Path) -> Iterator[Running]:
    """A server on a free port, its tables in the folder."""
    port = free_port()
    command = [str(programs / "sail"), "spark", "server", "--ip", "127.0.0.1", "--port", str(port)]
    parameters = {"spark.sql.session.timeZone": "UTC"}
    session = {"method": "session", "host": "NA", "server_side_parameters": parameters}
    remote = f"sc://127.0.0.1:{port}/;session_id={_SESSION}"
    with served(command, folder / "sail.log", lambda: listens(port), folder=folder):
        yield Running({"type": "spark", "schema": "conformance", **session}, {"SPARK_REMOTE": remote, "TZ": "UTC"})


ENGINE = Engine(
    name="sail",
    dialect="spark",
    requirements=(
        "dbt-core>=1.10.8,<1.12",
        "dbt-spark[session]>=1.10,<1.12",
        "pyspark[connect]==4.0.*",
        "pandas<3",
        "pysail==0.7.*",
    ),
    start=start,
    types={
        "text": "string",
        "number": "double",
        "integer": "bigint",
        "boolean": "boolean",
        "timestamp": "timestamp_ntz",
        "timestamptz": "timestamp",
        "date": "date",
        "uuid": "string",  # Spark has no such type
    },
    table=from_values,
    every_run=True,
    turns=(0,),
    quote="`",
    backslash=True,
    kept={"file_format": "delta"},  # rows can be replaced there
)
