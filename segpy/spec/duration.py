"""Lengths of time as specs write them: `7 days`, `48 hours`, `3 months`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

_MICROSECONDS = {
    "second": 1_000_000,
    "minute": 60_000_000,
    "hour": 3_600_000_000,
    "day": 86_400_000_000,
    "week": 7 * 86_400_000_000,
}
_MONTHS = {"month": 1, "year": 12}
FIXED_UNITS = tuple(_MICROSECONDS)
UNITS = (*FIXED_UNITS, *_MONTHS)
MOST_DIGITS = 9
_WRITTEN = re.compile(r"\s*([0-9]+)\s+([a-z]+?)s?\s*")
_LONGEST = timedelta(days=365_000)
_LOOSELY_WRITTEN = re.compile(r"\s*([0-9]+)\s*([a-z]*?)s?\s*")
_ABBREVIATED = {"sec": "second", "min": "minute", "h": "hour", "hr": "hour", "d": "day", "w": "week", "wk": "week",
                "mo": "month", "y": "year", "yr": "year"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Duration:
    """Either an exact length (`microseconds`) or calendar months; never both. `48 hours` equals `2 days`."""

    microseconds: int = 0
    months: int = 0

    @property
    def exact(self) -> bool:
        """Whether it has the same length wherever it is laid; months do not."""
        return self.months == 0

    @property
    def seconds(self) -> float:
        """Its length in seconds; a month counts as 31 days, which is the longest that it can be."""
        return self.microseconds / 1_000_000 if self.exact else self.months * 31 * 86_400.0

    @property
    def counted(self) -> tuple[int, str]:
        """The amount in the largest unit up to the day that divides it, and that unit."""
        if not self.exact:
            return self.months, "month"
        for unit in ("day", "hour", "minute"):
            if self.microseconds % _MICROSECONDS[unit] == 0:
                return self.microseconds // _MICROSECONDS[unit], unit
        return self.microseconds // _MICROSECONDS["second"], "second"

    @property
    def label(self) -> str:
        """For names: `7d`, `12h`, `3mo`."""
        amount, unit = self.counted
        return f"{amount}{ {'month': 'mo', 'day': 'd', 'hour': 'h', 'minute': 'min', 'second': 's'}[unit] }"

    def __str__(self) -> str:
        amount, unit = self.counted
        return f"{amount} {unit}" if amount == 1 else f"{amount} {unit}s"


def parse_duration(text: str) -> Duration | None:
    """The duration that `text` writes, or None. Zero counts as a duration; more than a thousand years does not."""
    match = _WRITTEN.fullmatch(text)
    if match is None or len(match[1]) > MOST_DIGITS:
        return None
    amount, unit = int(match[1]), match[2]
    if unit in _MICROSECONDS:
        found = Duration(microseconds=amount * _MICROSECONDS[unit])
    elif unit in _MONTHS:
        found = Duration(months=amount * _MONTHS[unit])
    else:
        return None
    return found if found.seconds <= _LONGEST.total_seconds() else None


def amount_in(duration: Duration, unit: str) -> int:
    """How many of a unit a duration is that was written in it."""
    return duration.months // _MONTHS[unit] if unit in _MONTHS else duration.microseconds // _MICROSECONDS[unit]


def most(amount: int, unit: str) -> Duration:
    """So many of a unit, at their longest: a month counts as 31 days, a year as 12 of them."""
    days = {"month": 31, "year": 12 * 31}.get(unit)
    return Duration(microseconds=amount * (_MICROSECONDS["day"] * days if days else _MICROSECONDS[unit]))


def written_unit(text: str) -> str:
    """The unit in which `parse_duration` found a duration: `second`, …, `year`."""
    match = _WRITTEN.fullmatch(text)
    return match[2] if match else ""


def what_is_wrong(text: str) -> tuple[str, str]:
    """What a text is that `parse_duration` refuses, and what to write instead."""
    loosely = _LOOSELY_WRITTEN.fullmatch(text.lower())
    if loosely is not None:
        amount = loosely[1].lstrip("0") or "0"
        unit = _ABBREVIATED.get(loosely[2], loosely[2])
        meant = f"{amount} {unit}" if amount == "1" else f"{amount} {unit}s"
        if not unit:
            return "a number without a unit", f"write `{amount} days`, for example" if len(amount) < 6 else _ANY_UNIT
        if parse_duration(meant) is not None:
            return "not a duration", f"write `{meant}`"
        if unit in _MICROSECONDS or unit in _MONTHS:
            return "longer than a thousand years", "shorten it"
    return "not a duration", _ANY_UNIT


_ANY_UNIT = "write a whole number and a unit: `90 seconds`, `30 minutes`, `48 hours`, `7 days`, `2 weeks`"
