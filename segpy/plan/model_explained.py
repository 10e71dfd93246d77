"""What a segment asks of somebody, taken apart: a line for each condition, and which of them must come out how."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from segpy.resolve.model import Comparison
from segpy.spec.expression import Type


@dataclass(frozen=True, slots=True)
class Measured:
    """A column of the features model, shown under a name that no other column of a segment's has, and compared."""

    column: str
    shown: str
    type: Type
    nullable: bool
    comparisons: tuple[Comparison, ...]
    or_never: bool


@dataclass(frozen=True, slots=True)
class Flagged:
    """The flag of another segment, which is never null."""

    segment: str


@dataclass(frozen=True, slots=True)
class Line:
    """One condition at its place: `passed` is the column that tells whether it speaks for membership there.

    `negated` where that is the opposite of what it is about: below `none`, or `not_in_segment`.
    """

    position: int
    rule: int
    name: str
    words: str
    threshold: str
    passed: str
    about: Measured | Flagged
    negated: bool


@dataclass(frozen=True, slots=True)
class AtLeast:
    """So many of the parts must come out right: all of them, any of them, or a number between."""

    least: int
    parts: tuple[Need, ...]


Need: TypeAlias = Line | AtLeast


@dataclass(frozen=True, slots=True)
class Rule:
    """What stands at the top of a segment; all rules together are the segment's conditions. `column` tells who passes.

    `passing`, `remaining` and `failing_only` are the columns that count.
    """

    position: int
    name: str
    words: str
    need: Need
    column: str
    passing: str
    remaining: str
    failing_only: str


@dataclass(frozen=True, slots=True)
class Explained:
    """The rules of a segment in their order, and of each person the columns that tell of all of them.

    `reached` counts the rules passed before the first that is not, `failed` those that are not.
    """

    rules: tuple[Rule, ...]
    reached: str
    failed: str

    @property
    def lines(self) -> tuple[Line, ...]:
        """Every condition, in the order in which they are written."""
        return tuple(line for rule in self.rules for line in lines_of(rule.need))

    @property
    def need(self) -> AtLeast:
        """All rules together."""
        return AtLeast(len(self.rules), tuple(rule.need for rule in self.rules))


def lines_of(need: Need) -> Iterator[Line]:
    """The conditions below a need, in their order."""
    match need:
        case Line():
            yield need
        case AtLeast(_, parts):
            for part in parts:
                yield from lines_of(part)


def most_missed(need: Need) -> int:
    """How many conditions are missed where none comes out right."""
    match need:
        case Line():
            return 1
        case AtLeast(least, parts):
            return sum(sorted(map(most_missed, parts))[:least])
