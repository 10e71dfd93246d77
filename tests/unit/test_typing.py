"""Types of expressions."""

from __future__ import annotations

import pytest

from segpy.resolve.typing import Clash, instant_literal, typed
from segpy.spec.expression import Binary, Expression, Literal, Type, Unreadable
from segpy.sql.read import read_expression

COLUMNS = {
    "amount": Type.NUMBER,
    "seats": Type.INTEGER,
    "plan": Type.TEXT,
    "vip": Type.BOOLEAN,
    "at": Type.TIMESTAMP,
    "day": Type.DATE,
    "wait": Type.DURATION,
    "key": Type.UUID,
}


def of(sql: str) -> tuple[Expression, Type]:
    """A text typed over the columns."""
    parsed = read_expression(sql)
    assert not isinstance(parsed, Unreadable), parsed
    return typed(parsed, lambda column: COLUMNS[column.name])


@pytest.mark.parametrize(
    ("sql", "type_"),
    [
        ("amount", Type.NUMBER),
        ("1", Type.INTEGER),
        ("1.5", Type.NUMBER),
        ("null", Type.NULL),
        ("seats + 1", Type.INTEGER),
        ("seats * 1.5", Type.NUMBER),
        ("seats / 2", Type.NUMBER),
        ("-seats", Type.INTEGER),
        ("wait * 2", Type.NUMBER),
        ("seats > amount", Type.BOOLEAN),
        ("wait > 3600", Type.BOOLEAN),
        ("plan = 'pro' and not vip", Type.BOOLEAN),
        ("vip = true", Type.BOOLEAN),
        ("plan like 'p%'", Type.BOOLEAN),
        ("plan || '!'", Type.TEXT),
        ("at < day", Type.BOOLEAN),
        ("plan is null", Type.BOOLEAN),
        ("plan = null", Type.BOOLEAN),
        ("seats in (1, 2, null)", Type.BOOLEAN),
        ("seats between 1 and amount", Type.BOOLEAN),
        ("lower(plan)", Type.TEXT),
        ("length(plan)", Type.INTEGER),
        ("abs(seats)", Type.INTEGER),
        ("round(amount, 2)", Type.NUMBER),
        ("ceil(seats)", Type.NUMBER),
        ("coalesce(seats, 0)", Type.INTEGER),
        ("coalesce(seats, 0.5)", Type.NUMBER),
        ("greatest(at, null)", Type.TIMESTAMP),
        ("nullif(plan, '')", Type.TEXT),
        ("coalesce(null, null)", Type.NULL),
        ("case when vip then 1 end", Type.INTEGER),
        ("case when vip then 1 else amount end", Type.NUMBER),
        ("case when vip then null else plan end", Type.TEXT),
    ],
)
def test_types(sql: str, type_: Type) -> None:
    assert of(sql)[1] is type_


@pytest.mark.parametrize(
    ("sql", "constant"),
    [
        ("at >= '2026-03-01'", Literal("2026-03-01", Type.DATE)),
        ("day < '2026-03-01 12:00'", Literal("2026-03-01 12:00:00", Type.TIMESTAMP)),
        ("'2026-03-01' = at", Literal("2026-03-01", Type.DATE)),
    ],
)
def test_text_beside_an_instant_is_an_instant(sql: str, constant: Literal) -> None:
    expression, _ = of(sql)
    assert isinstance(expression, Binary) and constant in (expression.left, expression.right)


@pytest.mark.parametrize(
    ("sql", "culprit"),
    [
        ("plan > 1", "plan"),
        ("1 = plan", "plan"),
        ("vip = 'yes'", "vip"),
        ("seats between 1 and 'x'", "seats"),
        ("amount in (1, 'x')", "amount"),
        ("plan + 1", "plan"),
        ("-plan", "plan"),
        ("not seats", "seats"),
        ("vip and seats", "seats"),
        ("seats || 'x'", "seats"),
        ("amount like '1%'", "amount"),
        ("at + 1", "at"),
        ("lower(seats)", "seats"),
        ("abs(plan)", "plan"),
        ("coalesce(plan, 0)", "plan"),
        ("case when seats then 1 end", "seats"),
        ("case when vip then plan else 0 end", "plan"),
        ("at < 'yesterday'", None),
        ("at < '2026-03-01 12:00+02:00'", None),
        ("round(amount, seats)", None),
        ("trim(plan, 'x')", None),
        ("ceil(amount, 1)", None),
    ],
)
def test_clashes(sql: str, culprit: str | None) -> None:
    with pytest.raises(Clash) as clash:
        of(sql)
    assert (clash.value.column.name if clash.value.column else None) == culprit


def test_what_a_column_is_asks_the_caller() -> None:
    with pytest.raises(KeyError):
        of("plan = nobody")


@pytest.mark.parametrize(
    ("text", "literal"),
    [
        ("2026-03-01", Literal("2026-03-01", Type.DATE)),
        ("2026-03-01T10:00:00.5", Literal("2026-03-01 10:00:00.500000", Type.TIMESTAMP)),
        ("2026-03-01 10:00", Literal("2026-03-01 10:00:00", Type.TIMESTAMP)),
        ("2026-03-01T10:00Z", None),
        ("2026-02-30", None),
        ("now", None),
    ],
)
def test_instants(text: str, literal: Literal | None) -> None:
    assert instant_literal(text) == literal
