"""`segpy build`: render, then build in the warehouse, and say how large the segments are."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import yaml

from segpy import pipeline
from segpy.cli import options, stages
from segpy.cli.output import FINDINGS, FINE, exit_code, show
from segpy.cli.progress import progress_to
from segpy.cli.result import print_result, result_data
from segpy.diagnostics.model import Diagnostic
from segpy.warehouse.model import BuildResult, Sizes, Target

# The generated models carry this tag. With what they are made from, that is all a segment needs.
_OWN_AND_UPSTREAM = ("+tag:segpy",)


@dataclass(frozen=True, slots=True)
class _Choice:
    """What was asked for on the command line."""

    select: tuple[str, ...]
    exclude: tuple[str, ...]
    variables: dict[str, object]
    threads: int | None
    full_refresh: bool


def _variables(context: click.Context, parameter: click.Parameter, given: str | None) -> dict[str, object]:
    try:
        read = yaml.safe_load(given or "{}")
    except yaml.YAMLError as error:
        raise click.BadParameter("not YAML, e.g. '{key: value}'") from error
    if not isinstance(read, dict):
        raise click.BadParameter("not a mapping, e.g. '{key: value}'")
    return read


@click.command()
@click.option("--as-of", help="The instant to evaluate at: 2026-03-10, or 2026-03-10T14:00:00+01:00. Default: now.")
@click.option("--select", "-s", multiple=True, help="As in dbt. Default: +tag:segpy, all segments and what they need.")
@click.option("--exclude", multiple=True, help="As in dbt.")
@click.option("--vars", "variables", callback=_variables, help="Variables of the project, as in dbt: '{key: value}'.")
@click.option("--threads", type=click.IntRange(min=1), help="As in dbt. Default: the profile's.")
@click.option("--full-refresh", is_flag=True, help="Rebuild incremental models from nothing.")
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
    as_json: bool,
) -> int:
    """Render, build with dbt, show the sizes.

    Renders the specs, builds them in the warehouse with what they need, runs their tests, and shows how large each
    segment is.
    """
    compiled = pipeline.compile_project(project_dir, profiles_dir, target)
    findings, result, sizes = compiled.diagnostics, BuildResult(), None
    if not compiled.failed:
        _, problems = stages.write_artifacts(project_dir, compiled.artifacts)
        findings += problems
    if exit_code(findings) == FINE:
        where = Target(project_dir, stages.find_profiles_dir(project_dir, profiles_dir), target)
        asked = {**variables, **({"segpy_as_of": as_of} if as_of is not None else {})}
        choice = _Choice(select or _OWN_AND_UPSTREAM, exclude, asked, threads, full_refresh)
        result = _run(where, choice, as_json)
        findings += result.problems
        measured = _sizes(where, result, compiled.segments)
        sizes = measured if isinstance(measured, Sizes) else None
        findings += (measured,) if isinstance(measured, Diagnostic) else ()
    if as_json:
        click.echo(json.dumps(result_data(findings, result, sizes, compiled.segments), indent=2))
    else:
        show(findings, compiled.sources, project_dir, form, sys.stderr)
        print_result(result, sizes, compiled.segments)
    return FINDINGS if result.failures else exit_code(findings)


def _run(where: Target, choice: _Choice, silent: bool) -> BuildResult:
    asked: dict[str, Any] = {
        "select": choice.select,
        "exclude": choice.exclude,
        "variables": choice.variables,
        "threads": choice.threads,
        "full_refresh": choice.full_refresh,
    }
    if silent:
        return stages.build(where, **asked)
    with progress_to(sys.stderr) as report:
        return stages.build(where, **asked, on_progress=report)


def _sizes(
    where: Target, result: BuildResult, segments: Sequence[pipeline.SegmentSummary]
) -> Sizes | Diagnostic | None:
    """The sizes, where this run built all that tells them."""
    flags = {segment.entity: segment.model for segment in segments}
    if not flags:
        return None
    prefixes = {model.removesuffix(f"{entity}_segments") for entity, model in flags.items()}
    members = f"{min(prefixes)}segment_members"
    built = {node.name for node in result.nodes if node.kind == "model" and node.status == "success"}
    if not {members, *flags.values()} <= built:
        return None
    asked = [(segment.name, segment.entity) for segment in segments]
    return stages.segment_sizes(where, result.manifest, members=members, flags=flags, segments=asked)
