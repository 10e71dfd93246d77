"""What can be wrong with the form of a spec."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from segpy.diagnostics.model import Diagnostic, Related, Span
from segpy.diagnostics.nearest import listed, nearest


@dataclass(frozen=True, slots=True)
class UnknownKey(Diagnostic):
    """A key that the language does not have at this place."""

    key: str
    known: tuple[str, ...]
    code: ClassVar[str] = "SEG110"
    title: ClassVar[str] = "unknown key"

    @property
    def label(self) -> str:
        guess = nearest(self.key, self.known)
        return f"`{self.key}` is not a key here" + (f"; nearest: `{guess}`" if guess else "")

    @property
    def help(self) -> str:
        return f"keys here: {listed(self.known, most=40)}"


@dataclass(frozen=True, slots=True)
class MissingKey(Diagnostic):
    """A key that must be there."""

    key: str
    what: str
    code: ClassVar[str] = "SEG111"
    title: ClassVar[str] = "missing key"

    @property
    def label(self) -> str:
        return f"{self.what} needs `{self.key}`"

    @property
    def help(self) -> str:
        return f"add `{self.key}:` here"


@dataclass(frozen=True, slots=True)
class WrongForm(Diagnostic):
    """A value of another form than its key wants."""

    expected: str
    found: str
    code: ClassVar[str] = "SEG112"
    title: ClassVar[str] = "wrong form"

    @property
    def label(self) -> str:
        return f"expected {self.expected}, found {self.found}"


@dataclass(frozen=True, slots=True)
class BadDuration(Diagnostic):
    """Something that is not a duration, or not one that can stand here."""

    text: str
    reason: str
    code: ClassVar[str] = "SEG113"
    title: ClassVar[str] = "bad duration"

    @property
    def label(self) -> str:
        return self.reason

    @property
    def help(self) -> str:
        return "write a whole number and a unit: `90 seconds`, `30 minutes`, `48 hours`, `7 days`, `2 weeks`"


@dataclass(frozen=True, slots=True)
class BadName(Diagnostic):
    """A name that could not be a column or a model."""

    text: str
    code: ClassVar[str] = "SEG114"
    title: ClassVar[str] = "bad name"

    @property
    def label(self) -> str:
        return "a name is a lower-case letter followed by lower-case letters, digits and `_`, at most 50 characters"

    @property
    def help(self) -> str | None:
        letters = "".join(c if c.isascii() and c.isalnum() else "_" for c in self.text.lower()).strip("_")[:50]
        return f"for example `{letters}`" if letters[:1].isalpha() else None


@dataclass(frozen=True, slots=True)
class OneOf(Diagnostic):
    """Two keys of which only one may stand, or none where one must."""

    what: str
    found: tuple[str, ...]
    choices: tuple[str, ...]
    code: ClassVar[str] = "SEG115"
    title: ClassVar[str] = "exactly one key is wanted"

    @property
    def label(self) -> str:
        if not self.found:
            return f"no {self.what} here"
        return f"{' and '.join(f'`{key}`' for key in self.found)} cannot stand together: one {self.what} only"

    @property
    def help(self) -> str:
        return f"a {self.what} is one of {listed(self.choices, most=40)}"


@dataclass(frozen=True, slots=True)
class DefinedTwice(Diagnostic):
    """One name, two definitions."""

    kind: str
    name: str
    first: Span
    code: ClassVar[str] = "SEG116"
    title: ClassVar[str] = "defined twice"

    @property
    def label(self) -> str:
        return f"{self.kind} `{self.name}` is already defined"

    @property
    def help(self) -> str:
        return "rename one of them or delete it"

    @property
    def related(self) -> tuple[Related, ...]:
        return (Related(self.first, "first defined here"),)


@dataclass(frozen=True, slots=True)
class BadRelation(Diagnostic):
    """A relation that is neither a ref nor a source."""

    text: str
    code: ClassVar[str] = "SEG117"
    title: ClassVar[str] = "not a relation"

    @property
    def label(self) -> str:
        return "a relation is written as in dbt"

    @property
    def help(self) -> str:
        return "`ref('model')`, `ref('package', 'model')` or `source('source', 'table')`"


@dataclass(frozen=True, slots=True)
class NotHere(Diagnostic):
    """A key that the language has, but that makes no sense beside its neighbours."""

    key: str
    reason: str
    way_out: str
    code: ClassVar[str] = "SEG118"
    title: ClassVar[str] = "key without meaning here"

    @property
    def label(self) -> str:
        return f"`{self.key}`: {self.reason}"

    @property
    def help(self) -> str:
        return self.way_out


@dataclass(frozen=True, slots=True)
class NotYet(Diagnostic):
    """A construct of the language that this version cannot compile. It is never ignored."""

    construct: str
    way_out: str
    code: ClassVar[str] = "SEG190"
    title: ClassVar[str] = "not yet"

    @property
    def label(self) -> str:
        return f"{self.construct} is not supported yet"

    @property
    def help(self) -> str:
        return self.way_out
