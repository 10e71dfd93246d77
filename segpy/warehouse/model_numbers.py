"""Features of everybody, as numbers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Numbers:
    """The keys in their order, and for each the numbers that were asked for; None where there is no value."""

    as_of: str | None
    keys: tuple[str, ...]
    rows: tuple[tuple[float | None, ...], ...]
