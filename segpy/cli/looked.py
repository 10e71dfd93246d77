"""What is to be known before a number is read that was found by looking at members of the past."""

from __future__ import annotations


def as_of_then(as_now: tuple[str, ...], *, by_conditions: bool) -> list[str]:
    """In which way members of the past may not be those that a run then would have found."""
    found = []
    if by_conditions:
        found.append("by its conditions alone: its rules of membership take no part")
    if as_now:
        found.append(f"looked at as they are now, not as they were: {', '.join(as_now)}")
    return found
