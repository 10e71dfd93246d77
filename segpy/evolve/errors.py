"""Why no segments could be evolved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from segpy.diagnostics.model import Diagnostic
from segpy.evolve.model import LeftOut


@dataclass(frozen=True, slots=True)
class NeedsEvolve(Diagnostic):
    """scikit-learn is not installed beside segpy."""

    missing: str  # the library that cannot be imported

    code: ClassVar[str] = "SEG660"
    title: ClassVar[str] = "scikit-learn is not installed"

    @property
    def label(self) -> str:
        """The words beside the caret."""
        return f"evolving needs `{self.missing}`, which cannot be imported here"

    @property
    def help(self) -> str:
        """A way out."""
        return "pip install 'dbt-segpy[evolve]'; what was evolved and written needs none of it"


@dataclass(frozen=True, slots=True)
class TooFewPeople(Diagnostic):
    """There are too few people to find clusters among, and to try questions on."""

    people: int
    least: int

    code: ClassVar[str] = "SEG661"
    title: ClassVar[str] = "too few people to evolve segments from"

    @property
    def label(self) -> str:
        """The words beside the caret."""
        return f"there are {self.people:,}, and fewer than {self.least:,} tell nothing that holds for others"

    @property
    def help(self) -> str:
        """A way out."""
        return "ask for fewer clusters, or write segments by hand until there are more"


@dataclass(frozen=True, slots=True)
class NothingTellsApart(Diagnostic):
    """No feature tells people apart."""

    left_out: tuple[LeftOut, ...]

    code: ClassVar[str] = "SEG662"
    title: ClassVar[str] = "no feature tells people apart"

    @property
    def label(self) -> str:
        """The words beside the caret."""
        return "; ".join(f"`{one.feature}`: {one.reason}" for one in self.left_out) or "there is no feature to look at"

    @property
    def help(self) -> str:
        """A way out."""
        return "declare `features` that are numbers and differ between people, build them, and name them by --features"


@dataclass(frozen=True, slots=True)
class OneCluster(Diagnostic):
    """People do not fall into several clusters that questions could tell apart."""

    different: int

    code: ClassVar[str] = "SEG663"
    title: ClassVar[str] = "people do not fall into clusters"

    @property
    def label(self) -> str:
        """The words beside the caret."""
        if self.different <= 1:
            return "no question tells the clusters apart"
        return f"by these features there are only {self.different:,} kinds of people"

    @property
    def help(self) -> str:
        """A way out."""
        return "ask for fewer clusters, or about other features"
