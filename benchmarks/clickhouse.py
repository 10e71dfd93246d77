"""The nearest that ClickHouse has to sequences: windowFunnel, run by its own engine inside of Python.

It knows a window from the first step to the last and tells the furthest step, and that is all. It has no limit between
two steps, nothing that must not lie between them, no number of matches, no time that a match took; and as a repeated
condition may be met twice by one event, `times` is another question. Such sequences are run as near to the meaning as
it comes, and only their cost is compared. The others must give the same furthest step for everybody.
"""

from __future__ import annotations

from pathlib import Path

from benchmarks.measure import Job
from benchmarks.workload import SEQUENCES, Sequence, Slice

_UNITS = {"minute": 60, "hour": 3_600, "day": 86_400}
_EVENTS = "user_id, occurred_at, event, amount, device"


def milliseconds(duration: str) -> int:
    """A length as the language writes it."""
    amount, unit = duration.split()
    return int(amount) * _UNITS[unit.rstrip("s")] * 1_000


def comparable(sequence: Sequence) -> bool:
    """Whether windowFunnel means the same."""
    slices = [step.slice.name for step in sequence.steps]
    plain = all(step.times == 1 and step.within is None and step.without is None for step in sequence.steps)
    return plain and len(set(slices)) == len(slices)


def load(events: Path, database: Path, *, ordered: bool) -> Job:
    """The events in a table in the order of time, as they arrive; where asked for in that of people and time too."""
    columns = (
        "user_id Int64, occurred_at DateTime64(3, 'UTC'), event LowCardinality(String), amount Nullable(Float64),"
        " device LowCardinality(String)"
    )
    tables = {"events": "occurred_at", **({"events_by_user": "user_id, occurred_at"} if ordered else {})}
    statements: list[str] = ["create database if not exists app engine = Atomic"]
    for table, order in tables.items():
        statements += [
            f"drop table if exists app.{table}",
            f"create table app.{table} ({columns}) engine = MergeTree order by ({order})",
            f"insert into app.{table} select {_EVENTS} from file('{events}', Parquet)",
            f"optimize table app.{table} final",
        ]
    return Job("load ClickHouse", "clickhouse", database, tuple(statements))


def fused(database: Path, table: str = "events") -> Job:
    """All sequences in one query."""
    levels = ", ".join(f"{_funnel(one)} as {one.name}" for one in SEQUENCES)
    sums = ", ".join(f"sum({one.name})" for one in SEQUENCES)
    query = f"select {sums} from (select user_id, {levels} from app.{table} group by user_id)"
    if table == "events_by_user":
        query += " settings optimize_aggregation_in_order = 1"
    kept = ", table kept by person" if table == "events_by_user" else ""
    return Job(f"ClickHouse windowFunnel, one query{kept}", "clickhouse", database, (query,))


def stored(database: Path) -> Job:
    """All sequences in one query, its answer kept as a table."""
    levels = ", ".join(f"{_funnel(one)} as {one.name}" for one in SEQUENCES)
    query = f"select user_id, {levels} from app.events group by user_id"
    create = f"create or replace table app.levels engine = MergeTree order by user_id as {query}"
    return Job("ClickHouse windowFunnel, one query, stored", "clickhouse", database, (create,))


def one_by_one(database: Path) -> Job:
    """A query for each sequence, which reads its own events only."""
    queries = []
    for one in SEQUENCES:
        events = ", ".join(f"'{event}'" for event in sorted({step.slice.event for step in one.steps}))
        inner = f"select user_id, {_funnel(one)} as level from app.events where event in ({events}) group by user_id"
        queries.append(f"select sum(level) from ({inner})")
    return Job("ClickHouse windowFunnel, a query each", "clickhouse", database, tuple(queries))


def answers(database: Path, path: Path) -> Job:
    """The furthest step of everybody for each comparable sequence, to a file."""
    levels = ", ".join(f"{_funnel(one)} as {one.name}" for one in SEQUENCES if comparable(one))
    query = f"select user_id, {levels} from app.events group by user_id into outfile '{path}' truncate format Parquet"
    return Job("answers of ClickHouse", "clickhouse", database, (query,))


def differences(path: Path) -> dict[str, str]:
    """For each comparable sequence a query that counts the people of whom segpy says another furthest step."""
    return {
        one.name: f"""
select count(*)
from (from user_sequences where sequence = '{one.name}') as ours
full join (select user_id, {one.name} as level from read_parquet('{path}') where {one.name} > 0) as theirs
    using (user_id)
where ours.step is distinct from theirs.level"""
        for one in SEQUENCES
        if comparable(one)
    }


def _funnel(sequence: Sequence) -> str:
    slices = [step.slice for step in sequence.steps for _ in range(step.times)]
    conditions = ", ".join(map(_condition, slices))
    assert sequence.complete_within is not None
    window = milliseconds(sequence.complete_within)
    return f"windowFunnel({window})(toUInt64(toUnixTimestamp64Milli(occurred_at)), {conditions})"


def _condition(one: Slice) -> str:
    return f"event = '{one.event}'" + (f" and {one.where}" if one.where else "")
