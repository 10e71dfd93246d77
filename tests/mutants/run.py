"""A mutant made, and its trial."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.mutants.mistakes import Mutant

ROOT = Path(__file__).parents[2]


class Gone(AssertionError):
    """The text that a mutant replaces is not there, or there twice, or what takes its place does not run."""


def mutated(mutant: Mutant, text: str) -> str:
    """The text of a file with the mistake in it."""
    count = text.count(mutant.old)
    if count != 1 or mutant.old == mutant.new:
        raise Gone(f"`{mutant.name}`: {mutant.file} has {count} times\n{mutant.old}")
    return text.replace(mutant.old, mutant.new)


def caught_by(mutant: Mutant) -> str:
    """The test that catches a mutant; empty where none does."""
    with tempfile.TemporaryDirectory() as folder:
        package = Path(folder) / "segpy"
        shutil.copytree(ROOT / "segpy", package, ignore=shutil.ignore_patterns("__pycache__"))
        file = package / mutant.file
        file.write_text(mutated(mutant, file.read_text(encoding="utf-8")), encoding="utf-8")
        os.symlink(ROOT / "tests", Path(folder) / "tests")
        environment = {**os.environ, "PYTHONPATH": folder, "PYTHONDONTWRITEBYTECODE": "1"}
        command = [sys.executable, "-m", "tests.mutants.trial", mutant.caught_by]
        found = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if found.returncode:
        raise Gone(f"`{mutant.name}` does not run: {found.stderr.strip().splitlines()[-1]}")
    return found.stdout.strip()
