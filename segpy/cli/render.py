"""`segpy render`: specs to dbt models, on disk."""

from __future__ import annotations

from pathlib import Path

import click

from segpy import pipeline
from segpy.cli import options
from segpy.cli.output import FINDINGS, FINE, counted, exit_code, show
from segpy.project.model import WriteReport


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; fail where a file is not up to date.")
@click.option("--force", is_flag=True, help="Overwrite generated files edited by hand, and files of yours in the way.")
@options.compiling
def render(
    project_dir: Path, profiles_dir: Path | None, target: str | None, form: str, check: bool, force: bool
) -> int:
    """Write the dbt models of the specs.

    Models that the specs no longer ask for are removed. All files are written or none, and files that already are as
    they should be are not touched.
    """
    if check and force:
        raise click.UsageError("--check writes nothing, so there is nothing to --force")
    compiled = pipeline.compile_project(project_dir, profiles_dir, target)
    findings = compiled.diagnostics
    if compiled.failed:
        show(findings, compiled.sources, project_dir, form)
        return FINDINGS
    report = None
    if check:
        findings += pipeline.drift(project_dir, compiled)
    else:
        report, problems = pipeline.write(project_dir, compiled, force=force)
        findings += problems
    show(findings, compiled.sources, project_dir, form)
    if form == "text":
        if report is not None:
            click.echo(_said(report), nl=report != WriteReport())
        elif exit_code(findings) == FINE:
            click.echo(f"{counted(len(compiled.artifacts), 'file')} up to date.")
    return exit_code(findings)


def _said(report: WriteReport) -> str:
    if report == WriteReport():
        return ""
    lines = [f"wrote    {path}" for path in report.written] + [f"removed  {path}" for path in report.removed]
    kept = counted(len(report.unchanged), "file")
    counts = f"{counted(len(report.written), 'file')} written, {len(report.removed)} removed, {kept} unchanged."
    return "\n".join([*lines, counts])
