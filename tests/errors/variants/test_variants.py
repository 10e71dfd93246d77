"""The same findings in other places and words: each folder holds a spec, and exactly what is said of it.

A folder `SEGnnn_variant` has

* `spec.yml`, or several `.yml` files, each a file of `segments/`; the `taxonomy.yml` beside this file is added;
* `catalog.yml`, where something must be known of the dbt project: `refs`, `sources`, `columns`, `adapter`;
* `expected.txt`, the findings as text.

After a change of wording, `SEGPY_REGENERATE=1 pytest tests/errors` writes what is said now into `expected.txt`. The
tests here whose text changed fail all the same: read `git diff tests/errors` before it is committed.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
import yaml

from segpy.catalog.model import Catalog
from segpy.diagnostics.model import Span
from segpy.diagnostics.render import render_text
from segpy.pipeline import Compiled, compile_sources
from segpy.source.nodes import Source

HERE = Path(__file__).parent
FOLDERS = sorted(path.name for path in HERE.glob("SEG*"))


def sources_of(folder: str) -> list[Source]:
    """The spec files of a folder, under the paths that a project would have."""
    own = [path for path in (HERE / folder).glob("*.yml") if path.name != "catalog.yml"]
    return [Source(f"segments/{path.name}", path.read_text(encoding="utf-8")) for path in (HERE / "taxonomy.yml", *own)]


def catalog_of(folder: str) -> Catalog:
    """What a folder says of the dbt project around its specs."""
    path = HERE / folder / "catalog.yml"
    said = yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else {}
    return Catalog(
        refs=frozenset(said["refs"]) if "refs" in said else None,
        sources=frozenset(tuple(name.split(".")) for name in said["sources"]) if "sources" in said else None,
        columns=tuple((name, frozenset(columns)) for name, columns in said.get("columns", {}).items()),
        adapter=said.get("adapter"),
    )


def compiled(folder: str) -> Compiled:
    """What comes of a folder's spec."""
    return compile_sources(sources_of(folder), catalog_of(folder))


@pytest.mark.parametrize("folder", FOLDERS)
def test_what_is_said(folder: str) -> None:
    path = HERE / folder / "expected.txt"
    said = render_text(compiled(folder).diagnostics, {source.path: source.text for source in sources_of(folder)}) + "\n"
    expected = path.read_text(encoding="utf-8") if path.exists() else ""
    if os.environ.get("SEGPY_REGENERATE") and said != expected:
        path.write_text(said, encoding="utf-8")
    assert said == expected, "the top of this file says how to accept it"


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_folder_shows_its_own_code_and_no_other(folder: str) -> None:
    assert re.fullmatch("SEG[0-9]{3}_[a-z0-9_]+", folder)
    assert {finding.code for finding in compiled(folder).diagnostics} == {folder[:6]}


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_finding_has_words_a_way_out_and_a_place_in_its_file(folder: str) -> None:
    texts = {source.path: source.text for source in sources_of(folder)}
    for finding in compiled(folder).diagnostics:
        assert finding.label
        assert finding.help
        for span in (finding.span, *(related.span for related in finding.related)):
            assert span is None or stands_in(span, texts[span.file])


def stands_in(span: Span, text: str) -> bool:
    """Whether a place is within a line of its file, or just behind it."""
    line = text.split("\n")[span.line - 1]
    return span.column >= 1 and span.length >= 1 and span.column + span.length <= len(line) + 2
