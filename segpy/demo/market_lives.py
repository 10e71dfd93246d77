"""Everybody else on the marketplace: stalls of three kinds, and buyers who wander between them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from random import Random

from segpy.demo.clock import AS_OF, EVENING, SHOPPING_DAYS, awake, moment, soon
from segpy.demo.market_people import Buyer, Seller, new_buyer
from segpy.demo.story import Deed

_COUNTRIES = ("DE", "AT", "FR", "IT", "PL")


def sellers(rng: Random, number: int) -> list[Seller]:
    """Stalls; the more diligent fill their shelves in the first week."""
    return [_seller(rng, f"m{place:02d}") for place in range(1, number + 1)]


def _seller(rng: Random, name: str) -> Seller:
    first, diligence = rng.randint(10, 118), rng.random()
    seller = Seller(name, moment(rng, first, EVENING), rng.choice(_COUNTRIES))
    at = seller.joined
    for _ in range(rng.randint(1, 3) + int(diligence * 6)):
        at = soon(rng, at, 86400 if diligence > 0.5 else 6 * 86400)
        seller.deeds.append(Deed(at, "sku_uploaded", (f"i{rng.randint(1, 99):02d}",)))
    if diligence > 0.3:
        seller.deeds.append(Deed(soon(rng, seller.joined, 9 * 86400), "shipping_rules_configured"))
    seller.deeds = [deed for deed in seller.deeds if deed.at < AS_OF]
    return seller


def buyers(rng: Random, number: int, stalls: list[Seller]) -> list[Buyer]:
    """Buyers with what they did at the stalls."""
    return [_buyer(rng, stalls) for _ in range(number)]


def _buyer(rng: Random, stalls: list[Seller]) -> Buyer:
    first = rng.randint(5, 118)
    buyer = new_buyer(rng, first)
    rate, buys = rng.choice((0.03, 0.06, 0.15)), rng.choice((0.05, 0.15, 0.3))
    liked = rng.choices(range(len(stalls)), k=3)
    for day in range(first, 0, -1):
        if awake(rng, day, rate, SHOPPING_DAYS):
            stall = rng.choice(liked) if rng.random() < 0.75 else rng.randrange(len(stalls))
            at = moment(rng, day, EVENING)
            if stalls[stall].joined < at:
                buyer.deeds += _visit(rng, at, f"@{stall}", buys)
    buyer.deeds = [deed for deed in buyer.deeds if deed.at < AS_OF]
    return buyer


def _visit(rng: Random, at: datetime, stall: str, buys: float) -> Iterator[Deed]:
    """A favourite or a question, now and then a purchase and what one thought of it."""
    item = f"i{rng.randint(1, 99):02d}"
    if rng.random() < 0.5:
        yield Deed(at, "item_favourited", (stall, item))
    else:
        yield Deed(at, "message_sent", (stall,))
    if rng.random() < buys:
        at = soon(rng, at, 7200)
        yield Deed(at, "item_sold", (stall, item, str(rng.randint(8, 90))))
        if rng.random() < 0.6:
            stars = rng.choice(("5", "5", "5", "4", "4", "3", "1", ""))
            yield Deed(soon(rng, at, 9 * 86400), "review_left", (stall, item, stars))
