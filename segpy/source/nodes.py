"""What a spec file says, with the place of every key and value. Nothing here knows the language."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from segpy.diagnostics.model import Span

Value: TypeAlias = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Source:
    """One spec file: its path as shown to people, and its text."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value. `text` is what was written; `value` is its meaning under the YAML 1.2 core schema.

    `quoted` tells `"1"` (text) from `1` (a number); `no` and `2026-01-01` are text. `block` is where the text of a
    literal block (`|`) begins: each of its lines stands on a line of its own, from that column on.
    """

    value: Value
    text: str
    quoted: bool
    span: Span = field(compare=False)
    block: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    items: tuple[Node, ...]
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Pair:
    """One entry of a mapping."""

    key: Scalar
    value: Node


@dataclass(frozen=True, slots=True)
class Mapping:
    """A mapping with its keys in the order written. No key stands twice: the reader refuses that."""

    pairs: tuple[Pair, ...]
    span: Span = field(compare=False)

    def get(self, key: str) -> Node | None:
        """The value under `key`, if there is one."""
        return next((pair.value for pair in self.pairs if pair.key.text == key), None)


Node: TypeAlias = Scalar | Sequence | Mapping
