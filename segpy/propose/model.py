"""What was found in a project and its warehouse, and what is proposed for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from segpy.spec.expression import Type
from segpy.spec.model_values import Relation

MOST_ROWS = 1_000_000
"""How many rows of a relation are looked at."""


NOT_BUILT = "it is not in the warehouse: `dbt build` makes it"


class Kind(IntEnum):
    """What a relation is to dbt. Models come first: they are what the project makes of raw data."""

    MODEL = 1
    SEED = 2
    SNAPSHOT = 3
    SOURCE = 4


@dataclass(frozen=True, slots=True)
class Column:
    """A column: how a spec names it, the warehouse's name of its type, and the language's where it has one.

    `as_property` is its name as a property or an attribute, where it can be one.
    """

    name: str
    sql_type: str
    type: Type | None
    as_property: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A relation that is in the warehouse. `ancestors` are the ids of all that it is made from."""

    id: str
    relation: Relation
    kind: Kind
    columns: tuple[Column, ...]
    ancestors: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """What the project calls it."""
        return self.relation.arguments[-1]


@dataclass(frozen=True, slots=True)
class Count:
    """How many rows know a column, how many different values there are; of a time the latest, as text."""

    known: int
    distinct: int
    latest: str | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """Which columns of a table are counted, and those of them that are times."""

    table: Table
    columns: tuple[str, ...]
    times: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Measured:
    """What a table holds, as far as it was looked at. `names` are the values of the column that names events."""

    table: Table
    rows: int
    counts: Mapping[str, Count]
    names: tuple[tuple[str, int], ...] = ()

    @property
    def bounded(self) -> bool:
        """Whether there may be more rows than were looked at."""
        return self.rows >= MOST_ROWS


@dataclass(frozen=True, slots=True)
class Unused:
    """A relation that is not part of the proposal, and why. `model` is one to write, with which it would be."""

    name: str
    reason: str
    model: str = ""


@dataclass(frozen=True, slots=True)
class Property:
    """A typed column under its name in the language."""

    name: str
    type: Type


@dataclass(frozen=True, slots=True)
class ProposedEntity:
    """Somebody, the relation that tells of them, and what else could tell."""

    name: str
    key: str
    key_type: Type
    reason: str
    attributes: Measured | None = None
    columns: tuple[Property, ...] = ()
    start: str | None = None
    members: tuple[str, str] | None = None  # the entity whose members belong to it, and their attribute
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ProposedStream:
    """A relation with one row an event, and what else its columns could be."""

    name: str
    measured: Measured
    keys: tuple[tuple[str, str], ...]
    time: str
    other_keys: tuple[tuple[str, str], ...] = ()
    other_times: tuple[str, ...] = ()
    loaded_at: str | None = None
    id: str | None = None
    event: str | None = None
    properties: tuple[Property, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def latest(self) -> date | None:
        """The day of its last event."""
        written = self.measured.counts[self.time].latest
        try:
            return date.fromisoformat((written or "")[:10])
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class ProposedEvent:
    """A kind of event: the values that stand for it, none where every row is one."""

    name: str
    stream: str
    values: tuple[str, ...]
    rows: int


@dataclass(frozen=True, slots=True)
class ProposedSegment:
    """A first segment: its conditions, each a line of YAML."""

    name: str
    entity: str
    description: str
    conditions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """All that is proposed. Empty where there is no stream."""

    entities: tuple[ProposedEntity, ...] = ()
    streams: tuple[ProposedStream, ...] = ()
    events: tuple[ProposedEvent, ...] = ()
    rare: tuple[ProposedEvent, ...] = ()  # more events, which are written as comments
    segments: tuple[ProposedSegment, ...] = ()
    others: tuple[ProposedSegment, ...] = ()  # more segments, which are comments too
    unused: tuple[Unused, ...] = ()

    @property
    def latest(self) -> date | None:
        """The day of the last event of all."""
        return max((day for stream in self.streams if (day := stream.latest) is not None), default=None)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What of the project goes into its settings. `name_prefix` parts generated models from models of its own."""

    dialect: str
    model_folder: str = "models"
    name_prefix: str = ""


@dataclass(frozen=True, slots=True)
class SpecFile:
    """A spec file: its POSIX path relative to the project, and its whole text."""

    path: str
    text: str
