"""How far two segments are the same people."""

from __future__ import annotations

from segpy.measure.model_portfolio import Overlap


def overlap(first: int, second: int, both: int, population: int) -> Overlap:
    """Jaccard (shared of either), containment (shared of the smaller; 1 is nested), lift (1 is chance)."""
    either, smaller = first + second - both, min(first, second)
    return Overlap(
        both / either if either else None,
        both / smaller if smaller else None,
        both * population / (first * second) if smaller else None,
    )
