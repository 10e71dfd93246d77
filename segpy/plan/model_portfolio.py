"""The models about segments as a whole: how much alike they are, what they are worth, how they fare."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PortfolioModels:
    """The names of the models.

    `overlap` has a row for each two segments of an entity, `pareto` for each segment of one whose worth is known: None
    where there is none. `monitors` has a row for each segment, `candidates` for each reason to
    merge it with another or to prune it. `stays` tells how long members stay: None where small counts are withheld.
    """

    overlap: str
    pareto: str | None
    monitors: str
    candidates: str
    stays: str | None

    @property
    def names(self) -> tuple[str, ...]:
        """All of them."""
        return tuple(name for name in (self.overlap, self.pareto, self.monitors, self.candidates, self.stays) if name)
