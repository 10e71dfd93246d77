"""Three-valued logic and operations on values that may be unknown (None)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

from tests.oracle.cells import Cell, as_instant


def both(left: bool | None, right: bool | None) -> bool | None:
    """`and`: false wins, then unknown."""
    if left is False or right is False:
        return False
    return None if left is None or right is None else True


def either(left: bool | None, right: bool | None) -> bool | None:
    """`or`: true wins, then unknown."""
    return negated(both(negated(left), negated(right)))


def negated(value: bool | None) -> bool | None:
    """`not`: the unknown stays unknown."""
    return None if value is None else not value


def alike(*values: Cell) -> tuple[Any, ...]:
    """Values that can be compared: text beside an instant is one, and so is a date beside a timestamp."""
    instants = [value for value in values if isinstance(value, date)]
    if not instants:
        return values
    read = [read_instant(value) if isinstance(value, str) else value for value in values]
    if any(isinstance(value, datetime) for value in read):
        return tuple(as_instant(value) for value in read)
    return tuple(read)


def read_instant(text: str) -> Cell:
    """A constant as a date or a timestamp, by how it is written."""
    return date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)


def compared(relation: Callable[[Any, Any], bool], left: Cell, right: Cell) -> bool | None:
    """A comparison, unknown where either side is."""
    if left is None or right is None:
        return None
    return bool(relation(*alike(left, right)))


def among(value: Cell, options: Iterable[Cell]) -> bool | None:
    """`in`: as many comparisons, put together by `or`."""
    found: bool | None = False
    for option in options:
        found = either(found, compared(lambda one, other: one == other, value, option))
    return found


def divided(left: Any, right: Any) -> float | None:
    """A fraction; by zero it is unknown."""
    return None if left is None or right is None or right == 0 else left / right


def like(value: Cell, pattern: Cell, *, any_case: bool = False) -> bool | None:
    """`%` is any text and `_` any letter."""
    if value is None or pattern is None:
        return None
    parts = {"%": ".*", "_": "."}
    expression = "".join(parts.get(letter, re.escape(letter)) for letter in str(pattern))
    flags = re.DOTALL | (re.IGNORECASE if any_case else 0)
    return re.fullmatch(expression, str(value), flags) is not None


def extreme(choose: Callable[..., Any], values: Iterable[Cell]) -> Cell:
    """`greatest` or `least` of those that are known."""
    known = alike(*(value for value in values if value is not None))
    found: Cell = choose(known) if known else None
    return found


def rounded(value: Any, digits: int = 0) -> float | None:
    """To the nearest; halves go away from zero."""
    if value is None:
        return None
    scaled = abs(value) * 10**digits
    whole = int(scaled + 0.5)
    found: float = (whole if value >= 0 else -whole) / 10**digits
    return found
