"""Finds the specs of a project."""

from __future__ import annotations

import os
from pathlib import Path, PurePath

from segpy.diagnostics.model import Diagnostic
from segpy.project.errors import NoProject, NoSpecs, Unusable

SPEC_FOLDER = "segments"
_SUFFIXES = {".yml", ".yaml"}


def find_specs(project_dir: Path) -> tuple[tuple[tuple[str, bytes], ...], tuple[Diagnostic, ...]]:
    """Every spec file of the project: its POSIX path relative to the project, and its bytes, in order of path."""
    if not (project_dir / "dbt_project.yml").is_file():
        return (), (NoProject(str(project_dir)),)
    folder = project_dir / SPEC_FOLDER
    if not folder.is_dir():
        return (), (NoSpecs(str(project_dir), folder_exists=False),)
    specs: list[tuple[str, bytes]] = []
    problems: list[Diagnostic] = []
    for path in _spec_files(folder, project_dir, problems):
        shown = path.relative_to(project_dir).as_posix()
        try:
            specs.append((shown, path.read_bytes()))
        except OSError as error:
            problems.append(Unusable(shown, "read", error.strerror or str(error)))
    if not specs and not problems:
        problems.append(NoSpecs(str(project_dir), folder_exists=True))
    return tuple(specs), tuple(problems)


def _spec_files(folder: Path, project_dir: Path, problems: list[Diagnostic]) -> list[Path]:
    def unreadable(error: OSError) -> None:
        shown = Path(error.filename).relative_to(project_dir).as_posix()
        problems.append(Unusable(shown, "read", error.strerror or str(error)))

    found: list[Path] = []
    for parent, folders, files in os.walk(folder, onerror=unreadable):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found += [Path(parent, name) for name in files if is_spec(PurePath(name))]
    return sorted(found, key=lambda path: path.relative_to(project_dir).as_posix())


def is_spec(path: PurePath) -> bool:
    """Whether a file in the folder of specs is one. Editors leave hidden files behind; they are nobody's specs."""
    return path.suffix in _SUFFIXES and not any(part.startswith(".") for part in path.parts)
