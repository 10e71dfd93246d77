"""Who streams speak of, and which relations tell of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from segpy.propose.model import Column, Measured, Property, ProposedEntity, ProposedStream, Table, Unused
from segpy.propose.names import snake
from segpy.propose.roles import (
    GROUPS,
    PEOPLE,
    TRACES,
    best,
    is_key,
    is_loading,
    key_words,
    speaks_of,
    start_rank,
    time_rank,
    who,
)
from segpy.propose.streams import listed, plain_type
from segpy.propose.tables import id_of_rows, preference, unique, wrong_times
from segpy.spec.expression import Type

_MOST_ENTITIES = 6
_MOST_COLUMNS = 20
_SURE_TIME = 50  # from this rank on a time may as well be when somebody joined


def tells_of(measured: Measured) -> tuple[str, str] | None:
    """The entity that a relation has one row for each of, and the column with its key."""
    table = measured.table
    named = speaks_of(table.name)
    found: list[tuple[int, Column]] = []
    for column in table.columns:
        if not is_key(column) or not unique(measured, column.name):
            continue
        whose = who(column.name)
        if named is not None and (key_words(column.name) == () or (whose is not None and whose.entity == named)):
            return named, column.name
        if whose is not None and whose.rank < _MOST_RANK:
            found.append((whose.rank, column))
    likely = best(found)
    if likely is None or _has_events(measured, likely.name):
        return None
    whose = who(likely.name)
    return (whose.entity, likely.name) if whose is not None else None


_MOST_RANK = len(PEOPLE) + len(GROUPS)


def _has_events(measured: Measured, key: str) -> bool:
    """Whether the rows of a relation, one for each key, are events nevertheless."""
    ranks = [time_rank(column, measured.table.name) for column in measured.table.columns]
    row = id_of_rows(measured)
    if wrong_times(measured.table):
        return True  # they would be, were their time one
    return any(rank is not None and rank < _SURE_TIME for rank in ranks) or row not in (None, key)


def relations_of(measured: Sequence[Measured]) -> dict[str, tuple[Measured, str]]:
    """For each entity the relation that tells of it best, and the column with its key."""
    found: dict[str, tuple[tuple[bool, tuple[int, int, str]], Measured, str]] = {}
    for one in measured:
        told = tells_of(one)
        if told is None:
            continue
        entity, column = told
        rank = (speaks_of(one.table.name) != entity, preference(one.table))
        if entity not in found or rank < found[entity][0]:
            found[entity] = (rank, one, column)
    return {entity: (one, column) for entity, (_, one, column) in found.items()}


def find_entities(
    streams: Sequence[ProposedStream], relations: Mapping[str, tuple[Measured, str]]
) -> tuple[tuple[ProposedEntity, ...], tuple[ProposedStream, ...]]:
    """The entities of the streams, and the streams with those keys only that are proposed."""
    counts = Counter(entity for stream in streams for entity, _ in stream.keys)
    named = [entity for entity in counts if not _is_trace(entity)]
    wanted = sorted(named or counts, key=lambda entity: (-counts[entity], _place(entity)))[:_MOST_ENTITIES]
    wanted += [stream.keys[0][0] for stream in streams if not dict(stream.keys).keys() & set(wanted)]
    chosen = sorted(dict.fromkeys(wanted), key=lambda entity: (-counts[entity], _place(entity)))
    kept = tuple(_with_keys(stream, chosen) for stream in streams)
    entities = [_entity(name, kept, relations.get(name)) for name in chosen]
    entities = [_with_people(entity, entities) for entity in entities]
    entities += _owners(entities, relations)
    keys = {entity.key.lower() for entity in entities}
    return tuple(entities), tuple(_without(stream, keys) for stream in kept)


def _is_trace(entity: str) -> bool:
    return entity in TRACES.values()


def _place(entity: str) -> int:
    order = (*PEOPLE, *GROUPS)
    return order.index(entity) if entity in order else len(order)


def _with_keys(stream: ProposedStream, chosen: Sequence[str]) -> ProposedStream:
    kept = tuple(pair for pair in stream.keys if pair[0] in chosen)
    return replace(stream, keys=kept, other_keys=tuple(pair for pair in stream.keys if pair not in kept))


def _without(stream: ProposedStream, keys: set[str]) -> ProposedStream:
    """A stream whose properties are called like no key: in generated tables the key has that name."""
    return replace(stream, properties=tuple(one for one in stream.properties if one.name not in keys))


def _entity(name: str, streams: Sequence[ProposedStream], told: tuple[Measured, str] | None) -> ProposedEntity:
    used = [(stream.measured, dict(stream.keys)[name]) for stream in streams if name in dict(stream.keys)]
    names = {snake(column) for _, column in used}
    largest = max(used, key=lambda pair: pair[0].counts[pair[1]].distinct)
    count = largest[0].counts[largest[1]].distinct
    more = " or more" if largest[0].bounded else ""
    reason = f"{count:,}{more} different `{largest[1]}` in {largest[0].table.relation}"
    if told is None:
        key = next(iter(names)) if len(names) == 1 else f"{name}_id"
        return ProposedEntity(name, key, _key_type(used), reason)
    return _described(ProposedEntity(name, told[1], _key_type([*used, told]), reason), *told)


def _described(entity: ProposedEntity, measured: Measured, key: str) -> ProposedEntity:
    """An entity with the relation that tells of it."""
    columns = [
        column
        for column in measured.table.columns
        if column.name.lower() != key.lower() and column.type is not None and not is_loading(column)
    ]
    usable = [column for column in columns if column.as_property not in (None, key.lower())]
    found = {str(one.as_property): Property(str(one.as_property), plain_type(one.type)) for one in usable if one.type}
    kept = tuple(found.values())[:_MOST_COLUMNS]
    names = {one.name for one in kept}
    start = best((rank, one) for one in usable if one.as_property in names and (rank := start_rank(one)) is not None)
    odd = [column.name for column in columns if column.as_property is None]
    notes = [f"not attributes, as their names are not small letters, digits and _: {listed(odd)}"] if odd else []
    return replace(
        entity,
        attributes=measured if kept else None,
        columns=kept,
        start=start.as_property if start is not None and kept else None,
        notes=tuple(notes),
    )


def _with_people(entity: ProposedEntity, entities: Sequence[ProposedEntity]) -> ProposedEntity:
    """A group that streams name, with word of the people whose events could be its own too."""
    for person in entities if entity.name in GROUPS else ():
        found = ((one.name, who(one.name)) for one in person.columns)
        by = next((name for name, whose in found if whose is not None and whose.entity == entity.name), None)
        if by is not None and person.name in PEOPLE:
            members = f"members: {{entity: {person.name}, by: {by}}}"
            return replace(entity, notes=(*entity.notes, f"{members}    # the events of its {person.name}s too"))
    return entity


def _owners(entities: Sequence[ProposedEntity], relations: Mapping[str, tuple[Measured, str]]) -> list[ProposedEntity]:
    """Groups that no stream names, and that the attributes of people do."""
    there = {entity.name for entity in entities}
    found: list[ProposedEntity] = []
    for entity in entities:
        if entity.name not in PEOPLE or entity.attributes is None:
            continue
        for column in entity.columns:
            whose = who(column.name)
            if whose is None or whose.entity not in GROUPS or whose.entity in there:
                continue
            if column.type not in (Type.TEXT, Type.INTEGER):
                continue
            there.add(whose.entity)
            told = relations.get(whose.entity)
            sides = [(entity.attributes, _original(entity.attributes.table, column.name))]
            reason = (
                f"`{column.name}` of {entity.attributes.table.relation}: its events are those of its {entity.name}s"
            )
            key = told[1] if told is not None else column.name
            owner = ProposedEntity(
                whose.entity,
                key,
                _key_type([*sides, *([told] if told else [])]),
                reason,
                members=(entity.name, column.name),
            )
            found.append(owner if told is None else _described(owner, *told))
    return found


def _original(table: Table, as_property: str) -> str:
    return next(column.name for column in table.columns if column.as_property == as_property)


def _key_type(used: Sequence[tuple[Measured, str]]) -> Type:
    """What keys are cast to, so that they are the same in all relations."""
    columns = [next(one for one in measured.table.columns if one.name == name) for measured, name in used]
    if all(column.type is Type.UUID for column in columns):
        return Type.UUID
    whole = all(
        column.type in (Type.INTEGER, Type.NUMBER) and "huge" not in column.sql_type.lower() for column in columns
    )
    return Type.INTEGER if whole else Type.TEXT


def unused_relations(measured: Sequence[Measured], entities: Sequence[ProposedEntity]) -> tuple[Unused, ...]:
    """Relations about entities that are not among those proposed, or that another one tells of."""
    taken = [entity.attributes.table for entity in entities if entity.attributes is not None]
    found = []
    for one in measured:
        told = tells_of(one)
        if told is None or one.table in taken:
            continue
        same = next((entity for entity in entities if entity.name == told[0]), None)
        if same is None:
            reason = f"it tells of {told[0]}s, and no stream speaks of them"
        elif same.attributes is not None:
            reason = f"it tells of {told[0]}s too, and {same.attributes.table.relation} was taken"
        else:
            reason = f"it tells of {told[0]}s, and has nothing but their key"
        found.append(Unused(str(one.table.relation), reason))
    return tuple(found)
