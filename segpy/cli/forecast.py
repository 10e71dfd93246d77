"""`segpy forecast`: how large segments will be, and what their members will be worth."""

from __future__ import annotations

from pathlib import Path

import click

from segpy import forecasting, pipeline
from segpy.cli import options
from segpy.cli.answers import progress, tell
from segpy.cli.forecasts import as_json_data, print_forecasts


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
    compiled, result = forecasting.forecast(project_dir, profiles_dir, target, where, asked, progress(as_json=as_json))
    return tell(
        compiled, result, print_forecasts, as_json_data, project_dir, form, as_json=as_json, nothing={"segments": []}
    )
