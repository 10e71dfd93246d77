"""The demonstration, for several dialects at once."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from segpy.pipeline import compile_project, write
from tests.engines.engine import ROOT

_PROJECT = ("dbt_project.yml", "segments", "seeds", "macros", "models")
_DIALECT = "\ndialect: duckdb\n"


def render(folder: Path, dialects: Sequence[str]) -> None:
    """Copy it into a new folder, without a profile, and render it there."""
    folder.mkdir()
    for name in _PROJECT:
        source = ROOT / name
        shutil.copytree(source, folder / name) if source.is_dir() else shutil.copy(source, folder / name)
    settings = folder / "segments" / "segpy.yml"
    text = settings.read_text(encoding="utf-8")
    assert _DIALECT in text
    settings.write_text(text.replace(_DIALECT, f"\ndialect: [{', '.join(dialects)}]\n"), encoding="utf-8")
    compiled = compile_project(folder)
    assert not compiled.failed, compiled.diagnostics
    _, problems = write(folder, compiled)
    assert not problems
