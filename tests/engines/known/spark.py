"""Apache Spark itself, in a session of the worker's own process, through dbt-spark: by hand and by night.

    python -m tests.engines.setup spark
    SEGPY_CONFORMANCE_TESTS=0 pytest tests/engines -k spark

A statement takes it up to some seconds where others take a hundredth of one. dbt-spark turns ANSI mode off, as it does
for Sail.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.engines.engine import Engine, Running
from tests.engines.inputs import from_values


def absent() -> str | None:
    """What is missing here."""
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        return "Java is not installed: apt-get install openjdk-17-jre-headless"
    return None


@contextmanager
def start(folder: Path, programs: Path) -> Iterator[Running]:
    """No server: a session starts with the first statement, and ends with the worker."""
    parameters = {
        "spark.sql.session.timeZone": "UTC",
        "spark.master": "local[2]",
        "spark.driver.memory": "2g",
        "spark.ui.enabled": "false",
        "spark.sql.shuffle.partitions": "1",  # the tables of cases are small
        "spark.sql.catalogImplementation": "in-memory",
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.log.structuredLogging.enabled": "false",
        # Each of a hundred sorts in a plan takes a page at once, and those of the usual size are more than the memory.
        "spark.buffer.pageSize": "1m",
        # To compile a plan takes longer than to run it on so few rows.
        "spark.sql.codegen.wholeStage": "false",
        "spark.sql.codegen.factoryMode": "NO_CODEGEN",
        "spark.sql.adaptive.enabled": "false",
    }
    session = {"method": "session", "host": "NA", "server_side_parameters": parameters}
    environment = {"TZ": "UTC", "SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_PYTHON": str(programs / "python")}
    yield Running({"type": "spark", "schema": "conformance", **session}, environment)


def _added(sql: str) -> str:
    """Rows of plain files cannot be replaced, and dbt says so even before the first run, in which none is."""
    return sql.replace('incremental_strategy="merge"', 'incremental_strategy="append"')


ENGINE = Engine(
    name="spark",
    dialect="spark",
    requirements=("dbt-core>=1.10.8,<1.12", "dbt-spark[session]>=1.10,<1.12", "pyspark==4.0.*"),
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
    every_run=False,
    absent=absent,
    threads=1,
    hours=6,
    quote="`",
    backslash=True,
    given=_added,
    kept=None,
)
