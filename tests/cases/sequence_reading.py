"""Sequence features of a spec, read for the oracle with nothing of segpy: filters are asked of DuckDB as they stand."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, TypeAlias

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


Filter: TypeAlias = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Log:
    """Visible events of one entity kind: key and time of each, and how to ask which of them satisfy a filter.

    `order` is what the stream's `order` says of each, `properties` the text of every declared property.
    """

    rows: tuple[tuple[str, datetime], ...]
    order: tuple[int | None, ...]
    properties: tuple[Mapping[str, str], ...]
    meets: Mapping[Filter, frozenset[int]]

    def those(self, filters: Iterable[Filter]) -> frozenset[int]:
        """The rows that meet any of these filters."""
        return frozenset().union(*(self.meets[one] for one in filters))


def readings(case: Case) -> Iterator[Reading]:
    """Every sequence feature of a case, for every entity that has events."""
    spec = spec_of(case)
    with duckdb.connect(":memory:", config={"threads": 1}) as connection:
        for table in case.tables:
            create(connection, table)
        for name, feature in spec["features"].items():
            if "sequence" not in feature or "measure" in feature["sequence"]:
                continue
            entity = feature.get("entity", next(iter(spec["entities"])))
            reader = Reader(connection, case, entity, feature["sequence"])
            log = reader.log()
            pattern = reader.pattern(log)
            for key in sorted({key for key, _ in log.rows}):
                yield of_one(name, key, log, pattern)


def as_mapping(written: Any) -> Mapping[str, Any]:
    """A step or an exclusion, written short or long."""
    return dict(written) if isinstance(written, Mapping) else {"event": written}


def as_list(written: Any) -> list[Any]:
    """One or several."""
    return written if isinstance(written, list) else [written]


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads one sequence of a case."""

    connection: duckdb.DuckDBPyConnection
    case: Case
    entity: str
    sequence: Mapping[str, Any]

    @property
    def spec(self) -> dict[str, Any]:
        """The whole spec."""
        return spec_of(self.case)

    def every(self) -> list[str]:
        """The events of the entity."""
        streams = self.spec["streams"]
        return [
            name for name, event in self.spec["events"].items() if self.entity in streams[event["stream"]]["entity"]
        ]

    def filters(self, written: Any) -> list[Filter]:
        """Each (event, where) that an operand means, any of them."""
        named = as_mapping(written)
        events = self.every() if named["event"] == "any" else as_list(named["event"])
        return [(event, named.get("where", "true")) for event in events]

    def items(self, step: Any) -> list[Any]:
        """What a step takes."""
        written = as_mapping(step)
        return list(written["any_order"]) if "any_order" in written else [written]

    def bars(self, step: Any) -> list[Filter]:
        """What `without` names."""
        return [one for bar in as_list(as_mapping(step).get("without", [])) for one in self.filters(bar)]

    def named(self) -> set[Filter]:
        """Every filter that the sequence asks about, and every event of the entity."""
        steps = self.sequence["steps"]
        found = [(event, "true") for event in self.every()]
        found += [one for step in steps for item in self.items(step) for one in self.filters(item)]
        found += [one for step in steps for one in self.bars(step)]
        if "then_without" in self.sequence:
            found += self.filters(self.sequence["then_without"])
        return set(found)

    def log(self) -> Log:
        """The visible events of all streams of the entity, each id once, and which filters each of them meets."""
        wanted = self.named()
        rows: list[tuple[str, datetime]] = []
        order: list[int | None] = []
        properties: list[Mapping[str, str]] = []
        meets: dict[Filter, set[int]] = {one: set() for one in wanted}
        for name, stream in self.spec["streams"].items():
            if self.entity not in stream["entity"]:
                continue
            mine = [one for one in sorted(wanted) if self.spec["events"][one[0]]["stream"] == name]
            declared = list(stream.get("properties", {}))
            for who, when, place, *told in self.rows_of(stream, mine, declared):
                for one, answer in zip(mine, told[len(declared) :], strict=True):
                    if answer:
                        meets[one].add(len(rows))
                rows.append((who, when))
                order.append(place)
                known = zip(declared, told[: len(declared)], strict=True)
                properties.append({prop: value for prop, value in known if value is not None})
        found = {one: frozenset(events) for one, events in meets.items()}
        return Log(tuple(rows), tuple(order), tuple(properties), found)

    def rows_of(self, stream: Mapping[str, Any], mine: list[Filter], declared: list[str]) -> list[tuple[Any, ...]]:
        """Key, time, order, properties and answers of a stream's visible rows."""
        tests = [condition(stream, self.spec["events"][event], where) for event, where in mine]
        key, at = quoted(stream["entity"][self.entity]), quoted(stream["occurred_at"])
        place = f"cast({quoted(stream['order'])} as bigint)" if "order" in stream else "null"
        values = [f"cast({quoted(prop)} as varchar)" for prop in declared]
        once = ""
        if "id" in stream:
            id_ = quoted(stream["id"])
            once = f"qualify {id_} is null or row_number() over (partition by {id_} order by {at}) = 1"
        columns = [f"cast({key} as varchar)", f"cast({at} as timestamp)", place, *values, *tests]
        return self.connection.execute(
            f"select {', '.join(columns)} from {relation(relation_name(stream['relation']))} "
            f"where {key} is not null and {at} is not null and {at} < {literal(str(self.case.as_of))} {once}"
        ).fetchall()

    def pattern(self, log: Log) -> Pattern:
        """The sequence over all rows of the log."""
        sequence = self.sequence
        since = [lower_edge(self.connection, self.case, one) for one in window_of(self.case, sequence)]
        same, then = sequence.get("same"), sequence.get("then_without")
        return Pattern(
            steps=tuple(self.step(as_mapping(step), log) for step in sequence["steps"]),
            complete_within=duration_of(sequence.get("complete_within")),
            since=max(since, default=None),
            ties=sequence.get("ties") or self.default_ties(),
            order=log.order,
            values=None if same is None else tuple(shared(row, as_list(same)) for row in log.properties),
            start=sequence.get("start", "any"),
            then=None if then is None else (log.those(self.filters(then)), exactly(then["for"])),
        )

    def default_ties(self) -> str:
        """By order where all events that take part are in one stream that has one."""
        directly = any("directly" in as_mapping(step) for step in self.sequence["steps"])
        steps = self.sequence["steps"]
        events = {one for step in steps for item in self.items(step) for one, _ in self.filters(item)}
        events |= {one for step in steps for one, _ in self.bars(step)} | set(self.every() if directly else [])
        then = self.sequence.get("then_without")
        events |= {one for one, _ in self.filters(then)} if then is not None else set()
        streams = {self.spec["events"][event]["stream"] for event in events}
        return "ordered" if len(streams) == 1 and "order" in self.spec["streams"][streams.pop()] else "any"

    def step(self, step: Mapping[str, Any], log: Log) -> Step:
        """One step over all rows of the log."""
        bars = log.those(self.bars(step))
        if step.get("directly") == "true":
            ignored = log.those((event, "true") for event in as_list(self.sequence.get("ignore", [])))
            bars |= log.those((event, "true") for event in self.every()) - ignored
        first, *others = (log.those(self.filters(item)) for item in self.items(step))
        within, after = duration_of(step.get("within")), duration_of(step.get("after"))
        return Step(first, bars, within, int(step.get("times", 1)), after, tuple(others))


def shared(row: Mapping[str, str], names: list[str]) -> tuple[str, ...] | None:
    """What a row has in common with others of its match; None where any of it is unknown."""
    return tuple(row[name] for name in names) if all(name in row for name in names) else None


def condition(stream: Mapping[str, Any], event: Mapping[str, Any], where: str) -> str:
    """Whether a row is this event and meets this filter, as SQL over the stream's own columns."""
    named = event.get("is")
    values = [] if named is None else [named] if isinstance(named, str) else named
    parts = [f"({event.get('where', 'true')})", f"({where})"]
    if values:
        parts.append(f"{quoted(stream['event'])} in ({', '.join(map(literal, values))})")
    return " and ".join(parts)


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


def exactly(text: str) -> timedelta:
    """A duration that is exact."""
    found = duration_of(text)
    assert found is not None, text
    return found


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

    def steps() -> Iterator[Step]:
        for step in pattern.steps:
            others = tuple(mine(other) for other in step.others)
            yield replace(step, takes=mine(step.takes), bars=mine(step.bars), others=others)

    return Reading(
        feature=feature,
        key=key,
        times=tuple(log.rows[row][1] for row in number),
        pattern=replace(
            pattern,
            steps=tuple(steps()),
            order=tuple(pattern.order[row] for row in number),
            values=None if pattern.values is None else tuple(pattern.values[row] for row in number),
            then=None if pattern.then is None else (mine(pattern.then[0]), pattern.then[1]),
        ),
    )
