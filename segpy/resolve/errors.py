"""Names that do not exist, types that do not fit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from segpy.diagnostics.model import Diagnostic, Related, Span
from segpy.diagnostics.nearest import either, listed, nearest


@dataclass(frozen=True, slots=True)
class _UnknownName(Diagnostic):
    """A name without a definition.

    `scope` says where it was looked for, `also` what else could have stood here, `instead` what the name really is.
    """

    name: str
    known: tuple[str, ...]
    scope: str = ""
    also: str = ""
    instead: str = ""
    noun: ClassVar[str]
    plural: ClassVar[str]
    place: ClassVar[str]
    more: ClassVar[str] = ""

    @property
    def label(self) -> str:
        guess = nearest(self.name, self.known)
        also = f" or {self.also}" if self.also else ""
        return f"not {self.noun}{also}{self.scope}" + (f"; nearest: `{guess}`" if guess else "")

    @property
    def help(self) -> str:
        if self.instead:
            return self.instead
        plural = self.plural + (f" and {self.also}s" if self.also else "")
        if not self.known:
            return f"there are no {plural}{self.scope}: define them under {self.place}"
        return f"{plural}{self.scope}: {listed(self.known)}{self.more}"


@dataclass(frozen=True, slots=True)
class UnknownEntity(_UnknownName):
    """An entity that is not defined."""

    code: ClassVar[str] = "SEG201"
    title: ClassVar[str] = "unknown entity"
    noun: ClassVar[str] = "an entity"
    plural: ClassVar[str] = "entities"
    place: ClassVar[str] = "`entities`"


@dataclass(frozen=True, slots=True)
class UnknownStream(_UnknownName):
    """A stream that is not defined."""

    code: ClassVar[str] = "SEG202"
    title: ClassVar[str] = "unknown stream"
    noun: ClassVar[str] = "a stream"
    plural: ClassVar[str] = "streams"
    place: ClassVar[str] = "`streams`"


@dataclass(frozen=True, slots=True)
class UnknownEvent(_UnknownName):
    """An event that is not defined."""

    code: ClassVar[str] = "SEG203"
    title: ClassVar[str] = "unknown event"
    noun: ClassVar[str] = "an event"
    plural: ClassVar[str] = "events"
    place: ClassVar[str] = "`events`"


@dataclass(frozen=True, slots=True)
class UnknownProperty(_UnknownName):
    """A property that the stream does not declare."""

    code: ClassVar[str] = "SEG204"
    title: ClassVar[str] = "unknown property"
    noun: ClassVar[str] = "a property"
    plural: ClassVar[str] = "properties"
    place: ClassVar[str] = "`properties` of the stream"
    more: ClassVar[str] = "; declare more under `properties` of the stream"


@dataclass(frozen=True, slots=True)
class UnknownAttribute(_UnknownName):
    """An attribute that the entity does not have."""

    code: ClassVar[str] = "SEG205"
    title: ClassVar[str] = "unknown attribute"
    noun: ClassVar[str] = "an attribute"
    plural: ClassVar[str] = "attributes"
    place: ClassVar[str] = "`attributes` of the entity"


@dataclass(frozen=True, slots=True)
class UnknownFeature(_UnknownName):
    """A feature, or a name in an expression, that does not exist."""

    code: ClassVar[str] = "SEG206"
    title: ClassVar[str] = "unknown feature"
    noun: ClassVar[str] = "a feature"
    plural: ClassVar[str] = "features"
    place: ClassVar[str] = "`features`"


@dataclass(frozen=True, slots=True)
class UnknownSegment(_UnknownName):
    """A segment that is not defined."""

    code: ClassVar[str] = "SEG207"
    title: ClassVar[str] = "unknown segment"
    noun: ClassVar[str] = "a segment"
    plural: ClassVar[str] = "segments"
    place: ClassVar[str] = "`segments`"


@dataclass(frozen=True, slots=True)
class UnknownRelation(_UnknownName):
    """A ref or source that the dbt project does not have."""

    code: ClassVar[str] = "SEG208"
    title: ClassVar[str] = "unknown relation"
    noun: ClassVar[str] = "a relation"
    plural: ClassVar[str] = "relations"
    place: ClassVar[str] = "`models` or `sources` of the dbt project"


@dataclass(frozen=True, slots=True)
class UnknownColumn(_UnknownName):
    """A column that the relation is known not to have."""

    code: ClassVar[str] = "SEG209"
    title: ClassVar[str] = "unknown column"
    noun: ClassVar[str] = "a column"
    plural: ClassVar[str] = "columns"
    place: ClassVar[str] = "its name in the dbt project"


@dataclass(frozen=True, slots=True)
class Cycle(Diagnostic):
    """Definitions that need each other."""

    names: tuple[str, ...]
    kind: str
    in_a_group: bool = False
    code: ClassVar[str] = "SEG210"
    title: ClassVar[str] = "cycle"

    @property
    def label(self) -> str:
        return " → ".join(f"`{name}`" for name in self.names)

    @property
    def help(self) -> str:
        group = "; in an exclusive group, each segment looks at those before it" if self.in_a_group else ""
        one = f"{'an' if self.kind == 'entity' else 'a'} {self.kind}"
        return f"{one} cannot be defined by itself: break the circle at one of them{group}"


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
    """A feature that could be of several entities, or of none because its names belong to different ones."""

    name: str
    entities: tuple[str, ...]
    owners: tuple[tuple[str, tuple[str, ...]], ...] = ()
    code: ClassVar[str] = "SEG212"
    title: ClassVar[str] = "entity not clear"

    @property
    def label(self) -> str:
        if self.entities:
            return f"feature `{self.name}` could be of {either(self.entities)}"
        owned = ", ".join(f"`{name}` is of {either(entities)}" for name, entities in self.owners)
        return f"feature `{self.name}` can be of no entity: {owned}"

    @property
    def help(self) -> str:
        return (
            "add `entity: …` to the feature" if self.entities else "a feature measures one entity: define one for each"
        )


@dataclass(frozen=True, slots=True)
class NameTaken(Diagnostic):
    """Two things that would become the same column or model."""

    name: str
    taken_by: str
    first: Span | None = None
    way_out: str = "choose another name"
    code: ClassVar[str] = "SEG213"
    title: ClassVar[str] = "name already taken"

    @property
    def label(self) -> str:
        return f"`{self.name}` is already {self.taken_by}"

    @property
    def help(self) -> str:
        return self.way_out

    @property
    def related(self) -> tuple[Related, ...]:
        return (Related(self.first, "taken here"),) if self.first else ()


@dataclass(frozen=True, slots=True)
class TwoGroups(Diagnostic):
    """A segment in two exclusive groups, or in one twice."""

    segment: str
    group: str
    first: str
    code: ClassVar[str] = "SEG214"
    title: ClassVar[str] = "two places in exclusive groups"

    @property
    def label(self) -> str:
        if self.group == self.first:
            return f"`{self.segment}` already has a place in this group"
        return f"`{self.segment}` is already in group `{self.first}`"

    @property
    def help(self) -> str:
        return "a segment has one place in one waterfall: take it out here or there"


@dataclass(frozen=True, slots=True)
class TooEntangled(Diagnostic):
    """Definitions on definitions beyond any use: following them would take more memory than there is."""

    name: str
    kind: str
    reason: str
    code: ClassVar[str] = "SEG215"
    title: ClassVar[str] = "too many definitions on each other"

    @property
    def label(self) -> str:
        return f"{self.kind} `{self.name}` {self.reason}"

    @property
    def help(self) -> str:
        return f"let it stand on fewer {self.kind}s, or compute a part of it in a model of your own"


@dataclass(frozen=True, slots=True)
class HoldoutOfNothing(Diagnostic):
    """A hold-out of all segments of an entity that has none."""

    name: str
    entity: str
    code: ClassVar[str] = "SEG221"
    title: ClassVar[str] = "hold-out of no segment"

    @property
    def label(self) -> str:
        return f"`{self.name}` holds nobody out: there is no segment of entity `{self.entity}`"

    @property
    def help(self) -> str:
        return "name another entity, or write the hold-out when there are segments to be held out of"


@dataclass(frozen=True, slots=True)
class UnknownOutcome(_UnknownName):
    """An outcome that is not defined."""

    code: ClassVar[str] = "SEG222"
    title: ClassVar[str] = "unknown outcome"
    noun: ClassVar[str] = "an outcome"
    plural: ClassVar[str] = "outcomes"
    place: ClassVar[str] = "`outcomes`"


@dataclass(frozen=True, slots=True)
class OutcomeTwice(Diagnostic):
    """An outcome that an experiment names twice."""

    name: str
    first: Span
    code: ClassVar[str] = "SEG223"
    title: ClassVar[str] = "outcome named twice"

    @property
    def label(self) -> str:
        return f"`{self.name}` is measured by this experiment already"

    @property
    def help(self) -> str:
        return "name it once: as the outcome, or as a guardrail"

    @property
    def related(self) -> tuple[Related, ...]:
        return (Related(self.first, "named here"),)


@dataclass(frozen=True, slots=True)
class TwoValues(Diagnostic):
    """A second feature that tells what the same entity is worth."""

    entity: str
    before: str
    first: Span
    code: ClassVar[str] = "SEG224"
    title: ClassVar[str] = "two values of an entity"

    @property
    def label(self) -> str:
        return f"what a `{self.entity}` is worth is told by `{self.before}` already"

    @property
    def help(self) -> str:
        return "name one of them; a feature with `expression` can add them up"

    @property
    def related(self) -> tuple[Related, ...]:
        return (Related(self.first, "named here"),)


@dataclass(frozen=True, slots=True)
class ValueWithheld(Diagnostic):
    """What segments are worth, in a project that withholds small counts."""

    code: ClassVar[str] = "SEG225"
    title: ClassVar[str] = "sums of value tell of few"

    @property
    def label(self) -> str:
        return "sums of value tell what few are worth, which `min_cell_size` is to prevent"

    @property
    def help(self) -> str:
        return "leave out `value`, or `min_cell_size` where nobody reads the tables who must not know"
