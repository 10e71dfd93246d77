"""The page as HTML: one file that loads nothing and runs nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from segpy.report.model_page import Document

Draw = Callable[[dict[str, Any], str, str, str], str]

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
"""Nothing is fetched or run, whatever text of somebody else's may say."""


def page(document: Document, draw: Draw) -> str:
    """The text of the file. Every text is escaped but what `draw` makes of drawings."""
    environment = Environment(
        loader=PackageLoader("segpy.report", "template"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals["drawn"] = lambda chart: Markup(draw(chart.drawing, chart.name, chart.title, chart.says))
    style = environment.loader.get_source(environment, "page.css")[0] if environment.loader is not None else ""
    template = environment.get_template("page.html.j2")
    return template.render(document=document, policy=POLICY, style=Markup(style))
