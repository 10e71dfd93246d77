"""Members at the beginnings of months and their value in them, worked out by hand: who logged in in 28 days before.

a  is in on 1 February and 1 March; orders on 1 February at 00:00 for 10, which is of February, and on 1 March for 5
b  logs in on 28 February: in on 1 March; orders in February, when b was no member, and at the end of March for 7
c  is in on 1 February, orders at the last second of the month, and once for an amount that is not known
Nobody logs in in March, so nobody is in on 1 April.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import duckdb
import pytest

from segpy.asking import Misused
from segpy.forecasting import Asked, month_of, months_before, series_of
from segpy.measure.model import Method, Status
from segpy.plan.forecast import forecast_plan
from segpy.sql.forecast import forecast_sql
from segpy.warehouse.forecast import month_row
from segpy.warehouse.model_forecast import MonthRow
from tests.backtests.ask import bound_of, rendered
from tests.cases.tables import Table, create

pytest.importorskip("scipy")

SPEC = """
entities: {user: {key: user_id}}
streams:
  app:
    {relation: ref('events'), entity: {user: user_id}, occurred_at: at, event: name, properties: {amount: number}}
events: {login: {stream: app, is: login}, order: {stream: app, is: order}}
outcomes: {ordered: {did: order, within: 2 days, value: order.amount}}
segments:
  here: {entity: user, all: [{did: login, in_the_last: 28 days}]}
  never: {entity: user, none: [{did: login}]}
"""
EVENTS = (
    ("a", "2026-01-20 10:00", "login", None),
    ("a", "2026-02-01 00:00", "order", "10"),
    ("a", "2026-02-20 10:00", "login", None),
    ("a", "2026-03-01 00:00", "order", "5"),
    ("b", "2026-02-10 10:00", "order", "100"),
    ("b", "2026-02-28 10:00", "login", None),
    ("b", "2026-03-31 23:59:59", "order", "7"),
    ("c", "2026-01-31 23:59:59", "login", None),
    ("c", "2026-02-28 23:59:59", "order", "3"),
    ("c", "2026-02-11 10:00", "order", None),
)
MONTHS = tuple(datetime(2026, month, 1) for month in (1, 2, 3, 4))


def asked(months: int = 36) -> Asked:
    return Asked((), None, months, 3, 0.95, {})


def months(*, worth: bool) -> list[MonthRow]:
    bound = bound_of(SPEC)
    plan = forecast_plan(bound, "user", ("here", "never"), bound.outcomes[0] if worth else None)
    columns = {"user_id": "text", "at": "timestamp", "name": "text", "amount": "number"}
    with duckdb.connect(":memory:", config={"threads": 1}) as connection:
        connection.execute("set TimeZone = 'UTC'")
        create(connection, Table("events", columns, EVENTS))
        sql = rendered(forecast_sql(plan, MONTHS, "duckdb"), datetime(2026, 4, 2))
        rows: list[Any] = connection.execute(sql).fetchall()
        return sorted(map(month_row, rows), key=lambda one: (one.segment, one.place))


def test_members_and_value_month_by_month() -> None:
    """Whoever never logged in before was not there at the beginning of any month."""
    told = [(one.segment, one.place, one.members, one.value) for one in months(worth=True)]
    assert told == [(0, 1, 2, 13.0), (0, 2, 2, 12.0)]
    assert [(one.place, one.members, one.value) for one in months(worth=False)] == [(1, 2, None), (2, 2, None)]


def test_series_begin_with_the_first_member() -> None:
    """Value is of months that are over; nobody in a month in between is 0."""
    rows = [MonthRow(0, 1, 2, 13.0), MonthRow(0, 3, 1, 0.0)]
    members, value = series_of(rows, MONTHS, asked(), worth=True)
    assert (members.what, members.first_at, members.seen) == ("members", MONTHS[1], (2.0, 0.0, 1.0))
    assert (value.what, value.first_at, value.seen) == ("value", MONTHS[1], (13.0, 0.0))
    assert (month_of(members, 1), month_of(value, 1)) == (datetime(2026, 5, 1), MONTHS[3])
    assert {one.status for _, ahead in members.ahead for one in ahead} == {Status.TOO_FEW}
    (alone,) = series_of([], MONTHS, asked(), worth=False)
    assert alone.seen == (0.0,)


def test_months_to_come() -> None:
    """Sizes that repeat each year: as they were, and withheld before two years were seen."""
    whole = tuple(datetime(2023 + month // 12, month % 12 + 1, 1) for month in range(30))
    rows = [MonthRow(0, place, 100 + 10 * (place % 12), None) for place in range(30)]
    (members,) = series_of(rows, whole, asked(), worth=False)
    by = dict(members.ahead)
    assert [one.estimate for one in by[Method.SEASONAL_NAIVE]] == [160.0, 170.0, 180.0]
    assert all(one.readable for one in by[Method.EXPONENTIAL_SMOOTHING])
    (few,) = series_of(rows[:20], whole[:20], asked(), worth=False)
    assert [ahead[0].status for _, ahead in few.ahead] == [Status.READABLE, Status.TOO_FEW]


def test_which_months() -> None:
    assert months_before(datetime(2026, 3, 10), 2) == tuple(datetime(2026, month, 1) for month in (1, 2, 3))
    assert months_before(datetime(2026, 1, 1), 1) == (datetime(2025, 12, 1), datetime(2026, 1, 1))
    found = months_before(datetime(1, 5, 1), 9)
    assert isinstance(found, Misused) and "the calendar has not begun" in found.words
