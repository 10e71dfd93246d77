"""`python -m benchmarks.compile_speed`: how long segpy takes to check and to render a project of many segments.

Each command runs as people run it, in a process of its own; of several rounds the quickest is told, in seconds of wall
clock and of processor time. `start` is a command that does nothing, which is what the start of Python costs.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from benchmarks.large_project import write
from benchmarks.machine import machine

_COMMANDS = {"start": ["--version"], "check": ["check"], "render": ["render"], "unchanged": ["render", "--check"]}
_ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Cost:
    """What a command cost, in seconds, and the most memory that it held, in megabytes."""

    wall: float
    processor: float
    memory: float


def cost(arguments: Sequence[str], folder: Path) -> Cost:
    """Run segpy once in a project."""
    command = [sys.executable, "-m", "segpy.cli.main", *arguments]
    path = os.pathsep.join(part for part in (str(_ROOT), os.environ.get("PYTHONPATH")) if part)
    begun, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, check=False
    )
    wall, after = time.monotonic() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise click.ClickException(f"segpy {' '.join(arguments)} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(round(wall, 2), round(processor, 2), round(after.ru_maxrss / 1024, 1))


def measured(segments: int, rounds: int) -> dict[str, Cost]:
    """The quickest of some rounds of each command, in a project of so many segments."""
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder) / "project"
        write(project, segments)
        found = {name: [cost(arguments, project) for _ in range(rounds)] for name, arguments in _COMMANDS.items()}
    return {name: min(runs, key=lambda run: run.processor) for name, runs in found.items()}


@click.command(context_settings={"show_default": True})
@click.option("--segments", multiple=True, type=click.IntRange(10), default=(125, 250, 500, 1000), help="How many.")
@click.option("--rounds", type=click.IntRange(1), default=3, help="How often each command runs.")
def main(segments: tuple[int, ...], rounds: int) -> None:
    """Write what checking and rendering cost as JSON."""
    results = {str(count): {name: asdict(one) for name, one in measured(count, rounds).items()} for count in segments}
    click.echo(json.dumps({"machine": asdict(machine()), "segments": results}, indent=2))


if __name__ == "__main__":
    main()
