"""What is wrong with windows between fixed instants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from segpy.diagnostics.model import Diagnostic


@dataclass(frozen=True, slots=True)
class NotAnInstant(Diagnostic):
    """An edge that is neither a date nor a timestamp."""

    found: str
    code: ClassVar[str] = "SEG404"
    title: ClassVar[str] = "not a date or a timestamp"

    @property
    def label(self) -> str:
        return f"`{self.found}` is neither a date nor a timestamp"

    @property
    def help(self) -> str:
        return "write `2026-01-01`, or `2026-01-01 12:30` as the clocks of the project's `timezone` show it"


@dataclass(frozen=True, slots=True)
class NothingBetween(Diagnostic):
    """A window that ends before it begins."""

    start: str
    end: str
    code: ClassVar[str] = "SEG405"
    title: ClassVar[str] = "window without an extent"

    @property
    def label(self) -> str:
        return f"nothing lies between {self.start} and {self.end}"

    @property
    def help(self) -> str:
        return "let `to` be later than `from`; an event at `to` itself is outside"
