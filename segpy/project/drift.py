"""Compares the generated files on disk with those that the specs ask for. Writes nothing."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Collection, Iterator, Sequence
from itertools import zip_longest
from pathlib import Path, PurePosixPath

from segpy.diagnostics.model import Diagnostic
from segpy.project.errors import Drift, ForeignFile, OutsideProject, Unusable
from segpy.project.header import Author, body_of, normalise, stamp, verify
from segpy.project.model import DriftedFile, State, Survey, Target
from segpy.render.model import Artifact

_SUFFIXES = {".sql", ".yml", ".yaml", ".md"}
_ROOTS = ("macros", "models")
_HEADER_BYTES = 400


def find_drift(project_dir: Path, artifacts: Sequence[Artifact]) -> tuple[Diagnostic, ...]:
    """Every way in which the files on disk are not what the specs ask for."""
    found = survey(project_dir, artifacts)
    drifted: list[DriftedFile] = []
    for target in found.targets:
        match target.state:
            case State.MISSING:
                drifted.append(DriftedFile(target.path, "missing"))
            case State.STALE | State.EDITED:
                line = first_difference(target.old or b"", target.text)
                drifted.append(DriftedFile(target.path, "changed", line))
            case State.FOREIGN | State.SAME:
                pass
    drifted += [DriftedFile(path, "orphaned") for path in sorted((*found.orphans, *found.edited_orphans))]
    foreign = [ForeignFile(target.path) for target in found.targets if target.state is State.FOREIGN]
    return (*found.problems, *foreign, *([Drift(tuple(drifted))] if drifted else []))


def survey(project_dir: Path, artifacts: Sequence[Artifact]) -> Survey:
    """How every generated file stands, and which files are left over from earlier renderings."""
    root = project_dir.resolve()
    texts = {posixpath.normpath(artifact.path): artifact.text for artifact in artifacts}
    targets: list[Target] = []
    problems: list[Diagnostic] = []
    for path in sorted(texts):
        match _look(root, path, texts[path]):
            case Target() as target:
                targets.append(target)
            case problem:
                problems.append(problem)
    orphans, edited = _orphans(root, texts.keys())
    return Survey(tuple(targets), orphans, edited, tuple(problems))


def first_difference(old: bytes, new: str) -> int:
    """The first line in which two texts differ; the header's only where nothing below it does."""
    left, right = normalise(old.decode(errors="replace")).split("\n"), new.split("\n")
    pairs = enumerate(zip_longest(left, right), 1)
    return next((number for number, (was, now) in pairs if number > 1 and was != now), 1)


def _look(root: Path, path: str, text: str) -> Target | Diagnostic:
    try:
        place = (root / path).resolve()
    except (OSError, RuntimeError) as error:  # RuntimeError: a loop of symlinks, up to Python 3.12
        return Unusable(path, "read", str(error))
    if not place.is_relative_to(root):
        return OutsideProject(path)
    new = stamp(path, text)
    try:
        old = place.read_bytes()
    except FileNotFoundError:
        return Target(path, new, place, State.MISSING, None)
    except OSError as error:
        return Unusable(path, "read", error.strerror or str(error))
    return Target(path, new, place, _state(path, old, new), old)


def _state(path: str, content: bytes, new: str) -> State:
    try:
        old = normalise(content.decode())
    except UnicodeDecodeError:
        return State.FOREIGN
    if old == new:
        return State.SAME
    match verify(path, old):
        case Author.SEGPY:
            return State.STALE
        case Author.FOREIGN:
            return State.FOREIGN
        case Author.EDITED:
            # A merge may leave the right body under the wrong checksum: nothing would be lost.
            return State.STALE if body_of(old) == body_of(new) else State.EDITED


def _orphans(root: Path, rendered: Collection[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Files of ours that are no longer rendered: those untouched, and those edited.

    The whole of `models/` and `macros/` is looked through, so that a changed `models_path` leaves nothing behind.
    An edited file counts only in a folder that we render to: elsewhere it is somebody's copy and theirs to keep.
    """
    folders = {str(PurePosixPath(path).parent) for path in rendered}
    tops = {*_ROOTS, *(PurePosixPath(path).parts[0] for path in rendered)}
    inside = sorted(top for top in tops if _inside(root, top))
    orphans: list[str] = []
    edited: list[str] = []
    for top in inside:
        for path in _generated_files(root, top):
            if path in rendered:
                continue
            match _author(root / path, path):
                case Author.SEGPY:
                    orphans.append(path)
                case Author.EDITED if str(PurePosixPath(path).parent) in folders:
                    edited.append(path)
    return tuple(orphans), tuple(edited)


def _inside(root: Path, top: str) -> bool:
    """Nothing outside the project is ours to remove, whatever its header says."""
    try:
        place = (root / top).resolve()
    except (OSError, RuntimeError):
        return False
    return place != root and place.is_relative_to(root)


def _generated_files(root: Path, top: str) -> Iterator[str]:
    for parent, folders, files in os.walk(root / top):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if Path(name).suffix in _SUFFIXES and not name.startswith("."):
                yield Path(parent, name).relative_to(root).as_posix()


def _author(place: Path, path: str) -> Author:
    try:
        if place.is_symlink():
            return Author.FOREIGN
        with place.open("rb") as file:  # most files are not ours, and their first line tells
            start = file.read(_HEADER_BYTES).partition(b"\n")[0] + b"\n"
            if verify(path, start.decode(errors="replace")) is Author.FOREIGN:
                return Author.FOREIGN
        return verify(path, place.read_bytes().decode(errors="replace"))
    except OSError:
        return Author.FOREIGN  # what cannot be read is left alone
