"""`segpy init`: first specs for a dbt project that has none."""

from __future__ import annotations

import json
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import click

from segpy import beginning, pipeline
from segpy.beginning import Beginning
from segpy.cli import options
from segpy.cli.output import FINDINGS, FINE, as_data, counted, show
from segpy.diagnostics.model import Diagnostic
from segpy.source.nodes import Source

_LONG_AGO = timedelta(days=7)


@click.command()
@click.option("--select", "-s", multiple=True, help="Look at these relations only, as in dbt: stg_events, source:app.*")
@click.option("--dry-run", is_flag=True, help="Show what would be written, and write nothing.")
@click.option("--json", "as_json", is_flag=True, help="Write one JSON document instead, without progress.")
@options.compiling
def init(
    project_dir: Path,
    profiles_dir: Path | None,
    target: str | None,
    form: str,
    select: tuple[str, ...],
    dry_run: bool,
    as_json: bool,
) -> int:
    """Propose first specs for a dbt project.

    Looks at its relations in the warehouse, and writes segments/ with the entities, streams and events that it finds,
    with comments that say why, and two first segments. Never touches a file that is there.
    """
    where = pipeline.warehouse_of(project_dir, profiles_dir, target)
    found = beginning.begin(where, select, beside=dry_run, on_progress=_silent if as_json else _say)
    written: tuple[str, ...] = ()
    problems = found.problems
    if found.files and not dry_run:
        written, refused = beginning.write(project_dir, found)
        problems += refused
    if as_json:
        click.echo(json.dumps(_data(found, written, problems), indent=2))
    else:
        sources = [Source(file.path, file.text) for file in found.files]
        show(problems, sources, project_dir, form, sys.stderr)
        if not problems:
            click.echo(_shown(found) if dry_run else _told(found))
    return FINDINGS if problems else FINE


def _say(words: str) -> None:
    click.echo(f"{words} …", err=True)


def _silent(words: str) -> None:
    return None


def _told(found: Beginning) -> str:
    """What was written, what is in it, and what to do next."""
    proposal = found.proposal
    lines = [f"wrote    {file.path}" for file in found.files]
    lines.append("")
    lines += [f"entity   {entity.name}: {entity.reason}" for entity in proposal.entities]
    events = (*proposal.events, *proposal.rare)
    for stream in proposal.streams:
        kinds = counted(sum(event.stream == stream.name for event in events), "kind")
        lines += [f"stream   {stream.name}: {stream.measured.table.relation}, {kinds} of event"]
    lines += [f"segment  {segment.name}: {segment.description}" for segment in proposal.segments]
    if proposal.unused:
        lines.append(
            f"{counted(len(proposal.unused), 'relation')} not used: segments/taxonomy.yml says why, at its end"
        )
    return "\n".join([*lines, "", *_next(proposal.latest)])


def _next(latest: date | None) -> list[str]:
    """The next step: as of the day after the last event, where that is long ago."""
    today = datetime.now(UTC).date()
    if latest is None or latest > today - _LONG_AGO:
        return ["Next: read segments/taxonomy.yml, then `segpy build`."]
    after = latest + timedelta(days=1)
    return [
        f"The last event is of {latest}, so that today nobody did anything lately.",
        f"Next: read segments/taxonomy.yml, then `segpy build --as-of {after}`.",
    ]


def _shown(found: Beginning) -> str:
    parts = [f"# --- {file.path}\n{file.text}" for file in found.files]
    return "\n".join([*parts, "# Nothing was written. Without --dry-run these files are."])


def _data(found: Beginning, written: tuple[str, ...], problems: tuple[Diagnostic, ...]) -> dict[str, object]:
    proposal = found.proposal
    return {
        "written": list(written),
        "files": [{"path": file.path, "text": file.text} for file in found.files],
        "entities": [{"name": one.name, "key": one.key, "reason": one.reason} for one in proposal.entities],
        "streams": [
            {
                "name": one.name,
                "relation": str(one.measured.table.relation),
                "rows": one.measured.rows,
                "latest": None if one.latest is None else str(one.latest),
            }
            for one in proposal.streams
        ],
        "events": [
            {"name": one.name, "stream": one.stream, "rows": one.rows} for one in (*proposal.events, *proposal.rare)
        ],
        "segments": [one.name for one in proposal.segments],
        "unused": [{"relation": one.name, "reason": one.reason} for one in proposal.unused],
        "findings": as_data(problems),
    }
