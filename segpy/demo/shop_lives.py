"""Everybody else in the shop: people drawn from a handful of characters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from segpy.demo.clock import AS_OF, EVENING, SHOPPING_DAYS, awake, moment, soon
from segpy.demo.shop_people import Shopper, asked, bought
from segpy.demo.shop_stock import CITIES, PRODUCTS
from segpy.demo.story import Deed


@dataclass(frozen=True, slots=True)
class Character:
    """How a shopper behaves: the share of days with a visit between two distances in time, and how often one buys."""

    first: int
    last: int
    rate: float
    buys: float
    doubt: float = 0.15


SHOPPERS: tuple[tuple[Character, int], ...] = (
    (Character(118, 1, 0.10, 0.25), 16),  # regulars
    (Character(118, 1, 0.22, 0.30), 5),  # the shop's best
    (Character(100, 1, 0.08, 0.02), 18),  # look, and hardly ever buy
    (Character(28, 1, 0.16, 0.22), 16),  # new
    (Character(196, 96, 0.09, 0.65), 10),  # regulars of last year
    (Character(150, 60, 0.04, 0.4), 10),  # came a few times
    (Character(9, 1, 0.6, 0.04, 0.7), 10),  # circling
)
_QUERIES = ("pirate shoes", "warm jumper", "tent for two", "space socks", "pirate hat", "hiking shoes", "gift")


def lives(rng: Random) -> list[Shopper]:
    """Shoppers with what they did and ordered."""
    characters = [character for character, number in SHOPPERS for _ in range(number)]
    everybody = [_shopper(rng, character, number) for number, character in enumerate(characters)]
    for who in everybody:
        who.deeds += _sizing(rng, who)
    return everybody


def _shopper(rng: Random, character: Character, number: int) -> Shopper:
    joined = moment(rng, character.first + rng.randint(0, 3), EVENING)
    age = None if rng.random() < 0.08 else min(rng.randint(18, 45), rng.randint(19, 70))
    who = Shopper(joined, "" if rng.random() < 0.05 else rng.choice(CITIES), age, asked(number))
    taste = rng.choices(sorted(PRODUCTS), k=6)
    for day in range(character.first, character.last - 1, -1):
        if awake(rng, day, character.rate, SHOPPING_DAYS):
            _visit(rng, who, moment(rng, day, EVENING), taste, character)
    who.deeds = [deed for deed in who.deeds if deed.at < AS_OF]
    who.orders = [order for order in who.orders if order.at < AS_OF]
    return who


def _sizing(rng: Random, who: Shopper) -> list[Deed]:
    """Now and then a look at a sizing chart before something goes into the cart."""
    added = [deed for deed in who.deeds if deed.name == "cart_updated" and rng.random() < 0.12]
    return [Deed(deed.at - timedelta(seconds=20), "sizing_chart_viewed", deed.words[:1]) for deed in added]


def _visit(rng: Random, who: Shopper, at: datetime, taste: list[str], character: Character) -> None:
    """A look around, perhaps doubts about the price, perhaps a cart and an order."""
    if rng.random() < 0.2:
        who.deeds.append(Deed(at, "searched", (rng.choice(_QUERIES),)))
    product = rng.choice(taste)
    for _ in range(rng.randint(1, 2)):
        at = soon(rng, at, 300)
        who.deeds.append(Deed(at, "product_viewed", (product,)))
        product = rng.choice(taste)
    if rng.random() < character.doubt:
        who.deeds += _doubts(rng, at, product)
    cart = f"c{rng.randint(1, 899)}"
    if rng.random() < character.buys + 0.15:
        at = soon(rng, at, 600)
        who.deeds.append(Deed(at, "cart_updated", (product, cart)))
        at = soon(rng, at, 400)
        who.deeds.append(Deed(at, "shipping_fee_shown", (cart,)))
        if rng.random() < 0.1:
            who.deeds.append(Deed(soon(rng, at, 200), "coupon_field_searched", (cart,)))
        if rng.random() < character.buys / (character.buys + 0.15):
            at = soon(rng, at, 500)
            who.deeds.append(Deed(at, "checkout_started", (cart,)))
            products = (product, *rng.choices(taste, k=rng.choice((0, 0, 1, 2))))
            status = rng.choices(("paid", "cancelled"), (12, 1))[0]
            who.orders.append(bought(soon(rng, at, 400), products, status, cart))


def _doubts(rng: Random, at: datetime, product: str) -> Iterator[Deed]:
    for _ in range(rng.randint(1, 3)):
        at += timedelta(seconds=rng.randint(40, 5000))
        name = rng.choice(("price_checked", "price_checked", "shipping_calculator_opened", "returns_policy_viewed"))
        yield Deed(at, name, (product,) if name == "price_checked" else ())
    if rng.random() < 0.1:
        yield Deed(at, "cancellation_terms_viewed")
