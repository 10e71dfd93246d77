"""All that is measured side by side, as jobs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks import clickhouse, handwritten, selfjoins
from benchmarks.measure import Job
from benchmarks.models import compiled
from benchmarks.specs import project
from benchmarks.workload import segments

FURTHEST, OPEN_FUNNEL = "journeys: furthest steps only, not stored", "funnels without limits: "
SCAN, COUNT, SORT = "scan five columns", "count by person", "sort by person and time"


@dataclass(frozen=True, slots=True)
class Place:
    """Where everything lies: the file of events, and a folder for what is made of it."""

    events: Path
    work: Path

    def database(self, name: str) -> Path:
        """A database of one contender."""
        return self.work / f"{name}.duckdb"


def floor(place: Place) -> list[Job]:
    """What the engine takes for the least that any answer needs."""
    statements = {
        SCAN: "select count(*), sum(user_id), max(occurred_at), sum(amount), sum(product_id),"
        " count(case when event = 'purchase' then 1 end) from app.events",
        COUNT: "create or replace table counted as select user_id, count(*) as events from app.events group by user_id",
        SORT: "create or replace table sorted as select user_id, occurred_at, event from app.events"
        " order by user_id, occurred_at",
    }
    return [_job(f"floor: {name}", "floor", (statement,), place) for name, statement in statements.items()]


def models(place: Place, name: str, files: Mapping[str, str]) -> list[Job]:
    """The models of a project, a job each: every one reads what those before it have left in the database."""
    made = compiled(files)
    return [
        _job(f"{name}: {model}", name, (f"create or replace table {model} as\n{query}",), place)
        for model, query in made.items()
        if model.startswith("user_")
    ]


def own(place: Place, key_type: str = "integer") -> list[Job]:
    """segpy's models: of the features alone, of the sequences alone, and of both in one project."""
    return [
        *models(place, "aggregates", project(sequences=(), key_type=key_type)),
        *models(place, "journeys", project(with_features=False, key_type=key_type)),
        furthest_steps(place, key_type),
        *models(place, "whole", project(key_type=key_type)),
    ]


def furthest_steps(place: Place, key_type: str = "integer") -> Job:
    """What windowFunnel tells and nothing else, of the events that are kept: nothing is stored."""
    query = compiled(project(with_features=False, key_type=key_type))["user_sequences"]
    statement = f"select sequence, sum(step) from (\n{query}\n) group by sequence"
    return _job(FURTHEST, "journeys", (statement,), place)


def without_limits(place: Place, key_type: str = "integer") -> list[Job]:
    """segpy's models of the funnels without limits of time."""
    return models(place, "open", project(with_features=False, sequences=selfjoins.open_funnels(), key_type=key_type))


def hand_written(place: Place, styles: tuple[handwritten.Style, ...] = handwritten.STYLES) -> list[Job]:
    """A query for each segment, in each of the ways to write it."""
    return [
        _job(f"hand: {style.name}", f"hand_{style.name}", handwritten.statements(segments(), style), place)
        for style in styles
    ]


def funnels(place: Place) -> list[Job]:
    """Self-joins: for the sequences that they can express, and without limits a job each, as some may take too long."""
    within = tuple(map(selfjoins.statement, selfjoins.funnels()))
    return [
        _job("funnels: self-joins", "hand_funnels", within, place),
        *(
            _job(f"{OPEN_FUNNEL}{one.name}", "hand_open", (selfjoins.statement(one),), place)
            for one in selfjoins.open_funnels()
        ),
    ]


def columnar(place: Place, *, ordered: bool) -> list[Job]:
    """ClickHouse's queries; also of a table in the order of people where there is one."""
    database = place.work / "clickhouse"
    tables = ("events", "events_by_user") if ordered else ("events",)
    return [
        *(clickhouse.fused(database, table) for table in tables),
        clickhouse.stored(database),
        clickhouse.one_by_one(database),
    ]


def parquet(place: Place) -> Job:
    """The events in a file that other engines read."""
    columns = "user_id, occurred_at, event, amount, device"
    copy = f"copy (select {columns} from app.events) to '{place.work / 'events.parquet'}' (format parquet)"
    return _job("write Parquet", "floor", (copy,), place)


def _job(name: str, database: str, statements: tuple[str, ...], place: Place) -> Job:
    return Job(name, "duckdb", place.database(database), statements, (), {"app": place.events})
