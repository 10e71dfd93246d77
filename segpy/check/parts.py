"""A segment's definition as lists of parts that must all hold, each with its place; below them the choices."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from segpy.check.formula import Formula
from segpy.check.outline import Option, Part
from segpy.check.world import World, least
from segpy.resolve.model import Condition, Group, InSegment, Segment, Test
from segpy.spec.model import Logic


@dataclass(frozen=True, slots=True)
class Line:
    """Parts that must all hold, and those around them that must hold too."""

    segment: Segment
    parts: tuple[Part, ...]
    around: tuple[Part, ...]


def parts_of(world: World, segment: Segment) -> tuple[Part, ...]:
    """What a segment's own definition demands. Many rules ask for it."""
    if segment.name not in world.outlines:
        world.outlines[segment.name] = _outline(world, segment)
    return world.outlines[segment.name]


def _outline(world: World, segment: Segment) -> tuple[Part, ...]:
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
