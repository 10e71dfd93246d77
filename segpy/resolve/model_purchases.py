"""What was bought, at which price, with every name resolved."""

from __future__ import annotations

from dataclasses import dataclass

from segpy.resolve.model_events import Atom, Property


@dataclass(frozen=True, slots=True)
class Purchase:
    """The events of an entity that are purchases, and what tells the product, the price of a piece and how many pieces.

    Each event is one piece where `quantity` is None.
    """

    entity: str
    atom: Atom
    product: Property
    price: Property
    quantity: Property | None

    @property
    def properties(self) -> tuple[Property, ...]:
        """All that is read of it."""
        return (self.product, self.price, *((self.quantity,) if self.quantity is not None else ()))
