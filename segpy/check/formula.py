"""What a condition demands, as a formula without negation: facts, flags, and so many of several parts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from segpy.check.values import Values


@dataclass(frozen=True, slots=True)
class Fact:
    """The value of a variable is one of these. Variables are numbered by the world that they belong to."""

    variable: int
    values: Values


@dataclass(frozen=True, slots=True)
class Flag:
    """Somebody is, or is not, in a segment."""

    segment: str
    member: bool


@dataclass(frozen=True, slots=True)
class AtLeast:
    """At least `least` of the parts hold: all of them, any of them, or something between."""

    least: int
    parts: tuple[Formula, ...]


Formula: TypeAlias = Fact | Flag | AtLeast


def every(parts: Iterable[Formula]) -> Formula:
    """All of them hold."""
    listed = tuple(parts)
    return listed[0] if len(listed) == 1 else AtLeast(len(listed), listed)


def some(parts: Iterable[Formula]) -> Formula:
    """One of them holds."""
    listed = tuple(parts)
    return listed[0] if len(listed) == 1 else AtLeast(1, listed)


def opposite(formula: Formula) -> Formula:
    """What holds exactly where the formula does not."""
    match formula:
        case Fact(variable, values):
            return Fact(variable, ~values)
        case Flag(segment, member):
            return Flag(segment, not member)
        case AtLeast(least, parts):
            return AtLeast(len(parts) - least + 1, tuple(opposite(part) for part in parts))


def parts_in(formula: Formula) -> tuple[Formula, ...]:
    """What must all hold where the formula does."""
    if isinstance(formula, AtLeast) and formula.least == len(formula.parts):
        return tuple(inner for part in formula.parts for inner in parts_in(part))
    return (formula,)


def variables_of(formula: Formula) -> Iterator[int]:
    """Every variable in it."""
    match formula:
        case Fact(variable):
            yield variable
        case AtLeast(parts=parts):
            for part in parts:
                yield from variables_of(part)


def flags_of(formula: Formula) -> Iterator[str]:
    """Every segment whose flag is in it."""
    match formula:
        case Flag(segment):
            yield segment
        case AtLeast(parts=parts):
            for part in parts:
                yield from flags_of(part)
