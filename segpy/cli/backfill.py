"""`segpy backfill`: the history that there would be, had segpy run all along."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from segpy import pipeline
from segpy.cli import options
from segpy.cli.instants import instants_to
from segpy.cli.output import FINDINGS, FINE, counted, exit_code, show
from segpy.cli.result import print_result, result_data
from segpy.cli.spans import instant, length_of_time, of_grain
from segpy.diagnostics.model import Diagnostic
from segpy.pipeline import Compiled
from segpy.spec.duration import Duration
from segpy.warehouse.model import Sizes, Target
from segpy.warehouse.model_backfill import BackfillOptions, BackfillResult


@click.command()
@click.option("--from", "first", required=True, callback=instant, help="The first instant: 2026-01-01.")
@click.option("--to", "last", callback=instant, help="The last one. Default: where a run would stand now.")
@click.option(
    "--every",
    default="1 day",
    show_default=True,
    callback=length_of_time,
    help="How far apart: '1 week', '1 month', '6 hours'.",
)
@click.option("--rewrite-history", is_flag=True, help="Forget what runs at and after the first instant found.")
@options.variables
@click.option("--threads", type=click.IntRange(min=1), help="As in dbt. Default: the profile's.")
@click.option("--json", "as_json", is_flag=True, help="Write one JSON document instead, without progress.")
@options.compiling
def backfill(
    project_dir: Path,
    profiles_dir: Path | None,
    target: str | None,
    form: str,
    first: datetime,
    last: datetime | None,
    every: Duration,
    rewrite_history: bool,
    variables: dict[str, object],
    threads: int | None,
    as_json: bool,
) -> int:
    """Build the history of memberships, instant after instant.

    Renders the specs, and builds them as of every instant, as if segpy had run then: the last one as `segpy build`
    does. Interrupted, the same command goes on where it ended.
    """
    if "segpy_as_of" in variables:
        raise click.UsageError("--vars gives segpy_as_of, which is what --from, --to and --every say here")
    compiled = pipeline.compile_project(project_dir, profiles_dir, target)
    findings, result, sizes = compiled.diagnostics, BackfillResult(), None
    if exit_code(findings) == FINE:
        of_grain(compiled.grain, first, last, every)
        _, problems = pipeline.write(project_dir, compiled)
        findings += problems
    if exit_code(findings) == FINE and compiled.segments:
        where = pipeline.warehouse_of(project_dir, profiles_dir, target)
        asked = BackfillOptions(first, last, every, compiled.grain, rewrite_history, variables, threads)
        result = _run(where, compiled, asked, as_json)
        findings += result.problems
        measured = pipeline.sizes(where, compiled, result.result) if result.complete else None
        sizes = measured if isinstance(measured, Sizes) else None
        findings += (measured,) if isinstance(measured, Diagnostic) else ()
    if as_json:
        click.echo(json.dumps(_data(findings, result, sizes, compiled), indent=2))
    else:
        show(findings, compiled.sources, project_dir, form, sys.stderr)
        print_result(result.result, sizes, compiled)
        click.echo(_told(result, compiled), err=True)
    return FINDINGS if result.result.failures else exit_code(findings)


def _run(where: Target, compiled: Compiled, asked: BackfillOptions, silent: bool) -> BackfillResult:
    if silent:
        return pipeline.backfill(where, compiled, asked)
    with instants_to(sys.stderr) as report:
        return pipeline.backfill(where, compiled, asked, report)


def _told(result: BackfillResult, compiled: Compiled) -> str:
    if not result.instants:
        nothing = not compiled.segments and not compiled.failed
        return "There are no segments, so there is no history to build." if nothing else "Nothing was built."
    words = f"{counted(len(result.instants), 'instant')} from {result.instants[0]} to {result.instants[-1]}"
    before = f", {result.kept:,} of them from before" if result.kept else ""
    there = result.kept + result.built
    if result.complete:
        return f"{words}: all built{before}."
    if not there:
        return f"{words}: none built."
    return f"{words}: {there:,} built{before}. The same command goes on from there, without --rewrite-history."


def _data(
    findings: tuple[Diagnostic, ...], result: BackfillResult, sizes: Sizes | None, compiled: Compiled
) -> dict[str, Any]:
    there = result.kept + result.built
    statuses = ["kept"] * result.kept + ["built"] * result.built + ["missing"] * (len(result.instants) - there)
    instants = [
        {"as_of": str(instant), "status": status} for instant, status in zip(result.instants, statuses, strict=True)
    ]
    return {"instants": instants, **result_data(findings, result.result, sizes, compiled)}
