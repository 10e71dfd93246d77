"""`segpy stays`: for how long members stay in segments."""

from __future__ import annotations

from pathlib import Path

import click

from segpy import pipeline, staying
from segpy.cli import options
from segpy.cli.answers import tell
from segpy.cli.life_tables import as_json_data, print_stays
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
    return tell(
        compiled,
        result,
        print_stays,
        as_json_data,
        project_dir,
        form,
        as_json=as_json,
        nothing={"as_of": None, "segments": []},
    )


def _misused(compiled: Compiled, segments: tuple[str, ...]) -> str:
    """What to say where there is nothing to reckon with."""
    known = [one.name for one in compiled.segments]
    if not known:
        return "the specs define no segment, so nobody stays in one"
    unknown = next((name for name in segments if name not in known), None)
    if unknown is not None:
        return options.unknown_segment(unknown, known)
    return "with `min_cell_size` there is no table of stays: its weeks tell of few people"
