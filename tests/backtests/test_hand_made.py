"""A look back worked out by hand: instants 1, 3 and 5 March, an order in the two days from a day later on.

a   logs in on the 28th and the 2nd: in on the 1st and the 3rd; orders on the 2nd at 00:00 (first of the 1st's
    horizon, [2nd, 4th)) for 10 and on the 3rd at 12:00 for 5 (also of the 1st's); the 3rd's is [4th, 6th): nothing
b   logs in on the 2nd and the 4th: in on the 3rd and the 5th; orders on the 4th at 00:00 (no more of the 1st's,
    first of the 3rd's) for 7 and on the 7th at 23:59 (last of the 5th's, [6th, 8th)) for nothing known
c   logs in at the very instant of the 5th, which that does not see; orders on the 7th for 100
d   logs in on the 4th: in on the 5th; orders on the 8th at 00:00: of nothing
f   logs in on the 28th and the 4th: in on the 1st and the 5th, with a gap between; orders nothing
e   is there from the 4th on (`joined`), and does nothing: there on the 5th only
"""

from __future__ import annotations

from datetime import datetime

import pytest

from segpy.measure.model import Status
from segpy.measure.model_backtest import Treatment
from segpy.spec.duration import Duration, parse_duration
from segpy.warehouse.model_backtest import Count
from tests.backtests.ask import bound_of, counts, planned
from tests.cases.tables import Table

SPEC = """
entities:
  user:
    key: user_id
    attributes: {relation: ref('users'), columns: {joined: date}}
    start: joined
    population: attributes
streams:
  app:
    {relation: ref('events'), entity: {user: user_id}, occurred_at: at, event: name, properties: {amount: number}}
events: {login: {stream: app, is: login}, order: {stream: app, is: order}}
outcomes:
  ordered: {did: order, within: 2 days, value: order.amount}
segments:
  here: {entity: user, all: [{did: login, in_the_last: 2 days}]}
  never: {entity: user, none: [{did: login}]}
"""
USERS = Table(
    "users",
    {"user_id": "text", "joined": "date"},
    (("a", "2026-01-01"), ("b", "2026-01-01"), ("c", None), ("d", "2026-02-01"), ("e", "2026-03-04"), ("f", None)),
)
EVENTS = Table(
    "events",
    {"user_id": "text", "at": "timestamp", "name": "text", "amount": "number"},
    (
        ("a", "2026-02-28 10:00", "login", None),
        ("a", "2026-03-02 00:00", "order", "10"),
        ("a", "2026-03-02 09:00", "login", None),
        ("a", "2026-03-03 12:00", "order", "5"),
        ("b", "2026-03-02 08:00", "login", None),
        ("b", "2026-03-04 00:00", "order", "7"),
        ("b", "2026-03-04 08:00", "login", None),
        ("b", "2026-03-07 23:59:59", "order", None),
        ("c", "2026-03-05 00:00", "login", None),
        ("c", "2026-03-07 10:00", "order", "100"),
        ("d", "2026-03-04 23:00", "login", None),
        ("f", "2026-02-28 11:00", "login", None),
        ("f", "2026-03-04 11:00", "login", None),
        ("d", "2026-03-08 00:00", "order", "50"),
    ),
)
INSTANTS = tuple(datetime(2026, 3, day) for day in (1, 3, 5))
DAY = parse_duration("1 day")
AS_OF = datetime(2026, 3, 9)


def looked_back() -> tuple[Count, ...]:
    plan = planned(bound_of(SPEC), ("here", "never"), "ordered", DAY)
    return counts(plan, (USERS, EVENTS), INSTANTS, AS_OF)


@pytest.fixture(scope="module")
def found() -> tuple[Count, ...]:
    return looked_back()


def of(found: tuple[Count, ...], kind: str, segment: int = 0) -> list[Count]:
    return sorted(
        (one for one in found if (one.kind, one.segment) == (kind, segment)),
        key=lambda one: (one.place or 0, one.members, one.looks, one.converted),
    )


def test_each_instant(found: tuple[Count, ...]) -> None:
    """People, members, who orders, members who do; who was in before, and still is."""
    told = [(one.place, one.people, one.converted) for one in of(found, "population")]
    assert told == [(0, 5, 1), (1, 5, 1), (2, 6, 2)]
    inside = [(one.place, one.members, one.converted_inside, one.stayed) for one in of(found, "instant")]
    assert inside == [(0, 2, 1, 0), (1, 2, 1, 1), (2, 3, 1, 1)]
    never = [(one.members, one.converted_inside) for one in of(found, "instant", 1)]
    assert never == [(3, 0), (2, 0), (2, 1)]


def test_everybody_over_all_instants(found: tuple[Count, ...]) -> None:
    told = [
        (one.people, one.looks, one.members, one.converted, one.converted_inside, one.before, one.stayed)
        for one in of(found, "who")
    ]
    # e; c; d; f; a; b
    assert told == [
        (1, 1, 0, 0, 0, 0, 0),
        (1, 3, 0, 1, 0, 0, 0),
        (1, 3, 1, 0, 0, 0, 0),
        (1, 3, 2, 0, 0, 1, 0),
        (1, 3, 2, 1, 1, 2, 1),
        (1, 3, 2, 2, 2, 1, 1),
    ]


def test_when_members_order(found: tuple[Count, ...]) -> None:
    """a and b on the first day of the horizon; c, who is no member, on the second, as b again."""
    assert [(one.place, one.members) for one in of(found, "period")] == [(1, 2), (2, 1)]


def test_by_for_how_long(found: tuple[Count, ...]) -> None:
    """a and f were in at the first instant: since when is not known. b at ages 1 and 2, d at 1, later f at 1."""
    told = [(one.place, one.members, one.converted_inside) for one in of(found, "age")]
    assert told == [(1, 3, 1), (2, 1, 1)]


def test_the_value(found: tuple[Count, ...]) -> None:
    """a 15 and nothing, b 7 and nothing known, d nothing, f twice nothing: 22 over 7 looks; each is so far off that."""
    (one,) = of(found, "value")
    assert (one.people, one.members) == (4, 7)
    assert one.mean == pytest.approx(22 / 7)
    assert one.variance == pytest.approx(((15 - 44 / 7) ** 2 + (7 - 44 / 7) ** 2 + (22 / 7) ** 2 + (44 / 7) ** 2) / 49)


def test_another_horizon() -> None:
    """A day from the instant on: a's of the 2nd is too late for the 1st, and of the 3rd at noon it is the one."""
    plan = planned(bound_of(SPEC), ("here",), "ordered", Duration(), DAY)
    told = [
        (one.members, one.converted_inside) for one in of(counts(plan, (USERS, EVENTS), INSTANTS, AS_OF), "instant")
    ]
    assert told == [(2, 0), (2, 1), (3, 0)]


def test_figures(found: tuple[Count, ...]) -> None:
    """From counts to what is said: 3 of 7 looks at members convert, 1 of 9 others; 3 of 4 are caught, 2 of 4 stay."""
    from segpy.backtesting import figures_of

    own = [one for one in found if one.segment == 0]
    told = figures_of(own, Treatment(0.1, 0.1, None, 1.0), 0.95)
    whole = told.whole
    assert (whole.inside.estimate, whole.outside.estimate) == (3 / 7, 1 / 9)
    assert (whole.everybody.estimate, whole.recall.estimate) == (0.25, 0.75)
    assert told.stability.estimate == 0.5
    assert whole.lift.status is Status.TOO_FEW
    assert [(one.place, one.estimate.estimate) for one in told.hazards] == [(1, 2 / 7), (2, 0.2)]


def everything() -> None:
    """All that is said above, without pytest: of a compiler with a mistake in it."""
    found = looked_back()
    test_each_instant(found)
    test_everybody_over_all_instants(found)
    test_when_members_order(found)
    test_by_for_how_long(found)
    test_the_value(found)
