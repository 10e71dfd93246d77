"""What the pages of explanation show is so: their examples run, their claims hold, their SQL is that of their specs."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from segpy.diagnostics.render import render_text
from segpy.dialects import DIALECTS
from tests.cases.unit_tests import failures
from tests.docs import examples
from tests.docs.pages import Block, blocks, read

PAGES = [page for page in examples.pages() if page != examples.PAGE]
_DIALECT = re.compile(r"-- (\w+)\n")


def before(page: str, language: str) -> Iterator[tuple[Block, Block]]:
    """Each block of a language, with the spec that it stands below."""
    spec: Block | None = None
    for block in blocks(read(page)):
        if block.language == "yaml":
            spec = block
        elif block.language == language:
            assert spec is not None, f"{page}:{block.line}"
            yield spec, block


def cases(language: str) -> list[object]:
    found = [(page, spec, block) for page in PAGES for spec, block in before(page, language)]
    return [pytest.param(*one, id=f"{one[0]}:{one[2].line}") for one in found]


SPECS = [pytest.param(page, block, id=f"{page}:{block.line}") for page in PAGES for block in examples.examples(page)]


@pytest.mark.parametrize(("page", "block"), SPECS)
def test_an_example_runs_and_its_claims_hold(page: str, block: Block) -> None:
    compiled = examples.compiled(block, page)
    assert not compiled.failed, compiled.diagnostics
    assert {found.code for found in compiled.diagnostics} == set(re.findall(r"SEG\d{3}", block.text)), "say which"
    assert not failures({one.path: one.text for one in compiled.artifacts})
    if "alone" not in block.mark.split():
        claims = list(examples.claims(block))
        assert claims, "an example without a claim shows nothing"
        tables = examples.result(compiled, page, block.mark)
        assert [said for claim in claims if (said := examples.differs(claim, tables))] == []


@pytest.mark.parametrize(("page", "spec", "block"), cases("text"))
def test_findings_are_those_of_the_spec_above(page: str, spec: Block, block: Block) -> None:
    compiled = examples.compiled(spec, page)
    printed = render_text(compiled.diagnostics, {one.path: one.text for one in compiled.sources})
    assert f"{block.text.rstrip()}\n" in f"{printed}\n"


@pytest.mark.parametrize(("page", "spec", "block"), cases("sql"))
def test_sql_is_that_of_the_spec_above(page: str, spec: Block, block: Block) -> None:
    """The first line says in which dialect; the others stand somewhere in a model."""
    said = _DIALECT.match(block.text)
    assert said is not None and said[1] in DIALECTS, block.text
    compiled = examples.compiled(spec, page, DIALECTS[said[1]].adapter)
    lines = [line.strip() for line in block.text.splitlines()[1:]]
    models = [[line.strip() for line in one.text.splitlines()] for one in compiled.artifacts]
    assert any(model[at : at + len(lines)] == lines for model in models for at in range(len(model)))
