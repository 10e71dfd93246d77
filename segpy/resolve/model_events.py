"""Entities, streams and events resolved. Descriptions take no part in equality."""

from __future__ import annotations

from dataclasses import dataclass, field

from segpy.spec.expression import Expression, Type
from segpy.spec.model import Population
from segpy.spec.model_values import Relation


@dataclass(frozen=True, slots=True)
class Property:
    """A typed column of a stream or of an entity's attributes.

    A `personal` one says who somebody is; `withheld` where it may not stand in a generated table either.
    """

    name: str
    type: Type
    personal: bool = field(default=False, compare=False)
    withheld: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Stream:
    """A relation with one row an event. `keys` are the entities it serves and their key columns.

    `order` tells events of one instant apart. It is part of the meaning only of what asks for it. `loaded_at` says when
    the warehouse learned of an event. Where a stream serves an entity through its members, `member_key` is the property
    that holds the member's key.
    """

    name: str
    relation: Relation
    occurred_at: str
    id: str | None
    event: str | None
    keys: tuple[tuple[str, str], ...] = field(compare=False)
    properties: tuple[Property, ...] = field(compare=False)
    order: str | None = field(default=None, compare=False)
    member_key: str | None = field(default=None, compare=False)
    loaded_at: str | None = field(default=None, compare=False)

    @property
    def named_columns(self) -> tuple[tuple[str, Type], ...]:
        """The columns that the stream names for what they say, and the types that these have unless declared."""
        named = (
            (self.event, Type.TEXT),
            (self.id, Type.TEXT),
            (self.order, Type.INTEGER),
            (self.loaded_at, Type.TIMESTAMP),
        )
        return tuple((name, type_) for name, type_ in named if name is not None)

    def __hash__(self) -> int:
        return hash(self.name)  # as telling as the whole within a project, and not deep


@dataclass(frozen=True, slots=True)
class Event:
    """Rows of a stream: those whose event column is one of `values` (all where empty) and that pass `where`."""

    name: str
    stream: Stream
    values: tuple[str, ...]
    where: Expression | None
    description: str = field(default="", compare=False)

    def __hash__(self) -> int:
        return hash(self.name)  # as telling as the whole within a project, and not deep


@dataclass(frozen=True, slots=True)
class Atom:
    """An event or any of several, narrowed by a measure's own `where`: the smallest thing that is counted.

    `events` are in the order of their names; `every` tells that `any` was written. Rows that are also one of `but`
    are left out.
    """

    events: tuple[Event, ...]
    where: Expression | None
    every: bool = False
    but: tuple[Event, ...] = ()


@dataclass(frozen=True, slots=True)
class Validity:
    """The columns that say from when until when a row of attributes holds; null stands for always."""

    start: str
    end: str


@dataclass(frozen=True, slots=True)
class Members:
    """The entities that belong to another: those whose attribute `by` is its key."""

    entity: Entity
    by: str


@dataclass(frozen=True, slots=True)
class Entity:
    """Whom segments are about. With `validity` its rows of attributes are versions, of which one holds at `as_of`."""

    name: str
    key: str
    key_type: Type
    relation: Relation | None
    attributes: tuple[Property, ...]
    start: str | None
    population: Population
    streams: tuple[Stream, ...]
    validity: Validity | None = None
    consent: str | None = None
    members: Members | None = None
    suppressed: str | None = None

    @property
    def asks(self) -> bool:
        """Whether there are some who may not be written to."""
        return self.consent is not None or self.suppressed is not None

    def __hash__(self) -> int:
        return hash(self.name)  # as telling as the whole within a project, and not deep


def way_to(entity: Entity, stream: Stream) -> tuple[str, tuple[Entity, ...]]:
    """A stream's column that tells whose an event is, and the entities from that one up to this, where it is another.

    A stream of the entity itself has its key; one of its members theirs, and their attributes tell the owner.
    """
    keys = dict(stream.keys)
    if entity.name in keys:
        return keys[entity.name], ()
    assert entity.members is not None
    key, way = way_to(entity.members.entity, stream)
    return key, (*(way or (entity.members.entity,)), entity)


def with_article(noun: str) -> str:
    """`an account`, `a user`: the name of an entity as a sentence says it."""
    return f"{'an' if noun[0] in 'aeio' else 'a'} {noun}"
