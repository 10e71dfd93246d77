"""The events model to be rendered, and how the rows of each atom are found in it."""

from __future__ import annotations

from dataclasses import dataclass

from segpy.resolve.model_events import Atom, Entity, Property, Stream


@dataclass(frozen=True, slots=True)
class Selection:
    """The rows of the events model that are one atom.

    `labels` are values of its `event` column (empty: any), `flag` the boolean column that must hold as well.
    `words` say in English which events these are.
    """

    labels: tuple[str, ...]
    flag: str | None
    words: str


@dataclass(frozen=True, slots=True)
class Flag:
    """A boolean of the events of a stream: whether the row is this atom."""

    column: str
    atom: Atom
    words: str


@dataclass(frozen=True, slots=True)
class StreamRead:
    """How one stream enters the events model of an entity.

    `values` are the event names that get a label each, `plain` the atoms that their label alone tells.
    `read` pairs the properties that are looked at with their columns, `kept` are those that are aggregated later.
    `ordered` where the stream's `order` is needed. `way` are the entities from the one that `key` is of up to this one,
    where they are two.
    """

    stream: Stream
    key: str
    values: tuple[str, ...]
    plain: tuple[Atom, ...]
    flags: tuple[Flag, ...]
    read: tuple[tuple[Property, str], ...]
    kept: tuple[Property, ...]
    ordered: bool
    way: tuple[Entity, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """What the label of a row says where these flags hold: the event, and behind it `suffix`."""

    flags: tuple[str, ...]
    suffix: str


@dataclass(frozen=True, slots=True)
class EventsPlan:
    """The events model: one row an event, of some use to somebody. `properties` pair a property with its column.

    Of the flags of its streams those in `flags` are columns; the others are `told` by labels.
    """

    model: str
    streams: tuple[StreamRead, ...]
    labels: tuple[str, ...]
    flags: tuple[str, ...]
    told: tuple[Told, ...]
    properties: tuple[tuple[Property, str], ...]

    @property
    def ordered(self) -> bool:
        """Whether something tells events of one instant apart by the `order` of some stream."""
        return any(read.ordered for read in self.streams)
