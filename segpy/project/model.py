"""What writing a project did, and how each generated file stood before."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Literal

from segpy.diagnostics.model import Diagnostic


@dataclass(frozen=True, slots=True)
class WriteReport:
    """What was done, as POSIX paths relative to the project. All empty where writing was refused."""

    written: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


class State(Enum):
    """How the file on disk stands to the file that should be there."""

    MISSING = "missing"
    SAME = "same"
    STALE = "stale"  # ours, untouched since it was written, but not what the specs say now
    EDITED = "edited"  # ours, changed by hand since
    FOREIGN = "foreign"  # not ours


@dataclass(frozen=True, slots=True)
class DriftedFile:
    """A generated file that is not what the specs say now. `line` is the first that differs."""

    path: str
    change: Literal["missing", "changed", "orphaned"]
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """One file to generate: its whole text with header, and where and how it stands on disk."""

    path: str
    text: str
    place: Path  # symlinks resolved
    state: State
    old: bytes | None  # what is on disk


@dataclass(frozen=True, slots=True)
class Survey:
    """The project's generated files as they should be and as they are."""

    targets: tuple[Target, ...]
    orphans: tuple[str, ...]  # ours, untouched, and no longer rendered
    edited_orphans: tuple[str, ...]  # ours, edited, no longer rendered, in a folder that we render to
    problems: tuple[Diagnostic, ...]  # places that cannot be read, or lie outside the project
