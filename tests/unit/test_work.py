"""How often the same thing is done: what would make a large project slow is counted, not timed."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlglot import tokens

from benchmarks.large_project import write
from segpy import pipeline
from segpy.source.events import Events
from segpy.sql.layout import lay_out
from segpy.sql.model import Query
from segpy.sql.tree import named, number, select, table, union_all
from segpy.sql.verify import verify

SEGMENTS = 30


@pytest.fixture(name="large")
def large_project(tmp_path: Path) -> Path:
    """A project of some segments of every kind."""
    write(tmp_path / "large", SEGMENTS)
    return tmp_path / "large"


def test_the_large_project_is_sound(large: Path) -> None:
    compiled = pipeline.compile_project(large)
    assert not compiled.failed
    assert len(compiled.segments) == SEGMENTS
    assert len(compiled.examples) == 12


def test_each_file_is_read_once(large: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    begin = Events.__init__

    def counted(self: Events, text: str, *, quick: bool = False) -> None:
        read.append(text)
        begin(self, text, quick=quick)

    monkeypatch.setattr(Events, "__init__", counted)
    pipeline.check_project(large)
    specs = [path.read_text(encoding="utf-8") for path in sorted((large / "segments").iterdir())]
    assert sorted(text for text in read if text in specs) == sorted(specs)


def test_to_check_is_not_to_write_sql(large: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError("SQL was written")

    monkeypatch.setattr(pipeline, "models_in_sql", never)
    monkeypatch.setattr(pipeline, "build_unit_tests", never)
    assert len(pipeline.check_project(large).segments) == SEGMENTS


def test_generated_text_is_read_no_more_than_twice(large: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once as it is laid out, once as sqlglot would write the same tree."""
    read: list[str] = []
    tokenize = tokens.Tokenizer.tokenize

    def counted(self: tokens.Tokenizer, sql: str) -> list[tokens.Token]:
        read.append(sql)
        return tokenize(self, sql)

    monkeypatch.setattr(tokens.Tokenizer, "tokenize", counted)
    compiled = pipeline.compile_project(large)
    written = sum(len(one.text) for one in compiled.artifacts if one.path.endswith(".sql"))
    assert sum(map(len, read)) < 2.2 * written


def test_a_thousand_selects_in_a_row() -> None:
    """As many as there are segments: nothing on the way goes down into them one by one."""
    selects = [select([named(number(one), "one")], table("given")) for one in range(1_500)]
    query = Query("model", "", (), union_all(selects), (), ())
    found = lay_out(query, "duckdb")
    assert found.count("union all") == 1_499
    verify(query, found, "duckdb")
