"""Whatever a warehouse holds, what is proposed for it passes `segpy check`."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

import pytest

from segpy.catalog.model import Catalog
from segpy.diagnostics.model import Severity, Span
from segpy.pipeline import compile_sources
from segpy.propose.build import propose
from segpy.propose.model import MOST_ROWS, Column, Count, Kind, Measured, Proposal, Surroundings, Table
from segpy.propose.names import nameable
from segpy.propose.roles import event_column, type_of
from segpy.propose.tables import looks
from segpy.propose.text import spec_files
from segpy.source.nodes import Source
from segpy.spec.model_values import Relation

COMMENTED = re.compile(r"^  # (\w+: \{(?:stream|entity): .*)$", re.MULTILINE)
KEYS = (
    *(
        "user_id",
        "userId",
        "USER_ID",
        "user id",
        "customer_id",
        "account_id",
        "anonymous_id",
        "id",
        "event_id",
        "order_id",
    ),
    *(
        "session_id",
        "company_key",
        "referring_user_id",
        "product_id",
        "_id",
        "is_id",
        "gadget_id",
        "distinct_id",
        "teamid",
    ),
)
TIMES = (
    *("occurred_at", "createdAt", "timestamp", "ts", "ordered_at", "order_date", "updated_at", "received_at", "day"),
    *("signed_up_at", "valid_from", "valid_to", "birth_date", "as_of", "first_seen"),
)
OTHERS = (
    *("event", "event_name", "Event Type", "name", "type", "action", "amount", "order", "select", "group", "hour"),
    *("weekday", "plan", 'a"b', "Ünï", "property__x", "true", "null", "event_order", "step", "entity_key", "x" * 60),
)
SQL_TYPES = (
    "text",
    "varchar(20)",
    "bigint",
    "hugeint",
    "double",
    "numeric(10, 2)",
    "timestamp",
    "date",
    "boolean",
    "uuid",
)
SQL_TIMES = ("timestamp", "timestamp with time zone", "date", "text", "bigint")
TABLES = (
    *(
        "users",
        "dim_user",
        "stg_orders",
        "orders",
        "events",
        "tracks",
        "page_viewed",
        "stg_shop__order_items",
        "account",
    ),
    *("sessions", "people", "x", "2_things", "identifies", "companies", "user_events", "customer_segments", "raw-data"),
)
VALUES = (
    "Page Viewed",
    "page_viewed",
    "any",
    "select",
    "true",
    "a: b # c",
    "{{ x }}",
    "🙂",
    "",
    "1",
    "order",
    "login",
    "'",
    '"',
)


def measured(chance: random.Random) -> list[Measured]:
    """Relations with any columns, any counts, and any of them made from others before."""
    found: list[Measured] = []
    for name in chance.sample(TABLES, chance.randint(1, 6)):
        columns: dict[str, Column] = {}
        for pool, types in ((KEYS, SQL_TYPES), (TIMES, SQL_TIMES), (OTHERS, SQL_TYPES)):
            for column in chance.sample(pool, chance.randint(0, 4)):
                sql_type = chance.choice(types)
                plain = column.lower()
                shown = plain if nameable(plain) else None
                columns.setdefault(plain, Column(column, sql_type, type_of(sql_type), shown))
        above = frozenset(one.table.id for one in found if chance.random() < 0.2)
        relation = Relation(*chance.choice((("ref", (name,)), ("source", ("raw", name)))), Span("x", 1, 1))
        table = Table(f"model.{name}", relation, chance.choice(tuple(Kind)), tuple(columns.values()), above)
        wanted, _ = looks([table])
        rows = chance.choice((0, 1, 5, 100, MOST_ROWS))
        for look in wanted:
            counts = {column: count(chance, rows, column in look.times) for column in look.columns}
            one = Measured(table, rows, counts)
            names = tuple((value, chance.randint(1, 9)) for value in chance.sample(VALUES, chance.randint(0, 14)))
            found.append(one if event_column(one) is None else Measured(table, rows, counts, names))
    return found


def count(chance: random.Random, rows: int, is_time: bool) -> Count:
    known = chance.choice((rows, rows, rows // 2, 0))
    distinct = chance.choice((known, min(known, 3), min(known, 1), known * 19 // 20))
    return Count(known, distinct, chance.choice((None, "2026-03-09 10:00:00", "garbage")) if is_time else None)


def errors(proposal: Proposal) -> list[str]:
    """What `check` finds, with all the events and segments in that are proposed as comments."""
    files = spec_files(proposal, Surroundings("duckdb", "models", "segpy_"))
    texts = {file.path: COMMENTED.sub(r"  \1", file.text) for file in files}
    compiled = compile_sources([Source(path, text) for path, text in texts.items()], Catalog(adapter="duckdb"))
    found = [one for one in compiled.diagnostics if one.severity is Severity.ERROR]
    return [f"{one.code} {one.label} {one.span}" for one in found]


@pytest.mark.parametrize("seeds", [range(15), range(15, 30), (1056, 1115, 1518, 1611, 1657, 1715)], ids=str)
def test_a_proposal_holds(seeds: Sequence[int]) -> None:
    proposed = 0
    for seed in seeds:
        proposal = propose(measured(random.Random(seed)), ())
        if proposal.streams:
            proposed += 1
            assert errors(proposal) == [], seed
            assert proposal.segments
    assert proposed > 3
