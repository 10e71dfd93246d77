"""Hold-outs with every name resolved."""

from __future__ import annotations

from dataclasses import dataclass, field

from segpy.diagnostics.model import Span
from segpy.resolve.model_measures import Measure

BUCKETS = 10_000
"""Into how many buckets entities are drawn."""
STEP = 6_181
"""From one bucket of a stratum to the next: prime to 10,000, and near its golden section, so that however many of a
stratum were drawn, their buckets lie evenly."""


@dataclass(frozen=True, slots=True)
class Stratum:
    """A value that is the same for all of a stratum: an attribute or a feature, by its name."""

    name: str
    measure: Measure


@dataclass(frozen=True, slots=True)
class Holdout:
    """Of the members of these segments those whose bucket is below `buckets`; `own` where it is one segment's own."""

    name: str
    entity: str
    buckets: int
    version: int
    segments: tuple[str, ...]
    own: bool
    strata: tuple[Stratum, ...]
    span: Span = field(compare=False)

    @property
    def salt(self) -> str:
        """What is hashed with a key: another salt draws other people. It has no `-`, which parts the two."""
        return f"{self.name}_v{self.version}"

    @property
    def share(self) -> float:
        """The share that is held out, from 0 to 1."""
        return self.buckets / BUCKETS
