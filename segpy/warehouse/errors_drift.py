"""Members who are too far from those that they were."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from segpy.diagnostics.model import Diagnostic


@dataclass(frozen=True, slots=True)
class MembersDrifted(Diagnostic):
    """A feature of a segment's members is beyond what the portfolio allows."""

    segment: str
    feature: str
    index: float
    limit: float

    code: ClassVar[str] = "SEG690"
    title: ClassVar[str] = "members are others than they were"

    @property
    def label(self) -> str:
        """The words beside the caret."""
        return f"`{self.segment}` has drifted by {self.index:.2f} in `{self.feature}`, and {self.limit:g} is allowed"

    @property
    def help(self) -> str:
        """A way out."""
        return (
            f"`segpy drift {self.segment}` shows where its members are now; if they are meant to be others, begin "
            "with a later --from"
        )
