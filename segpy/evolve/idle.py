"""Takes out of segments what the language knows to say nothing, where nobody's segment changes by it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from segpy.evolve.model import Bounds, Place, Row, Tree, Written
from segpy.evolve.trees import classify, fulfils


def members(segment: Written, rows: Sequence[Row]) -> tuple[bool, ...]:
    """Who is in a segment as it is written, apart from the others of its group."""
    return tuple(any(all(fulfils(row, one) for one in way) for way in segment.ways) for row in rows)


def agrees(segments: Sequence[Written], tree: Tree, rows: Sequence[Row]) -> bool:
    """Whether everybody is in the segment of the cluster that the questions say, and in no other."""
    flags = [members(one, rows) for one in segments]
    for i, row in enumerate(rows):
        told = [one.cluster for one, flag in zip(segments, flags, strict=True) if flag[i]]
        if told != [classify(tree, row)]:
            return False
    return True


def without(segments: Sequence[Written], place: Place, comparison: str) -> tuple[Written, ...]:
    """The segments without a condition, or without one `comparison` of it where it has two."""
    made = list(segments)
    segment = made[place.segment]
    way = list(segment.ways[place.way])
    left = _less(way[place.condition], comparison)
    way[place.condition : place.condition + 1] = [] if left is None else [left]
    if not way:
        return tuple(segments)  # who is in it would be everybody
    ways = list(segment.ways)
    ways[place.way] = tuple(way)
    made[place.segment] = replace(segment, ways=tuple(ways))
    return tuple(made)


def _less(bounds: Bounds, comparison: str) -> Bounds | None:
    if bounds.at_least is None or bounds.less_than is None:
        return None
    match comparison:
        case "at_least":
            return replace(bounds, at_least=None)
        case "less_than":
            return replace(bounds, less_than=None)
        case _:
            return None
