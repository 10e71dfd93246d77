"""The models about segments as a whole: how much alike they are, and what they are worth."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PortfolioModels:
    """The names of the models.

    `overlap` has a row for each two segments of an entity, `pareto` for each segment of one whose worth is known: None
    where there is none.
    """

    overlap: str
    pareto: str | None

    @property
    def names(self) -> tuple[str, ...]:
        """All of them."""
        return tuple(name for name in (self.overlap, self.pareto) if name is not None)
