"""Why nothing could be measured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from segpy.diagnostics.model import Diagnostic


@dataclass(frozen=True, slots=True)
class NeedsMeasure(Diagnostic):
    """The libraries of statistics are not installed beside segpy."""

    missing: str  # the library that cannot be imported

    code: ClassVar[str] = "SEG650"
    title: ClassVar[str] = "libraries of statistics are not installed"

    @property
    def label(self) -> str:
        """The words beside the caret."""
        return f"measuring needs `{self.missing}`, which cannot be imported here"

    @property
    def help(self) -> str:
        """A way out."""
        return "pip install 'dbt-segpy[measure]'; checking, rendering and building need none of it"
