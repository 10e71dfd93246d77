"""Why nothing can be said of a key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, assert_never

from segpy.diagnostics.model import Diagnostic
from segpy.spec.expression import Type
from segpy.spec.model import Population


@dataclass(frozen=True, slots=True)
class NobodyThere(Diagnostic):
    """Nobody of the population has a key. `events` is how many were found of it that segments look at."""

    entity: str
    key: str
    as_of: str
    population: Population
    events: int

    code: ClassVar[str] = "SEG630"
    title: ClassVar[str] = "nobody has this key"

    @property
    def label(self) -> str:
        """The words beside the caret."""
        match self.population:
            case Population.ATTRIBUTES:
                missing = "it has no row of attributes" + (", though it has events" if self.events else "")
            case Population.EVENTS:
                missing = "it has no event before"
            case Population.BOTH:
                missing = "it has neither a row of attributes nor an event before"
            case _:
                assert_never(self.population)
        return f"no {self.entity} has the key `{self.key}` as of {self.as_of}: {missing}"

    @property
    def help(self) -> str:
        """A way out."""
        return (
            "keys are compared as they are written, capital letters too; --as-of asks about another time, and --entity "
            "about another entity"
        )


@dataclass(frozen=True, slots=True)
class KeyOfAnotherType(Diagnostic):
    """A key that no value of its type reads like."""

    entity: str
    key: str
    type: Type

    code: ClassVar[str] = "SEG631"
    title: ClassVar[str] = "key is of another type"

    @property
    def label(self) -> str:
        """The words beside the caret."""
        wanted = "a whole number of at most 64 bits" if self.type is Type.INTEGER else f"a {self.type.value}"
        return f"the key of {self.entity} is {wanted}, and `{self.key}` is none"

    @property
    def help(self) -> str:
        """A way out."""
        return "give the key as the warehouse has it; `key_type` of the entity says what type that is"
