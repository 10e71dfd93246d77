"""Writes generated files: all of them or none."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from segpy.diagnostics.model import Diagnostic
from segpy.project.drift import survey
from segpy.project.errors import EditedByHand, ForeignFile, Unusable
from segpy.project.model import State, Survey, Target, WriteReport
from segpy.render.model import Artifact


def write_artifacts(
    project_dir: Path, artifacts: Sequence[Artifact], *, force: bool = False
) -> tuple[WriteReport, tuple[Diagnostic, ...]]:
    """Bring the project's generated files up to date, unless anything stands against it.

    With `force`, files edited by hand and files of others in the way are overwritten. A place that cannot be
    written, or lies outside the project, always refuses the whole.
    """
    found = survey(project_dir, artifacts)
    refusals = (*found.problems, *(() if force else _refusals(found)))
    if refusals:
        return WriteReport(), refusals
    root = project_dir.resolve()
    pending = [target for target in found.targets if target.state is not State.SAME]
    failure = _write_all(pending)
    if failure is not None:
        return WriteReport(), (failure,)
    leftovers = sorted((*found.orphans, *(found.edited_orphans if force else ())))
    removed, problems = _remove(root, leftovers)
    unchanged = tuple(target.path for target in found.targets if target.state is State.SAME)
    return WriteReport(tuple(target.path for target in pending), unchanged, removed), problems


def _refusals(found: Survey) -> tuple[Diagnostic, ...]:
    refusals: list[Diagnostic] = []
    for target in found.targets:
        if target.state is State.EDITED:
            refusals.append(EditedByHand(target.path, rendered=True))
        elif target.state is State.FOREIGN:
            refusals.append(ForeignFile(target.path))
    refusals += [EditedByHand(path, rendered=False) for path in found.edited_orphans]
    return tuple(refusals)


def _write_all(targets: Sequence[Target]) -> Diagnostic | None:
    """Write every file beside its place first, then move all into place; on failure put everything back."""
    made: list[Path] = []
    staged: list[tuple[Path, Target]] = []
    replaced: list[Target] = []
    current = ""
    try:
        for target in targets:
            current = target.path
            _make_folders(target.place.parent, made)
            beside = target.place.with_name(f".{target.place.name}.{os.getpid()}.tmp")
            staged.append((beside, target))
            beside.write_bytes(target.text.encode())
            if target.state is not State.MISSING:
                shutil.copymode(target.place, beside)
        for beside, target in staged:
            current = target.path
            os.replace(beside, target.place)
            replaced.append(target)
    except OSError as error:
        _undo(staged, replaced, made)
        return Unusable(current, "write", error.strerror or str(error))
    return None


def _make_folders(folder: Path, made: list[Path]) -> None:
    missing = [place for place in (folder, *folder.parents) if not place.exists()]
    for place in reversed(missing):
        place.mkdir()
        made.append(place)


def _undo(staged: Sequence[tuple[Path, Target]], replaced: Sequence[Target], made: Sequence[Path]) -> None:
    """As far as the file system allows: it has just refused something, and may refuse again."""
    for target in replaced:
        try:
            if target.state is State.MISSING:
                target.place.unlink()
            elif target.old is not None:
                target.place.write_bytes(target.old)
        except OSError:
            continue
    for beside, _ in staged:
        try:
            beside.unlink(missing_ok=True)
        except OSError:
            continue
    for folder in reversed(made):
        try:
            folder.rmdir()
        except OSError:
            continue


def _remove(root: Path, paths: Sequence[str]) -> tuple[tuple[str, ...], tuple[Diagnostic, ...]]:
    """Remove files, and the folders that this leaves empty, up to but not including those at the project's root."""
    removed: list[str] = []
    problems: list[Diagnostic] = []
    for path in paths:
        try:
            (root / path).unlink()
            removed.append(path)
            for folder in (root / path).parents:
                if folder.parent == root or any(folder.iterdir()):
                    break
                folder.rmdir()
        except OSError as error:
            problems.append(Unusable(path, "write", error.strerror or str(error)))
    return tuple(removed), tuple(problems)
