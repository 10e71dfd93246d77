"""Sellers and buyers whose lives are told to the second: each stands on one side of an edge of a segment.

A seller's deeds name the item (`i01`), then what was paid or how many stars were given. A buyer's name the seller
(`@1`) before that.
"""

from __future__ import annotations

from segpy.demo.story import days_of

_FOUR = "30d sku_uploaded i01; 29d12h sku_uploaded i02; 28d sku_uploaded i03; 26d sku_uploaded i04; "
_FIVE = _FOUR + "{} sku_uploaded i05; "
_NEW = "2d20h sku_uploaded i11; 2d19h sku_uploaded i12; 2d18h sku_uploaded i13; 1d sku_uploaded i14; "
_SOLD = days_of("item_sold i01 20", *range(3, 30, 3))  # nine sales in a month

# When the seller joined, and what happened.
SELLERS: tuple[tuple[str, str], ...] = (
    # Five items and shipping rules in the first week; the week's last second, and the first one after it.
    ("30d", _FIVE.format("23d1s") + "27d shipping_rules_configured"),
    ("30d", _FIVE.format("23d") + "27d shipping_rules_configured"),
    ("30d", _FIVE.format("24d") + "23d shipping_rules_configured"),
    ("30d", _FIVE.format("24d") + "30d shipping_rules_configured"),
    ("30d", _FIVE.format("24d").replace("i05", "i04") + "29d shipping_rules_configured"),  # one item uploaded twice
    ("30d", _FIVE.format("24d").replace("sku_uploaded i05", "sku_uploaded") + "29d shipping_rules_configured"),
    ("29d", _FIVE.format("24d") + "27d shipping_rules_configured"),  # two of them before joining
    ("3d", _NEW + "9h sku_uploaded i15; 8h shipping_rules_configured"),
    ("3d", _NEW + "+1h sku_uploaded i15; 8h shipping_rules_configured"),
    # Stars: four and a half on average; nine sales or ten; never below three.
    ("100d", f"{_SOLD}; 1d sku_uploaded i01; 20d review_left i01 5; 10d review_left i01 4"),
    ("100d", f"{_SOLD}; 2d item_sold i01 20; 20d review_left i01 4; 10d review_left i01 4"),
    ("100d", f"{_SOLD}; 2d! review_left i01 5; 20d review_left i01 4; 10d review_left i01 4"),
    ("100d", f"{_SOLD}; 1d5h item_sold i01 20; 20d review_left i01 2; 10d review_left i01 4"),
    # Stars that were not given do not count, nor do those of last year.
    ("100d", "20d review_left i01 5; 10d review_left i01; 90d1s review_left i01 1"),
    ("100d", f"{_SOLD}; 1d5h item_sold i01 20; 10d review_left i01"),
    ("100d", "90d review_left i01 2; 20d review_left i01 5; 10d review_left i01 5"),
    ("100d", _SOLD.replace("2d10h", "2d10h!") + "; 10d review_left i01 4"),
    # A shop window that nobody passes: the last sale 30 days ago, or none ever.
    ("70d", "60d sku_uploaded i21; 30d item_sold i21 45"),
    ("70d", "60d sku_uploaded i21; 30d1s item_sold i21 45"),
    ("70d", "60d sku_uploaded i22; 50d sku_uploaded i23"),
    ("70d", "60d1s sku_uploaded i24; 3h sku_uploaded i25; 40d item_sold i24 12"),
    ("70d", "3d login"),
    ("31d", "30d sku_uploaded i26"),
    ("31d", "29d23h59m59s sku_uploaded i26"),
)  # fmt: skip

# What happened; all of them joined long ago.
BUYERS: tuple[str, ...] = (
    # Bought again within 30 days of the first time: to the second, and a second later.
    "60d item_sold @1 i01 30; 30d item_sold @2 i02 40",
    "60d item_sold @1 i01 30; 29d23h59m59s item_sold @2 i02 40",
    "60d item_sold @1 i01 30; 60d item_sold @1 i02 40",  # two in one second: no time has passed
    "60d! item_sold @1 i01 30",
    "50d item_sold @1 i01 30; 45d item_sold @1 i02 12; 44d item_sold @3 i03 25",
    "20d item_sold @1 i01 30; 5d item_sold @1 i01 30",
    "100d item_sold @1 i01 30; 20d item_sold @2 i02 40; 10d item_sold @2 i04 40",  # again, but too late after the first
    # Wrote to three sellers within a fortnight and bought nothing.
    "9d message_sent @1; 6d message_sent @2; 14d message_sent @3",
    "9d message_sent @1; 6d message_sent @2; 14d1s message_sent @3",
    "9d message_sent @1; 6d message_sent @2; 5d message_sent @2; 5d! message_sent @2",
    "9d message_sent @1; 6d message_sent @2; 5d message_sent @3; 3d item_sold @3 i05 60",
    "9d message_sent @1; 6d message_sent @2; 5d message_sent @3; 2h message_sent @4; 20d item_sold @5 i05 60",
    "9d message_sent @1; 6d message_sent @2; 5d message_sent -",  # to a stall that has closed
    "12d message_sent @1; 11d message_sent @2; 10d message_sent @3; 14d item_sold @2 i03 20",
    "12d message_sent @1; 11d message_sent @2; 10d message_sent @3; 14d1s item_sold @2 i03 20",
    # Wrote to one seller twice, and favoured two items of a category, all within 30 days.
    "9d message_sent @1; 6d message_sent @1; 8d item_favourited @1 i01; 5d item_favourited @2 i05",
    "9d message_sent @1; 9d message_sent @1; 8d item_favourited @1 i03; 8d item_favourited @2 i07; 3d app_opened",
    "30d message_sent @4; 6d message_sent @4; 30d item_favourited @1 i02; 5d item_favourited @2 i06",
    "30d1s message_sent @4; 6d message_sent @4; 29d item_favourited @1 i02; 5d item_favourited @2 i06",
    "29d message_sent @4; 6d message_sent @4; 30d1s item_favourited @1 i02; 5d item_favourited @2 i06",
    "9d message_sent @1; 6d message_sent @2; 8d item_favourited @1 i01; 5d item_favourited @2 i05",  # two sellers
    "9d! message_sent @1; 8d item_favourited @1 i01; 5d item_favourited @2 i05",
    "9d message_sent @1; 6d message_sent @1; 8d item_favourited @1 i01; 5d item_favourited @1 i01",  # one item
    "9d message_sent @1; 6d message_sent @1; 8d item_favourited @1 i01; 5d item_favourited @2 i06",  # two categories
    "9d message_sent -; 6d message_sent -; 8d item_favourited @1 i01; 5d item_favourited @2 i05",
    "9d message_sent @1; 6d message_sent @1; 8d item_favourited @1 i01; 5d item_favourited @2 -",
    # Never bought: known by any event at all, but not by one that is yet to come.
    "3d app_opened",
    "40d item_favourited @1 i02; 40d item_favourited @1 i02",
    "+1h app_opened",
    "0s item_favourited @2 i01",
    "2d app_opened; +1h item_sold @2 i01 10",
)
