"""Sets of values: which a measure can have, which a condition lets pass. Unions of intervals, with or without null.

Text is in order too, somehow: only equality is ever asked of it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from math import ceil
from typing import TypeAlias

Value: TypeAlias = int | float | str | datetime
Edge: TypeAlias = tuple[Value, int]
"""A cut just before (0) or just after (1) a value."""


@dataclass(frozen=True, slots=True)
class Values:
    """What lies between every other pair of `edges`. `below`: whether the set begins without a lower bound.

    Of a measure that is a whole number, no set tells two bounds apart between which no whole number lies.
    """

    below: bool
    edges: tuple[Edge, ...]
    null: bool
    whole: bool = False
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_hash", hash((self.below, self.edges, self.null, self.whole)))

    def __hash__(self) -> int:
        return self._hash  # asked for at every step of a search

    @property
    def empty(self) -> bool:
        """Whether nothing is in it, null included."""
        return not (self.below or self.edges or self.null)

    @property
    def unknown(self) -> bool:
        """Whether it is null and nothing else."""
        return self.null and not (self.below or self.edges)

    @property
    def known(self) -> Values:
        """Without null."""
        return Values(self.below, self.edges, False, self.whole)

    @property
    def lowest(self) -> Edge | None:
        """Where the values begin; None where they have no lower bound, or where there are none."""
        return None if self.below or not self.edges else self.edges[0]

    @property
    def highest(self) -> Edge | None:
        """Where the values end; None where they have no upper bound, or where there are none."""
        above = self.below != (len(self.edges) % 2 == 1)
        return None if above or not self.edges else self.edges[-1]

    def __and__(self, other: Values) -> Values:
        return self if self is other else _both(self, other)

    def __or__(self, other: Values) -> Values:
        return ~_both(~self, ~other)

    def __invert__(self) -> Values:
        return Values(not self.below, self.edges, not self.null, self.whole)

    def __le__(self, other: Values) -> bool:
        return _inside(self, other)

    def __contains__(self, value: object) -> bool:
        if value is None:
            return self.null
        return self.below != (bisect_right(self.edges, (value, 0.5)) % 2 == 1)


NOTHING = Values(False, (), False)
NULL = Values(False, (), True)
KNOWN = Values(True, (), False)
ANYTHING = Values(True, (), True)


def span(low: Edge | None, high: Edge | None, *, whole: bool = False) -> Values:
    """The values from one cut to another."""
    if low is not None and high is not None and low >= high:
        return Values(False, (), False, whole)
    edges = tuple(edge for edge in (low, high) if edge is not None)
    return as_whole(Values(low is None, edges, False)) if whole else Values(low is None, edges, False)


def between(low: Value | None, high: Value | None, *, whole: bool = False) -> Values:
    """The values from one to another, both included."""
    return span(None if low is None else (low, 0), None if high is None else (high, 1), whole=whole)


@lru_cache(maxsize=10_000)
def up_to(edge: Edge) -> Values:
    """What lies below a cut, or is null."""
    return span(None, edge) | NULL


@lru_cache(maxsize=10_000)
def beyond(edge: Edge) -> Values:
    """What lies above a cut, or is null."""
    return span(edge, None) | NULL


def points(values: Iterable[Value], *, whole: bool = False) -> Values:
    """Just these."""
    found = Values(False, (), False, whole)
    for value in values:
        found = found | between(value, value, whole=whole)
    return found


def as_whole(values: Values) -> Values:
    """The whole numbers among them: every cut is moved to just before the next whole number."""
    cuts = [(_next_whole(edge), 0) for edge in values.edges]
    edges: list[Edge] = []
    for cut in cuts:
        if edges and edges[-1] == cut:
            edges.pop()  # between the two there was no whole number
        else:
            edges.append(cut)
    return Values(values.below, tuple(edges), values.null, True)


def _next_whole(edge: Edge) -> int:
    value, after = edge
    assert isinstance(value, int | float)
    return int(value) + after if value == int(value) else ceil(value)


@lru_cache(maxsize=10_000)
def _inside(one: Values, two: Values) -> bool:
    """Whether everything in the one is in the other."""
    return _both(one, ~two).empty


@lru_cache(maxsize=10_000)
def _both(one: Values, two: Values) -> Values:
    """What is in both. The same few sets meet again and again."""
    if one.whole != two.whole:
        one, two = as_whole(one), as_whole(two)
    inside = below = one.below and two.below
    in_one, in_two = one.below, two.below
    edges: list[Edge] = []
    first, second = set(one.edges), set(two.edges)
    for edge in sorted(first | second):
        in_one, in_two = in_one != (edge in first), in_two != (edge in second)
        if (in_one and in_two) != inside:
            inside = not inside
            edges.append(edge)
    found = Values(below, tuple(edges), one.null and two.null, one.whole)
    return one if found == one else found  # so that it is known at sight where nothing was lost
