"""Hashes of meaning: the same for the same definition however it is laid out, another for any other."""

from __future__ import annotations

import hashlib
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any

from segpy.resolve.model import Event


def canonical(value: Any) -> str:
    """A text that two values share exactly when they mean the same. Places and names of events take no part."""
    if isinstance(value, Event):
        return f"Event{canonical((value.stream, value.values, value.where))}"
    if is_dataclass(value) and not isinstance(value, type):
        parts = tuple(canonical(getattr(value, one.name)) for one in fields(value) if one.compare)
        return f"{type(value).__name__}({','.join(parts)})"
    if isinstance(value, Enum):
        return f"{type(value).__name__}.{value.name}"
    if isinstance(value, tuple):
        return f"({','.join(canonical(part) for part in value)})"
    if value is None or isinstance(value, str | int | float | bool):
        return repr(value)
    raise TypeError(f"no canonical form for {type(value).__name__}")


def fingerprint(value: Any, length: int = 12) -> str:
    """The first hexadecimal digits of the SHA-256 of a value's canonical text."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()[:length]
