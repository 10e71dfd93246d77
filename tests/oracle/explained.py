"""Why somebody is in a segment: each condition by itself, how many are missed, and who remains after which rule.

Nothing is worked out here that can be tried: what is missed is found by turning conditions round until all hold.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from segpy.spec.model import Condition, Group, InSegment, Logic, Segment, Test
from tests.oracle.cells import Cell
from tests.oracle.clock import length
from tests.oracle.log import Key
from tests.oracle.world import World, earlier


@dataclass(frozen=True, slots=True)
class Line:
    """One condition of somebody: its value, and whether it speaks for membership."""

    rule: int
    value: Cell
    passed: bool


@dataclass(frozen=True, slots=True)
class Account:
    """All conditions of a segment, of one person, in their order."""

    lines: tuple[Line, ...]
    missed: int
    is_member: bool


@dataclass(frozen=True, slots=True)
class Remains:
    """A rule and how many pass it and all before it, pass it at all, and fail nothing else."""

    remaining: int
    passing: int
    failing_only: int


@dataclass(frozen=True, slots=True)
class _Leaf:
    """A condition at its place. `turned` where it stands below an odd number of `none`."""

    condition: Condition | str
    rule: int
    turned: bool


def account(world: World, segment: Segment, key: Key) -> Account:
    """One segment and one who exists."""
    lines: list[Line] = []
    missed = 0
    for rule, (part, turned) in enumerate(_parts(world, segment), 1):
        leaves = list(_leaves(part, rule, turned=turned))
        truth = [_truth(world, segment, leaf, key) for leaf in leaves]
        # parts share no condition, and all must hold: what each is short of adds up
        missed += _least_turned(part, truth, wanted=not turned)
        lines += [
            Line(rule, _value(world, segment, leaf, key), one != leaf.turned)
            for leaf, one in zip(leaves, truth, strict=True)
        ]
    return Account(tuple(lines), missed, world.is_member(segment.name.text, key))


def _least_turned(part: Condition | str, truth: Sequence[bool], *, wanted: bool) -> int:
    """How few conditions of a part must be turned round for it to come out as wanted: all choices are tried."""
    places = range(len(truth))
    for size in range(len(truth) + 1):
        for some in combinations(places, size):
            if _whole(part, iter([truth[place] != (place in some) for place in places])) == wanted:
                return size
    raise AssertionError("some choice makes any part come out as wanted")


def attrition(world: World, segment: Segment) -> list[Remains]:
    """The whole population, and then each rule."""
    population = world.log.population(segment.entity.text)
    rules = len(list(_parts(world, segment)))
    passed = {key: [_passes(world, segment, rule, key) for rule in range(1, rules + 1)] for key in population}
    found = [Remains(len(population), len(population), 0)]
    for place in range(rules):
        remaining = sum(all(one[: place + 1]) for one in passed.values())
        alone = sum(not one[place] and one.count(False) == 1 for one in passed.values())
        found.append(Remains(remaining, sum(one[place] for one in passed.values()), alone))
    return found


_ELIGIBLE = "eligible"


def _parts(world: World, segment: Segment) -> Iterator[tuple[Condition | str, bool]]:
    """What must hold, each with whether it is its opposite that must."""
    if segment.eligible is not None:
        yield _ELIGIBLE, False
    if segment.extends is not None:
        yield InSegment(segment.extends, negated=False), False
    if segment.condition is not None:
        yield from _taken_apart(segment.condition, turned=False)
    for group in world.spec.groups:
        for name in group.segments[: len(earlier(group, segment.name.text))]:
            yield InSegment(name, negated=True), False


def _taken_apart(condition: Condition, *, turned: bool) -> Iterator[tuple[Condition, bool]]:
    """`all` of something, `none` of something, and not any of it: each part must come out one way."""
    if isinstance(condition, Group):
        count, inner = len(condition.conditions), turned != (condition.logic is Logic.NONE)
        wanted = {Logic.ANY: 1, Logic.AT_LEAST_OF: condition.least}.get(condition.logic, count)
        if count == 1 or wanted == (1 if turned else count):
            for part in condition.conditions:
                yield from _taken_apart(part, turned=inner)
            return
    yield condition, turned


def _leaves(part: Condition | str, rule: int, *, turned: bool) -> Iterator[_Leaf]:
    if isinstance(part, Group):
        for one in part.conditions:
            yield from _leaves(one, rule, turned=turned != (part.logic is Logic.NONE))
    else:
        yield _Leaf(part, rule, turned)


def _whole(part: Condition | str, found: Iterator[bool]) -> bool:
    """What comes of a part where its conditions come out so."""
    if not isinstance(part, Group):
        return next(found)
    count = [_whole(one, found) for one in part.conditions].count(True)
    match part.logic:
        case Logic.ALL:
            return count == len(part.conditions)
        case Logic.ANY:
            return count > 0
        case Logic.NONE:
            return count == 0
        case Logic.AT_LEAST_OF:
            return count >= part.least


def _truth(world: World, segment: Segment, leaf: _Leaf, key: Key) -> bool:
    """Whether a condition holds, as it is written; one that is unknown counts against membership."""
    person = world.person(segment.entity.text, key)
    if isinstance(leaf.condition, str):
        start = person.start()
        assert segment.eligible is not None
        return start is not None and world.as_of - start >= length(segment.eligible.min_tenure.duration)
    return world.holds(leaf.condition, person, unknown=leaf.turned)


def _value(world: World, segment: Segment, leaf: _Leaf, key: Key) -> Cell:
    person = world.person(segment.entity.text, key)
    match leaf.condition:
        case InSegment(other):
            return world.is_member(other.text, key)
        case Test():
            return person.value(leaf.condition.measure)
        case _:
            start = person.start()
            return None if start is None or start >= world.as_of else (world.as_of - start).total_seconds()


def _passes(world: World, segment: Segment, rule: int, key: Key) -> bool:
    """Whether somebody passes a rule: as a whole, not by its conditions."""
    part, turned = list(_parts(world, segment))[rule - 1]
    if isinstance(part, str):
        return _truth(world, segment, _Leaf(part, rule, turned), key)
    return world.holds(part, world.person(segment.entity.text, key), unknown=turned) != turned
