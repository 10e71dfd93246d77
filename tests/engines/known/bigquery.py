"""BigQuery's emulator bqemulator: BigQuery's API and SQL, the latter put into DuckDB's. Through dbt-bigquery.

It is no BigQuery: what it does otherwise than Google documents is marked, and the SQL keeps to the documents.
"""

from __future__ import annotations

import os
import platform
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.engines.engine import Engine, Mark, Running
from tests.engines.inputs import one_by_one
from tests.engines.server import free_port, served

_PROJECT = "segpy"


@contextmanager
def start(folder: Path, programs: Path) -> Iterator[Running]:
    """The emulator on free ports, its data in memory."""
    port, other = free_port(), free_port()
    home = Path(tempfile.mkdtemp(prefix="segpy-bigquery-"))
    _lay_extensions(home, programs)
    command = [str(programs / "bqemulator"), "start", "--rest-port", str(port), "--grpc-port", str(other)]
    command += ["--project", _PROJECT, "--log-level", "error"]
    environment = {"HOME": str(home)}
    with served(
        command,
        folder / "bqemulator.log",
        lambda: _answers(port),
        folder=folder,
        gone=home,
        environment=environment,
    ):
        # The emulator takes any token.
        login = {"method": "oauth-secrets", "token": "none", "api_endpoint": f"http://127.0.0.1:{port}"}
        place = {"project": _PROJECT, "dataset": "conformance", "location": "US"}
        yield Running({"type": "bigquery", **place, **login})


def _lay_extensions(home: Path, programs: Path) -> None:
    """The emulator wants an extension of DuckDB, which a package has: it is put where DuckDB looks for it."""
    machine = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
    system = {"Darwin": "osx"}.get(platform.system(), platform.system().lower())
    packages = (programs.parent / "lib").glob("python*/site-packages/duckdb_extension_*")
    for packaged in (found for package in packages for found in package.glob("extensions/*/*.duckdb_extension")):
        place = home / ".duckdb" / "extensions" / packaged.parent.name / f"{system}_{machine}"
        place.mkdir(parents=True, exist_ok=True)
        os.symlink(packaged, place / packaged.name)


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/bigquery/v2/projects/{_PROJECT}/datasets", timeout=2):
            return True
    except (urllib.error.URLError, OSError):
        return False


_NAMES = Mark("notyet", "the emulator writes the names of columns in small letters, BigQuery as they are given")
_WORDS = Mark("notyet", "the emulator leaves the quotes away from words that DuckDB reserves and BigQuery does not")
_PATTERNS = Mark("notyet", "to the emulator a backslash in a pattern is a letter, to BigQuery it is not")

ENGINE = Engine(
    name="bigquery",
    dialect="bigquery",
    requirements=(
        "dbt-core>=1.10.8,<1.12",
        "dbt-bigquery>=1.10,<1.13",
        "bqemulator==1.4.*",
        "duckdb==1.5.5",
        "duckdb-extension-spatial==1.5.5",
        "numpy",
        "pandas",
    ),
    start=start,
    types={
        "text": "string",
        "number": "float64",
        "integer": "int64",
        "boolean": "bool",
        "timestamp": "datetime",
        "timestamptz": "timestamp",
        "date": "date",
        "uuid": "string",  # BigQuery has no such type
    },
    table=one_by_one,
    every_run=False,
    marks={
        "calendar_midnights": Mark(
            "notyet", "of two instants at which clocks show the same, the emulator takes the second, BigQuery the first"
        ),
        "identifiers_beyond_ascii": _NAMES,
        "identifiers_mixed_case": _NAMES,
        "odd_identifiers": _NAMES,
        "identifiers_with_signs": Mark("never", "BigQuery has no quotes and dots in the names of columns"),
        "like_patterns": _PATTERNS,
        "ilike_patterns": _PATTERNS,
        "reserved_attributes": _WORDS,
        "reserved_properties": _WORDS,
        "reserved_segments": _WORDS,
    },
    quote="`",
    backslash=True,
    aware=True,
    kind="emulator",
    contracts=False,  # `create table … (columns) as`, which BigQuery documents
)
