"""A part of the specs: some segments and all that they look at, without the rest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from segpy.plan.build import wanted_measures
from segpy.resolve.model import Bound, segments_counted, segments_of, segments_of_members


def part_of(bound: Bound, segments: Iterable[str], features: Iterable[str] = ()) -> Bound:
    """These segments and features with all that they look at, and nothing else; no examples, no hold-outs."""
    wanted = frozenset(features)
    asked = segments_counted(one.measure for one in bound.features if one.name in wanted)
    needed = needed_segments(bound, (*segments, *asked))
    kept = tuple(one for one in bound.segments if one.name in needed)
    measured = {one.measure for one in wanted_measures((), kept)}
    return replace(
        bound,
        features=tuple(one for one in bound.features if one.measure in measured or one.name in wanted),
        segments=kept,
        groups=tuple(
            replace(group, segments=tuple(name for name in group.segments if name in needed))
            for group in bound.groups
            if needed & set(group.segments)
        ),
        examples=(),
        holdouts=(),
        experiments=(),
    )


def needed_segments(bound: Bound, names: Iterable[str]) -> frozenset[str]:
    """Segments and all that they look at: by `extends`, by membership, and by their place in a waterfall."""
    known = {segment.name: segment for segment in bound.segments}
    groups = {group.name: group.segments for group in bound.groups}
    found: set[str] = set()
    ahead = list(names)
    while ahead:
        segment = known[ahead.pop()]
        if segment.name not in found:
            found.add(segment.name)
            order = groups[segment.group] if segment.group is not None else ()
            ahead += (*((segment.extends,) if segment.extends else ()), *segments_of(segment.condition))
            ahead += segments_of_members(segment.condition)
            ahead += order[: order.index(segment.name)] if order else ()
    return frozenset(found)
