"""Why there is nothing to review."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from segpy.diagnostics.model import Diagnostic


@dataclass(frozen=True, slots=True)
class NoRuns(Diagnostic):
    """The table of sizes is empty: nothing was ever built, or no segment was."""

    model: str

    code: ClassVar[str] = "SEG671"
    title: ClassVar[str] = "no run to report"

    @property
    def label(self) -> str:
        """The words beside the caret."""
        return f"`{self.model}` has no row, so there is no size of any segment at any time"

    @property
    def help(self) -> str:
        """A way out."""
        return "`segpy build` makes the first run; `segpy backfill --from … --every '1 week'` gives it a past"
