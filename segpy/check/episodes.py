"""Rules on how entering and leaving become episodes."""

from __future__ import annotations

from collections.abc import Iterator

from segpy.check.errors import ExpiresTooSoon, NoHistory
from segpy.diagnostics.model import Diagnostic
from segpy.resolve.model import Bound


def episodes(bound: Bound) -> Iterator[Diagnostic]:
    """What is written of episodes holds together, and is said not to be in use yet."""
    for segment in bound.segments:
        said = segment.membership
        if said is None:
            continue
        stay, expires = said.minimum_stay, said.expires
        if stay is not None and expires is not None and expires.duration.seconds <= stay.duration.seconds:
            yield ExpiresTooSoon(span=expires.span, expires=expires.duration, stay=stay.duration)
        else:
            yield NoHistory(span=said.span, segment=segment.name)
