"""`segpy drift`: whether members are others than they were."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from segpy import drifting, pipeline
from segpy.cli import options
from segpy.cli.answers import progress, tell
from segpy.cli.drifts import as_json_data, print_drifts
from segpy.cli.spans import instant, length_of_time, of_grain
from segpy.spec.duration import Duration, parse_duration

_DAY = parse_duration("1 day")


@click.command()
@click.argument("segments", nargs=-1, metavar="[SEGMENT]...")
@click.option("--feature", "features", multiple=True, help="Compare by this feature; may be given again. Default: all.")
@click.option("--from", "first", callback=instant, help="Whose members are compared with. Default: 90 days earlier.")
@click.option("--to", "last", callback=instant, help="The last instant that is compared. Default: that of a run now.")
@click.option("--every", callback=length_of_time, help="Compare instants between as well, so far apart.")
@click.option("--save", is_flag=True, help="Put what is found into the table segment_statistics, by dbt.")
@options.variables
@click.option("--json", "as_json", is_flag=True, help="Write one JSON document instead, without progress.")
@options.compiling
def drift(
    project_dir: Path,
    profiles_dir: Path | None,
    target: str | None,
    form: str,
    segments: tuple[str, ...],
    features: tuple[str, ...],
    first: datetime | None,
    last: datetime | None,
    every: Duration | None,
    save: bool,
    variables: dict[str, object],
    as_json: bool,
) -> int:
    """Say whether members are others than they were.

    Members of an earlier instant beside those of later ones, feature by feature, each from what was known then. Builds
    nothing. Needs pip install 'dbt-segpy[measure]'.
    """
    chosen, by = tuple(dict.fromkeys(segments)), tuple(dict.fromkeys(features))
    asked = drifting.Asked(chosen, by, first, last, every, variables, save)
    where = pipeline.warehouse_of(project_dir, profiles_dir, target)
    assert _DAY is not None
    compiled, found = drifting.compare(
        project_dir,
        profiles_dir,
        target,
        where,
        asked,
        lambda grain: of_grain(grain, first, last, every or _DAY),
        progress(as_json=as_json),
    )
    beyond = found.findings if isinstance(found, drifting.Drifts) else ()
    return tell(
        compiled,
        found,
        print_drifts,
        as_json_data,
        project_dir,
        form,
        as_json=as_json,
        nothing={"segments": []},
        more=beyond,
    )
