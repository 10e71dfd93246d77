"""The page in a real browser: what is loaded, what is seen in the light, in the dark, on paper, on a phone; and keys.

Needs `pip install '.[browser]'` and a Chromium: SEGPY_BROWSER names it, else it is looked for. Without either this is
skipped, and says so; SEGPY_BROWSER_REQUIRED=1 makes that a failure. SEGPY_SCREENSHOTS names a folder for what was seen.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from segpy.report.document import document
from segpy.report.drawing import draw
from segpy.report.page import page
from tests.report.made import many, review

pytestmark = pytest.mark.e2e

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
LOOKS = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "print": {"color_scheme": "dark", "media": "print"},
}
# Of each text its colour and what stands behind it, as seen: the nearest background that is not see-through.
CONTRASTS = """
() => {
  const parse = c => { const m = c.match(/[\\d.]+/g).map(Number); return m.length > 3 ? m : [...m, 1]; };
  const light = c => { const f = v => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
    return .2126 * f(c[0]) + .7152 * f(c[1]) + .0722 * f(c[2]); };
  const behind = e => { for (; e; e = e.parentElement) {
    const c = parse(getComputedStyle(e).backgroundColor); if (c[3] === 1) return c; } return [255, 255, 255, 1]; };
  const found = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const e = walk.currentNode.parentElement;
    if (!walk.currentNode.data.trim() || !e.checkVisibility() || ['title', 'desc'].includes(e.tagName)) continue;
    const style = getComputedStyle(e);
    const [a, b] = [light(parse(e.tagName === 'text' ? style.fill : style.color)), light(behind(e))];
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    found.push([ratio, e.tagName + '.' + e.getAttribute('class') + ': ' + walk.currentNode.data.trim().slice(0, 40)]);
  }
  return found;
}
"""


def absent(why: str) -> None:
    """Without a browser the page is not seen: a reason to fail where that is asked for, elsewhere to say so."""
    if os.environ.get("SEGPY_BROWSER_REQUIRED"):
        pytest.fail(why)
    pytest.skip(f"{why}: the page was NOT seen in a browser")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    path = os.environ.get("SEGPY_BROWSER") or next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        absent("there is no Chromium here")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        absent("playwright is not installed")
    with sync_playwright() as driver:
        arguments = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        launched = driver.chromium.launch(executable_path=path, args=arguments)
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    written = tmp_path_factory.mktemp("page") / "segpy-report.html"
    written.write_text(page(document(review()), draw), encoding="utf-8")
    return written


def opened(
    browser: Any, file: Path, width: int = 1280, height: int = 900, **look: Any
) -> tuple[Any, list[str], list[str]]:
    """The page as it is, what was asked of the network, and what the browser complained of."""
    media = look.pop("media", None)
    context = browser.new_context(viewport={"width": width, "height": height}, offline=True, **look)
    seen = context.new_page()
    asked: list[str] = []
    complaints: list[str] = []
    seen.on("request", lambda request: asked.append(request.url))
    seen.on("console", lambda message: complaints.append(message.text))
    seen.on("pageerror", lambda error: complaints.append(str(error)))
    if media:
        seen.emulate_media(media=media)
    seen.goto(file.as_uri())
    return seen, asked, complaints


def pictured(seen: Any, name: str) -> None:
    if folder := os.environ.get("SEGPY_SCREENSHOTS"):
        seen.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


@pytest.mark.parametrize("look", LOOKS)
def test_every_text_is_legible_and_nothing_is_asked_for(browser: Any, file: Path, look: str) -> None:
    """Contrast is at least 4.5 in the light, in the dark and on paper, texts of charts included."""
    seen, asked, complaints = opened(browser, file, **LOOKS[look])
    seen.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    contrasts = seen.evaluate(CONTRASTS)
    pictured(seen, look)
    assert len(contrasts) > 200 and any(what.startswith("text.") for _, what in contrasts)
    assert [(round(ratio, 2), what) for ratio, what in contrasts if ratio < 4.5] == []
    assert (asked, complaints) == ([file.as_uri()], [])
    seen.context.close()


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_is_wider_than_the_screen(browser: Any, file: Path, width: int) -> None:
    """What is wide scrolls in a region of its own; a chart's texts are not cut off."""
    seen, _, _ = opened(browser, file, width)
    pictured(seen, f"wide-{width}")
    assert seen.evaluate("document.documentElement.scrollWidth") == width
    cut = """() => [...document.querySelectorAll('.drawing svg text')].filter(text => {
        const [a, b] = [text.getBoundingClientRect(), text.closest('svg').getBoundingClientRect()];
        return a.left < b.left - 1 || a.right > b.right + 1 || a.top < b.top - 1 || a.bottom > b.bottom + 1;
    }).map(text => text.textContent)"""
    assert seen.evaluate(cut) == []
    seen.context.close()


def test_keys_reach_everything_in_order_and_show_where_they_are(browser: Any, file: Path) -> None:
    """First what skips to the review, then the contents, then what scrolls, and each is seen to have the focus."""
    seen, _, _ = opened(browser, file)
    where = """() => { const e = document.activeElement, s = getComputedStyle(e), href = e.getAttribute('href');
        return [e.className || e.tagName, href, !!e.closest('nav'), s.outlineStyle, s.outlineWidth]; }"""
    found = []
    for _ in range(60):
        seen.keyboard.press("Tab")
        found.append(seen.evaluate(where))
    assert found[0][:2] == ["skip", "#main"]
    contents = [href for _, href, inside, *_ in found if inside and href]
    assert contents[:3] == ["#glance", "#attention", "#segments"] and "#reading" in contents
    names = [one[0] for one in found]
    assert names.index("wide") > max(place for place, one in enumerate(found) if one[2])
    assert {"wide", "drawing", "SUMMARY"} <= set(names)
    assert all(style == "solid" and width == "3px" for *_, style, width in found)
    seen.context.close()


def test_the_first_key_skips_to_the_review(browser: Any, file: Path) -> None:
    seen, _, _ = opened(browser, file)
    seen.keyboard.press("Tab")
    assert seen.locator(".skip").bounding_box()["x"] >= 0
    seen.keyboard.press("Enter")
    assert seen.evaluate("document.activeElement.id") == "main"
    seen.context.close()


@pytest.mark.parametrize("look", ["light", "dark"])
def test_the_rules_of_axe(browser: Any, file: Path, look: str) -> None:
    """axe-core's rules of WCAG 2.2 A and AA, and its best practices."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    seen, _, _ = opened(browser, file, bypass_csp=True, **LOOKS[look])
    found = axe.Axe().run(seen)
    told = [(one["id"], [node["html"][:200] for node in one["nodes"][:3]]) for one in found.response["violations"]]
    assert told == []
    assert len(found.response["passes"]) > 20
    seen.context.close()


def test_a_chart_is_a_picture_with_a_name_and_a_description(browser: Any, file: Path) -> None:
    """As a reader of screens is told."""
    seen, _, _ = opened(browser, file)
    pictures = seen.get_by_role("img").all()
    assert len(pictures) >= 4
    assert seen.get_by_role("img", name="Members of keen").count() == 1
    told = "() => [...document.querySelectorAll('svg')].map(one => one.querySelector('desc').textContent.length)"
    assert min(seen.evaluate(told)) > 20
    assert seen.evaluate("[...document.querySelectorAll('svg')].every(one => one.getAttribute('role') === 'img')")
    seen.context.close()


def test_what_runs_is_refused_even_where_it_stands_in_the_page(browser: Any, file: Path, tmp_path: Path) -> None:
    """The page forbids it: a script, and a picture from elsewhere, that somebody put into the file."""
    foul = "<script>document.title = 'run'</script><img src='http://example.invalid/a.png'></main>"
    broken = tmp_path / "broken.html"
    broken.write_text(file.read_text(encoding="utf-8").replace("</main>", foul), encoding="utf-8")
    seen, _, complaints = opened(browser, broken)
    assert seen.title() != "run"
    assert sum("Content Security Policy" in one for one in complaints) == 2
    seen.context.close()


def test_500_segments_are_one_page_to_be_read(browser: Any, tmp_path: Path) -> None:
    """The contents are folded, what needs attention is on the first screens, and nothing is wider than the screen."""
    written = tmp_path / "many.html"
    made = page(document(many(500)), lambda *told: "<svg></svg>")
    written.write_text(made, encoding="utf-8")
    seen, _, complaints = opened(browser, written)
    assert complaints == [] and seen.evaluate("document.documentElement.scrollWidth") == 1280
    assert seen.locator("nav").bounding_box()["height"] < 900
    assert seen.locator("#attention").bounding_box()["y"] < 2000
    seen.context.close()
