"""Names that do not exist, types that do not fit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from segpy.diagnostics.model import Diagnostic, Related, Span
from segpy.diagnostics.nearest import listed, nearest


@dataclass(frozen=True, slots=True)
class _UnknownName(Diagnostic):
    """A name without a definition. `scope` says where it was looked for."""

    name: str
    known: tuple[str, ...]
    scope: str
    noun: ClassVar[str]

    @property
    def label(self) -> str:
        guess = nearest(self.name, self.known)
        return f"not {self.noun}{self.scope}" + (f"; nearest: `{guess}`" if guess else "")

    @property
    def help(self) -> str:
        return f"{self.noun.split(' ', 1)[1]}s{self.scope}: {listed(self.known)}"


@dataclass(frozen=True, slots=True)
class UnknownEntity(_UnknownName):
    """An entity that is not defined."""

    code: ClassVar[str] = "SEG201"
    title: ClassVar[str] = "unknown entity"
    noun: ClassVar[str] = "an entity"

    @property
    def help(self) -> str:
        return f"entities: {listed(self.known)}"


@dataclass(frozen=True, slots=True)
class UnknownStream(_UnknownName):
    """A stream that is not defined."""

    code: ClassVar[str] = "SEG202"
    title: ClassVar[str] = "unknown stream"
    noun: ClassVar[str] = "a stream"


@dataclass(frozen=True, slots=True)
class UnknownEvent(_UnknownName):
    """An event that is not defined, or not for this entity."""

    code: ClassVar[str] = "SEG203"
    title: ClassVar[str] = "unknown event"
    noun: ClassVar[str] = "an event"


@dataclass(frozen=True, slots=True)
class UnknownProperty(_UnknownName):
    """A property that the stream does not declare."""

    code: ClassVar[str] = "SEG204"
    title: ClassVar[str] = "unknown property"
    noun: ClassVar[str] = "a property"

    @property
    def help(self) -> str:
        return f"properties{self.scope}: {listed(self.known)}; declare more under `properties` of the stream"


@dataclass(frozen=True, slots=True)
class UnknownAttribute(_UnknownName):
    """An attribute that the entity does not have."""

    code: ClassVar[str] = "SEG205"
    title: ClassVar[str] = "unknown attribute"
    noun: ClassVar[str] = "an attribute"


@dataclass(frozen=True, slots=True)
class UnknownFeature(_UnknownName):
    """A feature, or a name in an expression, that does not exist."""

    code: ClassVar[str] = "SEG206"
    title: ClassVar[str] = "unknown feature"
    noun: ClassVar[str] = "a feature"


@dataclass(frozen=True, slots=True)
class UnknownSegment(_UnknownName):
    """A segment that is not defined, or not of this entity."""

    code: ClassVar[str] = "SEG207"
    title: ClassVar[str] = "unknown segment"
    noun: ClassVar[str] = "a segment"


@dataclass(frozen=True, slots=True)
class UnknownRelation(_UnknownName):
    """A ref or source that the dbt project does not have."""

    code: ClassVar[str] = "SEG208"
    title: ClassVar[str] = "unknown relation"
    noun: ClassVar[str] = "a relation"


@dataclass(frozen=True, slots=True)
class UnknownColumn(_UnknownName):
    """A column that the relation is known not to have."""

    code: ClassVar[str] = "SEG209"
    title: ClassVar[str] = "unknown column"
    noun: ClassVar[str] = "a column"


@dataclass(frozen=True, slots=True)
class Cycle(Diagnostic):
    """Definitions that need each other."""

    names: tuple[str, ...]
    kind: str
    code: ClassVar[str] = "SEG210"
    title: ClassVar[str] = "cycle"

    @property
    def label(self) -> str:
        return " → ".join(f"`{name}`" for name in self.names)

    @property
    def help(self) -> str:
        return f"a {self.kind} cannot be defined by itself: break the circle at one of them"


@dataclass(frozen=True, slots=True)
class OtherEntity(Diagnostic):
    """Something of one entity used for another."""

    what: str
    belongs_to: str
    wanted: str
    code: ClassVar[str] = "SEG211"
    title: ClassVar[str] = "another entity"

    @property
    def label(self) -> str:
        return f"{self.what} is about `{self.belongs_to}`, this is about `{self.wanted}`"

    @property
    def help(self) -> str:
        return f"use one of entity `{self.wanted}`, or define it for that entity"


@dataclass(frozen=True, slots=True)
class WhichEntity(Diagnostic):
    """A feature that could be of several entities."""

    name: str
    entities: tuple[str, ...]
    code: ClassVar[str] = "SEG212"
    title: ClassVar[str] = "entity not clear"

    @property
    def label(self) -> str:
        choices = " or ".join(f"`{entity}`" for entity in self.entities) or "no entity"
        return f"feature `{self.name}` could be of {choices}"

    @property
    def help(self) -> str:
        return "add `entity: …` to the feature"


@dataclass(frozen=True, slots=True)
class NameTaken(Diagnostic):
    """Two things that would become the same column or model."""

    name: str
    taken_by: str
    first: Span | None = None
    code: ClassVar[str] = "SEG213"
    title: ClassVar[str] = "name already taken"

    @property
    def label(self) -> str:
        return f"`{self.name}` is already {self.taken_by}"

    @property
    def help(self) -> str:
        return "choose another name"

    @property
    def related(self) -> tuple[Related, ...]:
        return (Related(self.first, "taken here"),) if self.first else ()


@dataclass(frozen=True, slots=True)
class TwoGroups(Diagnostic):
    """A segment in two exclusive groups."""

    segment: str
    first: str
    code: ClassVar[str] = "SEG214"
    title: ClassVar[str] = "in two exclusive groups"

    @property
    def label(self) -> str:
        return f"`{self.segment}` is already in group `{self.first}`"

    @property
    def help(self) -> str:
        return "a segment has one place in one waterfall: take it out of the other group"


@dataclass(frozen=True, slots=True)
class TypeClash(Diagnostic):
    """Values of types that do not go together."""

    message: str
    way_out: str
    code: ClassVar[str] = "SEG301"
    title: ClassVar[str] = "types do not fit"

    @property
    def label(self) -> str:
        return self.message

    @property
    def help(self) -> str | None:
        return self.way_out or None


@dataclass(frozen=True, slots=True)
class ConflictingTypes(Diagnostic):
    """One property name, two types, in streams of one entity."""

    name: str
    types: tuple[str, str]
    first: Span
    code: ClassVar[str] = "SEG302"
    title: ClassVar[str] = "property of two types"

    @property
    def label(self) -> str:
        return f"`{self.name}` is {self.types[1]} here and {self.types[0]} in another stream of the same entity"

    @property
    def help(self) -> str:
        return "rename one of them in staging, or give both the same type"

    @property
    def related(self) -> tuple[Related, ...]:
        return (Related(self.first, f"{self.types[0]} here"),)


@dataclass(frozen=True, slots=True)
class BadExpression(Diagnostic):
    """Text that is no expression of the language."""

    reason: str
    code: ClassVar[str] = "SEG303"
    title: ClassVar[str] = "not an expression of the language"

    @property
    def label(self) -> str:
        return self.reason

    @property
    def help(self) -> str:
        return "comparisons, and/or/not, in, between, like, is null, case, + - * /, and the functions of the reference"


@dataclass(frozen=True, slots=True)
class NoComparison(Diagnostic):
    """A condition on a value that is neither true nor false."""

    type_name: str
    code: ClassVar[str] = "SEG304"
    title: ClassVar[str] = "nothing is compared"

    @property
    def label(self) -> str:
        return f"this is {self.type_name}, and a condition must be true or false"

    @property
    def help(self) -> str:
        return "add at_least, at_most, more_than, less_than, exactly, between, in or is_null"


@dataclass(frozen=True, slots=True)
class NoStart(Diagnostic):
    """`within_first` or the like, for an entity whose beginning is not known."""

    entity: str
    code: ClassVar[str] = "SEG305"
    title: ClassVar[str] = "entity without a start"

    @property
    def label(self) -> str:
        return f"entity `{self.entity}` does not say when it began"

    @property
    def help(self) -> str:
        return "add `start:` with a timestamp attribute to the entity"


@dataclass(frozen=True, slots=True)
class NoEventColumn(Diagnostic):
    """`is` on a stream whose events carry no name."""

    stream: str
    code: ClassVar[str] = "SEG306"
    title: ClassVar[str] = "stream without an event column"

    @property
    def label(self) -> str:
        return f"`is` compares the event column, and stream `{self.stream}` has none"

    @property
    def help(self) -> str:
        return "add `event: <column>` to the stream, or use `where`, or leave `is` out: every row is then the event"


@dataclass(frozen=True, slots=True)
class NoPopulation(Diagnostic):
    """An entity of which nobody can be found."""

    entity: str
    wanted: str
    code: ClassVar[str] = "SEG307"
    title: ClassVar[str] = "entity without a population"

    @property
    def label(self) -> str:
        return f"entity `{self.entity}` has no {self.wanted}"

    @property
    def help(self) -> str:
        return "add `attributes`, or a stream that serves the entity, or change `population`"


@dataclass(frozen=True, slots=True)
class NotYet(Diagnostic):
    """A construct that this version cannot resolve. It is never ignored."""

    construct: str
    way_out: str
    code: ClassVar[str] = "SEG390"
    title: ClassVar[str] = "not yet"

    @property
    def label(self) -> str:
        return f"{self.construct} is not supported yet"

    @property
    def help(self) -> str:
        return self.way_out
