"""The canary: CDNOW's first 39 weeks tell who buys in the 39 weeks after with an AUC of 0.76, and 0.94 if they leak.

Segments by how many days people had bought on, or by how lately, are a score: the more of them somebody is in, the
higher. Data are read where they are there.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

import pytest

from segpy.measure.auc import auc
from segpy.spec.duration import Duration
from segpy.warehouse.model_backtest import Count
from tests.backtests.ask import bound_of, counts, planned
from tests.cases.tables import Table
from tests.measure.test_published import file

pytest.importorskip("scipy")

OFTEN_ENOUGH = range(1, 12)
# In the last 39 weeks, in the last 38, and so on.
LATELY_ENOUGH = range(39, 0, -1)
SPEC = """
entities: {{customer: {{key: customer_id, population: events}}}}
streams: {{shop: {{relation: ref('orders'), entity: {{customer: customer_id}}, occurred_at: at}}}}
events: {{bought: {{stream: shop}}}}
outcomes: {{again: {{did: bought, within: 273 days}}}}
segments:
{segments}
"""
OFTEN = "  bought_{0}: {{entity: customer, all: [{{active_days: bought, at_least: {0}}}]}}"
LATELY = "  recent_{0}: {{entity: customer, all: [{{did: bought, in_the_last: {days} days}}]}}"
# The 39 weeks of the features end, and those of the outcome begin, with 30 September 1997.
LAST_SEEN, END = datetime(1997, 10, 1), datetime(1998, 7, 1)


@pytest.fixture(scope="module")
def orders() -> Table:
    lines = file("cdnow/cdnow_master.csv").read_text(encoding="utf-8").splitlines()[1:]
    rows = tuple((one.split(",")[0], one.split(",")[1]) for one in lines)
    return Table("orders", {"customer_id": "text", "at": "timestamp"}, rows)


def scores(found: tuple[Count, ...]) -> list[tuple[float, int, int]]:
    """By the number of segments somebody is in, who bought again and who did not: differences of nested ones."""
    at = sorted((one for one in found if one.kind == "instant"), key=lambda one: one.segment)
    inside = [(one.members, one.converted_inside) for one in at]
    (everybody,) = (one for one in found if one.kind == "population")
    inside = [(everybody.people, everybody.converted), *inside, (0, 0)]
    told = []
    for score, ((more, did), (fewer, still)) in enumerate(pairwise(inside)):
        people, converted = more - fewer, did - still
        told.append((float(score), converted, people - converted))
    return told


@pytest.mark.parametrize(
    ("name", "one", "places", "told"),
    [("bought", OFTEN, OFTEN_ENOUGH, 0.75), ("recent", LATELY, LATELY_ENOUGH, 0.76)],
)
def test_honestly(orders: Table, name: str, one: str, places: Sequence[int], told: float) -> None:
    spec = SPEC.format(segments="\n".join(one.format(place, days=7 * place) for place in places))
    plan = planned(bound_of(spec), tuple(f"{name}_{place}" for place in places), "again")
    found = auc(scores(counts(plan, (orders,), (LAST_SEEN,), END)))
    assert found.n == 23_570 and round(found.estimate or 0, 2) == told


def test_the_canary_sings(orders: Table) -> None:
    """The instant lies behind what it is to foretell: a leak that the command cannot be asked for."""
    spec = SPEC.format(segments="\n".join(OFTEN.format(days) for days in OFTEN_ENOUGH))
    leaking = Duration(microseconds=-273 * 86_400_000_000)
    plan = planned(bound_of(spec), tuple(f"bought_{days}" for days in OFTEN_ENOUGH), "again", leaking)
    found = auc(scores(counts(plan, (orders,), (END,), END)))
    assert round(found.estimate or 0, 2) == 0.94
