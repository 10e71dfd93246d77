"""What can be wrong with the logic of conditions: what nobody or everybody fulfils, and what says nothing new."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from segpy.diagnostics.model import Diagnostic, Related, Severity, Span


@dataclass(frozen=True, slots=True)
class _Beside(Diagnostic):
    """A finding about a condition and others, each with its place and what it demands."""

    message: str
    others: tuple[tuple[Span, str], ...] = field(default=(), kw_only=True)

    @property
    def label(self) -> str:
        return self.message

    @property
    def related(self) -> tuple[Related, ...]:
        return tuple(Related(span, words) for span, words in self.others)


@dataclass(frozen=True, slots=True)
class Contradiction(_Beside):
    """A condition, or several together, that nobody can ever fulfil."""

    code: ClassVar[str] = "SEG801"
    title: ClassVar[str] = "contradiction"

    @property
    def help(self) -> str:
        return "change or remove one of these conditions" if self.others else "change or remove the condition"


@dataclass(frozen=True, slots=True)
class Tautology(_Beside):
    """A condition that everybody always fulfils."""

    code: ClassVar[str] = "SEG802"
    title: ClassVar[str] = "always fulfilled"

    @property
    def help(self) -> str:
        return "leave the condition out, or change it"


@dataclass(frozen=True, slots=True)
class IdleComparison(_Beside):
    """One comparison of several that says nothing."""

    code: ClassVar[str] = "SEG803"
    title: ClassVar[str] = "comparison that says nothing"
    severity: ClassVar[Severity] = Severity.WARNING

    @property
    def help(self) -> str:
        return "leave it out, or change it"


@dataclass(frozen=True, slots=True)
class Implied(_Beside):
    """A condition that its neighbours already decide."""

    code: ClassVar[str] = "SEG804"
    title: ClassVar[str] = "condition that changes nothing"
    severity: ClassVar[Severity] = Severity.WARNING

    @property
    def help(self) -> str:
        return "leave it out, or change one of the two" if len(self.others) == 1 else "leave it out, or change it"


@dataclass(frozen=True, slots=True)
class LeftOut(Diagnostic):
    """A condition on what may be null that leaves out those for whom it is."""

    who: str
    negated: bool
    code: ClassVar[str] = "SEG805"
    title: ClassVar[str] = "left out without saying so"
    severity: ClassVar[Severity] = Severity.WARNING

    @property
    def label(self) -> str:
        return f"this leaves out every {self.who}"

    @property
    def help(self) -> str:
        into = "is_null: false" if self.negated else "or_never: true"
        return f"add `{into}` to have them in, or `or_never: false` to say that they are meant to be out"


@dataclass(frozen=True, slots=True)
class SameSegment(_Beside):
    """Two segments that have the same members whatever happens."""

    code: ClassVar[str] = "SEG806"
    title: ClassVar[str] = "segments that mean the same"
    severity: ClassVar[Severity] = Severity.WARNING

    @property
    def help(self) -> str:
        return "keep one of the two, or tell them apart"


@dataclass(frozen=True, slots=True)
class ContainedSegment(_Beside):
    """A segment whose members are all members of another, by definition and without saying so."""

    segment: str
    other: str
    code: ClassVar[str] = "SEG807"
    title: ClassVar[str] = "segment within another"
    severity: ClassVar[Severity] = Severity.WARNING

    @property
    def help(self) -> str:
        return f"if that is meant, write `extends: {self.other}` on `{self.segment}`; otherwise tell them apart"


@dataclass(frozen=True, slots=True)
class NoPlaceLeft(_Beside):
    """A segment of an exclusive group that those before it leave no members."""

    code: ClassVar[str] = "SEG808"
    title: ClassVar[str] = "no place left in the group"

    @property
    def help(self) -> str:
        return "move it to a place before them in the group, or change what it demands"
