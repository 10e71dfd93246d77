"""What can be wrong with the meaning of an example."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from segpy.diagnostics.model import Diagnostic


@dataclass(frozen=True, slots=True)
class NotThatEvent(Diagnostic):
    """A row that cannot be the event it is said to be."""

    event: str
    reason: str
    way_out: str
    code: ClassVar[str] = "SEG220"
    title: ClassVar[str] = "not that event"

    @property
    def label(self) -> str:
        return f"this row is no `{self.event}`: {self.reason}"

    @property
    def help(self) -> str:
        return self.way_out


@dataclass(frozen=True, slots=True)
class BetweenGrains(Diagnostic):
    """An instant at which the project never looks at anybody."""

    grain: str
    code: ClassVar[str] = "SEG420"
    title: ClassVar[str] = "instant finer than the grain"

    @property
    def label(self) -> str:
        return f"segments are evaluated at the start of a{'n' if self.grain == 'hour' else ''} {self.grain}"

    @property
    def help(self) -> str:
        finer = ", or set `grain: hour`" if self.grain == "day" else ""
        return f"write the start of a{'n' if self.grain == 'hour' else ''} {self.grain}{finer}"
