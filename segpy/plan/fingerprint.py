"""Hashes of meaning: the same for the same definition however it is laid out, another for any other."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Any

from segpy.resolve.model_events import Atom, Event, Property
from segpy.resolve.model_measures import Computed, Measure
from segpy.spec.expression import Column


def canonical(value: Any, inputs: Mapping[str, Measure | Property] | None = None) -> str:
    """A text that two values share exactly when they mean the same. Places and names of events take no part.

    In an expression, `inputs` says what each name stands for: that counts, not the name. What a meaning only has at
    times (a field that is None by default) takes no part where it is not there.
    """
    if value is None or isinstance(value, str | int):
        return repr(value)
    if isinstance(value, Event):
        where = canonical(value.where, _properties(value))
        return f"Event({canonical(value.stream)},{canonical(value.values)},{where})"
    if isinstance(value, Atom):
        events = ",".join(sorted(map(canonical, value.events)))
        properties = {name: prop for event in value.events for name, prop in _properties(event).items()}
        but = f",but({','.join(sorted(map(canonical, value.but)))})" if value.but else ""
        return f"Atom({events},{canonical(value.where, properties)}{but})"
    if isinstance(value, Computed):
        return f"Computed({canonical(value.expression, dict(value.inputs))})"
    if inputs is not None and isinstance(value, Column) and value.name in inputs:
        return canonical(inputs[value.name])
    if isinstance(value, Enum):
        return f"{type(value).__name__}.{value.name}"
    if is_dataclass(value) and not isinstance(value, type):
        return f"{type(value).__name__}({','.join(_parts(value, inputs))})"
    if isinstance(value, tuple):
        return f"({','.join(canonical(part, inputs) for part in value)})"
    if isinstance(value, float) and value.is_integer():
        return repr(int(value))
    if isinstance(value, float):
        return repr(value)
    raise TypeError(f"no canonical form for {type(value).__name__}")


def _parts(value: Any, inputs: Mapping[str, Measure | Property] | None) -> Iterator[str]:
    """The fields of a value. One that is left at its default is not told, so that a new one changes no older hash."""
    for name, default in _told(value.__class__):
        content = getattr(value, name)
        if default is MISSING or type(default) is int:
            yield canonical(content, inputs)
        elif content != default:
            yield f"{name}={canonical(content, inputs)}"


@cache
def _told(kind: type) -> tuple[tuple[str, Any], ...]:
    """The fields of a type that take part in its meaning, with their defaults."""
    return tuple((one.name, one.default) for one in fields(kind) if one.compare)


def _properties(event: Event) -> dict[str, Property]:
    """What a filter can look at: a property's type is part of what is meant."""
    return {prop.name: prop for prop in event.stream.properties}


def fingerprint(value: Any, length: int = 12) -> str:
    """The first hexadecimal digits of the SHA-256 of a value's canonical text."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()[:length]
