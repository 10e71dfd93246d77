"""The shape of a finding. Each stage declares its own findings as frozen subclasses of `Diagnostic`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from enum import Enum
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Span:
    """A place in a spec file. Lines and columns count from 1; `length` is in characters, at least 1."""

    file: str
    line: int
    column: int
    length: int = 1


class Severity(Enum):
    """`ERROR` stops the pipeline; `WARNING` is shown and does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Related:
    """A second place that the finding is about (the first definition of a name defined twice)."""

    span: Span
    label: str


@dataclass(frozen=True, slots=True)
class Diagnostic(ABC):
    """One finding. A subclass sets `code`, `title`, maybe `severity`; `label` and `help` speak of its own fields."""

    span: Span | None = field(kw_only=True, default=None)

    code: ClassVar[str]
    title: ClassVar[str]
    severity: ClassVar[Severity] = Severity.ERROR

    @property
    @abstractmethod
    def label(self) -> str:
        """The words beside the caret."""

    @property
    def help(self) -> str | None:
        """A way out, where there is one."""
        return None

    @property
    def related(self) -> tuple[Related, ...]:
        """Other places worth showing."""
        return ()
