"""`segpy lift`: what acting on segments did, beside what would have happened anyway."""

from __future__ import annotations

from pathlib import Path

import click

from segpy import measuring, pipeline
from segpy.cli import options
from segpy.cli.answers import tell
from segpy.cli.lifts import as_json_data, print_judgement
from segpy.diagnostics.nearest import listed, nearest


@click.command()
@click.argument("segments", nargs=-1, metavar="[SEGMENT]...")
@click.option(
    "--confidence",
    type=click.FloatRange(0.5, 0.999),
    default=0.95,
    show_default=True,
    help="How sure intervals are to be.",
)
@click.option("--save", is_flag=True, help="Put what is found into the table segment_lift, by dbt.")
@click.option("--json", "as_json", is_flag=True, help="Write one JSON document instead.")
@options.compiling
def lift(
    project_dir: Path,
    profiles_dir: Path | None,
    target: str | None,
    form: str,
    segments: tuple[str, ...],
    confidence: float,
    save: bool,
    as_json: bool,
) -> int:
    """Say what acting on segments did.

    Of each experiment's outcomes, those who are acted upon beside those who are held out, as assigned and as of the
    last build. Numbers that must not be read are withheld, and why is said. Needs pip install 'dbt-segpy[measure]'.
    """
    where = pipeline.warehouse_of(project_dir, profiles_dir, target)
    asked = measuring.Asked(tuple(dict.fromkeys(segments)), confidence, save)
    compiled, known, found = measuring.judge(project_dir, profiles_dir, target, where, asked)
    if not compiled.failed and found is None:
        raise click.UsageError(_misused(known, segments))
    return tell(
        compiled,
        found,
        print_judgement,
        as_json_data,
        project_dir,
        form,
        as_json=as_json,
        nothing={"as_of": None, "outcomes": []},
    )


def _misused(known: tuple[str, ...], segments: tuple[str, ...]) -> str:
    """What to say where there is nothing to judge."""
    if not known:
        return "no segment has an `experiment` with an `outcome`, so nothing is measured"
    name = next(one for one in segments if one not in known)
    near = nearest(name, known)
    return f"segment `{name}` has no experiment with an outcome: " + (
        f"did you mean `{near}`?" if near else f"these have one: {listed(known)}"
    )
