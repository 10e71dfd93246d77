"""Writes the first spec files of a project: all of them or none, and never over anything."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from segpy.diagnostics.model import Diagnostic
from segpy.project.errors import NoProject, OutsideProject, SpecsThere, Unusable
from segpy.project.find import SPEC_FOLDER, is_spec
from segpy.propose.model import SpecFile


def in_the_way(project_dir: Path) -> tuple[Diagnostic, ...]:
    """What stands against a beginning: specs that are there, or a folder that cannot be theirs."""
    if not (project_dir / "dbt_project.yml").is_file():
        return (NoProject(str(project_dir)),)
    folder = project_dir / SPEC_FOLDER
    try:
        if not folder.resolve().is_relative_to(project_dir.resolve()):
            return (OutsideProject(SPEC_FOLDER),)
        if not folder.exists():
            return ()
        if not folder.is_dir():
            return (SpecsThere((SPEC_FOLDER,)),)
        inside = sorted(path.relative_to(folder) for path in folder.rglob("*"))
    except (OSError, RuntimeError) as error:  # RuntimeError: a loop of symlinks, up to Python 3.12
        return (Unusable(SPEC_FOLDER, "read", getattr(error, "strerror", None) or str(error)),)
    found = [(Path(SPEC_FOLDER) / path).as_posix() for path in inside if is_spec(path)]
    return (SpecsThere(tuple(found)),) if found else ()


def write_specs(project_dir: Path, files: Sequence[SpecFile]) -> tuple[tuple[str, ...], tuple[Diagnostic, ...]]:
    """The paths written, or why none was."""
    problems = in_the_way(project_dir)
    if problems:
        return (), problems
    made: list[Path] = []
    current = SPEC_FOLDER
    try:
        folder = project_dir / SPEC_FOLDER
        if not folder.exists():
            folder.mkdir()
            made.append(folder)
        for file in files:
            current = file.path
            place = project_dir / file.path
            with place.open("x", encoding="utf-8", newline="\n") as opened:  # never what came in between
                made.append(place)
                opened.write(file.text)
    except OSError as error:
        _undo(made)
        return (), (Unusable(current, "write", error.strerror or str(error)),)
    return tuple(file.path for file in files), ()


def _undo(made: Sequence[Path]) -> None:
    """As far as the file system allows: it has just refused something, and may refuse again."""
    for path in reversed(made):
        try:
            if path.is_dir():
                path.rmdir()
            else:
                path.unlink()
        except OSError:
            continue
