"""One folder a code: `spec.yml` beside `taxonomy.yml`, and `expected.txt`, the findings exactly as they are printed.

`SEGPY_REGENERATE=1 pytest tests/errors` writes what is printed now; the difference is then to be read by somebody.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

from segpy.catalog.model import Catalog
from segpy.diagnostics.explain import explanation
from segpy.diagnostics.model import Diagnostic
from segpy.diagnostics.render import render_text
from segpy.pipeline import compile_sources
from segpy.source.nodes import Source
from tests.findings import all_findings

HERE = Path(__file__).parent
FOLDERS = sorted(folder.name for folder in HERE.glob("SEG*"))
ALONE = "SEG10"  # what is wrong with the YAML itself needs no taxonomy beside it
ELSEWHERE = {
    **dict.fromkeys([f"SEG{number}" for number in range(601, 623)], "the project on disk and dbt: tests/unit"),
    **dict.fromkeys(["SEG630", "SEG631"], "what somebody asks for: tests/unit/test_why.py"),
    **dict.fromkeys(["SEG670", "SEG671"], "what is installed and built: tests/unit/test_report.py"),
    "SEG690": "who members were: tests/unit/test_drift.py",
    "SEG650": "what is installed: tests/measure/test_extra.py",
    **dict.fromkeys(
        [f"SEG{number}" for number in range(660, 665)], "what segpy evolve finds: tests/evolve, tests/unit"
    ),
    **dict.fromkeys(["SEG643", "SEG644", "SEG645"], "what segpy forget finds: tests/unit/test_forget.py"),
    "SEG106": "too large or too many aliases: tests/unit/test_source.py",
    "SEG108": "bytes that are no text: tests/unit/test_source.py",
    "SEG215": "thousands of definitions: tests/errors/test_too_deep.py",
}


def printed(folder: str) -> tuple[str, tuple[Diagnostic, ...]]:
    """What is printed of a folder's spec."""
    place = HERE / folder
    sources = [Source("segments/spec.yml", (place / "spec.yml").read_text(encoding="utf-8"))]
    if not folder.startswith(ALONE):
        sources.append(Source("segments/taxonomy.yml", (HERE / "taxonomy.yml").read_text(encoding="utf-8")))
    known = place / "catalog.json"
    said = json.loads(known.read_text(encoding="utf-8")) if known.exists() else {}
    columns = tuple((name, frozenset(found)) for name, found in said.get("columns", {}).items())
    catalog = Catalog(refs=frozenset(said["refs"]), columns=columns) if said else Catalog()
    findings = compile_sources(sources, catalog).diagnostics
    return render_text(findings, {source.path: source.text for source in sources}), findings


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_finding_is_printed_exactly_so(folder: str) -> None:
    text, findings = printed(folder)
    expected = HERE / folder / "expected.txt"
    if os.environ.get("SEGPY_REGENERATE"):
        expected.write_text(text + "\n", encoding="utf-8")
    assert {finding.code for finding in findings} == {folder}
    assert text + "\n" == expected.read_text(encoding="utf-8")


@pytest.mark.parametrize("folder", [folder for folder in FOLDERS if not folder.startswith(ALONE)])
def test_the_page_shows_the_same_example(folder: str) -> None:
    page = explanation(folder)
    assert page is not None
    shown = re.search(r"## Example\n.*?```yaml\n(.*?)```", page, re.DOTALL)
    assert shown is not None
    assert shown[1] == (HERE / folder / "spec.yml").read_text(encoding="utf-8")


def test_every_code_has_a_folder_or_a_reason() -> None:
    codes = {finding.code for finding in all_findings()}
    assert codes == {*FOLDERS, *ELSEWHERE}
    assert not set(FOLDERS) & set(ELSEWHERE)


@pytest.mark.parametrize("code", sorted(ELSEWHERE))
def test_what_has_no_folder_is_tested_elsewhere(code: str) -> None:
    others = [path for path in HERE.parent.rglob("test_*.py") if path != Path(__file__)]
    names = {finding.__name__ for finding in all_findings() if finding.code == code}
    texts = [path.read_text(encoding="utf-8") for path in others]
    assert any(code in text or any(name in text for name in names) for text in texts)
