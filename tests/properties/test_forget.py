"""Whoever is forgotten is nowhere, and does not come back: random lives over several runs of kept tables.

A twin warehouse never knew the one who is forgotten. After the sources are cleaned and one more run, all tables of both
say the same, but for the sizes of former runs, which nobody takes back. `SEGPY_FORGET=50` asks about more lives.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from segpy.sql.forget import forget_queries
from tests.cases.plan_text import plan_of
from tests.cases.runner import compile_spec
from tests.cases.tables import Row, Table, quoted
from tests.kept.warehouse import Warehouse, opened

SPEC = """
lateness: 1 day
explanations: table
entities:
  user:
    key: user_id
    attributes:
      relation: ref('users')
      columns: {account_id: integer, plan: text, agreed: boolean}
      valid_from: since
      valid_to: until
    population: both
    consent: agreed
  account:
    key: account_id
    key_type: integer
    attributes: {relation: ref('accounts'), columns: {size: integer}}
    members: {entity: user, by: account_id}
streams:
  app:
    relation: ref('events')
    entity: {user: user_id}
    occurred_at: at
    id: event_id
    event: name
    properties: {page: text}
events:
  seen: {stream: app}
  paid: {stream: app, is: paid}
features:
  last_page: {entity: user, last_value: seen.page, in_the_last: 3 days}
  visits: {entity: user, count: seen}
  place: {percentile: visits}
  trip: {entity: user, sequence: {steps: [seen, paid]}}
  people: {entity: account, count_distinct: seen.user_id}
outcomes:
  paid_again: {did: paid, within: 1 day}
holdouts:
  left_alone: {entity: user, share: 20%}
segments:
  payer:
    entity: user
    all: [{did: paid, in_the_last: 2 days}]
    membership: {grace: 2 days}
    experiment: {holdout: 40%, outcome: paid_again, cuped: visits}
  trial: {entity: user, all: [{attribute: plan, exactly: trial}], membership: {reentry: never}}
  first: {entity: user, all: [{feature: place, at_least: 0.7}]}
  on_trip: {entity: user, all: [{feature: trip_completed}]}
  lively: {entity: account, all: [{feature: people, at_least: 2}]}
  paying: {entity: account, all: [{any_member_in: payer}]}
"""
KEYS = ["ann", "o'neil", "'; drop table users; --", "ünï 💙", "{{ 1/0 }}{% raw %}", "back\\slash", '"quoted"', "a.b%_"]
ACCOUNTS = ["7", "-12", "9007199254740993"]
START = datetime(2026, 3, 1)
SEEDS = range(int(os.environ.get("SEGPY_FORGET", "2")))
_MODELS = compile_spec(SPEC)
_PLAN = plan_of(SPEC)


def world(chance: random.Random, until: int) -> list[Table]:
    """Users with versions of what is known of them, accounts, and events up to a day."""
    users: list[tuple[str | None, ...]] = []
    events: list[tuple[str | None, ...]] = []
    for key in KEYS:
        plans = chance.sample(["trial", "pro", "free"], 2)
        account, agreed = chance.choice([*ACCOUNTS, None]), chance.choice(["true", "false", None])
        changed = str(START + timedelta(days=chance.randrange(1, 4)))
        users.append((key, account, plans[0], agreed, str(START - timedelta(days=9)), changed))
        users.append((key, account, plans[1], agreed, changed, None))
        for i in range(chance.randrange(7)):
            at = START + timedelta(hours=chance.randrange(-50, 24 * until))
            events.append((key, str(at), chance.choice(["paid", "read"]), f"/{chance.randrange(5)}", f"{key} {i}"))
    known = {"user_id": "text", "account_id": "integer", "plan": "text", "agreed": "boolean"}
    return [
        Table("users", {**known, "since": "timestamp", "until": "timestamp"}, tuple(users)),
        Table("accounts", {"account_id": "integer", "size": "integer"}, tuple((one, "3") for one in ACCOUNTS)),
        Table(
            "events",
            {"user_id": "text", "at": "timestamp", "name": "text", "page": "text", "event_id": "text"},
            tuple(events),
        ),
    ]


def without(tables: Iterable[Table], entity: str, key: str) -> list[Table]:
    """The same sources if there had never been such a one."""
    found = []
    for table in tables:
        columns, rows = list(table.columns), table.rows
        if entity == "user" and "user_id" in columns:
            rows = tuple(row for row in rows if row[columns.index("user_id")] != key)
        if entity == "account" and table.name == "accounts":
            rows = tuple(row for row in rows if row[0] != key)
        if entity == "account" and table.name == "users":
            rows = tuple((row[0], None if row[1] == key else row[1], *row[2:]) for row in rows)
        found.append(replace(table, rows=rows))
    return found


def executed(warehouse: Warehouse, statements: Sequence[str]) -> None:
    """Statements with the relations that dbt would fill in."""
    for statement in statements:
        for name, table in {**warehouse.relations, **{one: one for one in ("users", "accounts", "events")}}.items():
            statement = statement.replace(f'{{{{ ref("{name}") }}}}', quoted(table))
        warehouse.connection.execute(statement)


def holding(warehouse: Warehouse, key: str) -> list[str]:
    """Every column of every generated table that has the key, found without knowing anything of the models."""
    sizes = ("size", "members", "population", "episode", "version", "position", "rule")
    found = []
    for name, table in warehouse.relations.items():
        for row in warehouse.rows(name) if name not in OF_COUNTS else ():
            found += [f"{name}.{column} ({table})" for column, value in row.items()
                      if column not in sizes and value is not None and str(value) == key]  # fmt: skip
    return found


OF_COUNTS = ("segment_overlap", "segment_monitors", "segment_stays")
"""They have no column about anybody, and any number may be somebody's key."""
COUNTED = ("segment_sizes", "segment_monitors")
"""What was counted at former runs stays, and what is made of it."""


def told(warehouse: Warehouse) -> dict[str, list[str]]:
    def shown(row: Row) -> str:
        return str({name: value for name, value in row.items() if name not in ("_run", "event")})

    return {name: sorted(map(shown, warehouse.rows(name))) for name in warehouse.relations if name not in COUNTED}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("entity", ["user", "account"])
def test_forgotten_for_good(seed: int, entity: str) -> None:
    chance = random.Random(f"forget {seed} {entity}")
    key = chance.choice(KEYS if entity == "user" else ACCOUNTS)
    tables = world(chance, until=4)
    queries = forget_queries(_PLAN, entity, key if entity == "user" else int(key), "duckdb")
    with opened() as replay, opened() as twin:
        for day in (1, 2, 4):
            replay.fill(tables)
            replay.run(_MODELS, START + timedelta(days=day))
            twin.fill(without(tables, entity, key))
            twin.run(_MODELS, START + timedelta(days=day))
        assert holding(replay, key)
        deletes = [one.statement for one in queries.generated if one.statement is not None]
        executed(replay, deletes)
        executed(replay, deletes)  # killed in between, and once more
        assert holding(replay, key) == []
        executed(replay, [one.statement for one in queries.sources if one.statement is not None])
        for table in ("users", "accounts", "events"):
            rows = replay.connection.execute(f"select * from {table}").fetchall()
            assert not [row for row in rows if key in map(str, row)]
        for day in (5, 6):
            replay.run(_MODELS, START + timedelta(days=day))
            twin.run(_MODELS, START + timedelta(days=day))
            assert holding(replay, key) == []
        assert told(replay) == told(twin)


def test_the_queries_count_what_is_there() -> None:
    """Of each relation the rows with the key, and others that hold it as a value."""
    spec = SPEC.replace("properties: {page: text}", "properties: {page: text, by: text}")
    spec = spec.replace("visits:", "friend: {entity: user, last_value: seen.by}\n  visits:")
    events = Table(
        "events",
        {"user_id": "text", "at": "timestamp", "name": "text", "page": "text", "event_id": "text", "by": "text"},
        (("ann", "2026-03-01 10:00", "paid", "/", "1", "bob"), ("bob", "2026-03-01 11:00", "read", "/", "2", None)),
    )
    users, accounts, _ = world(random.Random(0), until=1)
    queries = forget_queries(plan_of(spec), "user", "bob", "duckdb")
    with opened() as replay:
        replay.fill([replace(users, rows=()), accounts, events])
        replay.run(compile_spec(spec), START + timedelta(days=1))
        counts = {}
        for held, query in zip(queries.generated, queries.left, strict=True):
            text = query.replace(f'{{{{ ref("{held.name}") }}}}', quoted(replay.relations[held.name]))
            counts[held.name] = replay.connection.execute(text).fetchone()
    assert counts["user_events"] == (1, 1)
    assert counts["user_features"] == (1, 1)
    assert counts["user_measures"] == (1, 1)
    assert counts["user_segments"] == (1, 0)
    assert [held.name for held in queries.generated if held.statement is None] == [
        held.name for held in queries.generated if held.what == "view"
    ]
