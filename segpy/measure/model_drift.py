"""Parts of a distribution, as they were when it was looked at first."""

from __future__ import annotations

from dataclasses import dataclass

ALARM = 0.1
"""The index of population stability beyond which, and beyond chance, people are called others than they were."""


@dataclass(frozen=True, slots=True)
class Bin:
    """Values above `low` and below `high` (None: without a limit), up to it where it `has_high`; or all of a `label`.

    Where both are the same it is that value alone. `places` are those of the finer parts that it is made of, under
    which people are counted.
    """

    places: tuple[int, ...]
    low: float | None = None
    high: float | None = None
    has_high: bool = False
    label: str | None = None

    def has(self, value: float) -> bool:
        """Whether a number lies in it."""
        if self.low is not None and self.low == self.high:
            return value == self.low
        above = self.low is None or value > self.low
        return above and (self.high is None or value < self.high or (value == self.high and self.has_high))
