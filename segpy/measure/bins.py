"""Bins of a distribution, frozen with the people of whom it was known first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from segpy.measure.model_drift import Bin

UNKNOWN = -1
"""The place of people of whom a value is not known."""
LEAST = 5
"""So many people should be in a bin for an index over bins to be distributed as is supposed (W. G. Cochran, 1954)."""


def place_of(value: float | None, edges: Sequence[float]) -> int:
    """Where a value is counted: how many edges it is above, and how many it reaches, together.

    So even places lie between edges, and each edge has a place of its own.
    """
    if value is None:
        return UNKNOWN
    return sum(value > one for one in edges) + sum(value >= one for one in edges)


def bins_of_numbers(edges: Sequence[float], base: Mapping[int, int]) -> tuple[Bin, ...]:
    """Bins between the deciles `edges` of known values, of which `base` counts people by their places.

    A value that a tenth of people have is a bin of its own, and so is what lies beside it, though nobody was there: a
    count that was 5 for all and is 4 now is seen. Elsewhere places are put together until a bin has a twentieth of
    people, and at least five. People whose value is not known are a bin of theirs.
    """
    known = sum(count for place, count in base.items() if place != UNKNOWN)
    alone, enough = max(LEAST, known / 10), max(LEAST, known / 20)
    found: list[Bin] = []
    pieces: list[Bin] = []
    low: float | None = None
    for edge in sorted(set(edges)):
        between, at = 2 * sum(one < edge for one in edges), place_of(edge, edges)
        if base.get(at, 0) >= alone:
            found += _joined([*pieces, Bin((between,), low, edge)], base, enough)
            found.append(Bin((at,), edge, edge, has_high=True))
            pieces = []
        else:
            pieces.append(Bin((between, at), low, edge, has_high=True))
        low = edge
    found += _joined([*pieces, Bin((2 * len(edges),), low, None)], base, enough)
    return (*found, Bin((UNKNOWN,), label="not known"))


def _joined(pieces: Sequence[Bin], base: Mapping[int, int], enough: float) -> list[Bin]:
    """Neighbours put together until each has enough people, the last with the one before it."""
    found: list[Bin] = []
    for piece in pieces:
        if found and counted(found[-1], base) < enough:
            found[-1] = _both(found[-1], piece)
        else:
            found.append(piece)
    if len(found) > 1 and counted(found[-1], base) < enough:
        last = found.pop()
        found[-1] = _both(found[-1], last)
    return found


def _both(one: Bin, other: Bin) -> Bin:
    return replace(one, places=(*one.places, *other.places), high=other.high, has_high=other.has_high)


def bins_of_labels(labels: Mapping[int, str], others: int, base: Mapping[int, int]) -> tuple[Bin, ...]:
    """A bin for each value that has a place, by which the most frequent come first; those of few go to all `others`,
    which have one place together.
    """
    known = sum(count for place, count in base.items() if place != UNKNOWN)
    enough = max(LEAST, known / 20)
    own = [place for place in labels if base.get(place, 0) >= enough]
    rest = tuple(place for place in (*labels, others) if place not in own)
    told = tuple(Bin((place,), label=labels[place]) for place in own)
    return (*told, Bin(rest, label="others"), Bin((UNKNOWN,), label="not known"))


def counted(one: Bin, counts: Mapping[int, int]) -> int:
    """How many people are in a bin."""
    return sum(counts.get(place, 0) for place in one.places)
