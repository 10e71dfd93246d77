"""What the measurements were made on."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine with its software. `load` is how many processes wanted a processor when the run was over."""

    processor: str
    cores: int
    memory_gigabytes: float
    system: str
    python: str
    duckdb: str
    chdb: str | None
    load: float
    measured_at: str

    @property
    def words(self) -> str:
        """The machine in one sentence."""
        return (
            f"{self.measured_at}: {self.processor}, {self.cores} cores, {self.memory_gigabytes:.0f} GB, {self.system}; "
            f"Python {self.python}, DuckDB {self.duckdb}, chdb {self.chdb or 'absent'}; "
            f"load average {self.load:.1f} at the end"
        )


def machine() -> Machine:
    """This machine, now."""
    return Machine(
        _processor(),
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9,
        f"{platform.system()} {platform.release()}",
        platform.python_version(),
        version("duckdb"),
        _chdb(),
        os.getloadavg()[1],
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
    )


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def _chdb() -> str | None:
    try:
        return version("chdb")
    except PackageNotFoundError:
        return None
