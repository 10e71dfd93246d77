"""`segpy backtest`: what segments would have caught, had they been there."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from segpy import backtesting, pipeline
from segpy.cli import options
from segpy.cli.answers import progress, tell
from segpy.cli.backtests import as_json_data, print_look_back
from segpy.cli.spans import any_length, instant, length_of_time, of_grain
from segpy.spec.duration import Duration

_PART = click.FloatRange(0, 1, min_open=True, max_open=True)


@click.command()
@click.argument("segments", nargs=-1, required=True, metavar="SEGMENT...")
@click.option("--outcome", help="What is looked for afterwards. Default: what the segment's experiment measures.")
@click.option("--from", "first", callback=instant, help="The first instant. Default: twelve instants before the last.")
@click.option("--to", "last", callback=instant, help="The last one. Default: the last whose horizon is over.")
@click.option(
    "--every", default="1 week", show_default=True, callback=length_of_time, help="How far apart instants are."
)
@click.option("--gap", default="0 days", callback=any_length, help="How long after an instant the horizon begins.")
@click.option("--horizon", callback=length_of_time, help="For how long. Default: `within` of the outcome.")
@click.option("--holdout", type=_PART, help="Which part would be held out. Default: that of the experiment, or 0.1.")
@click.option(
    "--uplift",
    type=click.FloatRange(0, min_open=True),
    default=0.1,
    show_default=True,
    help="What acting is supposed to bring, in parts of what members do anyway.",
)
@click.option(
    "--confidence", type=click.FloatRange(0.5, 0.999), default=0.95, show_default=True, help="How sure intervals are."
)
@click.option("--save", is_flag=True, help="Put what is found into the table segment_backtests, by dbt.")
@options.variables
@click.option("--json", "as_json", is_flag=True, help="Write one JSON document instead, without progress.")
@options.compiling
def backtest(
    project_dir: Path,
    profiles_dir: Path | None,
    target: str | None,
    form: str,
    segments: tuple[str, ...],
    outcome: str | None,
    first: datetime | None,
    last: datetime | None,
    every: Duration,
    gap: Duration,
    horizon: Duration | None,
    holdout: float | None,
    uplift: float,
    confidence: float,
    save: bool,
    variables: dict[str, object],
    as_json: bool,
) -> int:
    """Say what segments would have caught.

    At each instant it is found out who would have been a member, from what was known then, and what came of them and of
    everybody else afterwards. Builds nothing. Needs pip install 'dbt-segpy[measure]'.
    """
    names = tuple(dict.fromkeys(segments))
    asked = backtesting.Asked(
        names, outcome, first, last, every, gap, horizon, holdout, uplift, confidence, variables, save
    )
    where = pipeline.warehouse_of(project_dir, profiles_dir, target)
    compiled, found = backtesting.look_back(
        project_dir,
        profiles_dir,
        target,
        where,
        asked,
        lambda grain: of_grain(grain, first, last, every),
        progress(as_json=as_json),
    )
    return tell(
        compiled, found, print_look_back, as_json_data, project_dir, form, as_json=as_json, nothing={"segments": []}
    )
