"""What members bought, worked out by hand: weeks from 2, 9 and 16 March to the 23rd.

Members logged in in the week before.

         logs in         member in    buys
a        1, 10           1, 3         on the 2nd at 00:00 (the very start of week 1) 2 of tea at 10; on the 9th at 00:00
                                      (the end of week 1, so in week 2, where a is no member) 1 of tea at 12;
                                      on the 17th 4 of jam at 5
b        8               2            on the 3rd 6 of tea at 14 (no member yet); on the 10th 3 of tea at 8;
                                      on the 15th at 23:59:59 (still week 2) 1 of tea at 8
c        9 at 00:00      3            on the 12th 2 of jam at 4; on the 16th 1 of tea for nothing known, 1 of nothing
                                      known at 3, 1 of jam at 0, 1 of jam at -2, none known of jam at 3, 0 of tea at 3,
                                      -1 of tea at 3; on the 22nd at 23:59:59 1 of jam at 8;
                                      on the 23rd at 00:00 (the end) 9 of jam at 1
d        8               2            nothing. (A login at the very start of a week is not known to it: c's of the 9th)
nobody   -               -            on the 18th 9 of oil at 99: whose, is not known, so it is no event of anybody
"""

from __future__ import annotations

from datetime import datetime

import pytest

from segpy.measure.model_price import Sales
from segpy.pricing import cells_of
from segpy.warehouse.model_price import Bought
from tests.cases.tables import Table
from tests.prices.ask import asked, bought

SPEC = """
entities: {user: {key: user_id, population: events}}
streams:
  app:
    relation: ref('events')
    entity: {user: user_id}
    occurred_at: at
    event: name
    properties: {product: text, price: number, pieces: integer}
events: {login: {stream: app, is: login}, bought: {stream: app, is: bought}}
segments:
  active: {entity: user, all: [{did: login, in_the_last: 7 days}]}
  spender: {entity: user, all: [{did: bought}]}
"""
EVENTS = Table(
    "events",
    {"user_id": "text", "at": "timestamp", "name": "text", "product": "text", "price": "number", "pieces": "integer"},
    (
        ("a", "2026-03-01 10:00", "login", None, None, None),
        ("a", "2026-03-02 00:00", "bought", "tea", "10", "2"),
        ("b", "2026-03-03 10:00", "bought", "tea", "14", "6"),
        ("b", "2026-03-08 10:00", "login", None, None, None),
        ("d", "2026-03-08 10:00", "login", None, None, None),
        ("a", "2026-03-09 00:00", "bought", "tea", "12", "1"),
        ("c", "2026-03-09 00:00", "login", None, None, None),
        ("a", "2026-03-10 10:00", "login", None, None, None),
        ("b", "2026-03-10 10:00", "bought", "tea", "8", "3"),
        ("c", "2026-03-12 10:00", "bought", "jam", "4", "2"),
        ("b", "2026-03-15 23:59:59", "bought", "tea", "8", "1"),
        ("c", "2026-03-16 10:00", "bought", "tea", None, "1"),
        ("c", "2026-03-16 10:00", "bought", None, "3", "1"),
        ("c", "2026-03-16 10:00", "bought", "jam", "0", "1"),
        ("c", "2026-03-16 10:00", "bought", "jam", "-2", "1"),
        ("c", "2026-03-16 10:00", "bought", "jam", "3", None),
        ("c", "2026-03-16 10:00", "bought", "tea", "3", "0"),
        ("c", "2026-03-16 10:00", "bought", "tea", "3", "-1"),
        ("a", "2026-03-17 10:00", "bought", "jam", "5", "4"),
        (None, "2026-03-18 10:00", "bought", "oil", "99", "9"),
        ("c", "2026-03-22 23:59:59", "bought", "jam", "8", "1"),
        ("c", "2026-03-23 00:00", "bought", "jam", "1", "9"),
    ),
)
EDGES = tuple(datetime(2026, 3, day) for day in (2, 9, 16, 23))
AS_OF = datetime(2026, 3, 24)


def told(*segments: str, quantity: str | None = "pieces", most: int = 50) -> tuple[Bought, ...]:
    return bought(SPEC, (EVENTS,), EDGES, AS_OF, asked(*segments, quantity=quantity, most=most))


@pytest.fixture(scope="module")
def found() -> tuple[Bought, ...]:
    return told("active", "spender")


def test_what_members_bought(found: tuple[Bought, ...]) -> None:
    """Tea in week 1: 2 by a, and b's 6 count for the price alone: (2 x 10 + 6 x 14) / 8. No jam before week 2."""
    cells, members = cells_of(found, 0, 3)
    assert members == (1, 2, 2)
    assert cells == [
        Sales("jam", 1, 4.0, 0.0),  # bought, not by a member
        Sales("jam", 2, (4 * 5 + 8) / 5, 5.0),
        Sales("tea", 0, 13.0, 2.0),
        Sales("tea", 1, (12 + 4 * 8) / 5, 4.0),
        Sales("tea", 2, (12 + 4 * 8) / 5, 0.0, carried=True),
    ]


def test_another_segment_beside_it(found: tuple[Bought, ...]) -> None:
    """Who had bought before the week: nobody, a and b, then c too. Prices are the same."""
    cells, members = cells_of(found, 1, 3)
    assert members == (0, 2, 3)
    assert [(one.product, one.period, one.quantity) for one in cells] == [
        ("jam", 1, 0.0),
        ("jam", 2, 5.0),
        ("tea", 0, 0.0),
        ("tea", 1, 5.0),
        ("tea", 2, 0.0),
    ]


def test_what_is_left_out(found: tuple[Bought, ...]) -> None:
    """One reason for each, the first that holds; what comes at the end or is nobody's is no purchase of the span."""
    flaws = {one.name: one.counted for one in found if one.kind == "left_out"}
    assert flaws == {
        "no_product": 1,
        "no_price": 1,
        "price_not_above_0": 2,
        "no_quantity": 1,
        "quantity_not_above_0": 2,
    }
    assert [one.counted for one in found if one.kind == "purchases"] == [15]
    assert [one.counted for one in found if one.kind == "products"] == [2]


def test_the_most_sold() -> None:
    """Of tea 13 pieces were sold, of jam 7."""
    rows = told("active", most=1)
    assert [(one.name, one.product, one.quantity) for one in rows if one.kind == "product"] == [("tea", 1, 13.0)]
    assert {one.product for one in cells_of(rows, 0, 3)[0]} == {"tea"}
    assert [one.counted for one in rows if one.kind == "products"] == [2]


def test_an_event_is_one_piece_where_nobody_says() -> None:
    """Tea in week 2: 1 at 12 and 2 at 8, of which b's 2; in week 3 also those whose quantity does not count."""
    cells, _ = cells_of(told("active", quantity=None), 0, 3)
    assert Sales("tea", 1, 28 / 3, 2.0) in cells
    assert Sales("tea", 2, 3.0, 2.0) in cells
    assert Sales("jam", 2, (3 + 5 + 8) / 3, 3.0) in cells


def everything() -> None:
    """All that is said above, without pytest: of a compiler with a mistake in it."""
    rows = told("active", "spender")
    test_what_members_bought(rows)
    test_another_segment_beside_it(rows)
    test_what_is_left_out(rows)
    test_the_most_sold()
    test_an_event_is_one_piece_where_nobody_says()
