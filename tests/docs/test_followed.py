"""Pages that are followed line by line, each going on where the one before ended: what they show is written and run."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.docs.pages import ROOT, Block, blocks, read
from tests.e2e.commands import Ran, run
from tests.e2e.forked import in_a_forking_shell

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

PAGES = (
    "docs/tutorial/first-segment.md",
    "docs/how-to/change-a-segment.md",
    "docs/how-to/backfill.md",
    "docs/how-to/monthly-review.md",
    "docs/how-to/add-a-stream.md",
    "docs/how-to/migrate-sql.md",
    "docs/how-to/give-marketing-the-list.md",
    "docs/explanation/incremental.md",
    "docs/how-to/forget-a-person.md",
    "docs/how-to/evolve-segments.md",
    "docs/how-to/see-prices.md",
)
ELSEWHERE = {"docs/how-to/ci.md"}  # tests/e2e/test_ci.py runs it
_PATH = re.compile(r"(?:#|--) (\S+)")
_GAP = "…"


def test_every_page_that_shows_a_way_is_followed() -> None:
    found = [*(ROOT / "docs" / "tutorial").glob("*.md"), *(ROOT / "docs" / "how-to").glob("*.md")]
    told = {page for page in (*PAGES, *ELSEWHERE) if not page.startswith("docs/explanation/")}
    assert {path.relative_to(ROOT).as_posix() for path in found} == told


def test_what_is_shown_is_what_happens(tmp_path: Path) -> None:
    """Files are written, commands run, and what they are said to print is printed."""
    folder = tmp_path / "empty"
    folder.mkdir()
    with in_a_forking_shell(tmp_path / "bin") as shell:
        _follow(folder, {**shell, "COLUMNS": "110"})


def _follow(folder: Path, environment: Mapping[str, str]) -> None:
    said: Ran | None = None
    shown = [(f"{page}:{block.line}", block) for page in PAGES for block in blocks(read(page))]
    for where, block in shown:
        match block.language:
            case "sh":
                said = run(["bash", "-euo", "pipefail", "-c", block.text], folder, environment)
                assert (said.code != 0) == (block.mark == "fails"), f"{where}\n{said.all}"
            case "text":
                assert said is not None, where
                _is_printed(block, said, where)
            case _:
                _write(block, folder, where)


def _is_printed(block: Block, said: Ran, where: str) -> None:
    """The lines of a block stand in what was printed, in their order; there may be others in between."""
    printed = iter([line.rstrip() for line in f"{said.out}\n{said.err}".splitlines()])
    for line in (line.rstrip() for line in block.text.splitlines()):
        if line.strip() not in ("", _GAP):
            assert line in printed, f"{where}: `{line}` is not printed there\n{said.all}"


def _write(block: Block, folder: Path, where: str) -> None:
    """A file, whose path its first line says; of a table that line is not a part."""
    first, _, rest = block.text.partition("\n")
    found = _PATH.fullmatch(first)
    assert found is not None, f"{where}: no path in `{first}`"
    path = folder / found[1]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(rest if block.language == "csv" else block.text, encoding="utf-8")
