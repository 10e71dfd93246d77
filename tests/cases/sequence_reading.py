"""Sequence features of a spec, read for the oracle with nothing of segpy: filters are asked of DuckDB as they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import duckdb

from tests.cases.case import Case, relation_name, spec_of
from tests.cases.sequence_oracle import Pattern, Step
from tests.cases.tables import create, literal, quoted, relation

_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 604800}


@dataclass(frozen=True, slots=True)
class Reading:
    """A sequence feature over one entity's events."""

    feature: str
    key: str
    times: tuple[datetime, ...]
    pattern: Pattern


@dataclass(frozen=True, slots=True)
class Log:
    """Visible events of one entity kind: key and time of each, and how to ask which of them satisfy a filter."""

    rows: tuple[tuple[str, datetime], ...]
    meets: Mapping[tuple[str, str], frozenset[int]]


def readings(case: Case) -> Iterator[Reading]:
    """Every sequence feature of a case, for every entity that has events."""
    spec = spec_of(case)
    with duckdb.connect(":memory:", config={"threads": 1}) as connection:
        for table in case.tables:
            create(connection, table)
        for name, feature in spec["features"].items():
            if "sequence" not in feature:
                continue
            entity = feature.get("entity", next(iter(spec["entities"])))
            wanted = set(filters(feature["sequence"]))
            log = read_log(connection, case, entity, wanted)
            pattern = pattern_of(connection, case, feature["sequence"], log)
            for key in sorted({key for key, _ in log.rows}):
                yield of_one(name, key, log, pattern)


def filters(sequence: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Each (event, where) that the sequence names, as a step or as an exclusion."""
    for step in map(as_mapping, sequence["steps"]):
        for named in (step, *map(as_mapping, step.get("without", ()))):
            yield named["event"], named.get("where", "true")


def as_mapping(written: Any) -> Mapping[str, Any]:
    """A step or an exclusion, written short or long."""
    return {"event": written} if isinstance(written, str) else dict(written)


def read_log(connection: duckdb.DuckDBPyConnection, case: Case, entity: str, wanted: set[tuple[str, str]]) -> Log:
    """The visible events of all streams of an entity, each id once, and which filters each of them meets."""
    spec = spec_of(case)
    rows: list[tuple[str, datetime]] = []
    meets: dict[tuple[str, str], set[int]] = {one: set() for one in wanted}
    for stream_name, stream in spec["streams"].items():
        mine = [one for one in sorted(wanted) if spec["events"][one[0]]["stream"] == stream_name]
        tests = [condition(stream, spec["events"][event], where) for event, where in mine]
        key, at = quoted(stream["entity"][entity]), quoted(stream["occurred_at"])
        table = relation(relation_name(stream["relation"]))
        once = ""
        if "id" in stream:
            id_ = quoted(stream["id"])
            once = f"qualify {id_} is null or row_number() over (partition by {id_} order by {at}) = 1"
        found = connection.execute(
            f"select {', '.join([f'cast({key} as varchar)', f'cast({at} as timestamp)', *tests])} from {table} "
            f"where {key} is not null and {at} is not null and {at} < {literal(str(case.as_of))} {once}"
        ).fetchall()
        for who, when, *answers in found:
            for one, answer in zip(mine, answers, strict=True):
                if answer:
                    meets[one].add(len(rows))
            rows.append((who, when))
    return Log(tuple(rows), {one: frozenset(events) for one, events in meets.items()})


def condition(stream: Mapping[str, Any], event: Mapping[str, Any], where: str) -> str:
    """Whether a row is this event and meets this filter, as SQL over the stream's own columns."""
    named = event.get("is")
    values = [] if named is None else [named] if isinstance(named, str) else named
    parts = [f"({event.get('where', 'true')})", f"({where})"]
    if values:
        parts.append(f"{quoted(stream['event'])} in ({', '.join(map(literal, values))})")
    return " and ".join(parts)


def pattern_of(connection: duckdb.DuckDBPyConnection, case: Case, sequence: Mapping[str, Any], log: Log) -> Pattern:
    """The sequence over all rows of the log."""
    since = [lower_edge(connection, case, duration) for duration in window_of(case, sequence)]
    return Pattern(
        steps=tuple(step_of(as_mapping(step), log) for step in sequence["steps"]),
        complete_within=duration_of(sequence.get("complete_within")),
        since=max(since, default=None),
    )


def window_of(case: Case, sequence: Mapping[str, Any]) -> list[str]:
    """How far back the sequence may look: its own window and the retention."""
    return [said for said in (sequence.get("in_the_last"), spec_of(case).get("retention")) if said is not None]


def lower_edge(connection: duckdb.DuckDBPyConnection, case: Case, duration: str) -> datetime:
    """`as_of` minus a duration; months and years on the calendar."""
    if (exact := duration_of(duration)) is not None:
        return case.as_of - exact
    edge = connection.execute(f"select timestamp '{case.as_of}' - interval '{duration}'").fetchall()[0][0]
    assert isinstance(edge, datetime)
    return edge


def step_of(step: Mapping[str, Any], log: Log) -> Step:
    """One step over all rows of the log."""
    bars = [log.meets[bar["event"], bar.get("where", "true")] for bar in map(as_mapping, step.get("without", ()))]
    return Step(
        takes=log.meets[step["event"], step.get("where", "true")],
        bars=frozenset().union(*bars),
        within=duration_of(step.get("within")),
        times=int(step.get("times", 1)),
    )


def duration_of(text: str | None) -> timedelta | None:
    """An exact duration; None for none and for those of the calendar."""
    if text is None:
        return None
    said = re.fullmatch(r"(\d+) ([a-z]+?)s?", text)
    assert said, text
    number, unit = said.groups()
    return timedelta(seconds=int(number) * _SECONDS[unit]) if unit in _SECONDS else None


def of_one(feature: str, key: str, log: Log, pattern: Pattern) -> Reading:
    """The sequence over the rows of one entity, numbered anew."""
    number = {row: position for position, row in enumerate(row for row, (who, _) in enumerate(log.rows) if who == key)}

    def mine(rows: frozenset[int]) -> frozenset[int]:
        return frozenset(number[row] for row in rows if row in number)

    steps = tuple(Step(mine(step.takes), mine(step.bars), step.within, step.times) for step in pattern.steps)
    return Reading(
        feature=feature,
        key=key,
        times=tuple(log.rows[row][1] for row in number),
        pattern=Pattern(steps, pattern.complete_within, pattern.since),
    )
