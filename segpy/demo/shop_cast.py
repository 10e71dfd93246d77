"""Shoppers whose lives are told to the second: each stands on one side of an edge of a segment."""

from __future__ import annotations

from segpy.demo.shop_people import Story

_LOOP = "price_checked p01; {} shipping_calculator_opened; {} price_checked p01"


def _loop(first: str, second: str, third: str, more: str = "", **about: bool) -> Story:
    """A price check, the shipping calculator and a price check again."""
    return Story(f"{first} {_LOOP.format(second, third)}; {more}", **about)  # type: ignore[arg-type]


_GRAVITY = (
    _loop("2d5h", "2d4h", "2d3h"),
    _loop("3d", "2d20h", "2d"),  # a day to the second
    _loop("3d", "2d20h", "1d23h59m59s"),  # and a second more
    _loop("2d4h", "2d4h", "2d4h"),  # all in one second
    _loop("3d9h", "3d8h", "3d5h", "20d order p03"),
    _loop("3d9h", "3d8h", "3d4h", "3d3h order p01"),
    _loop("4d9h", "4d8h", "4d4h", "2d order p01 cancelled"),
    _loop("4d9h", "4d8h", "4d4h", "4d4h order p02"),  # ordered in the second of the last price check, not since
    # A loop, an order, and a last, lonely look at a price.
    _loop("5d9h", "5d8h", "5d4h", "5d3h order p01; 1d5h price_checked p01"),
    # A loop, an order, and all over again.
    _loop("6d9h", "6d8h", "6d4h", f"6d3h order p01; 2d5h returns_policy_viewed; 2d4h {_LOOP.format('2d3h', '2d2h')}"),
    _loop("7d", "6d22h", "6d21h"),
    _loop("7d1s", "6d22h", "6d21h"),
    # Ends in another worry than the price.
    Story("2d9h price_checked p05; 2d8h price_checked p06; 2d7h returns_policy_viewed"),
    Story("2d9h! returns_policy_viewed; 2d8h price_checked p06"),  # two touches, one of them delivered twice
    Story("4d9h! shipping_calculator_opened; 4d2h price_checked p09"),
    _loop("2d6h", "2d5h", "2d4h", guest=True),
)

_TWO_HOURS = (
    _loop("4h", "3h", "1h"),
    _loop("23h", "5h", "2h"),  # two hours ago to the second
    _loop("4h", "3h", "2h1s"),
    _loop("4h", "3h30m", "2h40m"),
    _loop("5h", "3h", "1h10m", "20m order p01"),
    _loop("5h", "4h", "3h", "30m price_checked p01"),  # closed three hours ago, and closed again just now
    _loop("30h", "29h", "28h", "1h price_checked p01"),  # the last look stands alone
    _loop("50m", "30m", "10s"),
    _loop("3h", "1h", "0s"),  # the last look is not yet seen
    Story("26h1s returns_policy_viewed; 20h price_checked p04; 1h30m price_checked p04", city="Rome"),
    Story("25h returns_policy_viewed; 20h price_checked p04; 1h price_checked p04", city="Rome"),
)

_BUYERS = (
    Story("30d order p13"),
    Story("30d1s order p13"),
    Story("33d order p21; 4d order p22"),
    Story("34d order p23"),
    Story("50d order p14 cancelled; 5d order p15"),
    Story("50d order p14; 5d order p15"),
    Story("8d order p25 unsaid"),  # nobody knows whether it was paid
    Story("10m order p20"),
    Story("0s order p20"),
    Story("80d order p01; 50d order p02; 20d order p03 lost"),
    Story("80d order p01; 50d order p02; 20d order p03 cancelled"),
    Story("80d order p05; 50d! order p02"),
    Story("70d order p05; 40d! order p07"),
    Story("75d order p05; 45d order p06; +2h order p07"),
    Story("12d order p05; 12d order p06; 12d order p07"),  # three baskets in one second: three orders
    Story("90d order p01; 60d order p02; 40d order p03", guest=True),
)

_FOUR = "180d order p01; 165d order p02; 150d order p08; 130d order p09"
_REGULARS = (
    Story(f"{_FOUR}; 110d order p05; 90d1s order p06"),
    Story(f"{_FOUR}; 110d order p05; 90d order p06"),
    Story(f"{_FOUR}; 100d! order p11"),
    Story(f"{_FOUR}; 110d order p11; 100d order p12; 9d order p01 cancelled"),
    Story(f"{_FOUR}; 110d order p11 cancelled; 100d order p12"),
)

_SPENDERS = (
    Story("60d order p01 50.5; 40d order p03 100; 20d order p02 149.5"),  # three hundred, neither more nor less
    Story("60d order p01 50.5; 40d order p03 100; 20d order p02 149"),
    Story("90d order p01 110; 50d order p04 90; 20d order p02 100"),
    Story("90d1s order p01 110; 50d order p04 90; 20d order p02 100"),
    Story("60d! order p03 160"),  # delivered twice, paid once
    Story("150d order p03 130; 130d order p04 110"),  # 120 on average
    Story("150d order p03 130; 130d order p04 109.5"),
    Story("150d order p03 140; 130d order p04 100; 110d order p05 lost"),  # what is not known does not count
    Story("150d order p03 280"),
)

_OUTDOOR = "3d product_viewed p25; 9d product_viewed p26; 16d product_viewed p27; 23d product_viewed p28"
_BROWSERS = (
    Story("3d product_viewed p01; 9d product_viewed p04; 16d product_viewed p07; 23d product_viewed p12"),
    # The last second of last week and the first of the week three before it, by the clocks of the shop.
    Story("1d1h1s product_viewed p13; 14d product_viewed p14; 21d product_viewed p15; 29d1h product_viewed p16"),
    Story("1d1h product_viewed p13; 14d product_viewed p14; 21d product_viewed p15; 29d1h product_viewed p16"),
    Story("1d1h1s product_viewed p13; 14d product_viewed p14; 21d product_viewed p15; 29d1h1s product_viewed p16"),
    # Once in every seven days, but this week is not over.
    Story("5h product_viewed p13; 8d product_viewed p14; 15d product_viewed p15; 22d product_viewed p16"),
    Story("3d product_viewed p01; 9d product_viewed p04; 16d product_viewed p13; 23d product_viewed p12"),
    Story(f"{_OUTDOOR}; 5d order p29"),
    Story(f"{_OUTDOOR}; 5d order p14"),
    Story(f"{_OUTDOOR}; 6d order p30 cancelled"),
    Story("3d product_viewed; 9d product_viewed p04; 16d product_viewed p07; 23d product_viewed p12"),
)

_PIRATES = (
    Story("190d order p02; 160d searched pirate shoes", age=20),
    Story("150d order p14; 181d searched Pirate Shoes for men", age=30),
    Story("60d order p26; 120d1s searched red pirate shoes", age=25),
    Story("190d order p02; 181d1s searched pirate shoes", age=25),
    Story("190d order p02; 120d searched pirate shoes", age=25),
    Story("190d order p02; 150d searched pirate shoes", age=31),
    Story("190d order p02; 150d searched pirate shoes", age=19),
    Story("190d order p02; 150d searched pirate shoes", age=None),
    Story("190d order p04; 150d searched pirate shoes", age=24),  # bought, but not of the theme
    Story("190d order p02; 150d searched pirate hat", age=24),
    Story("190d order p02; 150d searched", age=24),
)

_WORRIED = (
    Story("7d coupon_field_searched"),
    Story("7d1s coupon_field_searched"),
    Story("2d4h cancellation_terms_viewed"),
    Story("8d cancellation_terms_viewed"),
    # Shown a fee, then nothing for two hours; a change to the cart after exactly two hours is still in time.
    Story("3d cart_updated p01 c901; 2d23h shipping_fee_shown c901"),
    Story("3d cart_updated p01 c902; 2d23h shipping_fee_shown c902; 2d21h cart_updated p02 c902"),
    Story("3d cart_updated p01 c903; 2d23h shipping_fee_shown c903; 2d20h59m59s cart_updated p02 c903"),
    Story("3d cart_updated p01 c904; 2d23h shipping_fee_shown c904; 2d22h checkout_started c904"),
    Story("3d cart_updated p01 c905; 2d23h shipping_fee_shown c905; 2d22h50m order p01 c905"),
    # It changed in the very second the fee was shown: that is not after it.
    Story("3d cart_updated p01 c906; 3d shipping_fee_shown c906"),
    # The first showing was shrugged off, the last was not.
    Story("5d shipping_fee_shown c907; 4d23h cart_updated p01 c907; 1d shipping_fee_shown c907"),
    Story("1h59m59s shipping_fee_shown c908"),
    Story("2h shipping_fee_shown c909"),  # the two hours end now: they have not passed yet
    Story("2h1s shipping_fee_shown c910"),
    # What moved was another cart.
    Story("4d cart_updated p01 c926; 3d23h shipping_fee_shown c926; 3d22h cart_updated p02 c927"),
)

_WARM = (
    Story("40d order p13; 30d order p14", city="Oslo"),
    Story("40d order p13 p20", city="Hamburg"),  # three degrees, and two pieces in one order
    Story("40d order p13 p13", city="Munich"),  # the same piece twice
    Story("40d order p13", city="Oslo"),
    Story("40d order p13 p14 cancelled; 20d order p15", city="Munich"),
    Story("40d order p13; 30d order p01", city="Hamburg"),
    Story("40d order p13; 30d order p14", city="Lisbon"),
    Story("40d order p13; 30d order p14", city="Vienna"),
    Story("40d order p13; 30d order p14", city=""),
)

_LEFT_CARTS = (
    Story("2d5h cart_updated p01 c911"),
    # Ordered after exactly two hours, and a second later.
    Story("2d5h cart_updated p01 c912; 2d3h order p01 c912"),
    Story("2d5h cart_updated p01 c913; 2d2h59m59s order p01 c913"),
    # Another cart was ordered; the order does not say which; it was cancelled.
    Story("2d5h cart_updated p01 c914; 2d4h order p02 c915"),
    Story("2d5h cart_updated p01 c916; 2d4h order p01"),
    Story("3d cart_updated p01 c923; 2d22h30m order p01 c923 cancelled"),
    # Ordered more than two hours after the first change, but not after the last.
    Story("2d5h cart_updated p01 c917; 2d4h30m cart_updated p02 c917; 2d2h45m order p01 p02 c917"),
    # One cart was ordered, the other was left.
    Story("4d5h cart_updated p01 c928; 4d4h50m order p01 c928; 2d5h cart_updated p02 c929"),
    # Two hours have not passed: not nearly, and not quite.
    Story("1h59m59s cart_updated p01 c918"),
    Story("2h cart_updated p01 c919"),
    Story("2h1s cart_updated p01 c920"),
    Story("7d cart_updated p01 c921"),
    Story("7d1s cart_updated p01 c922"),
    Story("2d5h cart_updated p01"),  # nobody knows which cart
)

_ADDED = "3d3h cart_updated {} c931; 3d2h cart_updated {} c931"


def _night(
    calculator: str, added: str, charts: str = "3d5h sizing_chart_viewed p01; 3d4h sizing_chart_viewed p13"
) -> Story:
    """The shipping calculator, two sizing charts, and something for the cart."""
    return Story(f"{calculator} shipping_calculator_opened; {charts}; {added}")


# In winter the clocks of the shop are an hour ahead of UTC: 21:00 there is four hours before the demonstration's.
_NIGHT = (
    _night("2d4h", _ADDED.format("p01", "p13")),  # nine in the evening, and a second before
    _night("2d4h1s", _ADDED.format("p01", "p13")),
    _night("2d1h1s", _ADDED.format("p25", "p01")),  # a second before midnight, and midnight
    _night("2d1h", _ADDED.format("p25", "p01")),
    _night("14d2h", _ADDED.format("p01", "p13")),
    _night("13d23h", _ADDED.format("p14", "p26")),  # two before midnight here, a new day there
    _night("13d2h", _ADDED.format("p14", "p26")),
    _night("1d3h", _ADDED.format("p01", "p14")),  # two themes that match, but no look
    _night("1d3h", _ADDED.format("p01", "p01")),  # the same thing twice
    _night("1d3h", "3d3h cart_updated p01 c931; 14d1s cart_updated p13 c930"),
    _night("1d3h", "3d3h cart_updated p05 c931; 3d3h cart_updated p29 c931"),  # within one second
    _night("1d3h", _ADDED.format("p01", "p13"), charts="3d5h! sizing_chart_viewed p01"),  # one, delivered twice
    _night("1d3h", _ADDED.format("p01", "p13"), charts="14d sizing_chart_viewed p01; 3d4h sizing_chart_viewed p01"),
    _night("1d3h", _ADDED.format("p01", "p13"), charts="14d1s sizing_chart_viewed p01; 3d4h sizing_chart_viewed p01"),
)

_TRAVEL = "20d searched travel bag; 10d searched Travel pillow"


def _travels(first: str, second: str, age: int = 30, log: str = _TRAVEL) -> Story:
    return Story(f"{first} order p25; {second} order p31; {log}", age=age)


# Winters go from December to February, by the shop's own calendar: an hour before those of UTC.
_TRAVELLERS = (
    _travels("400d", "50d"),
    _travels("464d1h", "9d1h1s", age=25),  # the first second of one winter and the last of another
    _travels("464d1h1s", "9d1h1s"),
    _travels("464d1h", "9d1h", age=35),
    _travels("374d1h1s", "99d1h", age=35),  # the last second of one winter and the first of another
    _travels("374d1h", "99d1h"),
    _travels("374d1h1s", "99d1h1s"),
    _travels("390d", "30d", age=24),
    _travels("390d", "30d", age=36),
    _travels("300d", "30d"),  # in summer, when few go skiing
    _travels("420d", "60d", log="20d searched travel bag"),
    _travels("420d", "60d", log="130d searched travel bag; 140d searched travel bag; 150d searched travel bag"),
    Story(f"400d order p26 cancelled; 50d order p26; {_TRAVEL}", age=28),
    Story(f"400d order p02; 50d order p26; {_TRAVEL}", age=28),  # from another shelf
    _travels("410d", "70d", age=29, log="100d searched travel bag; 40d searched tent for travel; 3d searched travel"),
)

_RHYTHMS = (
    # Twice the own average gap of ten days, a second more, and a second less.
    Story("40d order p01; 30d order p02; 20d order p03"),
    Story("40d order p01; 30d order p02; 20d1s order p03"),
    Story("40d order p01; 30d order p02; 19d23h59m59s order p03"),
    Story("60d order p01; 50d order p02; 30d order p13 cancelled"),
    Story("26d order p01; 23d order p02; 20d order p02; 17d order p03; 10d order p04"),
    Story("90d order p14"),  # no gap, no average
    Story("90d order p14; 90d order p15"),  # a gap of nothing at all
    Story("90d order p14; 80d! order p15"),
    # Gaps that are all over the place: a day, a day and more than two months.
    Story("100d order p01; 99d order p02; 98d order p03; 30d order p05"),
    Story("100d order p01; 80d order p02; 60d order p03; 33d order p05"),
    Story("90d order p01; 89d order p02; 50d order p03"),  # two gaps suffice
    Story("90d order p01; 80d order p02; 50d order p03"),
    Story("95d order p01; 94d order p02; 60d order p03 cancelled; 20d order p05 cancelled"),
)

_CLIMBERS = (
    # Spending picks up: nearly all of it in the last two months.
    Story("100d order p01 20; 20d order p02 150"),
    Story("110d order p01 25; 40d order p02 90; 10d order p02 60"),
    Story("90d order p01 12.5; 60d order p02 80; 5d order p02 75"),
    Story("160d order p01 90; 20d order p02 60"),
    Story("20d order p01 160"),  # nothing to grow from
    Story("200d order p01 10; 20d order p01 160"),
)

CAST: tuple[Story, ...] = (
    *_GRAVITY, *_TWO_HOURS, *_BUYERS, *_REGULARS, *_SPENDERS, *_BROWSERS, *_PIRATES, *_WORRIED, *_WARM,
    *_LEFT_CARTS, *_NIGHT, *_TRAVELLERS, *_RHYTHMS, *_CLIMBERS,
)  # fmt: skip
