"""Hillstrom's and Cookie Cats' published tables, from segpy's own models: arms that somebody else drew.

Everybody is assigned by a run on 1 March, what they did follows as events, and a run two weeks later tells the arms.
Data are read where they are there: see `test_published.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from segpy.measuring import Judgement, judgement, verdict
from segpy.warehouse.model_arms import ArmRow, Arms
from tests.backtests.ask import bound_of
from tests.cases.runner import compile_spec
from tests.kept.warehouse import Warehouse, opened
from tests.measure.test_published import file

pytest.importorskip("scipy")

SPEC = """
entities:
  customer: {{key: id, attributes: {{relation: ref('customers'), columns: {{drawn: text}}}}, population: attributes}}
streams:
  app:
    {{relation: ref('events'), entity: {{customer: id}}, occurred_at: at, event: name, properties: {{amount: number}}}}
{rest}
"""
HILLSTROM = """
events: {visit: {stream: app, is: visit}, order: {stream: app, is: order}}
outcomes:
  visited: {did: visit, within: 14 days}
  bought: {did: order, within: 14 days, value: order.amount}
segments:
  mens:
    entity: customer
    all: [{attribute: drawn, in: [Mens E-Mail, No E-Mail]}]
    experiment: {holdout: {share: 50%, drawn_by: drawn, control: [No E-Mail]}, outcome: bought, guardrails: [visited]}
  womens:
    entity: customer
    all: [{attribute: drawn, in: [Womens E-Mail, No E-Mail]}]
    experiment: {holdout: {share: 50%, drawn_by: drawn, control: [No E-Mail]}, outcome: bought, guardrails: [visited]}
"""
COOKIE_CATS = """
events: {back: {stream: app, is: back}}
outcomes: {day_7: {did: back, within: 8 days}}
segments:
  players:
    entity: customer
    any: [{attribute: drawn, is_null: true}, {attribute: drawn, in: [gate_30, gate_40]}]
    experiment: {holdout: {share: 50%, drawn_by: drawn, control: [gate_30]}, outcome: day_7}
"""
TABLES = {
    "hillstrom/hillstrom.csv": """
        create table raw as select row_number() over () as id, * from read_csv('{file}');
        create table customers as select cast(id as text) as id, segment as drawn from raw;
        create table events as
        select cast(id as text) as id, timestamp '2026-03-02 12:00' as at, 'visit' as name, null::double as amount
        from raw where visit = 1
        union all select cast(id as text), timestamp '2026-03-03', 'order', spend from raw where conversion = 1;
    """,
    "cookie_cats/cookie_cats.csv": """
        create table raw as select * from read_csv('{file}');
        create table customers as
        select cast(userid as text) as id, version as drawn from raw union all select 'nobody drew', null;
        create table events as
        select cast(userid as text) as id, timestamp '2026-03-08 01:00' as at, 'back' as name, 0.0 as amount
        from raw where retention_7;
    """,
}
START, END = datetime(2026, 3, 1), datetime(2026, 3, 15)


def run(name: str, spec: str) -> Iterator[Warehouse]:
    path = file(name)
    models = compile_spec(SPEC.format(rest=spec))
    with opened() as found:
        found.connection.execute(TABLES[name].format(file=path))
        for as_of in (START, END):
            found.run(models, as_of)
        yield found


@pytest.fixture(scope="module")
def hillstrom() -> Iterator[Warehouse]:
    yield from run("hillstrom/hillstrom.csv", HILLSTROM)


@pytest.fixture(scope="module")
def cookie_cats() -> Iterator[Warehouse]:
    yield from run("cookie_cats/cookie_cats.csv", COOKIE_CATS)


def rows_of(found: Warehouse) -> tuple[ArmRow, ...]:
    """The arms as `segpy lift` reads them."""
    asked = (
        "select segment, outcome, metric, arm, assigned, observed, mean, variance, covariate_mean, covariate_variance,"
        f" covariance from {found.relations['segment_arms']} order by segment, outcome, metric, arm"
    )
    rows: list[Any] = found.connection.execute(asked).fetchall()
    return tuple(ArmRow(*row) for row in rows)


def judged(found: Warehouse, spec: str) -> Judgement:
    experiments = bound_of(SPEC.format(rest=spec)).experiments
    shares = {one.segment: one.holdout.share for one in experiments}
    return judgement(experiments, Arms("2026-03-15", rows_of(found), shares), 0.95)


def test_hillstrom(hillstrom: Warehouse) -> None:
    """Visits .1062, .1828, .1514; orders .00573, .01253, .00884; spend .6528, 1.4226, 1.0772."""
    means = {(one.segment, one.outcome, one.metric, one.arm): one.mean for one in rows_of(hillstrom)}
    for segment, treated in (("mens", (0.1828, 0.01253, 1.4226)), ("womens", (0.1514, 0.00884, 1.0772))):
        for arm, wanted in (("treatment", treated), ("holdout", (0.1062, 0.00573, 0.6528))):
            told = [
                means[segment, *metric, arm]
                for metric in (("visited", "converted"), ("bought", "converted"), ("bought", "value"))
            ]
            assert [round(one or 0, digits) for one, digits in zip(told, (4, 5, 4), strict=True)] == list(wanted)
    (mens, *_) = judged(hillstrom, HILLSTROM).outcomes
    assert mens.value is not None and mens.value.difference.interval is not None
    interval = mens.value.difference.interval
    assert round(mens.value.difference.estimate or 0, 4) == 0.7698
    assert (round(interval.low or 0, 4), round(interval.high or 0, 4)) == (0.4851, 1.0545)
    assert verdict(mens.value, guardrail=False) == "does good"


def test_cookie_cats(cookie_cats: Warehouse) -> None:
    """Day 7: .1902 with the gate at 30, .1820 at 40; such arms come about with a probability of .0086."""
    means = {one.arm: round(one.mean or 0, 4) for one in rows_of(cookie_cats)}
    assert means == {"holdout": 0.1902, "treatment": 0.1820}
    (one,) = judged(cookie_cats, COOKIE_CATS).outcomes
    ratio = one.conversions.sample_ratio
    assert ratio.p is not None and round(ratio.p, 4) == 0.0086 and not ratio.alarm
    assert verdict(one.conversions, guardrail=False) == "does harm"


def test_nobody_is_assigned_whom_nobody_drew(hillstrom: Warehouse, cookie_cats: Warehouse) -> None:
    """Who is sent the women's version is in no arm of the men's; whom the attribute says nothing of, in none at all."""
    assigned, members = (
        cookie_cats.connection.execute(f"select count(*) from {cookie_cats.relations[name]}").fetchone()
        for name in ("segment_assignments", "segment_members")
    )
    assert (assigned, members) == ((90_189,), (90_190,))
    counted = hillstrom.connection.execute(
        f"select count(*), count(bucket), count(distinct entity_key) from {hillstrom.relations['segment_assignments']}"
    ).fetchone()
    assert counted == (64_000 + 21_306, 0, 64_000)
