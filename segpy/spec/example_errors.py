"""What can be wrong with the form of an example."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from segpy.diagnostics.model import Diagnostic


@dataclass(frozen=True, slots=True)
class BadEventLine(Diagnostic):
    """A line under `events` of an example that cannot be read, or an instant that is none."""

    reason: str
    way_out: str = "write a line as in `2026-03-08 10:00  pricing_viewed  path=/pricing title='two words'`"
    code: ClassVar[str] = "SEG130"
    title: ClassVar[str] = "not a line of an example"

    @property
    def label(self) -> str:
        return self.reason

    @property
    def help(self) -> str:
        return self.way_out
