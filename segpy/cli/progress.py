"""How far a build has come: a moving line on a terminal, a line for each node elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Column

from segpy.warehouse.model import FAILED, NodeProgress
from segpy.warehouse.model import Progress as Report

STARTED = "started"
_LONGEST_NAME = 80  # dbt names tests after all their arguments


@contextmanager
def progress_to(stream: TextIO) -> Iterator[Report]:
    """What to call for each event of a build. The stream is held on to: dbt's own output is diverted meanwhile."""
    if stream.isatty():
        with _moving(stream) as report:
            yield report
    else:
        yield lambda node: _line(node, stream)


def _line(node: NodeProgress, stream: TextIO) -> None:
    if node.status != STARTED:
        width = len(str(node.total))
        count = f"{node.done:>{width}}/{node.total}"
        name = node.name if len(node.name) <= _LONGEST_NAME else node.name[: _LONGEST_NAME - 1] + "…"
        click.echo(f"{count}  {node.status:<8} {node.kind:<9} {name}  {node.seconds:.1f} s", file=stream)


@contextmanager
def moving_bar(stream: TextIO, description: str) -> Iterator[tuple[Progress, TaskID]]:
    """A bar that says what is being done and since when, gone at its end."""
    console = Console(file=stream, highlight=False)
    rest_of_the_line = Column(no_wrap=True, overflow="ellipsis", ratio=1)
    columns = (
        SpinnerColumn(),
        BarColumn(30),
        TextColumn("{task.fields[count]}"),
        TimeElapsedColumn(),
        TextColumn("{task.description}", markup=False, table_column=rest_of_the_line),
    )
    # Only our own console is drawn on, so the standard streams need not be taken over.
    with Progress(
        *columns, console=console, transient=True, expand=True, redirect_stdout=False, redirect_stderr=False
    ) as bar:
        yield bar, bar.add_task(description, total=None, count="")


@contextmanager
def _moving(stream: TextIO) -> Iterator[Report]:
    with moving_bar(stream, "Reading the project") as (bar, task):
        running: dict[str, None] = {}

        def report(node: NodeProgress) -> None:
            if node.status == STARTED:
                running[node.name] = None
            else:
                running.pop(node.name, None)
            if node.status in FAILED:
                bar.console.print(f"{node.status} {node.kind} {node.name}", style="red", markup=False)
            count = f"{node.done}/{node.total}"
            bar.update(task, description=", ".join(running), completed=node.done, total=node.total, count=count)

        yield report
