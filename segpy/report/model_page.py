"""The page as data: sections of blocks. All text is plain; nothing in it is HTML."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, TypeAlias


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a table: text, perhaps a link within the page, a bar (0 to 1), a mark that stands before it.

    `quiet` is said of what is missing rather than of a number.
    """

    text: str
    href: str | None = None
    bar: float | None = None
    mark: str | None = None
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Head:
    """A heading of a column; those of numbers stand at the right. `wide` is text that is to have room."""

    text: str
    number: bool = False
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """A table. The first cell of a row is its heading. `name` says what it is where a reader of screens asks."""

    kind: ClassVar[str] = "grid"
    caption: str
    heads: tuple[Head, ...]
    rows: tuple[tuple[Cell, ...], ...]
    folded: str | None = None


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing in Vega-Lite, what it is, what it says in a sentence, and its numbers as a table."""

    kind: ClassVar[str] = "chart"
    name: str
    title: str
    says: str
    drawing: dict[str, Any]
    grid: Grid


@dataclass(frozen=True, slots=True)
class Para:
    """A paragraph; `tone` is `quiet` or `warn`, else plain."""

    kind: ClassVar[str] = "para"
    text: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """Terms, and what is said of each."""

    kind: ClassVar[str] = "facts"
    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Definition:
    """A definition in English, in lines that are indented by what they belong to."""

    kind: ClassVar[str] = "definition"
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """A number that is seen first, what it is of, and a remark."""

    label: str
    value: str
    remark: str


@dataclass(frozen=True, slots=True)
class Cards:
    """Numbers that are seen first."""

    kind: ClassVar[str] = "cards"
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """A line of a list: a mark, a link within the page, and a sentence."""

    mark: str
    text: str
    href: str | None
    says: str


@dataclass(frozen=True, slots=True)
class Notes:
    """A list of what is to be noted."""

    kind: ClassVar[str] = "notes"
    notes: tuple[Note, ...]


Block: TypeAlias = Grid | Chart | Para | Facts | Definition | Cards | Notes


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page: an anchor, a heading, a line under it, blocks, and parts of its own."""

    anchor: str
    heading: str
    line: str
    blocks: tuple[Block, ...]
    parts: tuple[Section, ...] = ()
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A page: its title, lines under it, and its sections."""

    title: str
    lines: tuple[str, ...]
    sections: tuple[Section, ...]
    generator: str
