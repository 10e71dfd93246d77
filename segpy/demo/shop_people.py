"""Shoppers and their orders."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from segpy.demo.shop_stock import CITIES, PRODUCTS
from segpy.demo.story import Deed, told

_CART = re.compile(r"c\d+")


@dataclass(frozen=True, slots=True)
class Order:
    """An order of products. `amount` is None where the cash desk forgot it; status and cart may be missing too."""

    at: datetime
    products: tuple[str, ...]
    status: str
    amount: float | None
    cart: str = ""
    twice: bool = False


@dataclass(slots=True)
class Shopper:
    """Somebody with a customer card; a guest (`joined` None) has none. Who was never asked has no `consent`."""

    joined: datetime | None
    city: str
    age: int | None
    consent: bool | None
    deeds: list[Deed] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Story:
    """One shopper's life as told. Where no city and no age are told, they do not matter.

    An order is a deed such as `5d order p01 p13 c12 cancelled`: of a cart if one stands there, with its own amount if a
    number does, with none known for `lost`, with no status for `unsaid`.
    """

    log: str
    city: str = "any"
    age: int | None = 0
    guest: bool = False


def bought(at: datetime, products: tuple[str, ...], status: str, cart: str) -> Order:
    """An order at the prices of the stock."""
    return Order(at, products, status, sum(PRODUCTS[product].price for product in products), cart)


def shopper(story: Story, number: int) -> Shopper:
    """The one the story is about, who took a card some hours before the first deed."""
    deeds = told(story.log)
    first = min(deed.at for deed in deeds)
    earlier = timedelta(hours=1 + number % 40, minutes=number * 7 % 60, seconds=number % 53)
    joined = None if story.guest else first - earlier
    city = CITIES[number % len(CITIES)] if story.city == "any" else story.city
    who = Shopper(joined, city, 32 + number % 30 if story.age == 0 else story.age, asked(number))
    for deed in deeds:
        if deed.name == "order":
            who.orders.append(_order(deed))
        else:
            who.deeds.append(deed)
    return who


def asked(number: int) -> bool | None:
    """What became of the question for consent: most said yes, some no, a few were never asked."""
    return None if number % 13 == 0 else number % 4 != 1


def _order(deed: Deed) -> Order:
    products = tuple(word for word in deed.words if word in PRODUCTS)
    amounts = [float(word) for word in deed.words if word[0].isdigit()]
    status = "cancelled" if "cancelled" in deed.words else "" if "unsaid" in deed.words else "paid"
    amount = None if "lost" in deed.words else amounts[0] if amounts else sum(PRODUCTS[one].price for one in products)
    cart = next((word for word in deed.words if _CART.fullmatch(word)), "")
    return Order(deed.at, products, status, amount, cart, deed.twice)
