"""What can be wrong with the form of a file, before anything is known of the language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from segpy.diagnostics.model import Diagnostic, Related, Span


@dataclass(frozen=True, slots=True)
class SeveralDocuments(Diagnostic):
    """A second `---`."""

    code: ClassVar[str] = "SEG100"
    title: ClassVar[str] = "more than one document"

    @property
    def label(self) -> str:
        return "a second document begins here; a spec file holds one"

    @property
    def help(self) -> str:
        return "remove the `---`, or move what follows into a file of its own"


@dataclass(frozen=True, slots=True)
class NotYaml(Diagnostic):
    """The parser stopped. `problem` and `way_out` are in plain words; `opened` is where the unfinished thing began."""

    code: ClassVar[str] = "SEG101"
    title: ClassVar[str] = "not valid YAML"

    problem: str
    way_out: str | None = None
    opened: Related | None = None

    @property
    def label(self) -> str:
        return self.problem

    @property
    def help(self) -> str:
        return self.way_out or "look at the quotes, brackets and indentation before this place"

    @property
    def related(self) -> tuple[Related, ...]:
        return () if self.opened is None else (self.opened,)


@dataclass(frozen=True, slots=True)
class DuplicateKey(Diagnostic):
    """YAML parsers commonly keep the last of two equal keys in silence."""

    code: ClassVar[str] = "SEG102"
    title: ClassVar[str] = "duplicate key"

    key: str
    first: Span

    @property
    def label(self) -> str:
        return f"`{self.key}` is already a key of this mapping"

    @property
    def help(self) -> str:
        return "remove or rename one of the two"

    @property
    def related(self) -> tuple[Related, ...]:
        return (Related(self.first, "first written here"),)


@dataclass(frozen=True, slots=True)
class KeyNotText(Diagnostic):
    """A list, a mapping or nothing where a key is expected."""

    code: ClassVar[str] = "SEG103"
    title: ClassVar[str] = "a key must be text"

    found: str

    @property
    def label(self) -> str:
        return f"this key is {self.found}"

    @property
    def help(self) -> str:
        return "write a name before the `:`; put text that begins with `[`, `{` or `?` in quotes"


@dataclass(frozen=True, slots=True)
class NotAMapping(Diagnostic):
    """The whole file is a list or a single value."""

    code: ClassVar[str] = "SEG104"
    title: ClassVar[str] = "a spec file must be a mapping"

    found: str

    @property
    def label(self) -> str:
        return f"the top level of this file is {self.found}"

    @property
    def help(self) -> str:
        return "begin with a key such as `entities:`, `events:` or `segments:`"


@dataclass(frozen=True, slots=True)
class TooDeep(Diagnostic):
    """Lists and mappings inside each other beyond any use."""

    code: ClassVar[str] = "SEG105"
    title: ClassVar[str] = "nested too deep"

    limit: int

    @property
    def label(self) -> str:
        return f"this stands more than {self.limit} levels deep"

    @property
    def help(self) -> str:
        return "give parts names of their own (`features:`, `segments:`) and refer to them"


@dataclass(frozen=True, slots=True)
class TooLarge(Diagnostic):
    """A file that expands beyond bounds, a value that contains itself, a number beyond 64 bits."""

    code: ClassVar[str] = "SEG106"
    title: ClassVar[str] = "too large"

    reason: str
    way_out: str

    @property
    def label(self) -> str:
        return self.reason

    @property
    def help(self) -> str:
        return self.way_out


@dataclass(frozen=True, slots=True)
class ExplicitTag(Diagnostic):
    """`!!str`, `!!python/object`, `!custom`: a spec needs none, and some run code in other tools."""

    code: ClassVar[str] = "SEG107"
    title: ClassVar[str] = "tags are not allowed"

    tag: str

    @property
    def label(self) -> str:
        return f"`{self.tag}` is a YAML tag"

    @property
    def help(self) -> str:
        return "remove it; put a value in quotes to make it text"


@dataclass(frozen=True, slots=True)
class UnreadableCharacter(Diagnostic):
    """Bytes that are not UTF-8, or control characters in the text or behind an escape."""

    code: ClassVar[str] = "SEG108"
    title: ClassVar[str] = "unreadable character"

    problem: str
    way_out: str

    @property
    def label(self) -> str:
        return self.problem

    @property
    def help(self) -> str:
        return self.way_out


@dataclass(frozen=True, slots=True)
class MergeKey(Diagnostic):
    """`<<` was in YAML 1.1, is not in YAML 1.2, and hides what a segment is made of."""

    code: ClassVar[str] = "SEG109"
    title: ClassVar[str] = "merge keys are not allowed"

    @property
    def label(self) -> str:
        return "`<<` would merge another mapping into this one"

    @property
    def help(self) -> str:
        return "write the keys out, or let the segment build on another with `extends`"
