"""`segpy explain`: the page of an error."""

from __future__ import annotations

import sys

import click
from rich.console import Console
from rich.markdown import Markdown

from segpy.cli import options
from segpy.cli.output import FINE, has_colors
from segpy.diagnostics.explain import explained, explanation

_WIDTH = 100


@click.command()
@click.argument("code", required=False)
@options.debug
def explain(code: str | None) -> int:
    """Explain an error: segpy explain SEG203.

    Without a code, lists them all.
    """
    if code is None:
        click.echo("\n".join(_title(known) for known in explained()))
        return FINE
    page = explanation(code)
    if page is None:
        raise click.UsageError(f"there is no error {code}: `segpy explain` lists them all")
    if has_colors(sys.stdout):
        console = Console(file=sys.stdout, force_terminal=True)
        console.print(Markdown(page), width=min(_WIDTH, console.width))
    else:
        click.echo(page.rstrip("\n"))
    return FINE


def _title(code: str) -> str:
    return (explanation(code) or code).split("\n", 1)[0].removeprefix("# ")
