"""Hold-outs, outcomes and experiments with every name resolved."""

from __future__ import annotations

from dataclasses import dataclass, field

from segpy.diagnostics.model import Span
from segpy.resolve.model_events import Atom, Property
from segpy.resolve.model_measures import Measure
from segpy.spec.duration import Duration
from segpy.spec.expression import Literal

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
class DrawnElsewhere:
    """What somebody else drew: an attribute, and its values that are held out. Of whom it says nothing nobody drew."""

    name: str
    measure: Measure
    control: tuple[Literal, ...]


@dataclass(frozen=True, slots=True)
class Holdout:
    """Of the members of these segments those whose bucket is below `buckets`; `own` where it is one segment's own.

    Where somebody else drew, their bucket is unknown, and the share is the one that they meant.
    """

    name: str
    entity: str
    buckets: int
    version: int
    segments: tuple[str, ...]
    own: bool
    strata: tuple[Stratum, ...]
    span: Span = field(compare=False)
    elsewhere: DrawnElsewhere | None = None

    @property
    def salt(self) -> str:
        """What is hashed with a key: another salt draws other people. It has no `-`, which parts the two."""
        return f"{self.name}_v{self.version}"

    @property
    def share(self) -> float:
        """The share that is held out, from 0 to 1."""
        return self.buckets / BUCKETS


@dataclass(frozen=True, slots=True)
class Outcome:
    """An outcome as it is for one entity: any of these events in `[exposure, exposure + within)`, and their worth.

    A `guardrail` is what acting must not bring about. `margin` is the part of the value that is left, from 0 to 1.
    """

    name: str
    guardrail: bool
    atom: Atom
    value: Property | None
    within: Duration
    margin: float | None
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class EntityOutcome:
    """An outcome as it is for the segments of an entity, whether an experiment asks for it or not."""

    entity: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Experiment:
    """What is measured of a segment with a hold-out of its own: its outcome first, then what must not come about.

    `cuped` is a feature, measured when somebody is assigned.
    """

    segment: str
    holdout: Holdout
    outcomes: tuple[Outcome, ...]
    cuped: Measure | None
    cost_per_member: float | None
