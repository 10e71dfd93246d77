"""A segment's definition as lists of parts that must all hold, each with its place; below them the choices."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from segpy.check.formula import Flag, Formula, every
from segpy.check.world import World, least
from segpy.diagnostics.model import Span
from segpy.resolve.model import Condition, Group, InSegment, Segment, Test
from segpy.spec.model import Logic


@dataclass(frozen=True, slots=True)
class Option:
    """One of the conditions of a choice, as the parts that it comes to."""

    parts: tuple[Part, ...]
    span: Span | None

    @property
    def formula(self) -> Formula:
        """What the option demands."""
        return every(part.formula for part in self.parts)


@dataclass(frozen=True, slots=True)
class Part:
    """Something that must hold. Of a choice at least `least` of the `options` must; others have none.

    `negated`: it stands under `none`, and the formula is what that demands.
    """

    formula: Formula
    condition: Condition
    negated: bool
    span: Span | None
    options: tuple[Option, ...] = ()
    least: int = 0

    @property
    def flag(self) -> Flag | None:
        """The membership that is demanded, where the part is one."""
        return self.formula if isinstance(self.formula, Flag) else None


@dataclass(frozen=True, slots=True)
class Line:
    """Parts that must all hold, and those around them that must hold too."""

    segment: Segment
    parts: tuple[Part, ...]
    around: tuple[Part, ...]


def parts_of(world: World, segment: Segment) -> tuple[Part, ...]:
    """What a segment's own definition demands."""
    extends: tuple[Part, ...] = ()
    if segment.extends is not None:
        base = InSegment(segment.extends, False, segment.extends_span or segment.span)
        extends = _parts(world, base, False)
    return extends if segment.condition is None else extends + _parts(world, segment.condition, False)


def lines(world: World) -> Iterator[Line]:
    """Every list of parts of every segment, the outer ones first."""
    for segment in world.segments.values():
        yield from _lines(segment, parts_of(world, segment), ())


def _lines(segment: Segment, parts: tuple[Part, ...], around: tuple[Part, ...]) -> Iterator[Line]:
    yield Line(segment, parts, around)
    for part in parts:
        beside = around + tuple(one for one in parts if one is not part)
        for option in part.options:
            yield from _lines(segment, option.parts, beside)


def _parts(world: World, condition: Condition, negated: bool) -> tuple[Part, ...]:
    match condition:
        case Test() | InSegment():
            return (Part(world.formula(condition, negated), condition, negated, condition.span),)
        case Group(logic, conditions, _, span):
            below = negated != (logic is Logic.NONE)
            wanted = least(condition, negated)
            inner = [(one, _parts(world, one, below)) for one in conditions]
            if wanted == len(conditions):
                return tuple(part for _, parts in inner for part in parts)
            options = tuple(Option(parts, one.span) for one, parts in inner)
            return (Part(world.formula(condition, negated), condition, negated, span, options, wanted),)


def fewest(world: World, parts: tuple[Part, ...], *rest: Formula) -> tuple[Part, ...]:
    """Of parts that nobody can fulfil beside the rest, as few as are needed for that."""
    needed = list(parts)
    for part in parts:
        others = [one for one in needed if one is not part]
        if not world.possible(*(one.formula for one in others), *rest):
            needed = others
    return tuple(needed)
