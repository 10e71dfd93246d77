"""A shop in which 1 % more price means so much less quantity: what is found through the query, from single purchases.

Dear products sell more, the shop lowers prices in weeks in which much is sold anyway, and members buy otherwise than
the others, who are many more: what is said of members is theirs.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from segpy.measure.price import price_response
from segpy.pricing import cells_of
from tests.cases.tables import Table
from tests.prices.ask import asked, bought
from tests.prices.test_hand_made import EVENTS

np = pytest.importorskip("numpy")
pytest.importorskip("statsmodels")


PRODUCTS, WEEKS, BEGIN = 12, 16, datetime(2026, 1, 5)
TRUE = {"members": -2.0, "others": -0.5}
SPEC = """
entities: {user: {key: user_id, population: events}}
streams:
  app:
    relation: ref('events')
    entity: {user: user_id}
    occurred_at: at
    event: name
    properties: {product: text, price: number, pieces: integer}
events: {joined: {stream: app, is: joined}, bought: {stream: app, is: bought}}
segments:
  members: {entity: user, all: [{did: joined}]}
  others: {entity: user, none: [{did: joined}]}
"""


def shop(seed: int) -> Table:
    draw = np.random.default_rng(seed)
    season = draw.normal(0, 0.4, WEEKS)
    before = str(BEGIN - timedelta(days=1))
    rows: list[tuple[str | None, ...]] = [(f"m{i}", before, "joined", None, None, None) for i in range(20)]
    rows += [(f"o{i}", before, "bought", None, None, None) for i in range(60)]
    for product in range(PRODUCTS):
        dear = draw.normal(0, 0.7)
        for week in range(WEEKS):
            price = dear - 0.3 * season[week] + draw.normal(0, 0.2)
            for who, most, elasticity in (("m", 20, TRUE["members"]), ("o", 60, TRUE["others"])):
                mean = np.exp(0.3 + np.log(most / 20) + dear + season[week] + elasticity * (price - dear))
                for _ in range(draw.poisson(mean)):
                    at = BEGIN + timedelta(days=7 * week, seconds=int(draw.integers(7 * 86_400)))
                    person = f"{who}{draw.integers(most)}"
                    rows.append((person, str(at), "bought", f"p{product}", repr(float(np.exp(price))), "1"))
    return Table("events", EVENTS.columns, tuple(rows))


def test_what_is_true_is_found() -> None:
    """In nearly all shops it lies in the interval; and what is said of members is not said of the others."""
    edges = tuple(BEGIN + timedelta(days=7 * week) for week in range(WEEKS + 1))
    inside = []
    for seed in range(4):
        rows = bought(SPEC, (shop(seed),), edges, edges[-1], asked(*TRUE))
        for place, (segment, true) in enumerate(TRUE.items()):
            cells, _ = cells_of(rows, place, WEEKS)
            assert any(not one.quantity for one in cells), "there are weeks in which none was bought"
            found = price_response(cells).elasticity
            assert found.interval is not None and found.estimate is not None
            inside.append(found.interval.touches(true))
            assert abs(found.estimate - true) < 0.6, segment
    assert sum(inside) >= 7, inside
