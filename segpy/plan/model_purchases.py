"""How purchases are found in the events model, and what tells of them."""

from __future__ import annotations

from dataclasses import dataclass

from segpy.plan.model_events import Selection


@dataclass(frozen=True, slots=True)
class PurchasePlan:
    """Rows of the events model that are purchases, and its columns that tell of them.

    Each row is one piece where `quantity` is None.
    """

    selection: Selection
    product: str
    price: str
    quantity: str | None
