"""Whether there is what the statistics need: asked once, before any of them is called."""

from __future__ import annotations

from segpy.diagnostics.libraries import there
from segpy.measure.errors import NeedsMeasure

LIBRARIES = ("scipy", "statsmodels")
"""What the extra `measure` brings, as modules."""


def missing(*libraries: str) -> tuple[NeedsMeasure, ...]:
    """The libraries that cannot be imported, a finding each; scipy alone is asked for where none is named.

    A library that is there and broken is told like one that is not: both are mended by installing it.
    """
    return tuple(NeedsMeasure(name) for name in libraries or LIBRARIES[:1] if not there(name))
