"""Experiments as written: who is kept from being acted upon, and what is to be seen of that."""

from __future__ import annotations

from dataclasses import dataclass, field

from segpy.diagnostics.model import Span
from segpy.spec.model_measures import Operand
from segpy.spec.model_values import Length, Name, SqlText, Value


@dataclass(frozen=True, slots=True)
class Holdout:
    """A hold-out of a segment, or one that segments share. `buckets` of 10,000 are held out.

    `stratify_by` names attributes and features: among those of equal values the share is kept as well. With `drawn_by`
    somebody else drew: of that attribute the values in `control` are held out.
    """

    buckets: int
    version: int
    stratify_by: tuple[Name, ...]
    span: Span = field(compare=False)
    drawn_by: Name | None = None
    control: tuple[Value, ...] = ()


@dataclass(frozen=True, slots=True)
class SharedHoldout:
    """A hold-out with a name of its own: of all segments about an entity, or of those that are named."""

    name: Name
    entity: Name
    segments: tuple[Name, ...] | None
    holdout: Holdout


@dataclass(frozen=True, slots=True)
class Experiment:
    """How it is found out what acting does. `cuped` names a feature, `cost_per_member` is what acting costs."""

    holdout: Holdout
    outcome: Name | None
    guardrails: tuple[Name, ...]
    cost_per_member: float | None
    cuped: Name | None
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What experiments measure: whether somebody `did` it `within` a time after exposure, and what it was worth.

    `margin` is the part of the value that is left when it has been paid for, from 0 to 1.
    """

    name: Name
    did: Operand
    where: SqlText | None
    within: Length
    value: Operand | None
    margin: float | None
    description: str
