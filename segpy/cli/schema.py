"""`segpy schema`: the language as a JSON Schema, for editors."""

from __future__ import annotations

from pathlib import Path

import click

from segpy import pipeline
from segpy.cli import options
from segpy.cli.output import FINE

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.option(
    "--output",
    "-o",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write it to this file instead of showing it.",
)
@options.debug
def schema(output: Path | None) -> int:
    """Write the JSON Schema of the specs, for editors.

    With it an editor completes keys, shows what they mean, and marks most errors of form. It is the same for all
    projects.
    """
    text = pipeline.schema_text()
    if output is None:
        click.echo(text, nl=False)
        return FINE
    try:
        output.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise click.FileError(str(output), error.strerror) from error
    click.echo(f"wrote  {output}")
    return FINE
