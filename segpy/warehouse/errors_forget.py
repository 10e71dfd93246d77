"""Why somebody is not forgotten yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from segpy.diagnostics.model import Diagnostic, Severity
from segpy.diagnostics.nearest import listed


@dataclass(frozen=True, slots=True)
class StillThere(Diagnostic):
    """Generated tables that hold a key. `applied` where they were deleted from, `values` where others' rows hold it."""

    entity: str
    key: str
    relations: tuple[str, ...]
    applied: bool
    values: bool

    code: ClassVar[str] = "SEG643"
    title: ClassVar[str] = "not forgotten"

    @property
    def label(self) -> str:
        """The words beside the caret."""
        return f"{self.entity} `{self.key}` is found in {listed(self.relations)}"

    @property
    def help(self) -> str:
        """A way out."""
        if not self.applied:
            return "delete it from the sources, then run the same with --apply, or the statements for generated tables"
        if self.values:
            return "rows of others have this value: clean the sources, and build again with --full-refresh"
        return "views show what their sources hold: clean these first, then run the same again"


@dataclass(frozen=True, slots=True)
class NotDeleted(Diagnostic):
    """The engine refused to delete. Where it knows transactions nothing was deleted."""

    said: str
    whole: bool

    code: ClassVar[str] = "SEG644"
    title: ClassVar[str] = "could not delete"

    @property
    def label(self) -> str:
        """The words beside the caret."""
        rest = "nothing was deleted" if self.whole else "some tables may have been deleted from"
        return f"{self.said}\n{rest}"

    @property
    def help(self) -> str:
        """A way out."""
        return "the target of the profile must be allowed to delete; run the same again, which deletes what is left"


@dataclass(frozen=True, slots=True)
class NowhereFound(Diagnostic):
    """A key that nothing holds: forgotten already, or written otherwise."""

    entity: str
    key: str

    code: ClassVar[str] = "SEG645"
    title: ClassVar[str] = "key is nowhere"
    severity: ClassVar[Severity] = Severity.WARNING

    @property
    def label(self) -> str:
        """The words beside the caret."""
        return f"no relation has a {self.entity} with the key `{self.key}`: it is forgotten, or it was never there"

    @property
    def help(self) -> str:
        """A way out."""
        return "keys are compared as they are written, capital letters too; --entity asks about another entity"
