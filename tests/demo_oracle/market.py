"""The marketplace. Each function is a segment; with `near`, a laxer one that also takes in who just misses it."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from tests.demo_oracle.world import Kind, Life, Reading, distinct, numbers, rows


def _of(name: str) -> Kind:
    return Kind("market", (name,))


SKU, RULES, SOLD = _of("sku_uploaded"), _of("shipping_rules_configured"), _of("item_sold")
MESSAGE, REVIEW, FAVOURITE = _of("message_sent"), _of("review_left"), _of("item_favourited")
DAY = timedelta(days=1)


def sellers(reading: Reading) -> dict[str, Life]:
    """All who opened a stall."""
    log = reading.visible("market", rows("market_events"), "seller_id", "event_id", "event_time")
    found = reading.lives(rows("market_sellers"), "seller_id", log)
    return {key: life for key, life in found.items() if life.about}


def buyers(reading: Reading) -> dict[str, Life]:
    """All who were seen at anything. Their keys are UUIDs, in whatever case."""
    categories = {row["item_id"]: row["category"] for row in rows("market_items")}
    events = ({**row, "category": categories.get(row["item_id"])} for row in rows("market_events"))
    log = reading.visible("market", events, "buyer_id", "event_id", "event_time")
    found = reading.lives(rows("market_buyers"), "buyer_id", log)
    return {key: life for key, life in found.items() if life.events}


def power_seller_early(one: Life, near: bool = False) -> bool:
    start, days = one.time("joined_at"), (9 if near else 7) * DAY
    assert start is not None
    items = distinct(one.all(SKU, start, start + days), "item_id")
    return items >= (4 if near else 5) and bool(one.all(RULES, start, start + days))


def trusted_seller(one: Life, near: bool = False) -> bool:
    stars, ever = numbers(one.lately(REVIEW, 90), "stars"), numbers(one.all(REVIEW), "stars")
    signs = (
        bool(stars) and sum(stars) / len(stars) * 2 >= 9,
        len(one.lately(SOLD, 90)) >= 10,
        bool(ever) and min(ever) >= 3,
    )
    return sum(signs) >= (1 if near else 2)


def quiet_stall(one: Life, near: bool = False) -> bool:
    shelf, sold, days = one.since_first(SKU), one.since_last(SOLD), (25 if near else 30) * DAY
    return shelf is not None and shelf >= days and (sold is None or sold > days)


def comparing_buyer(one: Life, near: bool = False) -> bool:
    if near:
        return distinct(one.lately(MESSAGE, 16), "seller_id") >= 2
    return distinct(one.lately(MESSAGE, 14), "seller_id") >= 3 and not one.lately(SOLD, 14)


def serious_buyer(one: Life, near: bool = False) -> bool:
    days = 32 if near else 30
    written = Counter(event["seller_id"] for event in one.lately(MESSAGE, days))
    liked = {(event["category"], event["item_id"]) for event in one.lately(FAVOURITE, days)}
    liked_of = Counter(category for category, _ in liked)
    del written[None], liked_of[None]
    if near:
        return len(one.lately(MESSAGE, days)) >= 2 and bool(liked)
    return max(written.values(), default=0) >= 2 and max(liked_of.values(), default=0) >= 2


def loyal_buyer(one: Life, near: bool = False) -> bool:
    bought = [event.at for event in one.all(SOLD)]
    if near:
        return len(bought) >= 2
    return bool(bought) and any(bought[0] < at <= bought[0] + 30 * DAY for at in bought)


def window_shopper(one: Life, near: bool = False) -> bool:
    return len(one.all(SOLD)) <= (1 if near else 0)


SELLERS = (power_seller_early, trusted_seller, quiet_stall)
BUYERS = (comparing_buyer, serious_buyer, loyal_buyer, window_shopper)
