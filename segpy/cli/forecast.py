"""`segpy forecast`: how large segments will be, and what their members will be worth."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from segpy import asking, forecasting, pipeline
from segpy.cli import options
from segpy.cli.forecasts import as_json_data, print_forecasts
from segpy.cli.output import FINDINGS, FINE, as_data, exit_code, show
from segpy.diagnostics.model import Diagnostic


@click.command()
@click.argument("segments", nargs=-1, metavar="[SEGMENT]...")
@click.option("--outcome", help="Whose value is told. Default: that of the experiment, or the only one with a value.")
@click.option(
    "--months",
    type=click.IntRange(1, forecasting.MOST_MONTHS),
    default=36,
    show_default=True,
    help="How many months to look back.",
)
@click.option(
    "--ahead", type=click.IntRange(1, 24), default=3, show_default=True, help="How many months to look ahead."
)
@click.option(
    "--confidence", type=click.FloatRange(0.5, 0.999), default=0.95, show_default=True, help="How sure intervals are."
)
@click.option("--save", is_flag=True, help="Put what is found into the table segment_statistics, by dbt.")
@options.variables
@click.option("--json", "as_json", is_flag=True, help="Write one JSON document instead, without progress.")
@options.compiling
def forecast(
    project_dir: Path,
    profiles_dir: Path | None,
    target: str | None,
    form: str,
    segments: tuple[str, ...],
    outcome: str | None,
    months: int,
    ahead: int,
    confidence: float,
    save: bool,
    variables: dict[str, object],
    as_json: bool,
) -> int:
    """Say how large segments will be, and what their members will be worth.

    From the members at the beginning of each month, from what was known then, and from their value in it. Builds
    nothing. Needs pip install 'dbt-segpy[measure]'.
    """
    asked = forecasting.Asked(tuple(dict.fromkeys(segments)), outcome, months, ahead, confidence, variables, save)
    where = pipeline.warehouse_of(project_dir, profiles_dir, target)
    progress = (lambda _: None) if as_json else (lambda words: click.echo(f"{words} …", err=True))
    compiled, result = forecasting.forecast(project_dir, profiles_dir, target, where, asked, progress)
    if isinstance(result, asking.Unknown):
        raise click.UsageError(options.unknown_segment(result.name, result.known))
    if isinstance(result, asking.Misused):
        raise click.UsageError(result.words)
    found = result if isinstance(result, forecasting.Forecasts) else None
    problem = result.saved if isinstance(result, forecasting.Forecasts) else result
    findings = (*compiled.diagnostics, problem) if isinstance(problem, Diagnostic) else compiled.diagnostics
    if as_json:
        click.echo(json.dumps({**as_json_data(found), "findings": as_data(findings)}, indent=2))
    else:
        if found is not None:
            print_forecasts(found)
        show(findings, compiled.sources, project_dir, form, sys.stderr)
    return FINE if found is not None and exit_code(findings) == FINE else FINDINGS
