"""`segpy describe`: what the segments mean, in English."""

from __future__ import annotations

import dataclasses
import json
import sys
from pathlib import Path

import click

from segpy import pipeline
from segpy.cli import options
from segpy.cli.output import FINDINGS, FINE, show


@click.command()
@click.argument("names", nargs=-1, metavar="[SEGMENT]…")
@click.option("--plan", "as_plan", is_flag=True, help="Say instead how entities are computed from run to run, and why.")
@click.option("--json", "as_json", is_flag=True, help="Write a JSON list instead.")
@options.compiling
def describe(
    project_dir: Path,
    profiles_dir: Path | None,
    target: str | None,
    form: str,
    names: tuple[str, ...],
    as_plan: bool,
    as_json: bool,
) -> int:
    """Say in English who is in a segment.

    Describes the segments named, or else all of them; with --plan what is kept from run to run.
    """
    compiled = pipeline.check_project(project_dir, profiles_dir, target)
    if compiled.failed:
        show(compiled.diagnostics, compiled.sources, project_dir, form, sys.stderr)
        return FINDINGS
    if as_plan:
        if names:
            raise click.UsageError("--plan is about entities: leave the segments out")
        _show_plan(compiled.chosen, as_json)
        return FINE
    segments = {segment.name: segment for segment in compiled.segments}
    for name in names:
        if name not in segments:
            raise click.UsageError(options.unknown_segment(name, segments))
    chosen = [segments[name] for name in dict.fromkeys(names or segments)]
    if as_json:
        click.echo(json.dumps([dataclasses.asdict(segment) for segment in chosen], indent=2))
    else:
        click.echo("\n\n".join(_described(segment) for segment in chosen) if chosen else "The specs hold no segment.")
    return FINE


def _show_plan(chosen: tuple[pipeline.Chosen, ...], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps([dataclasses.asdict(one) for one in chosen], indent=2))
    else:
        click.echo("\n\n".join(map(_planned, chosen)) if chosen else "The specs hold no feature and no segment.")


def _planned(one: pipeline.Chosen) -> str:
    width = max((len(model.model) for model in one.models), default=0)
    lines = [one.entity, f"  {one.words}", ""]
    lines += [f"  {model.model:<{width}}  {'kept' if model.kept else 'anew'}  {model.words}" for model in one.models]
    if one.fresh:
        lines += ["", "  measured by each run:", *(f"    {fresh.column}: {fresh.why}" for fresh in one.fresh)]
    return "\n".join(lines)


def _described(segment: pipeline.SegmentSummary) -> str:
    facts = [
        f"a segment of {segment.entity}",
        f"stage {segment.stage}" if segment.stage else "",
        f"owner {segment.owner}" if segment.owner else "",
        f"version {segment.version}",
        f"meaning {segment.content_hash}",
        segment.spec_file,
    ]
    lines = [segment.name, f"  {', '.join(fact for fact in facts if fact)}"]
    if segment.description:
        lines += ["", *(f"  {line}" for line in segment.description.strip().splitlines())]
    return "\n".join([*lines, "", *(f"  {line}".rstrip() for line in segment.english)])
