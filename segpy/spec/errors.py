"""What can be wrong with the form of a spec."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import ClassVar

from segpy.diagnostics.model import Diagnostic, Related, Span
from segpy.diagnostics.nearest import either, listed, nearest


def _as_name(text: str) -> str:
    """The name that a text comes nearest to; empty where there is none."""
    letters = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "_", letters).strip("_").lstrip("0123456789_")[:50].rstrip("_")


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
    """A key that must be there, or one of several."""

    keys: tuple[str, ...]
    what: str
    code: ClassVar[str] = "SEG111"
    title: ClassVar[str] = "missing key"

    @property
    def label(self) -> str:
        return f"{self.what} needs {either(self.keys)}"

    @property
    def help(self) -> str:
        return f"add `{self.keys[0]}:` to it" if len(self.keys) == 1 else "add one of these keys to it"


@dataclass(frozen=True, slots=True)
class WrongForm(Diagnostic):
    """A value of another form than its key wants. `choices` are all that can stand here, where there are few."""

    expected: str
    found: str
    way_out: str
    choices: tuple[str, ...] = ()
    code: ClassVar[str] = "SEG112"
    title: ClassVar[str] = "wrong form"

    @property
    def label(self) -> str:
        guess = nearest(self.found.strip("`"), self.choices)
        return f"expected {self.expected}, found {self.found}" + (f"; nearest: `{guess}`" if guess else "")

    @property
    def help(self) -> str:
        return self.way_out


@dataclass(frozen=True, slots=True)
class BadDuration(Diagnostic):
    """Something that is not a duration, or not one that can stand here."""

    reason: str
    way_out: str
    code: ClassVar[str] = "SEG113"
    title: ClassVar[str] = "bad duration"

    @property
    def label(self) -> str:
        return self.reason

    @property
    def help(self) -> str:
        return self.way_out


@dataclass(frozen=True, slots=True)
class BadName(Diagnostic):
    """A name that could not be a column or a model. `of_column`: it is also the name of a column of the user's."""

    text: str
    of_column: bool = False
    code: ClassVar[str] = "SEG114"
    title: ClassVar[str] = "bad name"

    @property
    def label(self) -> str:
        if "__" in self.text and _as_name(self.text) != self.text:
            return "a name has no `__`: it parts the pieces of generated names"
        return "a name is a lower-case letter followed by lower-case letters, digits and `_`, at most 50 characters"

    @property
    def help(self) -> str:
        guess = _as_name(self.text)
        written = f"`{guess}`" if guess else "another"
        if self.of_column:
            return f"give the column such a name, for example {written}, in a staging model and point `relation` at it"
        return f"write {written} for example" if guess else "choose another name"


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
