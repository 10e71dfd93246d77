"""`segpy evolve`: segments that follow from the data, as an ordinary spec file."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import click

from segpy import evolving, pipeline
from segpy.cli import options
from segpy.cli.evolved import as_json_data, print_evolved
from segpy.cli.output import FINDINGS, FINE, as_data, exit_code, show
from segpy.diagnostics.model import Diagnostic
from segpy.evolve.model import Wanted
from segpy.source.nodes import Source
from segpy.warehouse.model import Target

_STAGES = ("awareness", "consideration", "intent", "conversion", "retention", "advocacy")


@click.command()
@click.option("--entity", help="Whose segments. Needed where several entities have features.")
@click.option("--features", help="These features, with commas between. Default: all that are numbers.")
@click.option("--clusters", type=click.IntRange(2, 20), help="How many. Default: as many as are stable.")
@click.option(
    "--questions",
    type=click.IntRange(1, 20),
    default=5,
    show_default=True,
    help="How many questions may tell the clusters apart.",
)
@click.option("--seed", type=click.IntRange(0, 2**31 - 100), default=0, show_default=True, help="Where chance begins.")
@click.option(
    "--out-of-time",
    help="Another instant to try the questions at, or none. Default: 90 days before the last build.",
)
@click.option("--owner", help="The owner of the segments.")
@click.option("--stage", type=click.Choice(_STAGES), help="The stage of the segments.")
@click.option("--out", help="The spec file. Default: segments/evolved_<entity>.yml.")
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@click.option("--dry-run", is_flag=True, help="Show what would be written, and write nothing.")
@click.option("--save", is_flag=True, help="Put the figures into the table segment_statistics, by dbt.")
@click.option("--json", "as_json", is_flag=True, help="Write one JSON document instead.")
@options.compiling
def evolve(
    project_dir: Path,
    profiles_dir: Path | None,
    target: str | None,
    form: str,
    entity: str | None,
    features: str | None,
    clusters: int | None,
    questions: int,
    seed: int,
    out_of_time: str | None,
    owner: str | None,
    stage: str | None,
    out: str | None,
    force: bool,
    dry_run: bool,
    save: bool,
    as_json: bool,
) -> int:
    """Propose segments that follow from the data.

    Finds clusters of people by their features, as of the last build, and few questions that tell them apart; says how
    often these are right about people that nothing was made of; and writes them as a spec file, to be read and
    changed. Needs pip install 'dbt-segpy[evolve]'.
    """
    if clusters is not None and clusters > questions + 1:
        raise click.UsageError(f"{questions} questions tell {questions + 1} clusters apart, not {clusters}")
    if dry_run and save:
        raise click.UsageError("--dry-run writes nothing, and --save does: leave out one of them")
    names = [name.strip() for name in (features or "").split(",") if name.strip()]
    compiled, known = evolving.look(project_dir, profiles_dir, target, entity, names)
    found: evolving.Evolved | evolving.Misused | Diagnostic | None = None
    where = pipeline.warehouse_of(project_dir, profiles_dir, target)
    if isinstance(known, evolving.Known):
        keys = tuple((key, value) for key, value in (("stage", stage), ("owner", owner)) if value)
        path = _path(out or f"segments/evolved_{known.entity}.yml")
        instant = "" if out_of_time == "none" else out_of_time
        asked = evolving.Asked(Wanted(clusters, questions, seed), instant, keys, path)
        in_the_way = None if dry_run else evolving.stands_in_the_way(project_dir, path, force=force)
        untold = evolving.cannot_save(known) if save else None
        found = untold or in_the_way or evolving.evolve(where, known, asked)
    for one in (known, found):
        if isinstance(one, evolving.Misused):
            raise click.UsageError(one.message)
    made = found if isinstance(found, evolving.Evolved) else None
    findings = compiled.diagnostics if known is None else ()
    findings += (found,) if isinstance(found, Diagnostic) else () if made is None else made.findings
    put = _Put()
    if made is not None and isinstance(known, evolving.Known) and exit_code(findings) == FINE and not dry_run:
        put = _put(where, known, made, force=force, save=save)
        findings = (*findings, *put.problems)
    _tell(made, put, findings, as_json=as_json, dry_run=dry_run, save=save)
    if not as_json:
        show(findings, _sources(compiled, made), project_dir, form, sys.stderr)
    return exit_code(findings) if made is not None else FINDINGS


@dataclass(frozen=True, slots=True)
class _Put:
    """Whether the file was written, the table that has the figures now, and what stood against it."""

    written: bool = False
    saved: str | None = None
    problems: tuple[Diagnostic, ...] = ()


def _put(where: Target, known: evolving.Known, made: evolving.Evolved, *, force: bool, save: bool) -> _Put:
    """Save the figures, then write the file: where the one cannot be done, the other is left as well."""
    saved = evolving.save(where, known, made) if save else None
    if isinstance(saved, Diagnostic):
        return _Put(problems=(saved,))
    problem = evolving.write(where.project_dir, made, force=force)
    return _Put(problem is None, saved, () if problem is None else (problem,))


def _tell(
    made: evolving.Evolved | None,
    put: _Put,
    findings: tuple[Diagnostic, ...],
    *,
    as_json: bool,
    dry_run: bool,
    save: bool,
) -> None:
    """What was found, on standard output; findings of a JSON document stand in it."""
    if as_json:
        told = as_json_data(made) if made is not None else {}
        tables = {"saved": put.saved} if save else {}
        document = {**told, "written": put.written, **tables, "findings": as_data(findings)}
        click.echo(json.dumps(document, indent=2))
    elif made is not None:
        print_evolved(made, written=put.written, whole=dry_run)
        if put.saved is not None:
            click.echo(f"Saved in {put.saved}.", err=True)
        if put.problems:
            click.echo(f"{made.file.path} was not written.", err=True)


def _sources(compiled: pipeline.Compiled, made: evolving.Evolved | None) -> list[Source]:
    """What findings may point at: the specs, and the file that is about to be."""
    return [*compiled.sources, *([Source(made.file.path, made.file.text)] if made is not None else [])]


def _path(out: str) -> str:
    """A path relative to the project, in the folder of specs."""
    path = PurePosixPath(out.replace("\\", "/"))
    hidden = any(part.startswith(".") for part in path.parts)
    if path.is_absolute() or hidden or path.parts[0] != "segments" or path.suffix not in (".yml", ".yaml"):
        raise click.UsageError("--out names a .yml file in segments/ of the project, as in segments/evolved.yml")
    return path.as_posix()
