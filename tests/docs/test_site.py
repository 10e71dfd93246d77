"""The site builds without a warning, its links lead somewhere, and whoever reads it asks no other server for anything.

It wants the extra `docs`. Where that is not installed these tests are skipped, unless SEGPY_SITE_REQUIRED is set.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from segpy.diagnostics.explain import explained
from tests.docs.pages import ROOT, page_names
from tests.e2e.commands import Ran, run

MISSING = [name for name in ("sphinx", "myst_parser", "furo") if find_spec(name) is None]
REQUIRED = bool(os.environ.get("SEGPY_SITE_REQUIRED"))
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        bool(MISSING) and not REQUIRED,
        reason=f"the site is NOT tested: {', '.join(MISSING)} missing, `pip install '.[docs]'`",
    ),
]

_STRICT = ("-W", "--keep-going", "-n", "-q")
_LOADED = {"src", "srcset", "poster", "data"}
_LOADING = {"stylesheet", "icon", "preload", "modulepreload", "manifest", "dns-prefetch", "preconnect", "prefetch"}
_OF_CSS = re.compile(r"url\(\s*['\"]?([^'\")]+)|@import\s+['\"]([^'\"]+)")
_ELSEWHERE = re.compile(r"(?:https?:)?//", re.IGNORECASE)


class Page(HTMLParser):
    """What a page loads, where its links go, and the places in it that links may name."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.links: list[str] = []
        self.places: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.loaded += [value for name, value in given.items() if name in _LOADED]
        self.loaded += [found for value in (given.get("style", ""),) for found in of_css(value)]
        if tag == "link" and _LOADING & set(given.get("rel", "").split()):
            self.loaded.append(given.get("href", ""))
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        self.places |= {given[name] for name in ("id", "name") if name in given}


def of_css(text: str) -> Iterator[str]:
    """What a style sheet loads."""
    for match in _OF_CSS.finditer(text):
        yield match[1] or match[2]


def elsewhere(loaded: list[str]) -> list[str]:
    """What of it is of another server."""
    return [one for one in loaded if _ELSEWHERE.match(one.strip())]


def build(sources: Path, site: Path) -> Ran:
    command = [sys.executable, "-m", "sphinx", *_STRICT, "-c", str(sources / "docs"), str(sources), str(site)]
    return run(command, ROOT, {"PYTHONPATH": str(ROOT)})


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    said = build(ROOT, folder)
    assert (said.code, said.err) == (0, ""), said.all
    return folder


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, Page]:
    return {path: Page(path.read_text(encoding="utf-8")) for path in site.rglob("*.html")}


def test_every_page_is_in_it(site: Path) -> None:
    wanted = [name for name in page_names() if name != "README.md"]
    wanted += [f"segpy/diagnostics/pages/{code}.md" for code in explained()] + ["CHANGELOG.md", "CONTRIBUTING.md"]
    assert [name for name in wanted if not (site / name).with_suffix(".html").exists()] == []
    assert (site / "index.html").exists()
    contents = Page((site / "docs/index.html").read_text(encoding="utf-8")).links
    assert {"how-to/ci.html", "explanation/time.html", "reference/errors.html"} <= set(contents)


def test_nothing_is_loaded_from_elsewhere(site: Path, pages: dict[Path, Page]) -> None:
    found = {path.name: elsewhere(page.loaded) for path, page in pages.items() if elsewhere(page.loaded)}
    sheets = {path.name: elsewhere(list(of_css(path.read_text("utf-8")))) for path in site.rglob("*.css")}
    assert (found, {name: urls for name, urls in sheets.items() if urls}) == ({}, {})
    assert sum(len(page.loaded) for page in pages.values()) > len(pages), "pages that load nothing were not read"


def test_what_is_loaded_from_elsewhere_is_noticed() -> None:
    text = """<link rel="stylesheet" href="https://fonts.example.org/a.css"><a href="https://example.org">a link</a>
      <script src="//cdn.example.org/b.js"></script><img src="c.png"><p style="background: url('http://d.example.org')">"""
    assert elsewhere(Page(text).loaded) == [
        "https://fonts.example.org/a.css",
        "//cdn.example.org/b.js",
        "http://d.example.org",
    ]
    assert list(of_css("@import 'https://e.example.org/e.css'; a { src: url(f.woff) }")) == [
        "https://e.example.org/e.css",
        "f.woff",
    ]


def test_links_lead_to_places_that_there_are(site: Path, pages: dict[Path, Page]) -> None:
    broken = []
    for path, page in pages.items():
        for link in page.links:
            to = urlsplit(link)
            if to.scheme or to.netloc:
                continue
            target = (path.parent / unquote(to.path)).resolve() if to.path else path
            known = pages.get(target)
            if known is None or (to.fragment and unquote(to.fragment) not in known.places):
                broken.append(f"{path.relative_to(site)}: {link}")
    assert broken == []


@pytest.mark.parametrize("text", ["[gone](how-to/gone.md)", "[no such place](index.md#nowhere)"])
def test_a_broken_link_fails_the_build(tmp_path: Path, text: str) -> None:
    sources = tmp_path / "sources"
    for name in ("static", "front"):
        shutil.copytree(ROOT / "docs" / name, sources / "docs" / name)
    shutil.copy(ROOT / "docs/conf.py", sources / "docs")
    (sources / "docs/index.md").write_text(f"# A site\n\n{text}\n", encoding="utf-8")
    said = build(sources, tmp_path / "site")
    assert said.code != 0 and "myst.xref_missing" in said.err, said.all
