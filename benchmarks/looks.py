"""What a look back at many instants in one statement costs, beside one at a single instant, and one after the other."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
from jinja2 import Environment, StrictUndefined

from benchmarks.events import AS_OF
from benchmarks.measure import Limits
from benchmarks.specs import project
from segpy.catalog.model import Catalog
from segpy.plan.backtest import backtest_plan
from segpy.plan.model_backtest import BacktestPlan
from segpy.resolve.bind import bind
from segpy.source.nodes import Source
from segpy.source.read import read_source
from segpy.spec.decode import decode
from segpy.spec.duration import Duration
from segpy.sql.backtest import backtest_sql
from segpy.sql.read import read_expression

WEEK = timedelta(weeks=1)
OF_SEQUENCES = """\
outcomes: {bought: {did: purchase, within: 7 days, value: purchase.amount}}
segments:
  nearly_bought: {entity: user, all: [{feature: buying_briskly, at_least: 3}]}
  bought_from_cart: {entity: user, all: [{feature: buying_from_cart, at_least: 2}]}
"""
KINDS = {
    "five segments by features": tuple(f"segment_{number:03}" for number in range(1, 6)),
    "two segments by sequences": ("nearly_bought", "bought_from_cart"),
}


@dataclass(frozen=True, slots=True)
class Looked:
    """Seconds of processors: at the last instant alone, at all in one statement, at all one after the other.

    `members` are those of all instants; `different` is at how many instants and segments the last two count others.
    """

    instants: int
    one: float
    together: float
    in_turn: float
    members: int
    different: int

    @property
    def ratio(self) -> float:
        """What all instants cost, by what one does."""
        return self.together / self.one


def looks(events: Path, instants: int, rounds: int, limits: Limits, say: Callable[[str], None]) -> dict[str, Looked]:
    """Measure look backs by kind of segments; of several rounds the quickest counts."""
    with duckdb.connect() as connection:
        connection.execute(f"set threads = {limits.threads}")
        connection.execute(f"set memory_limit = '{limits.memory}'")
        connection.execute(f"set temp_directory = '{limits.scratch}'")
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(f"attach '{events}' as app (read_only)")
        found = {}
        for kind, segments in KINDS.items():
            found[kind] = _looked(connection, _plan(segments), instants, rounds)
            say(f"{kind}: {found[kind].ratio:.1f} times one instant")
        return found


def _plan(segments: tuple[str, ...]) -> BacktestPlan:
    files = {**project(), "looks.yml": OF_SEQUENCES}
    documents = [read_source(Source(f"segments/{name}", text))[0] for name, text in files.items()]
    spec, problems = decode([one for one in documents if one is not None])
    assert spec is not None, problems
    bound, findings = bind(spec, Catalog(adapter="duckdb"), read_expression)
    assert bound is not None, findings
    (outcome,) = bound.outcomes
    return backtest_plan(bound, segments, outcome, Duration(), None)


def _looked(connection: duckdb.DuckDBPyConnection, plan: BacktestPlan, number: int, rounds: int) -> Looked:
    last = AS_OF - WEEK
    instants = [last - step * WEEK for step in reversed(range(number))]
    spent: dict[str, list[float]] = {"one": [], "together": [], "in turn": []}
    for _ in range(rounds):
        spent["one"].append(_timed(connection, plan, [last])[0])
        seconds, together = _timed(connection, plan, instants)
        spent["together"].append(seconds)
        whole, alone = 0.0, {}
        for place, instant in enumerate(instants):
            seconds, counted = _timed(connection, plan, [instant])
            whole += seconds
            alone |= {(segment, place): members for (segment, _), members in counted.items()}
        spent["in turn"].append(whole)
    different = sum(together.get(key) != alone.get(key) for key in together | alone)
    quickest = (round(min(spent[name]), 2) for name in ("one", "together", "in turn"))
    return Looked(number, *quickest, sum(together.values()), different)


def _timed(
    connection: duckdb.DuckDBPyConnection, plan: BacktestPlan, instants: Sequence[datetime]
) -> tuple[float, dict[tuple[int, int], int]]:
    """Processor seconds, and members by segment and place of the instant."""
    sql, began = _rendered(backtest_sql(plan, instants, "duckdb")), time.process_time()
    rows: list[Any] = connection.execute(sql).fetchall()
    return time.process_time() - began, {(row[1], row[2]): row[5] for row in rows if row[0] == "instant"}


def _rendered(sql: str) -> str:
    environment = Environment(undefined=StrictUndefined, autoescape=False)
    return environment.from_string(sql).render(
        source=lambda schema, name: f"{schema}.{name}",
        segpy_as_of=lambda *_: f"timestamp '{AS_OF}'",
        adapter=SimpleNamespace(dispatch=lambda *_: lambda text: f"timestamp '{text}'"),
    )
