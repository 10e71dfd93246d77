"""`segpy demo`: the demonstration's seeds, made anew."""

from __future__ import annotations

import re
from pathlib import Path

import click

from segpy.cli import options
from segpy.cli.output import FINDINGS, FINE, counted
from segpy.demo.generate import demo_files

_OURS = re.compile(r"^name:\s*['\"]?segpy['\"]?\s*(?:#.*)?$", re.MULTILINE)


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; fail where a seed is not as it would be written.")
@options.project_dir
@options.debug
def demo(project_dir: Path, check: bool) -> int:
    """Regenerate the demonstration's seeds.

    For those who work on segpy itself.
    """
    project = project_dir / "dbt_project.yml"
    if not project.is_file() or not _OURS.search(project.read_text(encoding="utf-8")):
        raise click.UsageError(f"{project_dir} is not the demonstration: seeds there are somebody else's")
    files = {file.path: file.text.encode() for file in demo_files()}
    stale = [path for path, content in files.items() if _on_disk(project_dir / path) != content]
    for path in stale:
        click.echo(f"{'differs' if check else 'wrote'}  {path}")
        if not check:
            (project_dir / path).parent.mkdir(parents=True, exist_ok=True)
            (project_dir / path).write_bytes(files[path])
    if check and stale:
        click.echo("Run `segpy demo` to write these anew.")
        return FINDINGS
    click.echo(f"{counted(len(files) - len(stale), 'seed')} up to date.")
    return FINE


def _on_disk(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None
