"""`segpy report`: the monthly review as one page."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from segpy import pipeline, reporting
from segpy.cli import options
from segpy.cli.output import FINDINGS, FINE, as_data, counted, exit_code, show
from segpy.cli.progress import moving_bar
from segpy.diagnostics.model import Diagnostic
from segpy.report.model import Report


@click.command()
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("segpy-report.html"),
    show_default=True,
    help="The file to write, or - for standard output.",
)
@click.option(
    "--months",
    type=click.IntRange(1, 120),
    default=12,
    show_default=True,
    help="How many months of sizes to show.",
)
@click.option("--save", is_flag=True, help="Put what it reckons itself into the table segment_statistics, by dbt.")
@click.option("--json", "as_json", is_flag=True, help="Say what was written as one JSON document, without progress.")
@options.compiling
def report(
    project_dir: Path,
    profiles_dir: Path | None,
    target: str | None,
    form: str,
    out: Path,
    months: int,
    save: bool,
    as_json: bool,
) -> int:
    """Make a page of the monthly review.

    One file of HTML that loads nothing: the portfolio, each segment's definition, size and losses, experiments with
    intervals, hold-outs, playbooks and drift, as of the last build. Needs pip install 'dbt-segpy[report]'.
    """
    where = pipeline.warehouse_of(project_dir, profiles_dir, target)
    with _progress(silent=as_json) as progress:
        asked = reporting.Asked(months, save=save)
        compiled, found, saved = reporting.review(project_dir, profiles_dir, target, where, asked, progress)
        text = reporting.html_of(found, progress) if isinstance(found, Report) else None
    if not compiled.failed and isinstance(found, reporting.Misused):
        raise click.UsageError(found.message)
    problems = tuple(one for one in (found, saved) if isinstance(one, Diagnostic))
    findings = (*compiled.diagnostics, *problems)
    if text is not None:
        _write(out, text)
    table = saved if isinstance(saved, str) else None
    if as_json:
        told = {"saved": table} if save else {}
        click.echo(json.dumps({**_data(found, out, text), **told, "findings": as_data(findings)}, indent=2))
    else:
        show(findings, compiled.sources, project_dir, form, sys.stderr)
        if isinstance(found, Report) and text is not None and str(out) != "-":
            click.echo(f"{out}: {counted(len(found.segments), 'segment')} as of {found.as_of} UTC")
        if table is not None:
            click.echo(f"Saved in {table}.", err=True)
    return FINE if text is not None and exit_code(findings) == FINE else FINDINGS


def _write(out: Path, text: str) -> None:
    if str(out) == "-":
        click.echo(text, nl=False)
        return
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise click.UsageError(f"{out} cannot be written: {error.strerror or error}") from error


def _data(found: object, out: Path, text: str | None) -> dict[str, object]:
    if not isinstance(found, Report) or text is None:
        return {"as_of": None, "segments": 0, "out": None, "bytes": 0}
    size = len(text.encode())
    return {"as_of": str(found.as_of), "segments": len(found.segments), "out": str(out), "bytes": size}


@contextmanager
def _progress(*, silent: bool) -> Iterator[reporting.Progress]:
    """A moving line on a terminal; elsewhere a line for each thing that is read."""
    if silent:
        yield lambda what, done, of: None
    elif sys.stderr.isatty():
        with moving_bar(sys.stderr, "Reading the project") as (bar, task):

            def moving(what: str, done: int, of: int) -> None:
                count = f"{done}/{of}" if of else ""
                bar.update(task, description=what, completed=done, total=of or None, count=count)

            yield moving
    else:
        stream = sys.stderr

        def line(what: str, done: int, of: int) -> None:
            if not done:
                click.echo(what, file=stream)

        yield line
