"""`segpy preview`: what a segment would be like, before anything is built."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click
from rich.markup import escape

from segpy import pipeline
from segpy.cli import options
from segpy.cli.output import FINDINGS, FINE, as_data, exit_code, print_table, show, table
from segpy.diagnostics.model import Diagnostic
from segpy.warehouse.model_preview import Preview

_MOST_OVERLAPS = 10


@click.command()
@click.argument("segment")
@click.option("--as-of", help="The instant: 2026-03-10. Default: the var segpy_as_of, else now.")
@click.option("--json", "as_json", is_flag=True, help="Write one JSON document instead.")
@options.compiling
def preview(
    project_dir: Path,
    profiles_dir: Path | None,
    target: str | None,
    form: str,
    segment: str,
    as_of: str | None,
    as_json: bool,
) -> int:
    """Show how large a segment would be.

    And where it loses its people, rule by rule, and whom it shares with others. Builds nothing: a definition can be
    tried before it is rendered.
    """
    where = pipeline.warehouse_of(project_dir, profiles_dir, target)
    compiled, found = pipeline.preview(project_dir, profiles_dir, target, where, segment, as_of)
    if not compiled.failed and segment not in (names := [one.name for one in compiled.segments]):
        raise click.UsageError(options.unknown_segment(segment, names))
    findings = (*compiled.diagnostics, found) if isinstance(found, Diagnostic) else compiled.diagnostics
    seen = found if isinstance(found, Preview) else None
    if as_json:
        click.echo(json.dumps(_data(seen, findings), indent=2))
    else:
        show(findings, compiled.sources, project_dir, form, sys.stderr)
        if seen is not None:
            _print(seen)
    return FINE if seen is not None and exit_code(findings) == FINE else FINDINGS


def _data(seen: Preview | None, findings: tuple[Diagnostic, ...]) -> dict[str, object]:
    if seen is None:
        return {"findings": as_data(findings)}
    overlaps = [{**asdict(one), "jaccard": seen.jaccard(one)} for one in seen.overlaps]
    return {**asdict(seen), "share": seen.share, "overlaps": overlaps, "findings": as_data(findings)}


def _print(seen: Preview) -> None:
    share = "" if seen.share is None else f" ({seen.share:.1%})"
    day = seen.as_of.removesuffix(" 00:00:00")
    click.echo(f"{seen.segment} ({seen.entity}): {seen.members:,} of {seen.population:,}{share} as of {day}")
    rules = table("rule", numbers=("remaining", "passing", "failing only this"))
    for rule in seen.rules:
        counts = (f"{rule.passing:,}", f"{rule.failing_only:,}") if rule.position else ("", "")
        rules.add_row(escape(rule.description), f"{rule.remaining:,}", *counts)
    print_table(rules)
    shared = sorted((one for one in seen.overlaps if one.both), key=lambda one: (-one.both, one.segment))
    if shared:
        overlaps = table("shared with", numbers=("members", "both", "Jaccard"))
        for one in shared[:_MOST_OVERLAPS]:
            overlaps.add_row(one.segment, f"{one.members:,}", f"{one.both:,}", f"{seen.jaccard(one) or 0:.2f}")
        print_table(overlaps)
        if len(shared) > _MOST_OVERLAPS:
            click.echo(f"and {len(shared) - _MOST_OVERLAPS} more")
    elif seen.overlaps:
        click.echo("Nobody in it is in another segment.")
