"""What an expression comes to for one row: as SQL says, or not to be told. The engine itself is the judge."""

from __future__ import annotations

from datetime import datetime

import duckdb
import pytest

from segpy.dialects import DIALECTS
from segpy.resolve.evaluate import INSTANT, UNDECIDED, Constant, evaluate
from segpy.resolve.typing import typed
from segpy.spec.expression import Clock, ClockUnit, Expression, Type, Unreadable
from segpy.sql.expression import lower
from segpy.sql.lower.trees import lowered_expression
from segpy.sql.read import read_expression
from segpy.sql.tree import column

TYPES = {
    "path": Type.TEXT,
    "title": Type.TEXT,
    "amount": Type.NUMBER,
    "seats": Type.INTEGER,
    "vip": Type.BOOLEAN,
    "due_at": Type.TIMESTAMP,
    "nothing": Type.TEXT,
    "zero": Type.INTEGER,
}
ROW: dict[str, Constant] = {
    "path": "/pricing/team",
    "title": "Two Words",
    "amount": 12.5,
    "seats": 3,
    "vip": True,
    "due_at": datetime(2026, 3, 1, 12),
    "nothing": None,
    "zero": 0,
}
DECIDED = [
    "path like '/pricing%'",
    "path like '/pricing_team'",
    "path like '/pricing'",
    "path like '%.team'",
    "title ilike 'two w%'",
    "title like 'two w%'",
    "nothing like '%'",
    "nothing = 'x'",
    "nothing is null and path is not null",
    "nothing = 'x' or vip",
    "nothing = 'x' and vip",
    "nothing = 'x' and not vip",
    "not (nothing = 'x')",
    "not vip",
    "path in ('/a', '/pricing/team')",
    "path in ('/a', nothing)",
    "path not in ('/a', nothing)",
    "nothing in ('/a')",
    "seats between 3 and 4",
    "seats not between 1 and 2",
    "seats between 4 and null",
    "amount > 12 and amount < 13 and amount <> 12",
    "amount >= 12.5 and amount <= 12.5",
    "amount = 12.5",
    "seats + 1 = 4",
    "seats - 5 = -2",
    "seats * 2 > 5",
    "seats / 2 > 1.4",
    "seats / zero is null",
    "-seats = -3",
    "due_at = timestamp '2026-03-01 12:00'",
    "due_at > date '2026-03-01'",
    "due_at < '2026-03-01'",
    "path || title = '/pricing/teamTwo Words'",
    "nothing || title is null",
    "lower(title) = 'two words'",
    "upper(title) = 'TWO WORDS'",
    "length(path) = 13",
    "trim('  x ') = 'x'",
    "abs(-seats) = 3",
    "ceil(amount) = 13 and floor(amount) = 12",
    "coalesce(nothing, path) = path",
    "nullif(path, '/a') = path",
    "nullif(seats, 3) is null",
    "greatest(seats, 5) = 5",
    "least(seats, 5) = 3",
    "case when seats > 5 then 'many' when vip then 'some' else 'few' end = 'some'",
    "case when nothing = 'x' then 1 end is null",
    "true",
    "vip = true",
    "null is null",
]
NOT_DECIDED = [
    "stranger = 1",
    "vip and stranger = 1",
    "case when stranger = 1 then vip end",
    "stranger is null",
    "-stranger = 1",
    "path like 'a\\b'",
    "lower('É') = 'é'",
    "title ilike 'É%'",
    "round(amount) = 12",
    "seats / 2 = 1.5",
    "amount * 1.1 = 13.75",
    "greatest(seats, null) = 3",
    "trim(stranger) = 'x'",
]


def parsed(text: str) -> Expression:
    expression = read_expression(text)
    assert not isinstance(expression, Unreadable), text
    types = types_of(text)
    return typed(expression, lambda column: types[column.name])[0]


def types_of(text: str) -> dict[str, Type]:
    return {**TYPES, "stranger": Type.INTEGER if "trim" not in text else Type.TEXT}


@pytest.mark.parametrize("text", DECIDED)
def test_what_is_told_is_what_the_engine_says(text: str) -> None:
    columns = (
        "'/pricing/team' as path, 'Two Words' as title, 12.5::double as amount, 3::bigint as seats, true as vip, "
        "timestamp '2026-03-01 12:00' as due_at, null::text as nothing, 0::bigint as zero"
    )
    with duckdb.connect(":memory:") as connection:
        sql = lowered_expression(lower(parsed(text), column, types_of(text)), DIALECTS["duckdb"]).sql("duckdb")
        ((said,),) = connection.execute(f"select {sql} from (select {columns})").fetchall()
    assert evaluate(parsed(text), ROW) is said


@pytest.mark.parametrize("text", NOT_DECIDED)
def test_nothing_is_told_where_engines_may_differ_or_a_column_is_not_there(text: str) -> None:
    assert evaluate(parsed(text), ROW) is UNDECIDED


def test_one_side_may_decide_alone() -> None:
    assert evaluate(parsed("stranger = 1 or vip"), ROW) is True
    assert evaluate(parsed("stranger = 1 and not vip"), ROW) is False


def test_the_clock_is_that_of_the_time_zone() -> None:
    row: dict[str, Constant] = {INSTANT: datetime(2026, 3, 8, 23, 30)}  # a Sunday, in UTC
    assert evaluate(Clock(ClockUnit.HOUR, "UTC"), row) == 23
    assert evaluate(Clock(ClockUnit.WEEKDAY, "UTC"), row) == 7
    assert evaluate(Clock(ClockUnit.HOUR, "Europe/Vienna"), row) == 0
    assert evaluate(Clock(ClockUnit.WEEKDAY, "Europe/Vienna"), row) == 1
    assert evaluate(Clock(ClockUnit.HOUR, "UTC"), {}) is UNDECIDED
