"""`segpy stays`: for how long members stay in segments."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from segpy import pipeline, staying
from segpy.cli import options
from segpy.cli.life_tables import as_json_data, print_stays
from segpy.cli.output import FINDINGS, FINE, as_data, exit_code, show
from segpy.diagnostics.model import Diagnostic
from segpy.pipeline import Compiled


@click.command()
@click.argument("segments", nargs=-1, metavar="[SEGMENT]...")
@click.option(
    "--confidence",
    type=click.FloatRange(0.5, 0.999),
    default=0.95,
    show_default=True,
    help="How sure intervals are to be.",
)
@click.option("--save", is_flag=True, help="Put what is found into the table segment_statistics, by dbt.")
@click.option("--json", "as_json", is_flag=True, help="Write one JSON document instead.")
@options.compiling
def stays(
    project_dir: Path,
    profiles_dir: Path | None,
    target: str | None,
    form: str,
    segments: tuple[str, ...],
    confidence: float,
    save: bool,
    as_json: bool,
) -> int:
    """Say how long members stay.

    Week by week since they entered: how many were at risk, how many of them left, and which part of all was there
    still; and after how many weeks half had left. As of the last build. Needs pip install 'dbt-segpy[measure]'.
    """
    where = pipeline.warehouse_of(project_dir, profiles_dir, target)
    asked = staying.Asked(tuple(dict.fromkeys(segments)), confidence, save)
    compiled, result = staying.stays(project_dir, profiles_dir, target, where, asked)
    if not compiled.failed and result is None:
        raise click.UsageError(_misused(compiled, segments))
    found = result if isinstance(result, staying.Stays) else None
    problem = result.saved if isinstance(result, staying.Stays) else result
    findings = (*compiled.diagnostics, problem) if isinstance(problem, Diagnostic) else compiled.diagnostics
    if as_json:
        click.echo(json.dumps({**as_json_data(found), "findings": as_data(findings)}, indent=2))
    else:
        if found is not None:
            print_stays(found)
        show(findings, compiled.sources, project_dir, form, sys.stderr)
    return FINE if found is not None and exit_code(findings) == FINE else FINDINGS


def _misused(compiled: Compiled, segments: tuple[str, ...]) -> str:
    """What to say where there is nothing to reckon with."""
    known = [one.name for one in compiled.segments]
    if not known:
        return "the specs define no segment, so nobody stays in one"
    unknown = next((name for name in segments if name not in known), None)
    if unknown is not None:
        return options.unknown_segment(unknown, known)
    return "with `min_cell_size` there is no table of stays: its weeks tell of few people"
