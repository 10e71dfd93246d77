"""Why no page could be made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from segpy.diagnostics.model import Diagnostic


@dataclass(frozen=True, slots=True)
class NeedsReport(Diagnostic):
    """The library that draws charts is not installed beside segpy."""

    missing: str  # the library that cannot be imported

    code: ClassVar[str] = "SEG670"
    title: ClassVar[str] = "what a report is drawn with is not installed"

    @property
    def label(self) -> str:
        """The words beside the caret."""
        return f"the page needs `{self.missing}`, which cannot be imported here"

    @property
    def help(self) -> str:
        """A way out."""
        return (
            "pip install 'dbt-segpy[report]', which brings what charts are drawn with and the libraries of statistics"
        )
