"""Ask what segments bought with the generated query."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from segpy.asking import Misused
from segpy.plan.price import price_plan
from segpy.pricing import Asked, purchase_of
from segpy.spec.duration import Duration, parse_duration
from segpy.sql.price import price_sql
from segpy.warehouse.model_price import Bought
from segpy.warehouse.price import bought_of
from tests.backtests.ask import answers, bound_of
from tests.cases.tables import Table


def week() -> Duration:
    """What periods last where nobody says otherwise."""
    found = parse_duration("1 week")
    assert found is not None
    return found


def asked(*segments: str, quantity: str | None = "pieces", most: int = 50) -> Asked:
    """These segments, of which `bought` events tell `product`, `price` and `pieces`."""
    named = ("bought", "product", "price", quantity)
    return Asked(segments, *named, None, None, week(), most, False, 0.95, {})


def bought(
    spec: str, tables: Iterable[Table], edges: Sequence[datetime], as_of: datetime, wanted: Asked
) -> tuple[Bought, ...]:
    """What the warehouse tells of periods between these edges."""
    bound = bound_of(spec)
    entity = next(one.entity for one in bound.segments if one.name == wanted.segments[0])
    purchase = purchase_of(bound, bound.entity(entity), wanted)
    assert not isinstance(purchase, Misused), purchase
    plan = price_plan(bound, wanted.segments, purchase, wanted.products)
    return tuple(map(bought_of, answers(price_sql(plan, edges, "duckdb"), tables, as_of)))
