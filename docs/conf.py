"""The site of the documentation. From the folder of the repository:

    sphinx-build -W --keep-going -n -c docs . build/site

The sources are the pages as they stand, so that their links lead somewhere on any host of Git too: Sphinx is given the
whole repository, and takes the pages below. What the sections of docs/index.md list becomes the contents.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable

from pygments.lexers.shell import BashLexer
from pygments.lexers.special import TextLexer
from pygments.lexers.templates import SqlJinjaLexer
from sphinx.application import Sphinx

from segpy import __version__

project = "segpy"
author = "The segpy maintainers"
copyright = "the segpy maintainers"  # noqa: A001 - Sphinx's own name
version = release = __version__
language = "en"

extensions = ["myst_parser"]
root_doc = "docs/index"
include_patterns = [
    "docs/*.md",
    "docs/**/*.md",
    "segpy/diagnostics/pages/*.md",
    "benchmarks/*.md",
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
]
exclude_patterns = [".*", "**/.*", "build", "target", "tests", "venv*"]

myst_heading_anchors = 4

html_theme = "furo"
html_title = "segpy"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_extra_path = ["front"]
html_copy_source = False
html_show_sphinx = False
html_theme_options = {"navigation_with_keys": True}
pygments_style = "friendly"
pygments_dark_style = "monokai"

_SECTION = re.compile(r"^## (.+)\n((?:(?!## ).*\n?)*)", re.MULTILINE)
_LINK = re.compile(r"^\* \[([^\]]*)\]\(([^)#]+)\.md\)", re.MULTILINE)
_BELOW = {"docs/decisions/README": "docs/decisions/0*", "docs/reference/errors": "segpy/diagnostics/pages/*"}
"""Pages whose section of the contents is every page of a pattern."""


def setup(app: Sphinx) -> None:
    """Put the contents below the pages that list them, where only Sphinx sees them."""
    app.connect("source-read", _contents)
    app.add_lexer("csv", TextLexer)
    app.add_lexer("sql", SqlJinjaLexer)
    app.add_lexer("console", BashLexer)  # lines to type, without a prompt


def _contents(app: Sphinx, page: str, source: list[str]) -> None:
    if page == root_doc:
        found = _SECTION.findall(source[0])
        source[0] += "".join(_tree(_listed(text, app.env.found_docs), f":caption: {name}\n") for name, text in found)
    elif page in _BELOW:
        source[0] += _tree([f"/{_BELOW[page]}"], ":glob:\n")


def _listed(section: str, known: Iterable[str]) -> list[str]:
    """The pages that a section lists, under its words, then those of the same folders that nobody has listed yet."""
    pages = {posixpath.normpath(f"docs/{link}"): words for words, link in _LINK.findall(section)}
    folders = {posixpath.dirname(page) for page in pages if page.startswith("docs/") and not page.endswith("/README")}
    others = (page for page in sorted(known) if posixpath.dirname(page) in folders and page not in pages)
    return [*(f"{words} </{page}>" for page, words in pages.items()), *(f"/{page}" for page in others)]


def _tree(entries: list[str], options: str) -> str:
    lines = "\n".join(entries)
    return f"\n\n```{{toctree}}\n:hidden:\n{options}\n{lines}\n```\n"
