"""The models about segments as a whole: how much alike they are."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PortfolioModels:
    """The names of the models. `overlap` has a row for each two segments of an entity."""

    overlap: str

    @property
    def names(self) -> tuple[str, ...]:
        """All of them."""
        return (self.overlap,)
