"""Random features over random events of two streams, many at one instant or on the edge of a day or a window."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

from tests.cases.tables import Table

TAXONOMY = """\
grain: hour
timezone: {zone}
entities:
  user:
    key: user_id
    attributes: {{relation: ref('people'), columns: {{born: timestamp, seats: integer}}}}
    start: born
    population: both
streams:
  app:
    relation: ref('events')
    entity: {{user: user_id}}
    occurred_at: at
    event: name
    properties: {{x: number, t: text, b: boolean}}
{order}
  shop: {{relation: ref('orders'), entity: {{user: who}}, occurred_at: at, properties: {{x: number, t: text}}}}
events:
  a: {{stream: app, is: a}}
  ab: {{stream: app, is: [a, b]}}
  big: {{stream: app, where: "x >= 2"}}
  c: {{stream: shop}}
  d: {{stream: shop, where: "t = 'p'"}}
features:
"""
ZONES = ("UTC", "UTC", "Europe/Berlin", "America/Los_Angeles", "Asia/Kolkata")
LENGTHS = ("1 hour", "12 hours", "1 day", "36 hours", "2 days", "3 days", "1 week")
OPERANDS = ("a", "ab", "big", "c", "[a, c]", "[ab, big]", "[big, d]", "any")
OVER = (("a",), ("ab",), ("c",), ("a", "c"), ("big", "d"), ("any",))
FILTERS = ("", "", ', where: "x > 1"', ", where: \"t = 'p' or x is null\"")
WINDOWS = (
    *("", "", "", ", from: 2026-03-05", ", from: 2026-03-02, to: 2026-03-08 12:00"),
    *(", between_ago: [5 days, 1 day]", ", between_ago: [1 month, 2 days]", ", between_ago: [3 days, 0 days]"),
    *(", between_ago: [4 days, 1 day], calendar: true", ", in_the_last: 1 week, calendar: true"),
    *(f", in_the_last: {length}" for length in (*LENGTHS[2:], "1 month")),
    *(f", within_first: {length}" for length in LENGTHS[2:]),
    *(f", after: {{event: {event}, nth: {nth}, within: 3 days}}" for event in ("a", "[ab, c]") for nth in ("last", 2)),
    *(f", before: {{event: a, nth: {nth}}}" for nth in ("first", "last", 2)),
)
AS_OF = datetime(2026, 3, 10)


def over(prop: str, chance: Random) -> str:
    """A property of one event or several."""
    names = [f"{event}.{prop}" for event in chance.choice(OVER)]
    return names[0] if len(names) == 1 else f"[{', '.join(names)}]"


def narrowed(chance: Random) -> str:
    """A window, and maybe a filter."""
    return chance.choice(WINDOWS) + chance.choice(FILTERS)


def of_a_value(chance: Random) -> str:
    """A measure that is a value of a property, whatever its type."""
    key = chance.choice(("first_value", "last_value", "most_frequent"))
    operand = chance.choice((over("x", chance), over("t", chance), "a.b", "[a.b, big.b]"))
    return f"{key}: {operand}{chance.choice(WINDOWS)}"


def numeric(chance: Random, depth: int = 0) -> str:
    """A measure that is a number or a duration."""
    operand, length = chance.choice(OPERANDS), chance.choice(LENGTHS)
    match chance.choice(("plain", "number", "gap", "streak", "streak", "burst", "decayed", "change", "ratio")):
        case "plain":
            key = chance.choice(("count", "recency", "active_days", "active_weeks", "active_months"))
            return f"{key}: {operand}{narrowed(chance)}"
        case "number":
            key = chance.choice(("median", "stddev", "avg", "sum"))
            return f"{key}: {over('x', chance)}{narrowed(chance)}"
        case "gap":
            statistic = chance.choice(("avg", "stddev", "max", "last"))
            return f"gap: {operand}, statistic: {statistic}{narrowed(chance)}"
        case "streak":
            unit, kind = chance.choice(("day", "day", "week", "month")), chance.choice(("current", "longest"))
            missed = chance.choice((0, 0, 1, 2))
            return f"streak: {operand}, unit: {unit}, kind: {kind}, allow_gap: {missed}{narrowed(chance)}"
        case "burst":
            return f"burst: {operand}, per: {length}{narrowed(chance)}"
        case "decayed":
            return f"decayed: {chance.choice((operand, over('x', chance)))}, half_life: {length}{narrowed(chance)}"
        case "ratio" if depth < 2:
            return f"ratio: [{{{numeric(chance, depth + 1)}}}, {{{numeric(chance, depth + 1)}}}]"
    inner = chance.choice((f"count: {operand}", f"sum: {over('x', chance)}", f"active_days: {operand}"))
    recent, periods = chance.choice((1, 2, 3)), chance.choice((2, 3, 4, 7))
    way = chance.choice(("ratio", "zscore"))
    lengths = f"recent: {recent} days, baseline: {recent * periods} days"
    return f"change: {{{inner}{chance.choice(FILTERS)}}}, {lengths}, as: {way}"


def spec(chance: Random) -> str:
    """Features of every kind, ranks by some of them, and an expression over others."""
    order = "    order: n" if chance.random() < 0.5 else ""
    numbers = {f"n{i}": numeric(chance) for i in range(30)}
    values = {f"v{i}": of_a_value(chance) for i in range(8)}
    ranks = {f"p{i}": f"percentile: n{chance.randrange(30)}" for i in range(3)}
    last = {"e": 'expression: "n0 + n1 * 2 - p0"', "p_e": "percentile: e"}
    lines = (f"  {name}: {{entity: user, {one}}}\n" for name, one in {**numbers, **values, **ranks, **last}.items())
    return TAXONOMY.format(zone=chance.choice(ZONES), order=order) + "".join(lines)


def tables(chance: Random, as_of: datetime) -> Sequence[Table]:
    """Events of a few, some with none, one, two or many."""
    users = [f"u{i}" for i in range(12)]
    events, orders = [], []
    for user in users:
        for _ in range(chance.choice((0, 1, 2, 3, 6, 12, 25))):
            x, t = chance.choice((None, "0", "1", "2", "2", "3.5", "-1", "0.25")), chance.choice((None, "p", "q", ""))
            if chance.random() < 0.3:
                orders.append((user, instant(chance, as_of), x, t))
                continue
            name, n = chance.choice(("a", "a", "b", "z")), chance.choice((None, "1", "2", "3"))
            events.append((user, name, instant(chance, as_of), n, x, t, chance.choice((None, "true", "false"))))
    people = [(user, chance.choice((None, instant(chance, as_of))), chance.choice((None, "1"))) for user in users[:9]]
    columns = {"user_id": "text", "name": "text", "at": "timestamp", "n": "integer", "x": "number", "t": "text"}
    return (
        Table("events", {**columns, "b": "boolean"}, tuple(events)),
        Table("orders", {"who": "text", "at": "timestamp", "x": "number", "t": "text"}, tuple(orders)),
        Table("people", {"user_id": "text", "born": "timestamp", "seats": "integer"}, tuple(people)),
    )


def instant(chance: Random, as_of: datetime) -> str:
    """Some time in the weeks before, often the same as others or just before an edge."""
    day = as_of - timedelta(days=chance.choice((chance.randrange(9), chance.randrange(60))))
    match chance.randrange(10):
        case 0 | 1 | 2 | 3 | 4:
            at = day.replace(hour=chance.choice((0, 6, 12, 23)))
        case 5 | 6:
            at = day - timedelta(hours=chance.randrange(48))
        case 7:
            at = day - timedelta(microseconds=1)
        case _:
            at = day - timedelta(seconds=chance.randrange(86_400))
    return at.isoformat(sep=" ")
