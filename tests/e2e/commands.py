"""The command line and dbt, each in a process of its own, as whoever types them has it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import segpy

ROOT = Path(__file__).parents[2]

_LEFT_BEHIND = shutil.ignore_patterns(
    ".git",
    ".*_cache",
    ".hypothesis",
    ".engines",
    ".venv*",
    "venv*",
    "__pycache__",
    "target",
    "logs",
    "dbt_packages",
    "*.duckdb*",
)
_OURS = ("DBT_", "SEGPY_", "GIT_")  # settings of whoever runs the tests are none of the projects'
_MINUTES = 10 * 60


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str

    @property
    def all(self) -> str:
        """Both streams and the code, to be shown where a test fails."""
        return f"{self.out}\n{self.err}\nexit code {self.code}"


def run(command: list[str], folder: Path, env: Mapping[str, str] | None = None) -> Ran:
    """Run a command in a folder, in an environment without settings for dbt, git and Python."""
    done = subprocess.run(
        command,
        cwd=folder,
        env={**plain_environment(), **(env or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=_MINUTES,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


def plain_environment() -> dict[str, str]:
    """The environment of a user who has set up nothing but this Python."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    for name in ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "FORCE_COLOR"):
        kept.pop(name, None)
    return {**kept, "NO_COLOR": "1", "DBT_SEND_ANONYMOUS_USAGE_STATS": "false", "PYTHONUTF8": "1"}


def run_segpy(project: Path, *arguments: str, env: Mapping[str, str] | None = None) -> Ran:
    """`segpy …` in a project: the segpy of that folder, if it is one, else the one under test."""
    where = {"PYTHONPATH": str(Path(segpy.__file__).parents[1])}
    return run([sys.executable, "-m", "segpy.cli.main", *arguments], project, {**where, **(env or {})})


def run_dbt(project: Path, *arguments: str) -> Ran:
    """`dbt …` in a project, without segpy."""
    return run([sys.executable, "-m", "dbt.cli.main", *arguments], project)


def in_a_shell(folder: Path, others: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of a shell that knows `segpy`, `dbt` and `others` from a folder, and who commits to git."""
    code = f'#!/usr/bin/env bash\nPYTHONPATH="{Path(segpy.__file__).parents[1]}" exec "{sys.executable}" -m'
    commands = {"segpy": f'{code} segpy.cli.main "$@"\n', "dbt": f'{code} dbt.cli.main "$@"\n', **(others or {})}
    write_files(folder, commands)
    for name in commands:
        (folder / name).chmod(0o755)
    return {
        "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}",
        "GIT_CONFIG_COUNT": "2",
        "GIT_CONFIG_KEY_0": "user.name",
        "GIT_CONFIG_VALUE_0": "somebody",
        "GIT_CONFIG_KEY_1": "user.email",
        "GIT_CONFIG_VALUE_1": "somebody@example.org",
    }


def copy_repository(to: Path) -> Path:
    """The files that git knows of, as they are now; without git, all that is worth copying."""
    if not (ROOT / ".git").exists() or shutil.which("git") is None:
        return Path(shutil.copytree(ROOT, to, ignore=_LEFT_BEHIND))
    listed = run(["git", "ls-files", "-z"], ROOT)
    assert listed.code == 0, listed.all
    for name in filter(None, listed.out.split("\0")):
        if (ROOT / name).is_file():
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, to / name)
    return to


def write_files(folder: Path, files: Mapping[str, str]) -> Path:
    """A folder with these files."""
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8", newline="\n")
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, by its path there; without what Python and dbt write of themselves."""
    passing = {"__pycache__", "logs", "target", ".user.yml"}
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    relative = ((path, path.relative_to(folder)) for path in files)
    return {name.as_posix(): path.read_bytes() for path, name in relative if passing.isdisjoint(name.parts)}
