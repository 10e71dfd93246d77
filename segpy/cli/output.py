"""How findings reach the terminal, and what the exit code says."""

from __future__ import annotations

import dataclasses
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TextIO

import click
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from segpy.diagnostics.model import Diagnostic, Severity
from segpy.diagnostics.render import render_github, render_json, render_text
from segpy.source.nodes import Source

FINE, FINDINGS, MISUSE = 0, 1, 2
_WIDE = 200  # where nobody's window is to be fitted


def exit_code(diagnostics: Sequence[Diagnostic]) -> int:
    """Warnings alone are no reason to stop anything."""
    return FINDINGS if any(found.severity is Severity.ERROR for found in diagnostics) else FINE


def show(
    diagnostics: Sequence[Diagnostic],
    sources: Sequence[Source],
    project_dir: Path,
    form: str,
    stream: TextIO | None = None,
) -> None:
    """Print findings. What programs read goes to standard output; `stream` is where people's text goes."""
    match form:
        case "json":
            click.echo(render_json(diagnostics))
        case "github":
            if annotations := render_github([_from_here(found, project_dir) for found in diagnostics]):
                click.echo(annotations)
        case _:
            where = stream or sys.stdout
            texts = {source.path: source.text for source in sources}
            color = has_colors(where)
            if text := render_text(diagnostics, texts, color=color):
                click.echo(text, file=where, color=color)


def as_data(diagnostics: Sequence[Diagnostic]) -> Any:
    """Findings as they stand in a larger JSON document."""
    return json.loads(render_json(diagnostics))


def counted(number: int, noun: str) -> str:
    """`1 segment`, `2 segments`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def table(*headings: str, numbers: Sequence[str] = ()) -> Table:
    """A table without rows yet: columns of words, then columns of numbers."""
    made = Table(box=SIMPLE_HEAD, pad_edge=False)
    for heading in headings:
        made.add_column(heading, overflow="fold")
    for heading in numbers:
        made.add_column(heading, justify="right", no_wrap=True)
    return made


def print_table(rows: Table) -> None:
    """A table on standard output."""
    color = has_colors(sys.stdout)
    width = None if sys.stdout.isatty() else _WIDE
    Console(file=sys.stdout, force_terminal=color, no_color=not color, width=width, highlight=False).print(rows)


def has_colors(stream: TextIO) -> bool:
    """Whether to colour: on a terminal, unless the environment says otherwise."""
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or stream.isatty()


def _from_here(found: Diagnostic, project_dir: Path) -> Diagnostic:
    """GitHub wants paths from the root of the repository, where its jobs begin; ours are from the project."""
    if found.span is None:
        return found
    try:
        path = (project_dir.resolve() / found.span.file).relative_to(Path.cwd().resolve())
    except ValueError:
        return found
    return dataclasses.replace(found, span=dataclasses.replace(found.span, file=path.as_posix()))
