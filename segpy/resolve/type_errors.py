"""What is wrong with the types of a spec, and with what it stands on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from segpy.diagnostics.model import Diagnostic, Related, Span
from segpy.diagnostics.nearest import listed
from segpy.spec.expression import Function


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
    def help(self) -> str:
        return self.way_out


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
        return (
            "an expression is made of names, constants, comparisons, `and`, `or`, `not`, `in`, `between`, `like`, "
            f"`is null`, `case`, `+ - * /`, `||`\nand the functions {', '.join(one.value for one in Function)}"
        )


@dataclass(frozen=True, slots=True)
class NoComparison(Diagnostic):
    """A condition on a value that is neither true nor false."""

    found: str
    code: ClassVar[str] = "SEG304"
    title: ClassVar[str] = "nothing is compared"

    @property
    def label(self) -> str:
        return f"this is {self.found}, and a condition must be true or false"

    @property
    def help(self) -> str:
        return "add `at_least`, `at_most`, `more_than`, `less_than`, `exactly`, `between`, `in` or `is_null`"


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
class NoMembers(Diagnostic):
    """A question about members of an entity that has none."""

    entity: str
    key: str
    code: ClassVar[str] = "SEG321"
    title: ClassVar[str] = "entity without members"

    @property
    def label(self) -> str:
        return f"`{self.key}` asks about members, and entity `{self.entity}` has none"

    @property
    def help(self) -> str:
        return "add `members: {entity: …, by: …}` to the entity; its own segments are asked for with `in_segment`"


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
class TwoMeanings(Diagnostic):
    """One `where` over events of several streams, of which a name is something else in each."""

    name: str
    streams: tuple[str, ...]
    code: ClassVar[str] = "SEG320"
    title: ClassVar[str] = "one name, two meanings"

    @property
    def label(self) -> str:
        if not self.streams:
            return f"`{self.name}` is of another type in each of the streams of these events"
        return (
            f"`{self.name}` is a column of {listed(self.streams)}, and built in for the other streams of these events"
        )

    @property
    def help(self) -> str:
        return "give each event its own measure, or the column another name in staging"


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
class NoRate(Diagnostic):
    """A change of something that does not add up over time."""

    key: str
    code: ClassVar[str] = "SEG308"
    title: ClassVar[str] = "no rate to change"

    @property
    def label(self) -> str:
        return f"`{self.key}` is no amount for a length of time, so it has no rate"

    @property
    def help(self) -> str:
        return "a change is that of `count`, `sum` or `active_days`; set others against each other with `ratio`"


@dataclass(frozen=True, slots=True)
class WindowInChange(Diagnostic):
    """A window inside a change, which has two of its own."""

    code: ClassVar[str] = "SEG309"
    title: ClassVar[str] = "window inside a change"

    @property
    def label(self) -> str:
        return "`recent` and `baseline` are the windows of a change"

    @property
    def help(self) -> str:
        return "leave the window out; `where` may stand here"


@dataclass(frozen=True, slots=True)
class NotInPeriods(Diagnostic):
    """A baseline that cannot be cut into periods as long as the recent one."""

    recent: str
    baseline: str
    code: ClassVar[str] = "SEG310"
    title: ClassVar[str] = "baseline of no whole periods"

    @property
    def label(self) -> str:
        return f"{self.baseline} cannot be cut into two or more periods of {self.recent}"

    @property
    def help(self) -> str:
        return (
            "a z-score sets the recent period against periods of the same length: "
            "let `baseline` be a whole multiple of `recent`, at least twice it"
        )
