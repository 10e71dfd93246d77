"""Round numbers of each unit, and how round they are."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from math import ceil, floor, log10

from segpy.evolve.model import Unit

_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
_USUAL_DAYS = frozenset({1, 2, 3, 5, 7, 10, 14, 21, 28, 30, 45, 60, 90, 120, 150, 180, 270, 365, 730})
_LONGEST = 999_999_999  # seconds: a duration has at most nine digits
_SMALL = 12  # whole numbers up to it are as round as any


@lru_cache(maxsize=1024)
def rounds(unit: Unit, low: float, high: float) -> tuple[Decimal, ...]:
    """Numbers above `low` and up to `high` that somebody could have chosen by hand, in order."""
    match unit:
        case Unit.SECONDS:
            found = set(_times(low, high))
        case Unit.INTEGER:
            found = {one for one in _decimals(low, high) if one == one.to_integral_value()}
            found |= {Decimal(one) for one in range(floor(low) + 1, min(floor(high), floor(low) + 100) + 1)}
        case Unit.NUMBER:
            found = set(_decimals(low, high))
    return tuple(sorted(plain(one) for one in found if low < float(one) <= high))


def plain(number: Decimal) -> Decimal:
    """The same number as it is written by hand: without an exponent, and without zeros behind the point."""
    whole = number.to_integral_value()
    return Decimal(int(whole)) if number == whole else number.normalize()


def _times(low: float, high: float) -> Iterator[Decimal]:
    for unit, most in ((1, 59), (_MINUTE, 59), (_HOUR, 23), (_DAY, 400), (10 * _DAY, 1_000)):
        for amount in range(1, most + 1):
            if low < amount * unit <= high:
                yield Decimal(amount * unit)


def _decimals(low: float, high: float) -> Iterator[Decimal]:
    """Numbers of two significant digits, and the marks that an axis from `low` to `high` would have."""
    largest = max(abs(low), abs(high))
    if largest == 0 or high <= low:
        return
    top = floor(log10(largest))
    if low < 0 <= high:
        yield Decimal(0)
    for power in range(top - 4, top + 1):
        for digits in range(10, 100):
            for sign in (1, -1) if low < 0 else (1,):
                yield sign * Decimal(digits).scaleb(power - 1)
    step = floor(log10(high - low)) - 1
    first, last = floor(low / 10.0**step), ceil(high / 10.0**step)
    if abs(first) < 10**12 and abs(last) < 10**12:
        for mark in range(first, last + 1):
            yield Decimal(mark).scaleb(step)


def roughness(unit: Unit, value: Decimal) -> float:
    """0 for the roundest numbers, and about 1 more for each digit that somebody would have to remember."""
    if unit is Unit.SECONDS:
        return _rough_time(int(value))
    if unit is Unit.INTEGER and abs(value) <= _SMALL:
        return 0.0
    digits = "".join(map(str, value.normalize().as_tuple().digits))
    if len(digits) == 1:
        return 0.0
    return len(digits) - (1.5 if digits.endswith("5") else 1.0)


def _rough_time(seconds: int) -> float:
    if seconds % _DAY == 0:
        days = seconds // _DAY
        return 0.0 if days in _USUAL_DAYS else 0.5 if days % 5 == 0 else 1.0
    if seconds % _HOUR == 0 and seconds < 2 * _DAY:
        return 0.0 if seconds // _HOUR in (1, 2, 3, 6, 12, 36) else 0.5
    return 1.0 if seconds % _MINUTE == 0 else 2.0


def between(unit: Unit, low: float, high: float) -> Decimal:
    """A number above `low` and up to `high`, which is greater, that is as round as can be.

    Of seconds and whole numbers there may be none, as sequences are told in fractions of seconds: then the next one.
    """
    if unit is not Unit.NUMBER:
        return Decimal(min(max(floor(low) + 1, -_LONGEST), _LONGEST))
    for digits in range(1, 18):
        for number in (low + (high - low) / 2, high):
            found = Decimal(f"{number:.{digits - 1}e}")
            if low < float(found) <= high:
                return plain(found)
    return plain(Decimal(repr(high)))
