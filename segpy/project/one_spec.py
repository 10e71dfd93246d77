"""Writes one spec file beside those that there are, and over one only where that is said."""

from __future__ import annotations

import os
from pathlib import Path

from segpy.diagnostics.model import Diagnostic
from segpy.project.errors import NoProject, OutsideProject, SpecThere, Unusable
from segpy.propose.model import SpecFile


def stands_against(project_dir: Path, path: str, *, force: bool) -> Diagnostic | None:
    """What keeps a spec file from being written to this path, relative to the project; None if nothing does."""
    if not (project_dir / "dbt_project.yml").is_file():
        return NoProject(str(project_dir))
    place = project_dir / path
    try:
        if not place.resolve().is_relative_to(project_dir.resolve()):
            return OutsideProject(path)
        if place.is_dir():
            return Unusable(path, "write", "it is a folder")
        if place.exists() and not force:
            return SpecThere(path)
    except (OSError, RuntimeError) as error:  # RuntimeError: a loop of symlinks, up to Python 3.12
        return Unusable(path, "read", getattr(error, "strerror", None) or str(error))
    return None


def write_spec(project_dir: Path, file: SpecFile, *, force: bool) -> Diagnostic | None:
    """Write a spec file as a whole or not at all; why it was not, if so."""
    found = stands_against(project_dir, file.path, force=force)
    if found is not None:
        return found
    place = project_dir / file.path
    beside = place.with_name(f".{place.name}.{os.getpid()}.tmp")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        beside.write_bytes(file.text.encode())
        os.replace(beside, place)
    except OSError as error:
        _remove(beside)
        return Unusable(file.path, "write", error.strerror or str(error))
    return None


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return
