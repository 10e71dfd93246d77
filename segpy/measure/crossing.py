"""When something is first so."""

from __future__ import annotations

from collections.abc import Iterable


def first(reached: Iterable[bool]) -> int | None:
    """The number, from 1, of the first that is true; None where none is."""
    return next((number for number, there in enumerate(reached, 1) if there), None)
