"""`segpy build`: render, then build in the warehouse, and say how large the segments are."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from segpy import pipeline
from segpy.cli import options
from segpy.cli.output import FINDINGS, FINE, exit_code, show
from segpy.cli.progress import progress_to
from segpy.cli.result import print_result, result_data
from segpy.diagnostics.model import Diagnostic
from segpy.warehouse.model import BuildOptions, BuildResult, Sizes, Target

# The generated models carry this tag. With what they are made from, that is all a segment needs.
_OWN_AND_UPSTREAM = ("+tag:segpy",)


@click.command()
@click.option(
    "--as-of",
    help="The instant: 2026-03-10, or 2026-03-10T14:00:00+01:00. Default: the var segpy_as_of, else now.",
)
@click.option("--select", "-s", multiple=True, help="As in dbt. Default: +tag:segpy, all segments and what they need.")
@click.option("--exclude", multiple=True, help="As in dbt.")
@options.variables
@click.option("--threads", type=click.IntRange(min=1), help="As in dbt. Default: the profile's.")
@click.option("--full-refresh", is_flag=True, help="Rebuild incremental models from nothing.")
@click.option("--rewrite-history", is_flag=True, help="Go back: forget what runs at and after this instant found.")
@click.option("--json", "as_json", is_flag=True, help="Write one JSON document instead, without progress.")
@options.compiling
def build(
    project_dir: Path,
    profiles_dir: Path | None,
    target: str | None,
    form: str,
    as_of: str | None,
    select: tuple[str, ...],
    exclude: tuple[str, ...],
    variables: dict[str, object],
    threads: int | None,
    full_refresh: bool,
    rewrite_history: bool,
    as_json: bool,
) -> int:
    """Render, build with dbt, show the sizes.

    Renders the specs, builds them in the warehouse with what they need, runs their tests, and shows how large each
    segment is.
    """
    compiled = pipeline.compile_project(project_dir, profiles_dir, target)
    findings, result, sizes = compiled.diagnostics, BuildResult(), None
    if not compiled.failed:
        _, problems = pipeline.write(project_dir, compiled)
        findings += problems
    if exit_code(findings) == FINE:
        where = pipeline.warehouse_of(project_dir, profiles_dir, target)
        asked = {**variables, **({"segpy_as_of": as_of} if as_of is not None else {})}
        asked |= {"segpy_rewrite_history": True} if rewrite_history else {}
        wanted = BuildOptions(select or _OWN_AND_UPSTREAM, exclude, asked, threads, full_refresh)
        result = _run(where, compiled, wanted, as_json)
        findings += result.problems
        measured = pipeline.sizes(where, compiled, result)
        sizes = measured if isinstance(measured, Sizes) else None
        findings += (measured,) if isinstance(measured, Diagnostic) else ()
    if as_json:
        click.echo(json.dumps(result_data(findings, result, sizes, compiled), indent=2))
    else:
        show(findings, compiled.sources, project_dir, form, sys.stderr)
        print_result(result, sizes, compiled)
    return FINDINGS if result.failures else exit_code(findings)


def _run(where: Target, compiled: pipeline.Compiled, wanted: BuildOptions, silent: bool) -> BuildResult:
    if silent:
        return pipeline.build(where, compiled, wanted)
    with progress_to(sys.stderr) as report:
        return pipeline.build(where, compiled, wanted, report)
