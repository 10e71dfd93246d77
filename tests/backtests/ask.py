"""Look back with the generated query on an in-memory DuckDB."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import duckdb
from jinja2 import Environment, StrictUndefined

from segpy.catalog.model import Catalog
from segpy.plan.backtest import backtest_plan
from segpy.plan.model_backtest import BacktestPlan
from segpy.resolve.bind import bind
from segpy.resolve.model import Bound
from segpy.spec.duration import Duration
from segpy.sql.backtest import backtest_sql
from segpy.sql.read import read_expression
from segpy.warehouse.backtest import count_of
from segpy.warehouse.model_backtest import Count
from tests.cases.tables import Table, create, literal, quoted
from tests.oracle.ask import spec_from


def bound_of(spec: str) -> Bound:
    """The specs with every name resolved."""
    found, problems = bind(spec_from(spec), Catalog(adapter="duckdb"), read_expression)
    assert found is not None, problems
    return found


def planned(
    bound: Bound, segments: tuple[str, ...], outcome: str, gap: Duration | None = None, horizon: Duration | None = None
) -> BacktestPlan:
    """The plan of a look back at these segments, which are about one entity."""
    entity = next(one.entity for one in bound.segments if one.name == segments[0])
    looked_for = next(one for one in bound.outcomes if (one.entity, one.outcome.name) == (entity, outcome))
    return backtest_plan(bound, segments, looked_for, gap or Duration(), horizon)


def counts(
    plan: BacktestPlan, tables: Iterable[Table], instants: Sequence[datetime], as_of: datetime
) -> tuple[Count, ...]:
    """What the warehouse counts."""
    return tuple(map(count_of, answers(backtest_sql(plan, instants, "duckdb"), tables, as_of)))


def answers(sql: str, tables: Iterable[Table], as_of: datetime) -> list[tuple[Any, ...]]:
    """The rows of a generated query over these tables."""
    with duckdb.connect(":memory:", config={"threads": 1}) as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute("set asof_loop_join_threshold = 0")
        for table in tables:
            create(connection, table)
        return connection.execute(rendered(sql, as_of)).fetchall()


def rendered(sql: str, as_of: datetime) -> str:
    """A query with its Jinja resolved as dbt does."""

    def dispatch(macro: str, package: str) -> Any:
        assert (macro, package) == ("segpy_timestamp", "segpy")
        return lambda text: f"cast({literal(text)} as timestamp)"

    environment = Environment(undefined=StrictUndefined, autoescape=False)
    return environment.from_string(sql).render(
        ref=quoted,
        source=lambda schema, name: f"{quoted(schema)}.{quoted(name)}",
        segpy_as_of=lambda *_: f"timestamp '{as_of.isoformat(sep=' ')}'",
        adapter=SimpleNamespace(dispatch=dispatch),
    )
