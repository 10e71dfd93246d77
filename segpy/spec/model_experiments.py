"""Hold-outs as written: who is kept from being acted upon, so that it can be seen what acting does."""

from __future__ import annotations

from dataclasses import dataclass, field

from segpy.diagnostics.model import Span
from segpy.spec.model_values import Name


@dataclass(frozen=True, slots=True)
class Holdout:
    """A hold-out of a segment, or one that segments share. `buckets` of 10,000 are held out.

    `stratify_by` names attributes and features: among those of equal values the share is kept as well.
    """

    buckets: int
    version: int
    stratify_by: tuple[Name, ...]
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class SharedHoldout:
    """A hold-out with a name of its own: of all segments about an entity, or of those that are named."""

    name: Name
    entity: Name
    segments: tuple[Name, ...] | None
    holdout: Holdout


@dataclass(frozen=True, slots=True)
class Experiment:
    """How it is found out what acting on a segment does."""

    holdout: Holdout
    span: Span = field(compare=False)
