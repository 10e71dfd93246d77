"""Streams, events and entities bound."""

from __future__ import annotations

from dataclasses import dataclass, replace

from segpy.catalog.model import Catalog
from segpy.resolve.errors import (
    Cycle,
    NameTaken,
    UnknownAttribute,
    UnknownColumn,
    UnknownEntity,
    UnknownRelation,
    UnknownStream,
)
from segpy.resolve.filters import where_over
from segpy.resolve.model_events import Entity, Event, Members, Property, Stream, Validity
from segpy.resolve.model_names import GENERATED_COLUMNS
from segpy.resolve.privacy import properties, published_columns
from segpy.resolve.privacy_errors import PersonalKey
from segpy.resolve.scope import Findings, Unbound
from segpy.resolve.type_errors import ConflictingTypes, NoEventColumn, NoPopulation, TypeClash
from segpy.resolve.typing import words
from segpy.spec.expression import Type
from segpy.spec.model import Entity as WrittenEntity
from segpy.spec.model import Event as WrittenEvent
from segpy.spec.model import Members as WrittenMembers
from segpy.spec.model import Population, Spec
from segpy.spec.model import Stream as WrittenStream
from segpy.spec.model_values import Column as WrittenColumn
from segpy.spec.model_values import Name, Relation


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """What exists: streams, events and entities by name; and what is written but was refused, which has been said.

    `segments` are the entities of all segments, as they are written.
    """

    streams: dict[str, Stream]
    events: dict[str, Event]
    entities: dict[str, Entity]
    refused_events: frozenset[str]
    refused_entities: frozenset[str]
    timezone: str
    segments: dict[str, str]

    def events_of(self, entity: str) -> tuple[str, ...]:
        """The events that an entity can have."""
        return tuple(
            name
            for name, event in self.events.items()
            if entity in self.entities and event.stream in self.entities[entity].streams
        )


def bind_taxonomy(spec: Spec, catalog: Catalog, findings: Findings) -> Taxonomy:
    """All streams, events and entities that could be bound."""
    written = {entity.name.text: entity for entity in spec.entities}
    published = published_columns(spec, findings)
    streams = findings.each([lambda s=s: _stream(s, written, published, catalog, findings) for s in spec.streams])  # type: ignore[misc]
    by_name = {stream.name: stream for stream in streams}
    declared = tuple(stream.name.text for stream in spec.streams)
    events = findings.each([lambda e=e: _event(e, by_name, declared, timezone_of(spec), findings) for e in spec.events])  # type: ignore[misc]
    _one_type_each(spec, findings)
    binder = _Entities(spec, by_name, published, catalog, findings)
    entities = findings.each([lambda e=e: binder.bind(e) for e in spec.entities])  # type: ignore[misc]
    named = {event.name: event for event in events}
    known = {entity.name: entity for entity in entities}
    return Taxonomy(
        by_name,
        named,
        known,
        frozenset(event.name.text for event in spec.events) - named.keys(),
        frozenset(written) - known.keys(),
        timezone_of(spec),
        {segment.name.text: segment.entity.text for segment in spec.segments},
    )


def timezone_of(spec: Spec) -> str:
    """The time zone whose calendar and clock the project goes by."""
    return spec.settings.timezone.text if spec.settings.timezone else "UTC"


def _relation(relation: Relation, columns: tuple[Name, ...], catalog: Catalog, findings: Findings) -> None:
    known: tuple[str, ...] = ()
    missing = False
    if relation.function == "ref" and catalog.refs is not None and len(relation.arguments) == 1:
        known, missing = tuple(catalog.refs), relation.arguments[0] not in catalog.refs
    elif relation.function == "source" and catalog.sources is not None:
        known = tuple(".".join(source) for source in catalog.sources)
        missing = relation.arguments not in catalog.sources
    if missing:
        name = ".".join(relation.arguments)
        raise findings.fail(UnknownRelation(span=relation.span, name=name, known=known, scope=" of this dbt project"))
    certain = dict(catalog.columns).get(relation.arguments[-1]) if relation.function == "ref" else None
    if certain is not None:
        lowered = {column.lower() for column in certain}
        for column in columns:
            if column.text.lower() not in lowered:
                scope = f" of `{relation.arguments[-1]}`"
                findings.fail(UnknownColumn(span=column.span, name=column.text, known=tuple(certain), scope=scope))


def _stream(
    stream: WrittenStream,
    entities: dict[str, WrittenEntity],
    published: frozenset[str],
    catalog: Catalog,
    findings: Findings,
) -> Stream:
    for entity, _ in stream.entities:
        if entity.text not in entities:
            raise findings.fail(UnknownEntity(span=entity.span, name=entity.text, known=tuple(entities)))
    columns = (
        *(key for _, key in stream.entities),
        stream.occurred_at,
        *(column for column in (stream.id, stream.order, stream.event, stream.loaded_at) if column),
        *(column.name for column in stream.properties),
    )
    _relation(stream.relation, columns, catalog, findings)
    for prop in stream.properties:
        if prop.name.text.startswith("property__"):
            taken_by, way_out = "the beginning of generated names", "call the column otherwise in staging"
            findings.fail(NameTaken(span=prop.name.span, name="property__", taken_by=taken_by, way_out=way_out))
    return Stream(
        stream.name.text,
        stream.relation,
        stream.occurred_at.text,
        stream.id.text if stream.id else None,
        stream.event.text if stream.event else None,
        tuple((entity.text, key.text) for entity, key in stream.entities),
        properties(stream.name, stream.properties, published),
        stream.order.text if stream.order else None,
        loaded_at=stream.loaded_at.text if stream.loaded_at else None,
    )


def _event(
    event: WrittenEvent, streams: dict[str, Stream], declared: tuple[str, ...], zone: str, findings: Findings
) -> Event:
    if event.name.text == "any":
        taken_by = "the word for every event of an entity"
        raise findings.fail(NameTaken(span=event.name.span, name="any", taken_by=taken_by))
    stream = streams.get(event.stream.text)
    if stream is None:
        if event.stream.text in declared:  # the stream itself was refused, and that was said
            raise Unbound()
        raise findings.fail(UnknownStream(span=event.stream.span, name=event.stream.text, known=declared))
    if event.values and stream.event is None:
        raise findings.fail(NoEventColumn(span=event.values[0].span, stream=stream.name))
    where = where_over(stream, event.where, zone, findings) if event.where else None
    values = tuple(sorted({str(value.value) for value in event.values}))
    return Event(event.name.text, stream, values, where, event.description)


def _one_type_each(spec: Spec, findings: Findings) -> None:
    """Properties of one name share a column, so streams of one entity must agree on its type."""
    seen: dict[tuple[str, str], WrittenColumn] = {}
    for stream in spec.streams:
        for column in stream.properties:
            for entity in _served(stream, spec):
                first = seen.setdefault((entity, column.name.text), column)
                if first.type is not column.type:
                    types = (first.type.value, column.type.value)
                    name = column.name
                    findings.fail(ConflictingTypes(span=name.span, name=name.text, types=types, first=first.name.span))
                    break


def _served(stream: WrittenStream, spec: Spec) -> list[str]:
    """The entities that a stream serves, those that have these as members included."""
    found = [entity.text for entity, _ in stream.entities]
    for name in found:
        owners = [one.name.text for one in spec.entities if one.members and one.members.entity.text == name]
        found += [owner for owner in owners if owner not in found]
    return found


class _Entities:
    """Entities bound, members before those that they belong to."""

    def __init__(
        self, spec: Spec, streams: dict[str, Stream], published: frozenset[str], catalog: Catalog, findings: Findings
    ) -> None:
        self.spec, self.streams, self.catalog, self.findings = spec, streams, catalog, findings
        self.published = published
        self.written = {entity.name.text: entity for entity in spec.entities}
        self.bound: dict[str, Entity | None] = {}
        self.open: list[str] = []

    def bind(self, entity: WrittenEntity) -> Entity:
        """The entity, bound once; raises `Unbound` where it was refused."""
        name = entity.name.text
        if name in self.open:
            names = (*self.open[self.open.index(name) :], name)
            raise self.findings.fail(Cycle(span=entity.name.span, names=names, kind="entity"))
        if name not in self.bound:
            self.bound[name] = None
            self.open.append(name)
            try:
                members = self._members(entity.members) if entity.members else None
                known = entity.attributes.columns if entity.attributes else ()
                attributes = properties(entity.name, known, self.published)
                self.bound[name] = _entity(
                    entity, attributes, members, self.spec, self.streams, self.catalog, self.findings
                )
            finally:
                self.open.pop()
        found = self.bound[name]
        if found is None:
            raise Unbound()
        return found

    def _members(self, members: WrittenMembers) -> Members:
        written = self.written.get(members.entity.text)
        if written is None:
            name, span = members.entity.text, members.entity.span
            raise self.findings.fail(UnknownEntity(span=span, name=name, known=tuple(self.written)))
        entity = self.bind(written)
        by = _attribute(written, members.by, entity.attributes, self.findings)
        if by.type not in (Type.TEXT, Type.INTEGER):
            message = f"`{by.name}` is {words(by.type)}, and a key is text or a whole number"
            raise self.findings.fail(TypeClash(span=members.by.span, message=message, way_out="name another attribute"))
        if by.withheld:
            column = f"{entity.name}.{by.name}"
            raise self.findings.fail(PersonalKey(span=members.by.span, column=column))
        return Members(entity, by.name)


def _through(members: Members, own: tuple[Stream, ...]) -> tuple[Stream, ...]:
    """The streams of members that do not name the entity itself, the member's key a property of theirs."""
    return tuple(_with_key(stream, members.entity) for stream in members.entity.streams if stream not in own)


def _with_key(stream: Stream, member: Entity) -> Stream:
    taken = {prop.name for prop in stream.properties} | {stream.event}
    if member.name not in dict(stream.keys) or member.key in taken:
        return stream
    return replace(
        stream, properties=(*stream.properties, Property(member.key, member.key_type)), member_key=member.key
    )


def _entity(
    entity: WrittenEntity,
    attributes: tuple[Property, ...],
    members: Members | None,
    spec: Spec,
    streams: dict[str, Stream],
    catalog: Catalog,
    findings: Findings,
) -> Entity:
    if entity.attributes:
        versions = (entity.attributes.valid_from, entity.attributes.valid_to)
        columns = (
            entity.key,
            *(column.name for column in entity.attributes.columns),
            *(column for column in versions if column is not None),
        )
        _relation(entity.attributes.relation, columns, catalog, findings)
    _key(entity, findings)
    declared = [stream for stream in spec.streams if entity.name.text in {name.text for name, _ in stream.entities}]
    if any(stream.name.text not in streams for stream in declared):
        raise Unbound()  # a stream of it was refused, and that was said
    serving = tuple(stream for stream in streams.values() if entity.name.text in dict(stream.keys))
    serving += _through(members, serving) if members else ()
    default = Population.ATTRIBUTES if entity.attributes else Population.EVENTS
    population = entity.population or default
    for wanted, there in ((Population.ATTRIBUTES, bool(entity.attributes)), (Population.EVENTS, bool(serving))):
        if population in (wanted, Population.BOTH) and not there:
            words = "attributes" if wanted is Population.ATTRIBUTES else "stream that serves it"
            raise findings.fail(NoPopulation(span=entity.name.span, entity=entity.name.text, wanted=words))
    if entity.start is not None:
        _start(entity, entity.start, attributes, findings)
    for name, what in ((entity.consent, "consent"), (entity.suppressed, "a suppression")):
        if name is not None:
            _said_of_leaving(entity, name, what, attributes, findings)
    return Entity(
        entity.name.text,
        entity.key.text,
        entity.key_type,
        entity.attributes.relation if entity.attributes else None,
        tuple(sorted(attributes, key=lambda attribute: attribute.name)),
        entity.start.text if entity.start else None,
        population,
        serving,
        _validity(entity),
        entity.consent.text if entity.consent else None,
        members,
        entity.suppressed.text if entity.suppressed else None,
    )


def _validity(entity: WrittenEntity) -> Validity | None:
    written = entity.attributes
    if written is None or written.valid_from is None or written.valid_to is None:
        return None
    return Validity(written.valid_from.text, written.valid_to.text)


def _said_of_leaving(
    entity: WrittenEntity, name: Name, what: str, attributes: tuple[Property, ...], findings: Findings
) -> None:
    """Whether somebody may be written to is told by a boolean attribute."""
    found = _attribute(entity, name, attributes, findings)
    if found.type is not Type.BOOLEAN:
        message = f"`{name.text}` is {words(found.type)}, and {what} is true or false"
        raise findings.fail(TypeClash(span=name.span, message=message, way_out="name a boolean attribute"))


def _key(entity: WrittenEntity, findings: Findings) -> None:
    """The key stands beside other columns in every generated table, and SQL does not tell small letters from large."""
    key, way_out = entity.key, "call the column otherwise in staging"
    if GENERATED_COLUMNS.fullmatch(key.text.lower()):
        taken_by = "a column of generated tables"
        raise findings.fail(NameTaken(span=key.span, name=key.text, taken_by=taken_by, way_out=way_out))
    for column in entity.attributes.columns if entity.attributes else ():
        if column.name.text == key.text.lower():
            taken_by = f"the key of entity `{entity.name.text}`"
            raise findings.fail(
                NameTaken(
                    span=column.name.span,
                    name=column.name.text,
                    taken_by=taken_by,
                    first=key.span,
                    way_out="leave it out: every generated table has the key",
                )
            )


def _attribute(entity: WrittenEntity, name: Name, attributes: tuple[Property, ...], findings: Findings) -> Property:
    """The attribute of that name, which something else of the entity needs."""
    known = {attribute.name: attribute for attribute in attributes}
    if name.text not in known:
        scope = f" of entity `{entity.name.text}`"
        raise findings.fail(UnknownAttribute(span=name.span, name=name.text, known=tuple(known), scope=scope))
    return known[name.text]


def _start(entity: WrittenEntity, start: Name, attributes: tuple[Property, ...], findings: Findings) -> None:
    found = _attribute(entity, start, attributes, findings)
    if found.type not in (Type.TIMESTAMP, Type.DATE):
        message = f"`{start.text}` is {words(found.type)}, and a start is a timestamp or a date"
        raise findings.fail(TypeClash(span=start.span, message=message, way_out="name another attribute"))
