"""`segpy check`: whether the specs hold, without touching the warehouse or writing a file."""

from __future__ import annotations

from pathlib import Path

import click

from segpy import pipeline
from segpy.cli import options
from segpy.cli.output import counted, exit_code, show


@click.command()
@options.compiling
def check(project_dir: Path, profiles_dir: Path | None, target: str | None, form: str) -> int:
    """Find the errors in the specs. Needs no warehouse, and writes nothing."""
    compiled = pipeline.check_project(project_dir, profiles_dir, target)
    show(compiled.diagnostics, compiled.sources, project_dir, form)
    if form == "text" and not compiled.diagnostics:
        files, segments = counted(len(compiled.sources), "file"), counted(len(compiled.segments), "segment")
        click.echo(f"Checked {files}: {segments}, no findings.")
    return exit_code(compiled.diagnostics)
