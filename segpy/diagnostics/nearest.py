"""The name that was probably meant."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches


def nearest(name: str, candidates: Iterable[str]) -> str | None:
    """The candidate most like `name`, or None where nothing is close enough to be worth offering."""
    matches = get_close_matches(name, sorted(candidates), n=1, cutoff=0.6)
    return matches[0] if matches else None


def listed(names: Iterable[str], most: int = 8) -> str:
    """`a, b, c, …`: the names in order, cut after `most`."""
    ordered = sorted(names)
    shown = ", ".join(f"`{name}`" for name in ordered[:most])
    return shown + (", …" if len(ordered) > most else "") if ordered else "none"


def either(names: Sequence[str]) -> str:
    """`a`, `b` or `c`: one of the names, of which there is at least one."""
    *most, last = (f"`{name}`" for name in names)
    return f"{', '.join(most)} or {last}" if most else last
