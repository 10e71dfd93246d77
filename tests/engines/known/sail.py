"""Spark SQL through Sail: what speaks Spark's protocol and SQL on one machine, without Java, through dbt-spark.

Its sessions are in UTC, as segpy asks of Spark, whose plain timestamps are read by the session's clock. So must be the
Python that collects them: it tells an instant by the clock of its own machine.
"""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from tests.engines.engine import Engine, Running
from tests.engines.inputs import from_values

_WAIT_SECONDS = 60
_SESSION = "5e6b2f0a-53a1-4b1c-9d5e-2f6c1f0b7a11"  # without a fixed one every call has a catalog of its own


@contextmanager
def start(folder: Path, programs: Path) -> Iterator[Running]:
    """A server on a free port, its tables in the folder."""
    port = _free_port()
    with (folder / "sail.log").open("wb") as log:
        command = [str(programs / "sail"), "spark", "server", "--ip", "127.0.0.1", "--port", str(port)]
        server = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
        try:
            _wait(port, server, folder / "sail.log")
            parameters = {"spark.sql.session.timeZone": "UTC"}
            session = {"method": "session", "host": "NA", "server_side_parameters": parameters}
            remote = f"sc://127.0.0.1:{port}/;session_id={_SESSION}"
            yield Running({"type": "spark", "schema": "conformance", **session}, {"SPARK_REMOTE": remote, "TZ": "UTC"})
        finally:
            server.terminate()
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                server.kill()


def _free_port() -> int:
    with closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def _wait(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + _WAIT_SECONDS
    while time.monotonic() < until and server.poll() is None:
        with closing(socket.socket()) as asked:
            if asked.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise AssertionError(f"Sail did not start\n{log.read_text(encoding='utf-8', errors='replace')}")


ENGINE = Engine(
    name="sail",
    dialect="spark",
    requirements=(
        "dbt-core>=1.10.8,<1.12",
        "dbt-spark[session]>=1.10,<1.12",
        "pyspark==4.0.*",
        "pandas<3",
        "pysail==0.7.*",
    ),
    start=start,
    types={
        "text": "string",
        "number": "double",
        "integer": "bigint",
        "boolean": "boolean",
        "timestamp": "timestamp",
        "timestamptz": "timestamp",
        "date": "date",
        "uuid": "string",  # Spark has no such type
    },
    table=from_values,
    every_run=True,
    quote="`",
    backslash=True,
)
