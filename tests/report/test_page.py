"""The page: valid, structured, harmless whatever is written into specs, and the same for the same data."""

from __future__ import annotations

import os
import re
from dataclasses import fields, is_dataclass, replace
from datetime import datetime
from enum import Enum
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import html5lib
import pytest

from segpy.measure.model import Status
from segpy.measure.model_worth import Payback
from segpy.report.document import document
from segpy.report.model import Experiments, Outcome, Report
from segpy.report.page import POLICY, page
from tests.report.made import bare, drawn, many, review

GOLDEN = Path(__file__).with_name("golden.html")
HTML = "{http://www.w3.org/1999/xhtml}"
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'><b>&amp;</style></title></svg>{{ 7 * 7 }}"
ELEMENTS = {
    *(
        "html",
        "head",
        "meta",
        "title",
        "link",
        "style",
        "body",
        "a",
        "header",
        "h1",
        "h2",
        "h3",
        "p",
        "div",
        "nav",
        "ol",
    ),
    *(
        "ul",
        "li",
        "main",
        "section",
        "dl",
        "dt",
        "dd",
        "span",
        "strong",
        "table",
        "caption",
        "thead",
        "tbody",
        "tr",
        "th",
    ),
    *("td", "figure", "figcaption", "details", "summary", "footer", "svg", "desc"),
}
REVIEWS = {"everything": review, "nothing": bare, "many": lambda: many(200)}


def text(report: Report) -> str:
    return page(document(report), drawn)


def tree(html: str) -> ElementTree.Element:
    """The page read as browsers read it; any mistake in it is a failure."""
    parser = html5lib.HTMLParser(strict=True)
    found = parser.parse(html)
    assert isinstance(found, ElementTree.Element)
    return found


@cache
def read(name: str) -> ElementTree.Element:
    return tree(text(REVIEWS[name]()))


def named(element: ElementTree.Element) -> str:
    return re.sub(r"\{.*\}", "", str(element.tag))


@pytest.mark.parametrize("name", REVIEWS)
def test_the_page_is_valid_and_all_of_it_is_there(name: str) -> None:
    root = read(name)
    assert {named(one) for one in root.iter()} <= ELEMENTS
    ids = [one.get("id") for one in root.iter() if one.get("id")]
    assert len(ids) == len(set(ids))
    for one in root.iter():
        for attribute in ("aria-labelledby", "aria-describedby"):
            assert set((one.get(attribute) or "").split()) <= set(ids)
        href = one.get("href")
        if href is not None:
            assert href == "data:," or href.removeprefix("#") in ids, href
    assert {f"segment-{one.name}" for one in REVIEWS[name]().segments} <= set(ids)


@pytest.mark.parametrize("name", REVIEWS)
def test_its_structure_is_one_that_readers_of_screens_can_go_by(name: str) -> None:
    root = read(name)
    headings = [int(named(one)[1]) for one in root.iter() if re.fullmatch("h[1-6]", named(one))]
    assert headings.count(1) == 1 and headings[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(headings))
    assert [named(one) for one in root.iter() if named(one) in ("header", "nav", "main", "footer")] == [
        "header",
        "nav",
        "main",
        "footer",
    ]
    assert root.get("lang") == "en"
    for table in root.iter(f"{HTML}table"):
        assert next(named(one) for one in table) == "caption"
        assert all(one.get("scope") in ("col", "row") for one in table.iter(f"{HTML}th"))
        widths = {len(row) for row in table.iter(f"{HTML}tr")}
        assert len(widths) == 1
    regions = [one for one in root.iter() if one.get("role") == "region"]
    assert all(one.get("tabindex") == "0" and one.get("aria-label") for one in regions)


def test_what_is_missing_is_said_in_a_sentence() -> None:
    html = text(bare())
    for sentence in (
        "There is one run only, of 2026-03-10, so nothing can be compared.",
        "No segment has an `experiment` with an `outcome`.",
        "No hold-out is declared",
        "No segment has a playbook",
        "No segments are in an exclusive group",
        "No two segments share a quarter of their people",
        "Nothing was looked back at.",
        "Nothing says what anybody is worth",
        "Its sizes are of one run only, so there is no line to draw.",
    ):
        assert sentence in html
    assert "segment_moves could not be read: no such table. Run segpy build" in text(review())


@pytest.mark.parametrize(
    ("found", "cells"),
    [
        (Payback(900, Status.READABLE, 6, 3, 2, 5, 1), ("3 months", "2 to 5", "1 month", "6")),
        (Payback(900, Status.READABLE, 2, 1, 1, None, 1), ("1 month", "1 to not yet", "1 month", "2")),
        (Payback(900, Status.NOT_YET, 4, None, 3, None, 2), ("not yet", "3 to not yet", "2 months", "4")),
        (Payback(900, Status.NOT_YET, 1, None, None, None, None), ("not yet", "not yet", "not yet", "1")),
        (
            Payback(40, Status.TOO_FEW, 0),
            ("withheld: too few people, or too few events among them", "–", "–", "0"),
        ),
    ],
)
def test_when_acting_had_paid_for_itself(found: Payback, cells: tuple[str, ...]) -> None:
    """Its limits beside it; "not yet" is said, and where counts are small nothing is."""
    outcome = replace(review().experiments.outcomes[0], payback=found)
    assert _payback_of(outcome) == ["keen", "bought", *cells]
    small = "withheld: small counts"
    assert _payback_of(replace(outcome, small=True)) == ["keen", "bought", small, small, small, small]
    nothing = Experiments(0.95, (replace(outcome, payback=None),), None)
    assert "When it had paid for itself" not in text(review(experiments=nothing))


def _payback_of(outcome: Outcome) -> list[str]:
    """The cells of the only row that tells of a payback."""
    root = tree(text(review(experiments=Experiments(0.9, (outcome,), None))))
    captions = {"".join(one[0].itertext()): one for one in root.iter(f"{HTML}table")}
    grid = next(one for caption, one in captions.items() if caption.startswith("When it had paid for itself"))
    heads, *rows = ([" ".join("".join(cell.itertext()).split()) for cell in row] for row in grid.iter(f"{HTML}tr"))
    assert heads[2:4] == ["Paid back after", "Limits of 90 %"] and len(rows) == 1
    return rows[0]


def test_what_could_be_one_or_go_is_told_where_attention_is_asked_for() -> None:
    html = text(review())
    attention = html.partition('<section id="attention"')[2].partition("</section>")[0]
    assert "87 % of those in it or in keen are in both" in attention
    assert "nobody entered in 28 days" not in attention and "nobody entered in 28 days" in html
    assert "nothing says what is done with its members" not in html


def hostile(value: Any) -> Any:
    """The same data, and in every text of it what somebody might try; anchors are made of names, which are checked."""
    if isinstance(value, Enum | datetime) or not (is_dataclass(value) or isinstance(value, tuple | str)):
        return value
    if isinstance(value, str):
        return value + HOSTILE
    if isinstance(value, tuple):
        return tuple(hostile(one) for one in value)
    kept = {"name", "segment", "segments", "before", "after", "entity"}
    return replace(
        value,  # type: ignore[type-var]
        **{
            one.name: hostile(getattr(value, one.name))
            for one in fields(value)  # type: ignore[arg-type]
            if one.init and not (one.name in kept and not (one.name == "segments" and isinstance(value, Report)))
        },
    )


def test_nothing_that_is_written_into_a_spec_becomes_markup() -> None:
    html = text(hostile(review()))
    root = tree(html)
    assert {named(one) for one in root.iter()} <= ELEMENTS
    for one in root.iter():
        assert not [name for name in one.attrib if name.lower().startswith("on") or name in ("src", "srcdoc", "action")]
        assert one.get("href", "#").startswith(("#", "data:,"))
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html and "{{ 7 * 7 }}" in html
    assert html.count("<script") == html.count("<img") == 0


def test_nothing_is_fetched() -> None:
    """Beside what a browser does (tests/report/test_browser.py): there is no address in it at all."""
    html = text(review())
    assert f'content="{POLICY}"'.replace("'", "&#39;") in html and "default-src 'none'" in POLICY
    assert not re.search(r"https?://|//[a-z]|@import|url\(", html)


def test_the_same_review_makes_the_same_page() -> None:
    assert text(review()) == text(review())


def test_the_page_of_a_small_review() -> None:
    found = text(review())
    found = re.sub(r"<style>.*?</style>", "<style></style>", found, flags=re.DOTALL)
    found = re.sub(r"segpy \d[\w.]*", "segpy 0", found)
    if os.environ.get("SEGPY_REGENERATE"):
        GOLDEN.write_text(found, encoding="utf-8")
    assert found == GOLDEN.read_text(encoding="utf-8")
