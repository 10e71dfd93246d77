"""Keys as people type them."""

from __future__ import annotations

import re

from segpy.diagnostics.model import Diagnostic
from segpy.resolve.model_events import Entity
from segpy.spec.expression import Type
from segpy.warehouse.errors_why import KeyOfAnotherType

_WHOLE = re.compile(r"[+-]?[0-9]{1,19}")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_MOST = 2**63


def key_of(entity: Entity, written: str) -> str | int | Diagnostic:
    """A key as a value of its type."""
    match entity.key_type:
        case Type.INTEGER:
            number = int(written) if _WHOLE.fullmatch(written.strip()) else None
            if number is not None and -_MOST <= number < _MOST:
                return number
        case Type.UUID:
            if _UUID.fullmatch(written.strip()):
                return written.strip().lower()
        case _:
            return written
    return KeyOfAnotherType(entity.name, written, entity.key_type)
