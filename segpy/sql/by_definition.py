"""What the rules of segments say of each other: that all members of one are in another, or none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from segpy.plan.model import Plan
from segpy.plan.model_explained import Flagged, Line

Inside = tuple[str, str, bool]
"""A segment, and another that its members are all in, or none of them."""
INSIDE, APART = "inside", "apart"


def inside(plan: Plan) -> Iterator[Inside]:
    """The segments whose rules ask for another segment: all of their members are in it, or none is."""
    for entity in plan.entities:
        for one in entity.segments.segments if entity.segments is not None else ():
            for rule in one.apart.rules:
                if isinstance(rule.need, Line) and isinstance(rule.need.about, Flagged):
                    yield one.segment.name, rule.need.about.segment, not rule.need.negated


def related(asked: Iterable[Inside]) -> dict[tuple[str, str], str]:
    """Of two segments, in the order of their names, what follows from all that rules ask for.

    A segment is inside of those that it asks for and of all that these are inside of. What any of these is apart from,
    it is apart from too, and from all that is inside of that.
    """
    above: dict[str, set[str]] = defaultdict(set)
    against: set[tuple[str, str]] = set()
    for one, other, is_in in asked:
        if is_in:
            above[one].add(other)
        else:
            against.add((one, other))
    names = {name for one, others in above.items() for name in (one, *others)} | {
        name for pair in against for name in pair
    }
    whole = {name: _reached(name, above) for name in names}
    found = {_pair(name, other): INSIDE for name, others in whole.items() for other in others if other != name}
    for one, other in against:
        below = [[name for name in names if base in whole[name]] for base in (one, other)]
        found |= {_pair(a, b): APART for a in below[0] for b in below[1] if a != b}
    return found


def _pair(one: str, other: str) -> tuple[str, str]:
    return (one, other) if one < other else (other, one)


def _reached(name: str, above: dict[str, set[str]]) -> set[str]:
    """A segment and all that it is inside of."""
    found, waiting = {name}, [name]
    while waiting:
        new = above[waiting.pop()] - found
        found |= new
        waiting += new
    return found
