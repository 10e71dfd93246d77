"""`segpy diff`: what a change of the specs does, in words and in people."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from segpy import pipeline
from segpy.cli import options
from segpy.cli.difference import Told, as_json_data, as_markdown, as_text
from segpy.cli.output import FINDINGS, FINE, show
from segpy.diagnostics.model import Diagnostic
from segpy.plan.model_compare import Change, Comparison


@click.command()
@click.argument("revision", default="HEAD")
@click.option(
    "--folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Compare with the project in this folder instead.",
)
@click.option("--as-of", "instants", multiple=True, help="When members are counted; repeatable. Default: as in build.")
@click.option("--definitions", is_flag=True, help="Compare definitions only: needs no dbt and no warehouse.")
@click.option(
    "--check", is_flag=True, help="Fail where something is removed, or means something else in the same version."
)
@click.option(
    "--allow", multiple=True, metavar="NAME", help="A segment, feature or hold-out that --check lets pass; repeatable."
)
@click.option("--markdown", is_flag=True, help="Write Markdown, for a comment on a pull request.")
@click.option("--json", "as_json", is_flag=True, help="Write one JSON document.")
@options.compiling
def diff(
    project_dir: Path,
    profiles_dir: Path | None,
    target: str | None,
    form: str,
    revision: str,
    folder: Path | None,
    instants: tuple[str, ...],
    definitions: bool,
    check: bool,
    allow: tuple[str, ...],
    markdown: bool,
    as_json: bool,
) -> int:
    """Show what a change of the specs does.

    In definitions, and in members: compares the specs with those of a revision of git (default: HEAD). Members of what
    differs are counted in the warehouse under both; nothing is built there.
    """
    if markdown and as_json:
        raise click.UsageError("--markdown and --json are two ways to write the same: leave one out")
    if definitions and instants:
        raise click.UsageError("--definitions looks at no members: leave --as-of out")
    against = folder if folder is not None else revision
    found = pipeline.difference(project_dir, profiles_dir, target, against)
    problems, told = found.problems, None
    if found.comparison is not None:
        members: tuple[pipeline.MembersDiffer, ...] | Diagnostic = ()
        if found.queries and not definitions:
            where = pipeline.warehouse_of(project_dir, profiles_dir, target)
            members = pipeline.members(where, found, instants or (None,))
        if isinstance(members, Diagnostic):
            problems, members = (members,), ()
        broken = _broken(found.comparison, allow) if check else ()
        told = Told(str(against), found.comparison, members, broken, found.after.min_cell_size)
    if as_json:
        click.echo(json.dumps(as_json_data(told, problems), indent=2))
    else:
        show(problems, found.after.sources, project_dir, form, sys.stderr)
        if told is not None:
            click.echo(as_markdown(told) if markdown else as_text(told))
    return FINDINGS if problems or (told is not None and told.broken) else FINE


def _broken(found: Comparison, allowed: tuple[str, ...]) -> tuple[str, ...]:
    """What --check does not let pass, in words."""
    broken = [
        f"feature {one.feature} of {one.entity} is removed: --allow {one.feature}"
        for one in found.features
        if one.change is Change.REMOVED and one.feature not in allowed
    ]
    for segment in found.segments:
        if segment.change is Change.REMOVED and segment.segment not in allowed:
            broken.append(f"segment {segment.segment} is removed: --allow {segment.segment}")
        if segment.version_kept and segment.segment not in allowed:
            broken.append(f"segment {segment.segment} means something else in the same version: raise its `version`")
    for holdout in found.holdouts:
        if holdout.change is Change.REMOVED and holdout.holdout not in allowed:
            broken.append(f"hold-out {holdout.holdout} is removed: --allow {holdout.holdout}")
        if holdout.version_kept and holdout.holdout not in allowed:
            broken.append(f"hold-out {holdout.holdout} has other strata in the same version: raise its `version`")
    return tuple(broken)
