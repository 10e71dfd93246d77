"""Which relations have a row an event, and what each of their columns is."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from segpy.propose.model import Column, Measured, Property, ProposedStream, Table, Unused
from segpy.propose.names import defined, snake, subject
from segpy.propose.roles import best, event_column, is_key, is_loading, loading_rank, time_rank, who
from segpy.propose.tables import among, id_of_rows, preference, unique, wrong_times
from segpy.spec.expression import Type

_MOST_PROPERTIES = 20
_OF_OTHERS = 100  # from this rank on it is somebody else's key: `referring_user_id`


@dataclass(frozen=True, slots=True)
class Streams:
    """The streams, and what is none."""

    streams: tuple[ProposedStream, ...]
    unused: tuple[Unused, ...]


def find_streams(measured: Sequence[Measured], entities: Sequence[Table]) -> Streams:
    """The streams among relations that are not about entities, one of each lot that is made from each other."""
    found: list[ProposedStream] = []
    unused: list[Unused] = []
    for one in sorted(measured, key=lambda each: preference(each.table)):
        if one.table in entities:
            continue
        stream = _stream(one, measured, tuple(stream.name for stream in found))
        if isinstance(stream, str):
            unused.append(Unused(str(one.table.relation), stream, "" if _times(one) else _casting(one.table)))
        elif (same := among(one.table, [stream.measured.table for stream in found])) is not None:
            unused.append(Unused(str(one.table.relation), f"{same.relation} is there, and one is made from the other"))
        else:
            found.append(stream)
    wide = _named_elsewhere(found)
    unused += [Unused(str(each.measured.table.relation), why) for each, why in wide]
    dropped = [each for each, _ in wide]
    return Streams(_agreeing([each for each in found if each not in dropped]), tuple(unused))


def _stream(measured: Measured, all_measured: Sequence[Measured], taken: Sequence[str]) -> ProposedStream | str:
    """What a relation is as a stream, or why it is none."""
    table = measured.table
    if not measured.rows:
        return "it has no rows yet, so nothing can be told of it"
    times = _times(measured)
    if not times:
        return _without_time(measured)
    row = id_of_rows(measured)
    keys = _keys(measured, row) or _guessed_key(measured, row, all_measured)
    if not keys:
        return "no column says whose event a row is: none is called like user_id or customer_id, or it is always null"
    time, *others = times
    event = event_column(measured)
    if row is not None and row in dict(keys).values():
        row = None
    arrival = best((loading_rank(one), one) for one in table.columns if is_loading(one))
    loaded = arrival.name if arrival is not None else None
    used = {time.name, row, loaded, event.name if event else None, *(column for _, column in keys)}
    properties, notes = _properties(table, used)
    return ProposedStream(
        defined("_".join(subject(table.name)), taken, "stream"),
        measured,
        keys,
        time.name,
        other_times=tuple(one.name for one in others),
        loaded_at=loaded,
        id=row,
        event=event.name if event else None,
        properties=properties,
        notes=(*_about_names(measured, event), *notes),
    )


def _times(measured: Measured) -> list[Column]:
    """The columns that may say when, the likeliest first."""
    table = measured.table
    ranked = [
        ((rank, column.type is Type.DATE, -measured.counts[column.name].known, place), column)
        for place, column in enumerate(table.columns)
        if (rank := time_rank(column, table.name)) is not None
        and column.name in measured.counts
        and measured.counts[column.name].known
    ]
    return [column for _, column in sorted(ranked, key=lambda pair: pair[0])]


def _without_time(measured: Measured) -> str:
    wrong = wrong_times(measured.table)
    if not wrong:
        return "no column says when something happened: none is a timestamp or a date"
    name, sql_type = wrong[0]
    return f"`{name}` looks like a time, and is {sql_type.lower()}: cast it to a timestamp in a staging model"


def _casting(table: Table) -> str:
    """A model that makes a time of a text that looks like one. Of a number only its owner knows which."""
    texts = {column.name for column in table.columns if column.type is Type.TEXT}
    name = next((name for name, _ in wrong_times(table) if name in texts), None)
    if name is None:
        return ""
    written = name if name == snake(name) else json.dumps(name, ensure_ascii=False)
    source = f"{{{{ {table.relation} }}}}"
    model = "_".join(subject(table.name))
    return f"models/staging/stg_{model}.sql: select *, cast({written} as timestamp) as occurred_at from {source}"


def _keys(measured: Measured, row: str | None) -> tuple[tuple[str, str], ...]:
    """Entities and the columns with their keys. What is a trace of somebody counts where nobody is named."""
    found: dict[str, tuple[int, str]] = {}
    for column in measured.table.columns:
        whose = who(column.name) if is_key(column) and column.name in measured.counts else None
        if whose is None or not measured.counts[column.name].known or (column.name == row and not whose.rank < 60):
            continue
        if whose.entity not in found or whose.rank < found[whose.entity][0]:
            found[whose.entity] = (whose.rank, column.name)
    near = {entity: one for entity, one in found.items() if one[0] < _OF_OTHERS}
    ranked = sorted((near or found).items(), key=lambda pair: pair[1])
    return tuple((entity, column) for entity, (_, column) in ranked)


def _guessed_key(measured: Measured, row: str | None, all_measured: Sequence[Measured]) -> tuple[tuple[str, str], ...]:
    """A key of something unheard of, where values come again and another relation has one row for each of them."""
    elsewhere = {
        column.name.lower()
        for other in all_measured
        for column in other.table.columns
        if other.table != measured.table and unique(other, column.name)
    }
    likely = [
        (-measured.counts[column.name].distinct, column)
        for column in measured.table.columns
        if is_key(column) and column.name != row and column.name in measured.counts
        if column.name.lower() in elsewhere
        and 0 < measured.counts[column.name].distinct < measured.counts[column.name].known
    ]
    column = best(likely)
    if column is None:
        return ()
    stem = snake(column.name).rpartition("_")[0]
    return ((defined(stem, (), "entity"), column.name),)


def _properties(table: Table, used: set[str | None]) -> tuple[tuple[Property, ...], tuple[str, ...]]:
    """The columns that are left, and what is to be said of those that cannot be properties."""
    found: dict[str, Property] = {}
    odd: list[str] = []
    for column in table.columns:
        if column.name in used or column.type is None or is_loading(column) or column.name.startswith("_"):
            continue
        if column.as_property is None:
            odd.append(column.name)
        else:
            found.setdefault(column.as_property, Property(column.as_property, plain_type(column.type)))
    kept = tuple(found.values())
    notes = [
        f"not properties, as their names are not small letters, digits and _: {listed(odd)}; rename them in staging"
    ] * bool(odd)
    if len(kept) > _MOST_PROPERTIES:
        notes.append(
            f"{len(kept) - _MOST_PROPERTIES} more columns can be properties: "
            f"{listed([one.name for one in kept[_MOST_PROPERTIES:]])}"
        )
    return kept[:_MOST_PROPERTIES], tuple(notes)


def listed(names: Sequence[str], most: int = 6) -> str:
    """The first of some names."""
    return ", ".join(names[:most]) + (", …" if len(names) > most else "")


def plain_type(type_: Type) -> Type:
    """A type that a property can have."""
    return Type.TEXT if type_ is Type.UUID else type_


def _about_names(measured: Measured, event: Column | None) -> tuple[str, ...]:
    """Why a column that is called like one does not name the events."""
    if event is not None:
        return ()
    from_names = [
        (name, count.distinct) for name, count in measured.counts.items() if snake(name) in ("event_name", "event")
    ]
    return tuple(
        f"`{name}` has {distinct:,} different values: too many to be names of events, so every row is one event"
        for name, distinct in from_names
        if distinct > 1
    )


def _named_elsewhere(found: Sequence[ProposedStream]) -> list[tuple[ProposedStream, str]]:
    """Streams of a single event whose rows are in a stream of many events too."""
    wide = {snake(name): stream for stream in found if stream.event for name, _ in stream.measured.names}
    return [
        (stream, f"its rows are events of {wide[about].measured.table.relation} too: take one or the other")
        for stream in found
        if stream.event is None and (about := "_".join(subject(stream.measured.table.name))) in wide
    ]


def _agreeing(streams: Sequence[ProposedStream]) -> tuple[ProposedStream, ...]:
    """Streams whose properties of one name are of one type: a number where some are whole numbers."""
    types: dict[str, Type] = {}
    for stream in streams:
        for one in stream.properties:
            known = types.setdefault(one.name, one.type)
            if {known, one.type} == {Type.INTEGER, Type.NUMBER}:
                types[one.name] = Type.NUMBER
    agreed = []
    for stream in streams:
        kept: list[Property] = []
        other: list[Property] = []
        for one in stream.properties:
            fits = one.type is types[one.name] or (types[one.name] is Type.NUMBER and one.type is Type.INTEGER)
            (kept if fits else other).append(replace(one, type=types[one.name]) if fits else one)
        notes = [f"not properties, as another stream has them as another type: {listed([one.name for one in other])}"]
        agreed.append(replace(stream, properties=tuple(kept), notes=(*stream.notes, *(notes if other else ()))))
    return tuple(agreed)
