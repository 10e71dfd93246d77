"""ARCHITECTURE.md and the decisions speak of the code as it is."""

from __future__ import annotations

import re

import pytest

from tests import laws
from tests.docs.pages import ROOT, anchors, blocks, headings, links, page_names, read, section, spans, tables

PAGE = read("ARCHITECTURE.md")
DECISIONS = sorted(path.name for path in (ROOT / "docs/decisions").glob("[0-9]*.md"))
STAGES = {row[0]: row for row in tables(section(PAGE, "Stages"))[0]}
PACKAGE = laws.modules_of(ROOT / "segpy")


def test_the_stages_stand_in_their_order() -> None:
    assert tuple(STAGES) == tuple(stage for stage in laws.ORDER if stage not in laws.KNOWN_TO_ALL)
    for stage, row in STAGES.items():
        assert (ROOT / row[3].strip("`")).exists(), stage


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_imports_what_the_table_says(stage: str) -> None:
    known = frozenset(module.name for module in PACKAGE)
    imported = {
        target.split(".")[1]
        for module in PACKAGE
        if module.stage == stage
        for target in laws.imports_of(module, known)
        if target.startswith("segpy.") and target.split(".")[1] != stage
    } - set(laws.KNOWN_TO_ALL)
    said = STAGES[stage][4]
    assert said == "everything" or imported == {word.strip() for word in said.split(",") if word.strip()}


def test_the_tree_names_every_folder_of_the_package_and_none_that_is_not_there() -> None:
    (tree,) = (block.text for block in blocks(section(PAGE, "The tree")))
    named = {word.rstrip("/") for word in tree.split() if word.endswith("/")}
    assert {path.parent.name for path in (ROOT / "segpy").glob("*/__init__.py")} <= named
    known = {path.relative_to(ROOT).as_posix() for path in ROOT.glob("[!.]*/**/") if "target" not in path.parts}
    assert {name for name in named if not any(f"/{path}".endswith(f"/{name}") for path in known)} == set()


def test_files_named_exist() -> None:
    for span in spans(PAGE):
        if re.fullmatch(r"[\w./]+/[\w.]+\.(?:py|md|yml)", span):
            assert (ROOT / span).exists() or (ROOT / "segpy" / span).exists(), span


def test_the_numbers_of_the_laws_are_those_that_are_kept() -> None:
    text = section(PAGE, "Laws")
    assert f"at most {laws.MOST_LINES} lines" in text
    said = re.search(r"Nothing is called ([\w, ]+)\.", text)
    assert said is not None
    assert set(re.split(r", | or ", said[1])) <= laws.FORBIDDEN_NAMES


# --- decisions ------------------------------------------------------------------------------------------------------


def test_decisions_are_numbered_and_listed() -> None:
    assert [name[:4] for name in DECISIONS] == [f"{number:04}" for number in range(1, len(DECISIONS) + 1)]
    index = tables(read("docs/decisions/README.md"))[0]
    assert [next(links(row[0])) for row in index] == DECISIONS
    assert [row[1] for row in index] == [
        headings(read(f"docs/decisions/{name}"))[0].split(". ", 1)[1] for name in DECISIONS
    ]


@pytest.mark.parametrize("name", DECISIONS)
def test_a_decision_says_why_what_and_what_follows(name: str) -> None:
    title, *parts = headings(read(f"docs/decisions/{name}"))
    assert title.startswith(f"{int(name[:4])}. ")
    assert parts == ["Context", "Decision", "Consequences"]


# --- links ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", [*page_names(), "CONTRIBUTING.md", "CHANGELOG.md"])
def test_links_lead_somewhere(page: str) -> None:
    for link in links(read(page)):
        if link.startswith(("http:", "https:", "mailto:")):
            continue
        path, _, anchor = link.partition("#")
        target = ((ROOT / page).parent / path).resolve() if path else ROOT / page
        assert target.exists(), link
        if anchor:
            assert anchor in anchors(target.read_text(encoding="utf-8")), link
