"""The process that does the work of one job: reads it from standard input, and writes what it cost."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any


def main() -> None:
    """Do the work."""
    job = json.load(sys.stdin)
    execute, close = {"duckdb": _duckdb, "clickhouse": _clickhouse}[job["engine"]](job)
    for statement in job["prepared"]:
        execute(statement)
    before, began = time.process_time(), time.perf_counter()
    for statement in job["statements"]:
        execute(statement)
    close()  # what is written must be on disk
    wall, cpu = time.perf_counter() - began, time.process_time() - before
    json.dump({"wall": wall, "cpu": cpu, "peak_megabytes": _peak()}, sys.stdout)


def _peak() -> float:
    """The most memory that this process held. On Linux not by `getrusage`, which counts in what the parent held."""
    status = Path("/proc/self/status")
    if status.exists():
        (line,) = (line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)


def _duckdb(job: dict[str, Any]) -> tuple[Callable[[str], object], Callable[[], object]]:
    import duckdb

    connection = duckdb.connect(job["database"])
    connection.execute(f"set threads = {int(job['threads'])}")
    connection.execute(f"set memory_limit = '{job['memory']}'")
    connection.execute(f"set temp_directory = '{job['scratch']}'")
    connection.execute("set TimeZone = 'UTC'")
    connection.execute("set enable_progress_bar = false")  # it would stand in the way of the result
    for name, path in job["attached"].items():
        connection.execute(f"attach '{path}' as {name} (read_only)")
    return connection.execute, connection.close


def _clickhouse(job: dict[str, Any]) -> tuple[Callable[[str], object], Callable[[], object]]:
    from chdb import session

    connection = session.Session(job["database"])
    connection.query(f"set max_threads = {int(job['threads'])}")
    return connection.query, lambda: None


if __name__ == "__main__":
    main()
