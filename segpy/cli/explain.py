"""`segpy explain`: the page of an error, or why somebody is in a segment or is not."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import click
from rich.console import Console
from rich.markdown import Markdown

from segpy.cli import options
from segpy.cli.output import FINE, has_colors
from segpy.diagnostics.explain import explained, explanation

_WIDTH = 100
_CODE = re.compile(r"\s*SEG[0-9]{3}\s*", re.IGNORECASE)


@click.command()
@click.argument("code_or_key", required=False)
@click.argument("segment", required=False)
@click.option("--key", help="The key of somebody, also one that looks like a code; SEGMENT is then the only argument.")
@click.option("--entity", help="Whose key it is, where segments are about several entities.")
@click.option("--as-of", help="The instant: 2026-03-10. Default: the var segpy_as_of, else now.")
@click.option("--events", type=click.IntRange(0), default=20, show_default=True, help="How many events to show.")
@click.option("--json", "as_json", is_flag=True, help="Write one JSON document instead.")
@options.compiling
def explain(
    project_dir: Path,
    profiles_dir: Path | None,
    target: str | None,
    form: str,
    code_or_key: str | None,
    segment: str | None,
    key: str | None,
    entity: str | None,
    as_of: str | None,
    events: int,
    as_json: bool,
) -> int:
    """Explain an error, or why somebody is in a segment.

    segpy explain SEG203 prints the page of an error; without an argument all errors are listed. Anything else is
    somebody's key: each condition of SEGMENT with its value, the attempt at a sequence that got furthest and what
    broke it, memberships so far, and the events that count. Without SEGMENT a line for each. Builds nothing.
    """
    if key is None and (code_or_key is None or _CODE.fullmatch(code_or_key)):
        return _page(code_or_key, segment)
    if key is not None and segment is not None:
        raise click.UsageError(f"with --key there is one argument, the segment: what is `{segment}`?")
    from segpy.cli.why import Asking, tell  # not before it is needed: a page wants no SQL parser

    whom, which = (code_or_key or "", segment) if key is None else (key, code_or_key)
    asking = Asking(project_dir, profiles_dir, target, form, events, as_json)
    return tell(asking, whom, which, entity, as_of)


def _page(code: str | None, segment: str | None) -> int:
    """What an error means; without a code, the names of all."""
    if code is None:
        click.echo("\n".join(_title(known) for known in explained()))
        return FINE
    page = explanation(code)
    if page is None or segment is not None:
        wrong = f"there is no error {code}" if page is None else f"{code} is an error, which has no segments"
        raise click.UsageError(f"{wrong}: `segpy explain` lists all errors, --key {code} asks about somebody")
    if has_colors(sys.stdout):
        console = Console(file=sys.stdout, force_terminal=True)
        console.print(Markdown(page), width=min(_WIDTH, console.width))
    else:
        click.echo(page.rstrip("\n"))
    return FINE


def _title(code: str) -> str:
    return (explanation(code) or code).split("\n", 1)[0].removeprefix("# ")
