"""Values as written, each with its place."""

from __future__ import annotations

from dataclasses import dataclass, field

from segpy.diagnostics.model import Span
from segpy.spec.duration import Duration
from segpy.spec.expression import Type


@dataclass(frozen=True, slots=True)
class Name:
    """A name of the language, or a column of the user's, where it stands."""

    text: str
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class SqlText:
    """An expression as text. `verbatim` tells that the text stands in the file letter for letter on one line."""

    text: str
    span: Span = field(compare=False)
    verbatim: bool = field(default=False, compare=False)
    offset: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Value:
    """A constant that something is compared with."""

    value: str | int | float | bool
    span: Span = field(compare=False)
    quoted: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Length:
    """A duration where it stands. `unit` is the one that it is written in: `48 hours` are hours."""

    duration: Duration
    span: Span = field(compare=False)
    unit: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Relation:
    """`ref('name')`, `ref('package', 'name')` or `source('source', 'table')`."""

    function: str
    arguments: tuple[str, ...]
    span: Span = field(compare=False)

    def __str__(self) -> str:
        return f"{self.function}({', '.join(repr(argument) for argument in self.arguments)})"


@dataclass(frozen=True, slots=True)
class Column:
    """A typed column or property; a `personal` one says who somebody is."""

    name: Name
    type: Type
    personal: bool = False
