"""The one finding that several stages share: some constructs are known by their key, some only inside an expression."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from segpy.diagnostics.model import Diagnostic


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
