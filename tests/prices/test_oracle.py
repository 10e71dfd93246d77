"""What members bought beside a plain sum over all purchases, on random lives; members are those of the oracle."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import datetime, timedelta

import pytest

from segpy.measure.model_price import Sales
from segpy.pricing import cells_of
from tests.cases.tables import Table
from tests.oracle.ask import world
from tests.prices.ask import asked, bought
from tests.prices.test_hand_made import EVENTS, SPEC

SEGMENTS = ("active", "spender")
BEGIN = datetime(2026, 1, 1)
EDGES = tuple(BEGIN + timedelta(days=days) for days in (31, 38, 45, 48, 76, 77))  # of lengths that differ
AS_OF = BEGIN + timedelta(days=80)
MOST = 3


def lives(seed: int) -> Table:
    """Hours are whole, so that some of what happens does at the very edge of a period."""
    draw = random.Random(seed)
    rows = []
    for _ in range(400):
        at = draw.choice(EDGES) if draw.random() < 0.1 else BEGIN + timedelta(hours=draw.randrange(79 * 24))
        who = draw.choice((*"abcdefgh", None))
        if draw.random() < 0.4:
            rows.append((who, str(at), "login", None, None, None))
        else:
            product = draw.choice(("tea", "tea", "jam", "oil", "rye", None))
            price, pieces = (
                draw.choice(("1.5", "2", "4", "0", "-1", None)),
                draw.choice(("1", "2", "5", "0", "-1", None)),
            )
            rows.append((who, str(at), "bought", product, price, pieces))
    return Table("events", EVENTS.columns, tuple(rows))


def purchases(table: Table) -> list[tuple[str, str, float, int, int]]:
    """Who bought what, at which price, how many, in which period: those that can be counted."""
    found = []
    for who, when, name, product, price, pieces in table.rows:
        period = sum(datetime.fromisoformat(when or "") >= edge for edge in EDGES) - 1
        known = who and name == "bought" and product and price and pieces
        if known and 0 <= period < len(EDGES) - 1 and float(price) > 0 and int(pieces) > 0:
            found.append((who, product, float(price), int(pieces), period))
    return found


def wanted(table: Table, segment: str) -> tuple[list[Sales], tuple[int, ...]]:
    """The cells and members, by adding up."""
    sold: dict[str, int] = defaultdict(int)
    for _, product, _, pieces, _ in purchases(table):
        sold[product] += pieces
    chosen = sorted(sold, key=lambda product: (-sold[product], product))[:MOST]
    members = [world(SPEC, (table,), edge).members(segment) for edge in EDGES[:-1]]
    cells = []
    for product in sorted(chosen):
        last = None
        for period, inside in enumerate(members):
            own = [one for one in purchases(table) if (one[1], one[4]) == (product, period)]
            if own:
                last = sum(price * pieces for _, _, price, pieces, _ in own) / sum(one[3] for one in own)
                quantity = sum(pieces for who, _, _, pieces, _ in own if who in inside)
                cells.append(Sales(product, period, pytest.approx(last), quantity))
            elif last is not None:
                cells.append(Sales(product, period, pytest.approx(last), 0, carried=True))
    return cells, tuple(map(len, members))


@pytest.mark.parametrize("seed", range(6))
def test_what_members_bought(seed: int) -> None:
    table = lives(seed)
    rows = bought(SPEC, (table,), EDGES, AS_OF, asked(*SEGMENTS, most=MOST))
    for place, segment in enumerate(SEGMENTS):
        assert cells_of(rows, place, len(EDGES) - 1) == wanted(table, segment), segment
