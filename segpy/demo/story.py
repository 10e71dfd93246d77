"""Lives told in a line: what somebody did, and how long before `as_of`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from segpy.demo.clock import ago


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that somebody did. `words` are the details; `twice` tells that it was delivered twice."""

    at: datetime
    name: str
    words: tuple[str, ...] = ()
    twice: bool = False

    def word(self, place: int) -> str:
        """The detail at a place, empty where there is none."""
        return self.words[place] if place < len(self.words) else ""


def told(text: str) -> tuple[Deed, ...]:
    """The deeds of a story such as `6d page_viewed /pricing; 5d12h! login`.

    Deeds are separated by `;`. Each has its distance before `as_of` (`!` behind it: delivered twice; `+` before it:
    after `as_of`), the event and its details.
    """
    deeds = []
    for part in filter(None, (part.strip() for part in text.split(";"))):
        when, name, *words = part.split()
        deeds.append(Deed(ago(when.removesuffix("!")), name, tuple(words), when.endswith("!")))
    return tuple(deeds)


def days_of(text: str, *days: int, at: str = "10h") -> str:
    """The same deed on several days: `days_of("login", 1, 2)` is `1d… login; 2d… login`, at one distance each."""
    return "; ".join(f"{day - 1}d{at} {text}" for day in days)
