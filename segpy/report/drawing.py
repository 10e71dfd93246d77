"""Charts as SVG that stands inside of a page. The one place that knows the library which draws them."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

from segpy.diagnostics.libraries import there
from segpy.report.errors import NeedsReport

LIBRARY = "vl_convert"

_SVG = "{http://www.w3.org/2000/svg}"
_SHAPES = frozenset({"g", "line", "path", "rect", "text", "tspan", "circle"})
_KEPT = frozenset(
    {
        *("d", "x", "y", "x1", "x2", "y1", "y2", "width", "height", "transform", "fill", "fill-opacity", "stroke"),
        *("stroke-width", "stroke-dasharray", "stroke-opacity", "stroke-linecap", "opacity", "text-anchor"),
        *("font-size", "font-weight", "font-style", "dy", "dx", "cx", "cy", "r"),
    }
)
_LONG_NUMBER = re.compile(r"-?\d+\.\d{3,}")
_REACHES_OUT = re.compile(r"url\s*\(|javascript:|expression\s*\(", re.IGNORECASE)


def missing(library: str = LIBRARY) -> NeedsReport | None:
    """What to say where nothing can be drawn; a library that is broken is told like one that is not there."""
    return None if there(library) else NeedsReport(library)


def draw(specification: dict[str, Any], name: str, title: str, says: str) -> str:
    """A drawing in Vega-Lite as SVG, with a title and a description that readers of screens are told.

    Only shapes and texts are taken over, with what places and colours them: nothing that could load or run anything.
    The library is let load nothing either.
    """
    import vl_convert

    drawn = ElementTree.fromstring(vl_convert.vegalite_to_svg(specification, allowed_base_urls=[]))
    kept = ElementTree.Element("svg")
    kept.set("viewBox", drawn.get("viewBox", "0 0 1 1"))
    kept.set("width", drawn.get("width", "1"))
    kept.set("height", drawn.get("height", "1"))
    kept.set("role", "img")
    kept.set("aria-labelledby", f"{name}-title {name}-says")
    for tag, text in (("title", title), ("desc", says)):
        told = ElementTree.SubElement(kept, tag, {"id": f"{name}-{'says' if tag == 'desc' else tag}"})
        told.text = text
    for child in drawn:
        _take(child, kept)
    return ElementTree.tostring(kept, encoding="unicode", short_empty_elements=False)


def _take(drawn: ElementTree.Element, into: ElementTree.Element) -> None:
    """A shape and what it holds, where it is seen at all."""
    tag = drawn.tag.removeprefix(_SVG)
    if tag not in _SHAPES or drawn.get("display") == "none":
        return
    if tag == "path" and not drawn.get("fill") and not drawn.get("stroke") and drawn.get("class") == "background":
        return
    attributes = {
        name: _LONG_NUMBER.sub(lambda found: f"{float(found[0]):.2f}", value)
        for name, value in drawn.attrib.items()
        if name in _KEPT and not _REACHES_OUT.search(value)
    }
    if attributes.get("opacity") == "1":
        del attributes["opacity"]
    made = ElementTree.Element(tag, attributes)
    made.text = drawn.text if tag in ("text", "tspan") else None
    for child in drawn:
        _take(child, made)
    if tag == "g" and not len(made):
        return
    if tag == "g" and not attributes:
        into.extend(list(made))
    else:
        into.append(made)
