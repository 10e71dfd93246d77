"""What is wrong with what is said of personal columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from segpy.diagnostics.model import Diagnostic
from segpy.diagnostics.nearest import listed, nearest


@dataclass(frozen=True, slots=True)
class NothingPersonal(Diagnostic):
    """Something to be published that is not personal, or is not there."""

    name: str
    known: tuple[str, ...]
    plain: bool
    code: ClassVar[str] = "SEG641"
    title: ClassVar[str] = "nothing personal to publish"

    @property
    def label(self) -> str:
        return f"`{self.name}` is not personal" if self.plain else f"there is no personal column `{self.name}`"

    @property
    def help(self) -> str:
        if self.plain:
            return "leave it out: what is not personal may stand in generated tables"
        near = nearest(self.name, self.known)
        if near:
            return f"did you mean `{near}`?"
        return f"personal are {listed(self.known)}" if self.known else "no column is `personal: true`; leave it out"


@dataclass(frozen=True, slots=True)
class PersonalKey(Diagnostic):
    """A personal attribute that would become the key of another entity, and so stand in its tables."""

    column: str
    code: ClassVar[str] = "SEG642"
    title: ClassVar[str] = "personal key"

    @property
    def label(self) -> str:
        return f"`{self.column}` is personal, and would be a key in generated tables"

    @property
    def help(self) -> str:
        return f"name an attribute that is not personal, or add `privacy: {{publish: [{self.column}]}}`"
