"""What is known of whom at `as_of`: events, attributes, members, and who exists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo

from segpy.spec import model
from segpy.spec.expression import Type
from segpy.spec.model_values import Relation
from tests.oracle.cells import Cell, Row, as_instant, cast
from tests.oracle.clock import length, local
from tests.oracle.sql_text import meaning

Key = str | int


@dataclass(frozen=True, slots=True, eq=False)
class Event:
    """A row of a stream: when, its properties, and which declared events it is. Two rows are never equal."""

    at: datetime
    order: int | None
    cells: Row
    names: frozenset[str]
    stream: str


class Log:
    """The input tables, read as a spec says they are to be read."""

    def __init__(self, spec: model.Spec, tables: Mapping[str, Sequence[Row]], as_of: datetime) -> None:
        self.spec, self.tables, self.as_of = spec, tables, as_of
        self.zone = ZoneInfo(spec.settings.timezone.text if spec.settings.timezone else "UTC")
        retention = spec.settings.retention
        self.oldest = None if retention is None else as_of - length(retention.duration)
        self.entities = {entity.name.text: entity for entity in spec.entities}
        self.own_events = cache(self._own_events)
        self.known = cache(self._known)
        self.population = cache(self._population)
        self.members = cache(self._members)

    def rows(self, relation: Relation) -> Sequence[Row]:
        """The rows of `ref('x')` or `source('a', 'x')`."""
        return self.tables[".".join(relation.arguments)]

    # Events

    def events(self, entity: str, key: Key) -> list[Event]:
        """Of an entity: its own, and its members' in streams that do not name it."""
        found = [event for owner, event in self.own_events(entity) if owner == key]
        written = self.entities[entity].members
        if written is None:
            return found
        direct = {stream.name.text for stream in self.spec.streams if entity in keys_of(stream)}
        member_key = self.entities[written.entity.text].key.text
        for member in sorted(self.members(entity).get(key, ()), key=str):
            events = [one for one in self.events(written.entity.text, member) if one.stream not in direct]
            found += [replace(event, cells={member_key: member, **event.cells}) for event in events]
        return found

    def _own_events(self, entity: str) -> list[tuple[Key, Event]]:
        """Every event that can be seen, with its entity's key, from the streams that name this entity."""
        return [
            (key, event)
            for stream in self.spec.streams
            if entity in keys_of(stream)
            for key, event in self._once(stream, entity)
        ]

    def _once(self, stream: model.Stream, entity: str) -> Iterator[tuple[Key, Event]]:
        """The rows that can be seen; of those with one id only the earliest."""
        seen: set[Cell] = set()
        column, key_type = keys_of(stream)[entity], self.entities[entity].key_type
        rows = [
            (cast(row[column], key_type), as_instant(row[stream.occurred_at.text]), row)
            for row in self.rows(stream.relation)
        ]
        visible = [
            (key, at, row)
            for key, at, row in rows
            if isinstance(key, Key)
            and at is not None
            and at < self.as_of
            and (self.oldest is None or at >= self.oldest)
        ]
        for key, at, row in sorted(visible, key=lambda one: one[1]):
            identity = row[stream.id.text] if stream.id else None
            if identity is None or identity not in seen:
                seen.add(identity)
                yield key, self._event(stream, at, row)

    def _event(self, stream: model.Stream, at: datetime, row: Row) -> Event:
        cells = {column.name.text: cast(row[column.name.text], column.type) for column in stream.properties}
        if stream.event is not None:
            cells.setdefault(stream.event.text, cast(row[stream.event.text], Type.TEXT))
        name = cast(row[stream.event.text], Type.TEXT) if stream.event else None
        order = row[stream.order.text] if stream.order else None
        assert order is None or isinstance(order, int)
        event = Event(at, order, cells, frozenset(), stream.name.text)
        return replace(
            event, names=frozenset(one.name.text for one in self._declared(stream) if self._is(one, event, name))
        )

    def _declared(self, stream: model.Stream) -> list[model.Event]:
        return [event for event in self.spec.events if event.stream.text == stream.name.text]

    def _is(self, declared: model.Event, event: Event, name: Cell) -> bool:
        named = not declared.values or name in {str(value.value) for value in declared.values}
        return named and (declared.where is None or self.fulfils(declared.where.text, event))

    def fulfils(self, where: str, event: Event) -> bool:
        """Whether a `where` is true of an event; unknown is not."""

        def look(name: str) -> Cell:
            if name in event.cells:
                return event.cells[name]
            shown = local(event.at, self.zone)
            built_in: dict[str, Cell] = {"occurred_at": event.at, "hour": shown.hour, "weekday": shown.isoweekday()}
            return built_in[name]

        return meaning(where)(look) is True

    # Attributes, members, population

    def attributes(self, entity: str, key: Key) -> Mapping[str, Cell]:
        """What is known of an entity; nothing of a stranger."""
        written = self.entities[entity].attributes
        columns = written.columns if written else ()
        row = self.known(entity).get(key, {})
        return {column.name.text: cast(row.get(column.name.text), column.type) for column in columns}

    def _known(self, entity: str) -> dict[Key, Row]:
        """The row of attributes of each key as it was at `as_of`."""
        written = self.entities[entity].attributes
        return {key: row for key, row in self._versions(entity) if self._holds(written, row)}

    def _versions(self, entity: str) -> list[tuple[Key, Row]]:
        written = self.entities[entity]
        rows = self.rows(written.attributes.relation) if written.attributes else ()
        keyed = [(cast(row[written.key.text], written.key_type), row) for row in rows]
        return [(key, row) for key, row in keyed if isinstance(key, Key)]

    def _holds(self, written: model.Attributes | None, row: Row) -> bool:
        """Whether a version was the one seen at `as_of`: what changes at `as_of` itself is not seen yet."""
        if written is None or written.valid_from is None or written.valid_to is None:
            return True
        since, until = as_instant(row[written.valid_from.text]), as_instant(row[written.valid_to.text])
        return (since is None or since < self.as_of) and (until is None or self.as_of <= until)

    def _members(self, entity: str) -> dict[Key, set[Key]]:
        """The members of each key: those whose attribute names it."""
        found: dict[Key, set[Key]] = {}
        written = self.entities[entity].members
        for member in self.known(written.entity.text) if written else ():
            assert written is not None
            raw = self.known(written.entity.text)[member].get(written.by.text)
            owner = cast(raw, self.entities[entity].key_type)
            if isinstance(owner, Key):
                found.setdefault(owner, set()).add(member)
        return found

    def _population(self, entity: str) -> frozenset[Key]:
        """Who exists."""
        written = self.entities[entity]
        default = model.Population.ATTRIBUTES if written.attributes else model.Population.EVENTS
        population = written.population or default
        found: set[Key] = set()
        if population is not model.Population.EVENTS:
            found |= set(self.known(entity))  # with a version that was seen at `as_of`
        if population is not model.Population.ATTRIBUTES:
            found |= {key for key, _ in self.own_events(entity)}
            found |= {key for key in self.members(entity) if self.events(entity, key)}
        return frozenset(found)


def keys_of(stream: model.Stream) -> dict[str, str]:
    """The key column of each entity that a stream serves."""
    return {entity.text: column.text for entity, column in stream.entities}
