"""The shop: shoppers, products, the weather, what shoppers do and what they order, as six seeds."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from random import Random

from segpy.demo.clock import AS_OF, EVENING, moment, written
from segpy.demo.log import Log, table
from segpy.demo.shop_cast import CAST
from segpy.demo.shop_lives import lives
from segpy.demo.shop_people import Order, Shopper, shopper
from segpy.demo.shop_stock import PRODUCTS, weather
from segpy.demo.story import Deed
from segpy.render.model import Artifact

# Guests order and look around as anybody does; having no card, they have no row among the shoppers.
_FIRST_CARD, _FIRST_GUEST = 1001, 9001


def shop_files(seed: int) -> tuple[Artifact, ...]:
    """`shop_shoppers`, `shop_products`, `shop_weather`, `shop_events`, `shop_orders` and `shop_order_items`."""
    rng = Random(f"shop {seed}")
    everybody = lives(rng) + [shopper(story, number) for number, story in enumerate(CAST)]
    carded = sorted((who for who in everybody if who.joined), key=lambda who: who.joined or AS_OF)
    guests = [who for who in everybody if who.joined is None]
    keys = [(str(_FIRST_CARD + number), who) for number, who in enumerate(carded)]
    keys += [(str(_FIRST_GUEST + number), who) for number, who in enumerate(guests)]
    orders = sorted(((order, key) for key, who in keys for order in who.orders), key=lambda pair: _when(*pair))
    return (
        Artifact("seeds/shop_shoppers.csv", _shoppers(keys)),
        Artifact("seeds/shop_products.csv", _products()),
        Artifact("seeds/shop_weather.csv", table(("city", "day", "temperature"), weather(rng))),
        Artifact("seeds/shop_events.csv", _events(rng, keys)),
        Artifact("seeds/shop_orders.csv", _orders(rng, orders)),
        Artifact("seeds/shop_order_items.csv", _items(orders)),
    )


def _when(order: Order, key: str) -> tuple[datetime, str]:
    return order.at, key


def _shoppers(keys: list[tuple[str, Shopper]]) -> str:
    rows = (
        (key, who.city, "" if who.age is None else str(who.age), written(who.joined), _said(who.consent))
        for key, who in keys
        if who.joined is not None
    )
    return table(("shopper_id", "city", "age", "joined_at", "consent"), rows)


def _said(consent: bool | None) -> str:
    return "" if consent is None else str(consent).lower()


def _products() -> str:
    rows = ((one.id, one.category, one.theme, one.look, f"{one.price:.2f}") for one in PRODUCTS.values())
    return table(("product_id", "category", "theme", "look", "price"), rows)


def _details(deed: Deed) -> tuple[str, str]:
    """Product, and whatever else the event says: a cart or a query."""
    if deed.words and deed.words[0] in PRODUCTS:
        return deed.words[0], " ".join(deed.words[1:])
    return "", " ".join(deed.words)


def _events(rng: Random, keys: list[tuple[str, Shopper]]) -> str:
    log = Log("w", ("shopper_id", "event_name", "product_id", "detail"))
    for key, who in keys:
        for deed in who.deeds:
            log.add(deed.at, key, deed.name, *_details(deed), twice=deed.twice)
    for _ in range(30):
        log.add(moment(rng, rng.randint(1, 90), EVENING), "", "product_viewed", rng.choice(sorted(PRODUCTS)), "")
    for days, (key, _) in enumerate(keys[:5], start=1):
        log.add(moment(rng, -days, EVENING), key, "price_checked", "p01", "")
    return log.text(rng, 0.012)


def _orders(rng: Random, orders: list[tuple[Order, str]]) -> str:
    """One row an order; an order exported twice stands here twice, the second time as of the second export."""
    rows = []
    for number, (order, key) in enumerate(orders, start=1):
        amount = None if rng.random() < 0.01 and order.amount and order.amount < 40 else order.amount
        cells = (f"o{number:04d}", key, order.status, "" if amount is None else f"{amount:.2f}", order.cart)
        rows.append((cells[0], written(order.at), *cells[1:]))
        if order.twice or rng.random() < 0.015:
            rows.append((cells[0], written(order.at + timedelta(seconds=60)), *cells[1:]))
    return table(("order_id", "ordered_at", "shopper_id", "status", "amount", "cart_id"), rows)


def _items(orders: list[tuple[Order, str]]) -> str:
    rows = (
        (f"o{number:04d}", str(line), product, str(quantity))
        for number, (order, _) in enumerate(orders, start=1)
        for line, (product, quantity) in enumerate(Counter(order.products).items(), start=1)
    )
    return table(("order_id", "line", "product_id", "quantity"), rows)
