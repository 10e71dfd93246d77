"""Rules about segments beside each other: the same twice, one within another, no place left in a waterfall."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, islice

from segpy.check.formula import Formula, opposite
from segpy.check.logic_errors import ContainedSegment, NoPlaceLeft, SameSegment
from segpy.check.parts import parts_of
from segpy.check.subjects import alike, subjects
from segpy.check.world import World
from segpy.diagnostics.model import Diagnostic, Span
from segpy.resolve.model import Segment

_MOST_COMPARED = 4_000
"""Of more pairs of segments that have to do with each other, the rest is not looked at."""


def same_or_contained(world: World) -> Iterator[Diagnostic]:
    """Two segments mean the same, or one is within another by its definition and does not say so."""
    ordinary = [one for one in _in_order(world) if _is_ordinary(world, one)]
    about = subjects(world, ordinary)
    within: dict[str, set[str]] = {one.name: set() for one in ordinary}
    for one, other in islice(alike(about), _MOST_COMPARED):
        if world.within(world.segments[one], other):
            within[one].add(other)
    yield from _told(world, ordinary, within)


def _told(world: World, ordinary: list[Segment], within: dict[str, set[str]]) -> Iterator[Diagnostic]:
    """What is worth saying of segments of which each is known to be `within` others."""
    twins: set[str] = set()
    for one, other in combinations(ordinary, 2):
        if other.name in within[one.name] and one.name in within[other.name] and not {one.name, other.name} & twins:
            twins.add(other.name)
            same = _place(one, f"`{one.name}`")
            yield SameSegment(f"`{other.name}` means the same as `{one.name}`", span=other.span, others=same)
    said = {one.name: _said(world, one) for one in ordinary}
    for one in ordinary:
        wider = within[one.name] - twins - said[one.name] - {one.name}
        through = {far for near in wider | (said[one.name] & within.keys()) for far in within[near] - {one.name}}
        for other in ordinary:
            strictly = one.name not in within[other.name] and one.name not in twins
            if other.name in wider - through and strictly:
                message = f"whoever is in `{one.name}` is in `{other.name}` too, which it does not say"
                place = _place(other, f"`{other.name}`")
                yield ContainedSegment(message, one.name, other.name, span=one.span, others=place)


def _is_ordinary(world: World, segment: Segment) -> bool:
    """Whether a segment can have members and need not have everybody: of others, everything would be true."""
    return world.possible(world.definition(segment.name)) and not world.certain(world.matches(segment))


def _said(world: World, segment: Segment) -> set[str]:
    """The segments that a segment's definition says it is within, by way of others too."""
    found: set[str] = set()
    waiting = [segment]
    while waiting:
        for part in parts_of(world, waiting.pop()):
            if part.flag is not None and part.flag.member and part.flag.segment not in found:
                found.add(part.flag.segment)
                waiting.append(world.segments[part.flag.segment])
    return found


def no_place_left(world: World) -> Iterator[Diagnostic]:
    """The segments before one in its waterfall take everybody who could be in it."""
    for segment in _in_order(world):
        ahead = [world.segments[name] for name in world.ahead(segment)]
        own = world.matches(segment)
        if not ahead or not world.possible(own) or world.possible(world.definition(segment.name)):
            continue
        needed: list[tuple[Segment, Formula]] = [(one, opposite(world.matches(one))) for one in ahead]
        for one in tuple(needed):
            rest = [other for other in needed if other is not one]
            if not world.possible(own, *(formula for _, formula in rest)):
                needed = rest
        names = " or ".join(f"`{one.name}`" for one, _ in needed)
        message = f"nobody is left for `{segment.name}`: whoever fulfils it fulfils {names}, which comes before it"
        places = tuple(place for one, _ in needed for place in _place(one, "before it"))
        yield NoPlaceLeft(message, span=segment.span, others=places)


def _in_order(world: World) -> list[Segment]:
    """The segments as they are written, file by file."""
    return sorted(world.segments.values(), key=lambda one: (one.span.file, one.span.line, one.span.column))


def _place(segment: Segment, words: str) -> tuple[tuple[Span, str], ...]:
    return ((segment.span, words),)
