"""What the warehouse tells of purchases."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bought:
    """A row of what was bought: `price_sql` says what each kind of them holds. All but `product` count from 0."""

    kind: str
    segment: int | None
    place: int | None
    name: str | None
    product: int | None
    counted: int
    quantity: float
    price: float
