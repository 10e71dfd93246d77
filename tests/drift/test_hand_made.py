"""A comparison worked out by hand: who logged in in the two days before 1 and 5 March, by what is known of them.

`orders`: all orders so far, `spent`: their amounts; `rich`: whether that is above 5; `latest`: the last amount,
null of who ordered nothing; `land`: an attribute as it is now.

On the 1st a to l are in, twelve people; a has 1 order of 10, b 2 of 4 and 6, c to l none.
On the 5th a, b and m are in, who logged in on the 4th; a has ordered twice more, for 1 each; m ordered on the 5th only.
"""

from __future__ import annotations

from datetime import datetime

import duckdb
import pytest

from segpy.cli.drifts import words_of
from segpy.drifting import features_of
from segpy.measure.bins import UNKNOWN
from segpy.measure.model import Status
from segpy.plan.drift import drift_plan
from segpy.plan.model_drift import DriftPlan
from segpy.spec.expression import Type
from segpy.sql.until import until_sql
from segpy.warehouse.model_drift import DriftRow
from tests.backtests.ask import bound_of, rendered
from tests.cases.tables import Table
from tests.drift.ask import counts

SPEC = """
entities:
  user:
    key: user_id
    attributes:
      relation: ref('users')
      columns: {country: text, joined: timestamp, email: {type: text, personal: true}}
streams:
  app:
    {relation: ref('events'), entity: {user: user_id}, occurred_at: at, event: name, properties: {amount: number}}
events: {login: {stream: app, is: login}, order: {stream: app, is: order}}
features:
  orders: {count: order}
  spent: {sum: order.amount}
  latest: {last_value: order.amount}
  land: {entity: user, attribute: country}
  mail: {entity: user, attribute: email}
  joined_at: {entity: user, attribute: joined}
  rich: {entity: user, expression: "spent > 5"}
segments:
  here: {entity: user, all: [{did: login, in_the_last: 2 days}]}
  buyers: {entity: user, all: [{did: order}, {did: login, in_the_last: 2 days}]}
"""
PEOPLE = "abcdefghijkl"
COUNTRIES = (*["DE"] * 6, *["FR"] * 3, *[None] * 3)
USERS = Table(
    "users",
    {"user_id": "text", "country": "text", "joined": "timestamp", "email": "text"},
    (
        *((who, country, None, f"{who}@example.com") for who, country in zip(PEOPLE, COUNTRIES, strict=True)),
        ("m", "IT", "2026-03-01", "m@example.com"),
    ),
)
EVENTS = Table(
    "events",
    {"user_id": "text", "at": "timestamp", "name": "text", "amount": "number"},
    (
        *((who, "2026-02-28 10:00", "login", None) for who in PEOPLE),
        ("a", "2026-02-20 10:00", "order", "10"),
        ("b", "2026-02-20 10:00", "order", "4"),
        ("b", "2026-02-28 23:59:59", "order", "6"),
        ("a", "2026-03-01 00:00", "order", "1"),
        ("a", "2026-03-02 00:00", "order", "1"),
        *((who, "2026-03-04 10:00", "login", None) for who in "abm"),
        ("m", "2026-03-05 00:00", "order", "100"),
    ),
)
INSTANTS = (datetime(2026, 3, 1), datetime(2026, 3, 5))


def compared() -> tuple[DriftPlan, tuple[DriftRow, ...]]:
    plan = drift_plan(bound_of(SPEC), "user", ("here", "buyers"))
    return plan, counts(plan, (USERS, EVENTS), INSTANTS, datetime(2026, 3, 9))


@pytest.fixture(scope="module")
def found() -> tuple[DriftPlan, tuple[DriftRow, ...]]:
    return compared()


Found = tuple[DriftPlan, tuple[DriftRow, ...]]


def told(found: Found, kind: str, segment: int, feature: str | None = None) -> list[tuple[object, ...]]:
    """Of a kind of rows what it tells, in order."""
    plan, rows = found
    place = [one.name for one in plan.features].index(feature) if feature else 0
    own = [one for one in rows if (one.kind, one.segment, one.feature) == (kind, segment, place)]
    if kind == "edge":
        return sorted((one.place, one.edge) for one in own)
    if kind == "label":
        return sorted((one.place, one.label) for one in own)
    if kind == "size":
        return sorted((one.instant, one.members) for one in own)
    return sorted((one.instant, one.place, one.members) for one in own)


def test_which_features(found: Found) -> None:
    """What is declared, and what conditions look at; nobody's address, and no instant."""
    plan, _ = found
    assert [one.name for one in plan.numbers] == ["latest", "login_count_2d", "orders", "rich", "spent"]
    assert [one.name for one in plan.texts] == ["land"]
    assert plan.panel.as_now == ("user.country",)


def test_members(found: Found) -> None:
    """m has ordered at the very instant, which that does not see."""
    assert told(found, "size", 0) == [(0, 12), (1, 3)]
    assert told(found, "size", 1) == [(0, 2), (1, 2)]


def test_numbers_by_the_deciles_of_the_first_instant(found: Found) -> None:
    """Ten spent nothing and two 10: of twelve the ninth decile is the eleventh. 12 is above all nine edges."""
    nothing, ten = 8, 8 + 9
    assert told(found, "edge", 0, "spent") == [*((part, 0.0) for part in range(1, 9)), (9, 10.0)]
    assert told(found, "number", 0, "spent") == [
        (0, nothing, 10),
        (0, ten, 2),
        (1, nothing, 1),
        (1, ten, 1),
        (1, 18, 1),
    ]
    assert told(found, "edge", 1, "orders") == [
        *((part, 1.0) for part in range(1, 6)),
        *((p, 2.0) for p in range(6, 10)),
    ]
    assert told(found, "number", 1, "orders") == [(0, 5, 1), (0, 5 + 9, 1), (1, 5 + 9, 1), (1, 18, 1)]


def test_who_has_no_number_is_apart(found: Found) -> None:
    """a 10 and b 6; later a 1, below both, b 6 still, and m nothing yet."""
    assert told(found, "edge", 0, "latest") == [*((p, 6.0) for p in range(1, 6)), *((p, 10.0) for p in range(6, 10))]
    then, now = [(0, UNKNOWN, 10), (0, 5, 1), (0, 14, 1)], [(1, UNKNOWN, 1), (1, 0, 1), (1, 5, 1)]
    assert told(found, "number", 0, "latest") == [*then, *now]


def test_truths_are_numbers(found: Found) -> None:
    assert told(found, "number", 0, "rich") == [(0, 8, 10), (0, 17, 2), (1, 8, 1), (1, 17, 2)]


def test_texts_by_the_values_of_the_first_instant(found: Found) -> None:
    """Nobody was from Italy: m is one of the others."""
    assert told(found, "label", 0, "land") == [(0, "DE"), (1, "FR")]
    assert told(found, "text", 0, "land") == [(0, UNKNOWN, 3), (0, 0, 6), (0, 1, 3), (1, 0, 2), (1, 9, 1)]


def test_only_some_features() -> None:
    plan = drift_plan(bound_of(SPEC), "user", ("here",), ("land", "login_count_2d", "mail"))
    assert [one.name for one in plan.features] == ["login_count_2d", "land"]
    rows = counts(plan, (USERS, EVENTS), INSTANTS, datetime(2026, 3, 9))
    assert told((plan, rows), "size", 0) == [(0, 12), (1, 3)]


def test_people_without_events() -> None:
    """Who is known by attributes alone; b joined between the two instants."""
    spec = """
entities:
  user:
    key: user_id
    attributes: {relation: ref('users'), columns: {country: text, seats: integer, joined: timestamp}}
    start: joined
    population: attributes
segments:
  large: {entity: user, all: [{attribute: seats, at_least: 2}]}
features:
  land: {entity: user, attribute: country}
"""
    rows = (("a", "DE", "3", "2026-01-01"), ("b", "FR", "2", "2026-03-04"), ("c", "FR", "1", "2026-01-01"))
    columns = {"user_id": "text", "country": "text", "seats": "integer", "joined": "timestamp"}
    plan = drift_plan(bound_of(spec), "user", ("large",))
    assert [one.name for one in plan.features] == ["seats", "land"]
    with_plan = plan, counts(plan, (Table("users", columns, rows),), INSTANTS, datetime(2026, 3, 9))
    assert told(with_plan, "size", 0) == [(0, 1), (1, 2)]
    assert told(with_plan, "text", 0, "land") == [(0, 0, 1), (1, 0, 1), (1, 9, 1)]
    known = rendered(until_sql(plan.panel, "duckdb"), datetime(2026, 3, 9))
    assert duckdb.sql(known).fetchall() == [("2026-03-09 00:00:00", None)], "no event tells up to when they are known"


def test_figures(found: Found) -> None:
    """Three members tell nothing; of twelve, spent 0 and what lies around it."""
    plan, rows = found
    own = [one for one in rows if one.segment == 0]
    spent = next(one for one in features_of(plan, own, 2, 0.1) if one.feature.name == "spent")
    assert [words_of(one, Type.NUMBER) for one in spent.bins] == ["below 0", "exactly 0", "above 0", "not known"]
    assert spent.counts == ((0, 10, 2, 0), (0, 1, 2, 0))
    assert [one.status for one in spent.drifts] == [Status.TOO_FEW]
    land = next(one for one in features_of(plan, own, 2, 0.1) if one.feature.name == "land")
    assert [one.label for one in land.bins] == ["DE", "others", "not known"]
    assert land.counts == ((6, 3, 3), (2, 1, 0))


def everything() -> None:
    """All that is said above, without pytest: of a compiler with a mistake in it."""
    found = compared()
    test_members(found)
    test_numbers_by_the_deciles_of_the_first_instant(found)
    test_who_has_no_number_is_apart(found)
    test_truths_are_numbers(found)
    test_texts_by_the_values_of_the_first_instant(found)
    test_only_some_features()
