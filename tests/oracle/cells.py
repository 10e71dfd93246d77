"""Cells of input tables as Python values. Instants are naive and in UTC; a date beside an instant is its midnight."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import TypeAlias

from segpy.spec.expression import Type

Cell: TypeAlias = bool | int | float | str | datetime | date | None
Row: TypeAlias = Mapping[str, Cell]


def read(text: str | None, kind: str) -> Cell:
    """The value of a text in a column of a type."""
    if text is None:
        return None
    match kind:
        case "number":
            return float(text)
        case "integer":
            return int(text)
        case "boolean":
            return {"true": True, "false": False}[text.lower()]
        case "timestamp" | "timestamptz":
            return instant(text)
        case "date":
            return date.fromisoformat(text)
        case "uuid":
            return text.lower()
        case _:
            return text


def instant(text: str) -> datetime:
    """The instant that ISO text writes; without a zone it is in UTC."""
    return in_utc(datetime.fromisoformat(text))


def in_utc(when: datetime) -> datetime:
    """An instant without its zone."""
    return when if when.tzinfo is None else when.astimezone(UTC).replace(tzinfo=None)


def midnight(day: date) -> datetime:
    """The first instant of a date."""
    return datetime.combine(day, time())


def as_instant(value: Cell) -> datetime | None:
    """A timestamp, or a date's midnight."""
    if isinstance(value, datetime):
        return value
    return midnight(value) if isinstance(value, date) else None


def cast(value: Cell, wanted: Type) -> Cell:
    """A cell as the type that the spec gives it, whatever the column's own type is."""
    if value is None:
        return None
    match wanted:
        case Type.TIMESTAMP:
            return as_instant(value)
        case Type.DATE:
            return value.date() if isinstance(value, datetime) else value
        case Type.NUMBER:
            assert isinstance(value, int | float | str)
            return float(value)
        case Type.INTEGER:
            assert isinstance(value, int | float | str)
            return int(value)
        case Type.UUID:
            return str(value).lower()
        case Type.TEXT:
            return value if isinstance(value, str) else str(value)
        case _:
            return value
