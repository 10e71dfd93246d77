"""The specs as a revision of git has them, read without touching what is checked out."""

from __future__ import annotations

import subprocess
from pathlib import Path, PurePosixPath

from segpy.diagnostics.model import Diagnostic
from segpy.project.errors import NoRevision
from segpy.project.find import SPEC_FOLDER, is_spec


def specs_at(project_dir: Path, revision: str) -> tuple[tuple[tuple[str, bytes], ...], tuple[Diagnostic, ...]]:
    """Every spec file of the project at a revision, as `find_specs` gives those there are now; none is no error."""
    found = _git(project_dir, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if isinstance(found, str):
        return (), (NoRevision(revision, found),)
    commit = found.decode("ascii").strip()
    listed = _git(project_dir, "ls-tree", "-r", "-z", "--name-only", commit, "--", f"{SPEC_FOLDER}/")
    if isinstance(listed, str):
        return (), (NoRevision(revision, listed),)
    specs: list[tuple[str, bytes]] = []
    for path in sorted(filter(None, listed.decode("utf-8", "surrogateescape").split("\0"))):
        if is_spec(PurePosixPath(path)):
            text = _git(project_dir, "cat-file", "blob", f"{commit}:./{path}")
            if isinstance(text, str):
                return (), (NoRevision(revision, text),)
            specs.append((path, text))
    return tuple(specs), ()


def _git(project_dir: Path, *arguments: str) -> bytes | str:
    """What git says, or in words why it says nothing."""
    try:
        done = subprocess.run(["git", "-C", str(project_dir), *arguments], capture_output=True, check=False)
    except FileNotFoundError:
        return "git is not installed"
    if done.returncode == 0:
        return done.stdout
    said = done.stderr.decode("utf-8", "replace").strip().splitlines()
    return said[0].removeprefix("fatal: ") if said else "git knows no such commit"
