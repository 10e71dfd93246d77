"""The project's Markdown as data: blocks, tables, code spans, links, headings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

ROOT = Path(__file__).parents[2]
_BLOCK = re.compile(r"^( *)```(\w*)([^\n]*)\n(.*?)^\1```$", re.DOTALL | re.MULTILINE)
_HEADING = re.compile(r"^(#+) (.+)$", re.MULTILINE)
_SPAN = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: its language, the words that follow it, its text, and the line that it begins on."""

    language: str
    mark: str
    text: str
    line: int


def page_names() -> list[str]:
    """Every page that these tests answer for, relative to the repository."""
    names = ["README.md", "ARCHITECTURE.md"]
    return names + sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").rglob("*.md"))


def read(name: str) -> str:
    """The text of a page."""
    return (ROOT / name).read_text(encoding="utf-8")


def blocks(text: str, language: str | None = None) -> list[Block]:
    """The fenced blocks of a text, of one language if one is asked for."""
    found = [
        Block(match[2], match[3].strip(), dedent(match[4]), text.count("\n", 0, match.start()) + 1)
        for match in _BLOCK.finditer(text)
    ]
    return [block for block in found if language is None or block.language == language]


def prose(text: str) -> str:
    """A text without its fenced blocks."""
    return _BLOCK.sub("", text)


def headings(text: str) -> list[str]:
    """The headings of a text, in order."""
    return [match[2] for match in _HEADING.finditer(prose(text))]


def section(text: str, heading: str) -> str:
    """What stands below a heading, up to the next of its level or above."""
    hidden = _BLOCK.sub(lambda match: re.sub(r"(?m)^#", " ", match[0]), text)  # a comment in a block is no heading
    for match in _HEADING.finditer(hidden):
        if match[2] == heading:
            level = len(match[1])
            ends = (one.start() for one in _HEADING.finditer(hidden, match.end()) if len(one[1]) <= level)
            return text[match.end() : next(ends, len(text))]
    raise AssertionError(f"no heading `{heading}`")


def tables(text: str) -> list[list[list[str]]]:
    """The tables of a text: rows of cells, heads and rulers left out."""
    found: list[list[list[str]]] = []
    lines = [*prose(text).splitlines(), ""]
    rows: list[list[str]] = []
    for line in lines:
        if line.startswith("|"):
            cells = re.split(r"(?<!\\)\|", line.strip().removeprefix("|").removesuffix("|"))
            rows.append([cell.strip().replace("\\|", "|") for cell in cells])
        elif rows:
            found.append(rows[2:])
            rows = []
    return found


def spans(text: str) -> list[str]:
    """The code spans of a text."""
    return _SPAN.findall(prose(text))


def links(text: str) -> Iterator[str]:
    """The targets of a text's links."""
    yield from _LINK.findall(prose(text))


def anchors(text: str) -> set[str]:
    """The anchors that headings get on GitHub."""
    kept = (re.sub(r"[^\w\- ]", "", heading.replace("`", "")).strip().lower() for heading in headings(text))
    return {heading.replace(" ", "-") for heading in kept}
