"""What segments buy at which prices: what is read of purchases, and of whom."""

from __future__ import annotations

from dataclasses import dataclass

from segpy.plan.model_panel import PanelPlan
from segpy.plan.model_purchases import PurchasePlan


@dataclass(frozen=True, slots=True)
class PricePlan:
    """Segments of one entity at the starts of periods, and what is bought in these.

    Only the `most` products are looked at of which most was bought, by anybody.
    """

    panel: PanelPlan
    purchase: PurchasePlan
    most: int
