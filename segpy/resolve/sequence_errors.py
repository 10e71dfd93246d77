"""What cannot be bound in a sequence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from segpy.diagnostics.model import Diagnostic
from segpy.diagnostics.nearest import listed


@dataclass(frozen=True, slots=True)
class NotInEveryStream(Diagnostic):
    """A property that steps are to share, and that the stream of one of them does not have."""

    name: str
    event: str
    stream: str
    known: tuple[str, ...]
    code: ClassVar[str] = "SEG340"
    title: ClassVar[str] = "property not shared"

    @property
    def label(self) -> str:
        return f"`{self.event}` cannot share `{self.name}`: stream `{self.stream}` has no such property"

    @property
    def help(self) -> str:
        known = f"properties of `{self.stream}`: {listed(self.known)}" if self.known else "it has no properties"
        return f"{known}; declare `{self.name}` there, or share another property"


@dataclass(frozen=True, slots=True)
class NotOrdered(Diagnostic):
    """`ties: ordered` where no one order is known for all events of the sequence."""

    streams: tuple[str, ...]
    code: ClassVar[str] = "SEG341"
    title: ClassVar[str] = "no order for ties"

    @property
    def label(self) -> str:
        if len(self.streams) > 1:
            return f"its events are in several streams ({listed(self.streams)}), which have no order in common"
        return f"stream `{self.streams[0]}` declares no `order`"

    @property
    def help(self) -> str:
        if len(self.streams) > 1:
            return "write `ties: strict`, or leave `ties` out"
        return f"add `order: <column>` to stream `{self.streams[0]}`, or write `ties: strict`"
