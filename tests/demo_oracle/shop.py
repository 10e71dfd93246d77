"""The shop. Each function is a segment; with `near`, a laxer one that also takes in who just misses it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from fractions import Fraction

from tests.demo_oracle.world import (
    Cells,
    Event,
    Kind,
    Life,
    Reading,
    gaps,
    local,
    mean,
    numbers,
    ranks,
    rows,
    seconds,
)


def _shop(*names: str) -> Kind:
    return Kind("shop", names)


def _viewed(category: str) -> Kind:
    return Kind("shop", ("product_viewed",), lambda event: event["category"] == category)


def _bought(column: str, value: str) -> Kind:
    return Kind("order_items", (), lambda event: event["status"] == "paid" and event[column] == value)


def _pirate_shoes(event: Event) -> bool:
    return event["detail"] is not None and "pirate shoes" in event["detail"].lower()


PRICE = _shop("price_checked")
WORRY = _shop("price_checked", "shipping_calculator_opened", "returns_policy_viewed")
COUPON, TERMS, FEE = _shop("coupon_field_searched"), _shop("cancellation_terms_viewed"), _shop("shipping_fee_shown")
CART = _shop("cart_updated", "checkout_started")
ORDER = Kind("orders", (), lambda event: event["status"] == "paid")
PIRATE, KNITWEAR = _bought("theme", "pirate"), _bought("category", "knitwear")
OUTDOOR = _bought("category", "outdoor")
CALCULATOR, CHART, UPDATED = _shop("shipping_calculator_opened"), _shop("sizing_chart_viewed"), _shop("cart_updated")
TRAVEL = Kind("shop", ("searched",), lambda event: "travel" in (event["detail"] or "").lower())
CART_ID = {"shop": "detail", "orders": "cart_id"}
SEARCHED = Kind("shop", ("searched",), _pirate_shoes)

DAY, HOUR, WEEK = timedelta(days=1), timedelta(hours=1), timedelta(days=7)
# By the clocks of the shop.
WINTERS = ((datetime(2024, 12, 1), datetime(2025, 3, 1)), (datetime(2025, 12, 1), datetime(2026, 3, 1)))


def shoppers(reading: Reading) -> dict[str, Life]:
    """Those with a card; guests' events are nobody's."""
    products: dict[str | None, Cells] = {row["product_id"]: row for row in rows("shop_products")}
    nothing: Cells = {"category": None, "theme": None, "look": None}
    events = ({**row, **products.get(row["product_id"], nothing)} for row in rows("shop_events"))
    orders = list(rows("shop_orders"))
    items = (
        {**order, **products[item["product_id"]], **item, "item_id": f"{item['order_id']}-{item['line']}"}
        for item in rows("shop_order_items")
        for order in orders
        if order["order_id"] == item["order_id"]
    )
    about = [{**row, "temperature": _temperature(row["city"])} for row in rows("shop_shoppers")]
    found = reading.lives(
        about,
        "shopper_id",
        reading.visible("shop", events, "shopper_id", "event_id", "event_time"),
        reading.visible("orders", orders, "shopper_id", "order_id", "ordered_at"),
        reading.visible("order_items", items, "shopper_id", "item_id", "ordered_at"),
    )
    known = {key: life for key, life in found.items() if life.about}
    _rank(known)
    return known


def _rank(lives: dict[str, Life]) -> None:
    """Note who spends how much, and whose spending grows how fast, beside that of all others."""
    spent = {key: sum(numbers(life.all(ORDER), "amount")) for key, life in lives.items()}
    growth = {key: rate for key, life in lives.items() if (rate := grown(life)) is not None}
    for name, found in (
        ("spend_rank", ranks({key: Fraction(sum_) for key, sum_ in spent.items() if sum_})),
        ("growth_rank", ranks(growth)),
    ):
        for key, rank in found.items():
            lives[key].about[name] = str(rank)


def grown(one: Life) -> Fraction | None:
    """Spending a day of the last 60 days, as a multiple of that of the 120 days before; None without any then."""
    recent = sum(numbers(one.lately(ORDER, 60), "amount"))
    before = sum(numbers(one.all(ORDER, one.ago(180), one.ago(60)), "amount"))
    return (Fraction(recent) / 60) / (Fraction(before) / 120) if before else None


def _temperature(city: str | None) -> str | None:
    """The last reading of a city, which may have failed."""
    readings = sorted((str(row["day"]), row["temperature"]) for row in rows("shop_weather") if row["city"] == city)
    return readings[-1][1] if readings else None


def loops(one: Life, near: bool = False) -> list[datetime]:
    """When a price check of the last week closed three different worries within a day."""
    days, length = (8, 26 * HOUR) if near else (7, 24 * HOUR)
    worries = one.lately(WORRY, days)
    return [
        check.at
        for check in one.lately(PRICE, days)
        if sum(worry is not check and check.at - length <= worry.at <= check.at for worry in worries) >= 2
    ]


def payment_gravity(one: Life, near: bool = False) -> bool:
    ends = loops(one, near)
    return bool(ends) and (near or not any(order.at > max(ends) for order in one.all(ORDER)))


def two_hour_window(one: Life, near: bool = False) -> bool:
    since = one.as_of - (4 if near else 2) * HOUR
    return payment_gravity(one, near) and max(loops(one, near)) >= since


def friction(one: Life, near: bool = False) -> bool:
    days = 9 if near else 7
    return bool(one.lately(COUPON, days) or one.lately(TERMS, days)) or stalled(one, near)


def stalled(one: Life, near: bool = False) -> bool:
    """The fee was shown, and for two hours after its last showing the cart neither moved nor was ordered."""
    return _left(one, one.lately(FEE, 7), (*one.all(CART), *one.all(ORDER)), (1 if near else 2) * HOUR, near)


def cart_abandoner(one: Life, near: bool = False) -> bool:
    days = 8 if near else 7
    return _left(one, one.lately(UPDATED, days), one.all(ORDER), (1 if near else 2) * HOUR, near)


def _left(one: Life, last: Sequence[Event], rescue: Sequence[Event], hours: timedelta, near: bool) -> bool:
    """Whether, after the last of these events about some cart, that cart saw no rescue for so long; that is over."""
    ends = {str(event[CART_ID[event.stream]]): event.at for event in last if event[CART_ID[event.stream]]}
    return any(
        (at + hours < one.as_of or near)
        and not any(at < event.at <= at + hours and event[CART_ID[event.stream]] == cart for event in rescue)
        for cart, at in ends.items()
    )


def night_fit_shopper(one: Life, near: bool = False) -> bool:
    days = 15 if near else 14
    late = any(local(event.at).hour >= (20 if near else 21) for event in one.lately(CALCULATOR, days))
    charts = len(one.lately(CHART, days))
    added = [(str(event["look"]), str(event["product_id"])) for event in one.lately(UPDATED, days) if event["look"]]
    fits = any(a[0] == b[0] and a[1] != b[1] for a in added for b in added)
    if near:
        return late and charts >= 1 and len(added) >= 2
    return late and charts >= 2 and fits


def first_time_buyer(one: Life, near: bool = False) -> bool:
    since = one.since_first(ORDER)
    return since is not None and since <= (36 if near else 30) * DAY


def repeat_buyer(one: Life, near: bool = False) -> bool:
    return len(one.all(ORDER)) >= (2 if near else 3)


def dormant_regular(one: Life, near: bool = False) -> bool:
    three_months = one.as_of.replace(month=12, year=one.as_of.year - 1)
    since = one.ago(80) if near else three_months
    return len(one.all(ORDER)) >= (5 if near else 6) and not one.all(ORDER, since)


def big_spender(one: Life, near: bool = False) -> bool:
    spent, known = sum(numbers(one.lately(ORDER, 90), "amount")), numbers(one.all(ORDER), "amount")
    if near:
        return spent >= 250 or bool(known and sum(known) / len(known) >= 100)
    return spent >= 300 or bool(known and sum(known) / len(known) >= 120 and len(one.all(ORDER)) >= 2)


def irregular_cycle(one: Life, near: bool = False) -> bool:
    between = gaps(one.all(ORDER))
    if len(between) < 2:
        return False
    spread = sum((gap - mean(between)) ** 2 for gap in between) / (len(between) - 1)
    return spread > mean(between) ** 2 * (Fraction(1, 4) if near else 1)


def overdue(one: Life, near: bool = False) -> bool:
    between, since = gaps(one.all(ORDER)), one.since_last(ORDER)
    if since is None:
        return False
    if near:
        return not between or seconds(since) > Fraction(3, 2) * mean(between)
    return bool(between) and mean(between) > 0 and seconds(since) > 2 * mean(between)


def kings(one: Life, near: bool = False) -> bool:
    rank = one.number("spend_rank")
    return rank is not None and rank >= (Fraction(7, 10) if near else Fraction(8, 10))


def emerging_kings(one: Life, near: bool = False) -> bool:
    spend, growth = one.number("spend_rank"), one.number("growth_rank")
    if spend is None or growth is None:
        return False
    if near:
        return Fraction(5, 10) <= spend and growth >= Fraction(6, 10)
    return Fraction(6, 10) <= spend < Fraction(8, 10) and growth >= Fraction(8, 10)


def consented(one: Life, near: bool = False) -> bool:
    return near or one.text("consent") == "true"


def seasonal_traveller(one: Life, near: bool = False) -> bool:
    age, half_life = one.number("age"), 60 * 86400
    bought = [local(event.at) for event in one.all(OUTDOOR)]
    winters = sum(any(begins <= at < ends for at in bought) for begins, ends in WINTERS)
    affinity = sum(0.5 ** (float(seconds(one.as_of - event.at)) / half_life) for event in one.all(TRAVEL))
    if age is None:
        return False
    if near:
        return 24 <= age <= 36 and winters >= 1 and affinity >= 0.5
    return 25 <= age <= 35 and winters == 2 and affinity >= 1


def category_browser(one: Life, near: bool = False) -> bool:
    return any(_browsed(one, category, near) for category in ("shoes", "knitwear", "outdoor"))


def _browsed(one: Life, category: str, near: bool) -> bool:
    """Weeks are those of the calendar, from Monday, and the one that is not over does not count."""
    monday = _monday(one.as_of)
    weeks = {_monday(event.at) for event in one.all(_viewed(category))}
    looked = sum(monday - nth * WEEK in weeks for nth in range(1, 5))
    return looked >= 3 if near else looked == 4 and not one.all(_bought("category", category))


def _monday(at: datetime) -> date:
    day = local(at).date()
    return day - day.weekday() * DAY


def themed_shoe_fan(one: Life, near: bool = False) -> bool:
    age, far, close = one.number("age"), datetime(2025, 9, 10), datetime(2025, 11, 10)
    if age is None:
        return False
    if near:
        return 19 <= age <= 31 and bool(one.all(SEARCHED, far - 5 * DAY, close + 5 * DAY))
    return 20 <= age <= 30 and bool(one.all(PIRATE)) and bool(one.all(SEARCHED, far, close))


def weather_value(one: Life, near: bool = False) -> bool:
    degrees, pieces = one.number("temperature"), sum(numbers(one.all(KNITWEAR), "quantity"))
    if near:
        return pieces >= 1
    return degrees is not None and degrees <= 3 and pieces >= 2


SEGMENTS = (
    payment_gravity, two_hour_window, friction, first_time_buyer, repeat_buyer, dormant_regular, big_spender,
    category_browser, themed_shoe_fan, weather_value, cart_abandoner, night_fit_shopper, irregular_cycle, overdue,
    kings, emerging_kings, consented, seasonal_traveller,
)  # fmt: skip
