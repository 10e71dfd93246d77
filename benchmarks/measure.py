"""Work in a process of its own, with what it cost: wall and processor seconds, and the most memory it held."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median

_ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Limits:
    """What an engine may use. `memory` as DuckDB writes it; beyond it engines spill to `scratch`."""

    threads: int
    memory: str
    scratch: Path


@dataclass(frozen=True, slots=True)
class Job:
    """Statements for one engine, DuckDB or ClickHouse. `prepared` ones are run before anything is measured.

    `database` is a file of DuckDB's or a folder of ClickHouse's. `attached` are files of DuckDB's to be read, by name.
    """

    name: str
    engine: str
    database: Path
    statements: tuple[str, ...]
    prepared: tuple[str, ...] = ()
    attached: Mapping[str, Path] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Measurement:
    """What the statements of a job cost, without the start of the process and what was prepared."""

    wall: float
    cpu: float
    peak_megabytes: float


@dataclass(frozen=True, slots=True)
class Measured:
    """The medians of several runs of a job, or why there are none."""

    name: str
    runs: int
    wall: float
    cpu: float
    peak_megabytes: float
    failure: str | None = None


class Failed(Exception):
    """A job that did not come to its end."""


def run(job: Job, limits: Limits, timeout: float | None = None) -> Measurement:
    """Run a job once."""
    asked = {**asdict(job), **asdict(limits)}
    command = [sys.executable, "-m", "benchmarks.child"]
    try:
        done = subprocess.run(
            command, input=json.dumps(asked, default=str), capture_output=True, text=True, timeout=timeout, cwd=_ROOT
        )
    except subprocess.TimeoutExpired as expired:
        raise Failed(f"not done after {timeout:.0f} s") from expired
    if done.returncode != 0:
        raise Failed(done.stderr.strip().splitlines()[-1] if done.stderr.strip() else f"exit code {done.returncode}")
    return Measurement(**json.loads(done.stdout))


def in_turn(
    jobs: Sequence[Job],
    limits: Limits,
    *,
    times: int,
    timeout: float | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> dict[str, Measured]:
    """Run all jobs in turn, and again, so that a slow minute of the machine falls on all of them."""
    found: dict[str, list[Measurement]] = {job.name: [] for job in jobs}
    failures: dict[str, str] = {}
    for turn in range(1, times + 1):
        for job in jobs:
            if job.name in failures:
                continue
            try:
                one = run(job, limits, timeout)
            except Failed as failed:
                failures[job.name] = str(failed)
                progress(f"{job.name}: {failed}")
                continue
            found[job.name].append(one)
            progress(
                f"{turn}/{times}  {one.wall:8.2f} s  {one.cpu:8.2f} s cpu  {one.peak_megabytes:6.0f} MB  {job.name}"
            )
    return {name: _medians(name, runs, failures.get(name)) for name, runs in found.items()}


def _medians(name: str, runs: Sequence[Measurement], failure: str | None) -> Measured:
    if failure is not None or not runs:
        return Measured(name, 0, 0, 0, 0, failure)
    return Measured(
        name,
        len(runs),
        median(one.wall for one in runs),
        median(one.cpu for one in runs),
        max(one.peak_megabytes for one in runs),
    )
