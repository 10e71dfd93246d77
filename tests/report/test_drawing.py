"""Charts as they stand in the page: shapes and texts, named and described, and nothing that loads, runs or hides."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from xml.etree import ElementTree

import pytest

from segpy.report import drawing
from segpy.report.charts import Drawing, carried, changes, intervals, size_over_time
from segpy.report.model import Size
from tests.report.made import review

pytest.importorskip("vl_convert")

HOSTILE = "</text><script>alert(1)</script><a xlink:href='javascript:alert(2)'>\" onload=\"alert(3)"
CHARTS: dict[str, Callable[[], Drawing]] = {
    "sizes": lambda: size_over_time(review().segments[0].sizes, review().segments[0].ahead),
    "a gap": lambda: size_over_time(
        [Size(datetime(2026, 1, day), day if day != 2 else None, 9) for day in (1, 2, 3)], ()
    ),
    "all zero": lambda: size_over_time([Size(datetime(2026, 1, day), 0, 9) for day in (1, 2)], ()),
    "changes": lambda: changes([(HOSTILE, 12), ("b", -1_200)]),
    "one way": lambda: changes([("a", 12), ("b", 3)]),
    "carried": lambda: carried([(HOSTILE, 0.5, 0.5), ("b", 0.1, 0.6)]),
    "intervals": lambda: intervals([(HOSTILE, 0.1, -0.1, 0.3, False), ("b", 0.2, None, 0.3, True)], "what", "+.1%"),
}


def drawn(name: str) -> ElementTree.Element:
    return ElementTree.fromstring(drawing.draw(CHARTS[name](), "a-name", "Title & <b>", "It says"))


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_holds_shapes_and_texts_and_is_named(name: str) -> None:
    found = drawn(name)
    assert {one.tag for one in found.iter()} <= {"svg", "title", "desc", "g", "line", "path", "rect", "text", "tspan"}
    assert (found.get("role"), found.get("aria-labelledby")) == ("img", "a-name-title a-name-says")
    assert [(one.get("id"), one.text) for one in list(found)[:2]] == [
        ("a-name-title", "Title & <b>"),
        ("a-name-says", "It says"),
    ]
    for one in found.iter():
        assert not {*one.attrib} & {"href", "style", "class", "onload", "{http://www.w3.org/1999/xlink}href"}
        assert not any("url(" in value for value in one.attrib.values())
    texts = {one.text for one in found.iter("text")}
    assert texts and (HOSTILE in texts or HOSTILE not in str(CHARTS[name]()))


@pytest.mark.parametrize("name", CHARTS)
def test_its_colours_are_those_of_the_page(name: str) -> None:
    """Variables, so that what is drawn once is legible in the light, in the dark and on paper."""
    colours = {value for one in drawn(name).iter() for key, value in one.attrib.items() if key in ("fill", "stroke")}
    assert colours and all(one.startswith("var(--") or one in ("none", "transparent") for one in colours), colours


def test_a_gap_is_no_line_and_no_point() -> None:
    """What is withheld is not joined over."""
    (line,) = (one.get("d", "") for one in drawn("a gap").iter("path") if one.get("stroke") == "var(--one)")
    assert line.count("M") == 2
    points = [one for one in drawn("a gap").iter("path") if one.get("fill") == "var(--one)"]
    assert len(points) == 2


def test_the_same_chart_is_the_same_text() -> None:
    first, second = (drawing.draw(CHARTS["sizes"](), "a", "b", "c") for _ in range(2))
    assert first == second


def test_methods_are_told_apart_without_colours() -> None:
    """By their names beside them, and dashes where what was seen is a solid line."""
    found = drawn("sizes")
    assert {"smoothed", "as last year"} <= {one.text for one in found.iter("text")}
    lines = [one for one in found.iter("path") if one.get("fill") in (None, "none") and one.get("stroke-width")]
    assert {one.get("stroke-dasharray") for one in lines if one.get("stroke") == "var(--one)"} == {None}
    assert {one.get("stroke-dasharray") for one in lines if one.get("stroke") == "var(--two)"} == {"5,4"}


def test_what_is_not_installed_is_told() -> None:
    assert drawing.missing() is None
    found = drawing.missing("no_such_library")
    assert found is not None and found.label == "the page needs `no_such_library`, which cannot be imported here"
