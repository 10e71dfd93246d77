"""Examples of segments as written: who somebody is and what they did, and what follows from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from segpy.diagnostics.model import Span
from segpy.spec.model_values import Name


@dataclass(frozen=True, slots=True)
class Constant:
    """A value given to a property, an attribute or a feature, as text; None for `null`. What it is tells the type."""

    text: str | None
    span: Span = field(compare=False)
    quoted: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Given:
    """A name with the value that it has in the example."""

    name: Name
    value: Constant


@dataclass(frozen=True, slots=True)
class Happened:
    """One line of `events`: an event of the taxonomy at an instant, with some of its properties."""

    at: datetime
    event: Name
    given: tuple[Given, ...]
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Instant:
    """When the example is looked at."""

    at: datetime
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Expectation:
    """What must follow: membership or not (None: either), and values of features."""

    member: bool | None
    features: tuple[Given, ...]


@dataclass(frozen=True, slots=True)
class Example:
    """One example of a segment. Its `name` is free text."""

    name: Name
    as_of: Instant
    events: tuple[Happened, ...]
    attributes: tuple[Given, ...]
    expect: Expectation
