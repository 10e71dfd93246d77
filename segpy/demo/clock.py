"""The demonstration's calendar: when it is, and at which hours its people are awake."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from random import Random

AS_OF = datetime(2026, 3, 10)
DAYS = 120

# How likely each hour is, from midnight on. Work tools peak twice by day, shops in the evening.
OFFICE = (0, 0, 0, 0, 0, 1, 2, 5, 12, 16, 14, 11, 7, 11, 14, 13, 10, 7, 5, 5, 6, 5, 3, 1)
EVENING = (2, 1, 0, 0, 0, 0, 1, 3, 4, 5, 5, 6, 8, 6, 5, 5, 6, 8, 11, 16, 20, 19, 13, 6)

# How busy each weekday is, from Monday on.
WORKDAYS = (1.1, 1.2, 1.15, 1.1, 0.9, 0.2, 0.25)
SHOPPING_DAYS = (0.8, 0.75, 0.8, 0.9, 1.1, 1.35, 1.4)

_AGO = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")


def ago(text: str) -> datetime:
    """The instant that lies `3d2h5m1s` before the demonstration's `as_of`; with a leading `+`, after it."""
    later = text.startswith("+")
    match = _AGO.fullmatch(text.removeprefix("+"))
    if not text or match is None:
        raise ValueError(f"not a distance in time: {text!r}")
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    length = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    return AS_OF + length if later else AS_OF - length


def moment(rng: Random, day: int, hours: tuple[int, ...]) -> datetime:
    """An instant on the calendar day that began `day` days before `as_of`, at a likely hour."""
    hour = rng.choices(range(24), weights=hours)[0]
    return AS_OF - timedelta(days=day) + timedelta(hours=hour, minutes=rng.randint(0, 59), seconds=rng.randint(0, 59))


def awake(rng: Random, day: int, rate: float, week: tuple[float, ...]) -> bool:
    """Whether somebody who is active on a share `rate` of days is so on this one."""
    return rng.random() < rate * week[(AS_OF - timedelta(days=day)).weekday()]


def soon(rng: Random, at: datetime, seconds: int) -> datetime:
    """A moment after `at`, at most `seconds` later."""
    return at + timedelta(seconds=rng.randint(1, seconds))


def written(at: datetime | None) -> str:
    """An instant as the seeds write it; nothing for none."""
    return "" if at is None else at.strftime("%Y-%m-%d %H:%M:%S")
