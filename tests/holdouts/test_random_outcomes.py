"""Random events: what came of everybody, and the statistics of the arms, are what plain loops over people make of them.

`SEGPY_HOLDOUTS` asks for more seeds than those of every run, as for the assignments.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from math import isclose
from random import Random
from statistics import covariance, mean, variance
from typing import Any

import pytest

from tests.cases.runner import compile_spec
from tests.cases.tables import Table
from tests.kept.warehouse import opened

SEEDS = range(int(os.environ.get("SEGPY_HOLDOUTS", "2")))
PEOPLE = [f"u{number}" for number in range(30)]
START, DAY = datetime(2026, 3, 1), timedelta(days=1)
SPEC = """
{settings}
entities:
  user: {{key: user_id, attributes: {{relation: ref('users'), columns: {{keen: boolean}}}}}}
streams:
  app:
    {{relation: ref('events'), entity: {{user: user_id}}, occurred_at: at, event: name, properties: {{amount: number}}}}
events: {{order: {{stream: app, is: order}}, gone: {{stream: app, is: gone}}}}
features:
  spent: {{sum: order.amount, in_the_last: 10 days}}
outcomes:
  paid: {{did: order, where: "amount > 3", within: {paid}, value: order.amount}}
  left: {{did: [gone, order], within: {left}}}
segments:
  keen:
    entity: user
    all: [{{attribute: keen, exactly: true}}]
    experiment: {{holdout: 40%, outcome: paid, guardrails: [left], cuped: spent}}
{shared}
"""
Event = tuple[str, datetime, str, float | None]


def drawn(chance: Random) -> list[Event]:
    """Events on whole hours, so that many lie on the edges; amounts may be missing."""
    return [
        (chance.choice(PEOPLE), START + timedelta(hours=chance.choice((0, 24, 48, chance.randrange(-300, 400)))),
         chance.choice(("order", "order", "gone")), chance.choice((None, 1.0, 3.0, 3.5, 20.0)))
        for _ in range(300)
    ]  # fmt: skip


def tables(chance: Random, events: list[Event]) -> Iterator[Table]:
    users = tuple((name, str(chance.random() < 0.3).lower()) for name in PEOPLE)
    yield Table("users", {"user_id": "text", "keen": "boolean"}, users)
    rows = tuple((user, at.isoformat(sep=" "), name, None if amount is None else str(amount))
                 for user, at, name, amount in events)  # fmt: skip
    yield Table("events", {"user_id": "text", "at": "timestamp", "name": "text", "amount": "number"}, rows)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_came_of_everybody(seed: int) -> None:
    chance = Random(seed)
    within = {"paid": chance.choice((1, 3, 5)), "left": chance.choice((1, 2))}
    retention = chance.choice((None, 12))
    settings = f"retention: {retention} days" if retention else chance.choice(("", "lateness: 2 days"))
    shared = chance.choice(("", "holdouts: {everyone: {entity: user, share: 30%}}"))
    lengths = {name: f"{days} days" for name, days in within.items()}
    models = compile_spec(SPEC.format(settings=settings, shared=shared, **lengths))
    events, as_of = drawn(chance), START
    with opened() as found:
        for _ in range(5):
            found.fill(tables(chance, events))
            found.run(models, as_of)
            assigned, outcomes = found.rows("segment_assignments"), found.rows("segment_outcomes")
            expected = dict(came(assigned, events, within, as_of, retention))
            assert {(row["outcome"], row["entity_key"]): told(row) for row in outcomes} == expected
            assert len(outcomes) == len(expected)
            arms(found.rows("segment_arms"), expected)
            as_of += chance.choice((1, 2, 4)) * DAY
    assert any(one[1] for one in expected.values())


def told(row: dict[str, Any]) -> tuple[Any, ...]:
    return row["arm"], row["observed"], row["converted"], row["value"], row["covariate"]


def came(
    assigned: list[Any], events: list[Event], within: dict[str, int], as_of: datetime, retention: int | None
) -> Iterator[tuple[tuple[str, str], tuple[Any, ...]]]:
    """Each outcome of each who was assigned, and is not held out by what is shared."""
    elsewhere = {row["entity_key"] for row in assigned if row["holdout"] == "everyone" and row["arm"] == "holdout"}
    for row in assigned:
        key, at = row["entity_key"], datetime.fromisoformat(row["assigned_at"])
        if row["holdout"] != "keen" or key in elsewhere:
            continue
        own = [(when, name, amount) for user, when, name, amount in events if user == key]
        before = sum(amount or 0 for when, name, amount in own if name == "order" and at - 10 * DAY <= when < at)
        assert row["covariate"] == before
        for outcome, days in within.items():
            observed = at + days * DAY <= as_of and (retention is None or at >= as_of - retention * DAY)
            rows = [(name, amount) for when, name, amount in own if at <= when < at + days * DAY]
            if outcome == "paid":
                paid = [amount for name, amount in rows if name == "order" and amount is not None and amount > 3]
                result = (bool(paid), sum(paid))
            else:
                result = (bool(rows), None)
            yield (outcome, key), (row["arm"], observed, *(result if observed else (None, None)), before)


def arms(rows: list[Any], expected: dict[tuple[str, str], tuple[Any, ...]]) -> None:
    """The statistics are those of Python's own library."""
    groups: dict[tuple[str, str, str], list[tuple[float | None, float]]] = defaultdict(list)
    for (outcome, _), (arm, _, converted, value, before) in expected.items():
        groups[outcome, "converted", arm].append((None if converted is None else float(converted), before))
        if outcome == "paid":
            groups[outcome, "value", arm].append((value, before))
    assert {(row["outcome"], row["metric"], row["arm"]) for row in rows} == set(groups)
    for row in rows:
        group = groups[row["outcome"], row["metric"], row["arm"]]
        seen = [(value, before) for value, before in group if value is not None]
        values, covariates = [value for value, _ in seen], [before for _, before in seen]
        assert (row["assigned"], row["observed"]) == (len(group), len(seen))
        several = len(seen) > 1
        wanted = {
            "mean": mean(values) if seen else None,
            "covariate_mean": mean(covariates) if seen else None,
            "variance": variance(values) if several else None,
            "covariate_variance": variance(covariates) if several else None,
            "covariance": covariance(values, covariates) if several else None,
        }
        for name, number in wanted.items():
            one = row[name]
            assert (one is None) == (number is None), (name, row)
            assert number is None or isclose(one, number, rel_tol=1e-9, abs_tol=1e-9), (name, row, number)
