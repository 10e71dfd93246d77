"""Numbers as the page writes them: with their unit, and a dash where there is none."""

from __future__ import annotations

from datetime import datetime

from segpy.measure.model import Estimate, Interval

NONE = "–"
MINUS = "−"


def _signs(text: str) -> str:
    return text.replace("-", MINUS)


def count(number: float | None, *, signed: bool = False) -> str:
    """`1,204`, or a dash."""
    if number is None:
        return NONE
    return _signs(f"{round(number):{'+' if signed and round(number) else ''},}")


def percent(part: float | None, digits: int = 1, *, signed: bool = False) -> str:
    """`4.1 %` of a part from 0 to 1."""
    return NONE if part is None else _signs(f"{part * 100:{'+' if signed else ''}.{digits}f} %")


def amount(number: float | None, *, signed: bool = False) -> str:
    """`1,204.50`."""
    return NONE if number is None else _signs(f"{number:{'+' if signed else ''},.2f}")


def chance(p: float | None) -> str:
    """A p-value: three digits, or that it is less than these tell."""
    if p is None:
        return NONE
    return f"{p:.3f}" if p >= 0.001 else "< 0.001"


def noun(number: int, word: str, several: str | None = None) -> str:
    """`1 segment`, `2 segments`."""
    return f"{number:,} {word if number == 1 else several or word + 's'}"


def listed(names: tuple[str, ...] | list[str], most: int = 8) -> str:
    """`a, b and c`, and how many more there are."""
    if len(names) > most:
        return f"{', '.join(names[:most])} and {len(names) - most:,} more"
    return " and ".join([part for part in (", ".join(names[:-1]), *names[-1:]) if part])


def moment(at: datetime) -> str:
    """A day, and the time where it is not its beginning."""
    day = f"{at.year:04}-{at.month:02}-{at.day:02}"
    return day if (at.hour, at.minute, at.second) == (0, 0, 0) else f"{day} {at.hour:02}:{at.minute:02} UTC"


def between(interval: Interval | None, *, share: bool) -> str:
    """`+0.5 % to +0.9 %`; an end that there is none of is told so."""
    if interval is None:
        return NONE
    low, high = (
        "no end" if end is None else percent(end, 2, signed=True) if share else amount(end, signed=True)
        for end in (interval.low, interval.high)
    )
    return f"{low} to {high}"


def withheld(estimate: Estimate) -> str:
    """Why an estimate is not there."""
    return f"withheld: {estimate.status.reason}"
