"""Plans what segments buy at which prices."""

from __future__ import annotations

from segpy.plan.model_price import PricePlan
from segpy.plan.panel import panel_plan
from segpy.resolve.model import Bound
from segpy.resolve.model_purchases import Purchase


def price_plan(bound: Bound, segments: tuple[str, ...], purchase: Purchase, most: int) -> PricePlan:
    """What the members of these segments, which are about one entity, buy of the `most` products sold most."""
    panel = panel_plan(bound, purchase.entity, segments, purchase=purchase)
    assert panel.entity.purchase is not None
    return PricePlan(panel, panel.entity.purchase, most)
