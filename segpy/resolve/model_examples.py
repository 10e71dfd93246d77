"""Examples with every name resolved: rows of the streams' relations, and what must follow from them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from segpy.diagnostics.model import Span
from segpy.resolve.model_events import Stream
from segpy.spec.expression import Literal, Type
from segpy.spec.model_values import Relation

Values: TypeAlias = tuple[tuple[str, Literal], ...]
"""The columns of a row that are not null."""


@dataclass(frozen=True, slots=True)
class ExampleRow:
    """A row of a stream's relation. `belonging` are rows of attributes that lead from a member to the entity."""

    stream: Stream
    values: Values
    belonging: tuple[tuple[Relation, Values], ...] = ()


@dataclass(frozen=True, slots=True)
class ExpectedFeature:
    """A feature with the value that it must have; durations are seconds."""

    name: str
    type: Type
    value: Literal


@dataclass(frozen=True, slots=True)
class Example:
    """One entity, `key`, at one instant: what happened, what is known, and what follows. `member` None: either."""

    segment: str
    name: str
    key: Literal
    as_of: datetime
    rows: tuple[ExampleRow, ...]
    attributes: Values
    member: bool | None
    features: tuple[ExpectedFeature, ...]
    span: Span = field(compare=False)
