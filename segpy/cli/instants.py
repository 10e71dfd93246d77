"""How far a backfill has come: a moving line on a terminal, a line for each instant elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

import click

from segpy.cli.output import counted
from segpy.cli.progress import STARTED, moving_bar
from segpy.warehouse.model import FAILED
from segpy.warehouse.model_backfill import BackfillProgress, InstantProgress


@contextmanager
def instants_to(stream: TextIO) -> Iterator[BackfillProgress]:
    """What to call for each event of a backfill. The stream is held on to: dbt's own output is diverted meanwhile."""
    if stream.isatty():
        with _moving(stream) as report:
            yield report
    else:
        yield lambda progress: _line(progress, stream)


def _line(progress: InstantProgress, stream: TextIO) -> None:
    if progress.node is None:
        click.echo(_ended(progress), file=stream)


def _ended(progress: InstantProgress) -> str:
    """` 3/27  2026-01-15 00:00:00  37 nodes  2.1 s`."""
    count = f"{progress.number:>{len(str(progress.total))}}/{progress.total}"
    failed = f"  {progress.failed} failed" if progress.failed else ""
    return f"{count}  {progress.as_of}  {counted(progress.nodes, 'node')}{failed}  {progress.seconds:.1f} s"


@contextmanager
def _moving(stream: TextIO) -> Iterator[BackfillProgress]:
    with moving_bar(stream, "Reading the project") as (bar, task):

        def report(progress: InstantProgress) -> None:
            node = progress.node
            if node is None:
                bar.console.print(_ended(progress), style="red" if progress.failed else None, markup=False)
                bar.update(task, completed=progress.number, description="")
                return
            if node.status in FAILED:
                bar.console.print(f"{node.status} {node.kind} {node.name}", style="red", markup=False)
            part = node.done / node.total if node.total else 0.0
            bar.update(
                task,
                description=f"{progress.as_of}  {node.name if node.status == STARTED else ''}",
                completed=progress.number - 1 + part,
                total=progress.total,
                count=f"{progress.number}/{progress.total}",
            )

        yield report
