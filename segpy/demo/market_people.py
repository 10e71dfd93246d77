"""Sellers and buyers of the marketplace; what passes between them belongs to both."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from segpy.demo.clock import EVENING, moment
from segpy.demo.story import Deed, told

_CATEGORIES = ("ceramics", "prints", "jewellery", "toys")

# What is on the shelves, with its category: i01, i05 and i09 are prints, i02 and i06 jewellery, i03 and i07 toys.
ITEMS = {f"i{number:02d}": _CATEGORIES[number % len(_CATEGORIES)] for number in range(1, 100)}


@dataclass(slots=True)
class Seller:
    """Somebody with a stall."""

    name: str
    joined: datetime
    country: str
    deeds: list[Deed] = field(default_factory=list)


@dataclass(slots=True)
class Buyer:
    """Somebody who looks and buys. `loud` keys are written in capitals by an old app."""

    key: UUID
    joined: datetime
    loud: bool = False
    deeds: list[Deed] = field(default_factory=list)

    @property
    def written(self) -> str:
        """The key as this buyer's app writes it."""
        return str(self.key).upper() if self.loud else str(self.key)


def new_buyer(rng: Random, day: int, log: str = "") -> Buyer:
    """A buyer who joined on a day; one in five uses the old app."""
    key = UUID(int=rng.getrandbits(128), version=4)
    deeds = list(told(log))
    joined = min([moment(rng, day, EVENING), *(deed.at - timedelta(hours=3) for deed in deeds)])
    return Buyer(key, joined, rng.random() < 0.2, deeds)
