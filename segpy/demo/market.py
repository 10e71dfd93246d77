"""The marketplace: sellers, buyers, and what happens at the stalls, as four seeds."""

from __future__ import annotations

from random import Random

from segpy.demo.clock import EVENING, ago, moment, written
from segpy.demo.log import Log, table
from segpy.demo.market_cast import BUYERS, SELLERS
from segpy.demo.market_lives import buyers, sellers
from segpy.demo.market_people import ITEMS, Buyer, Seller, new_buyer
from segpy.demo.story import Deed, told
from segpy.render.model import Artifact

_PAID = {"item_sold"}
_RATED = {"review_left"}


def market_files(seed: int) -> tuple[Artifact, ...]:
    """`market_sellers`, `market_buyers`, `market_items` and `market_events`."""
    rng = Random(f"market {seed}")
    stalls = sellers(rng, 36)
    strangers = buyers(rng, 75, stalls)
    cast = [new_buyer(rng, rng.randint(101, 119), log) for log in BUYERS]
    told_of = [
        Seller(f"m{number:02d}", ago(joined), "DE", list(told(log)))
        for number, (joined, log) in enumerate(SELLERS, start=len(stalls) + 1)
    ]
    everybody = sorted((*strangers, *cast), key=lambda buyer: buyer.joined)
    return (
        Artifact("seeds/market_sellers.csv", _sellers([*stalls, *told_of])),
        Artifact("seeds/market_buyers.csv", _buyers(everybody)),
        Artifact("seeds/market_items.csv", table(("item_id", "category"), ITEMS.items())),
        Artifact("seeds/market_events.csv", _events(rng, stalls, told_of, strangers, cast)),
    )


def _sellers(everybody: list[Seller]) -> str:
    rows = ((seller.name, seller.country, written(seller.joined)) for seller in everybody)
    return table(("seller_id", "country", "joined_at"), rows)


def _buyers(everybody: list[Buyer]) -> str:
    return table(("buyer_id", "joined_at"), ((str(buyer.key), written(buyer.joined)) for buyer in everybody))


def _numbers(deed: Deed, place: int) -> tuple[str, str]:
    """What was paid and how many stars were given, either of them empty."""
    number = deed.word(place)
    return (number if deed.name in _PAID else "", number if deed.name in _RATED else "")


def _events(rng: Random, stalls: list[Seller], told_of: list[Seller], strangers: list[Buyer], cast: list[Buyer]) -> str:
    log = Log("m", ("event_name", "seller_id", "buyer_id", "item_id", "amount", "stars"))
    for seller in (*stalls, *told_of):
        for deed in seller.deeds:
            both = deed.name in _PAID | _RATED
            buyer = rng.choice(strangers).written if both else ""
            log.add(deed.at, deed.name, seller.name, buyer, deed.word(0), *_numbers(deed, 1), twice=deed.twice)
    for one in (*strangers, *cast):
        for deed in one.deeds:
            place = deed.word(0)
            stall = stalls[int(place[1:])].name if place.startswith("@") else ""
            log.add(deed.at, deed.name, stall, one.written, deed.word(1), *_numbers(deed, 2), twice=deed.twice)
    for days in (1, 2, 3):
        late = rng.choice(strangers).written
        log.add(moment(rng, -days, EVENING), "message_sent", rng.choice(stalls).name, late, "", "", "")
    return log.text(rng, 0.012)
