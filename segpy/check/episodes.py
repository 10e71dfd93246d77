"""Rules on how entering and leaving become episodes."""

from __future__ import annotations

from collections.abc import Iterator

from segpy.check.errors import ExpiresTooSoon, FinerThanRuns
from segpy.check.periods import STEPS
from segpy.diagnostics.model import Diagnostic
from segpy.resolve.model import Bound


def episodes(bound: Bound) -> Iterator[Diagnostic]:
    """What is written of episodes holds together, and is told apart by runs."""
    grain = bound.settings.grain
    for segment in bound.segments:
        said = segment.membership
        if said is None:
            continue
        stay, expires = said.minimum_stay, said.expires
        if stay is not None and expires is not None and expires.duration.seconds <= stay.duration.seconds:
            yield ExpiresTooSoon(span=expires.span, expires=expires.duration, stay=stay.duration)
        for length in (stay, said.grace, expires, said.collapse_gap):
            if length is not None and 0 < length.duration.seconds < STEPS[grain].seconds:
                yield FinerThanRuns(span=length.span, length=length.duration, grain=grain.value)
