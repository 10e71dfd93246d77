"""Why dbt could not be put to work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from segpy.diagnostics.model import Diagnostic, Severity
from segpy.diagnostics.nearest import listed, nearest


@dataclass(frozen=True, slots=True)
class NoDbt(Diagnostic):
    """dbt is not installed beside segpy, or cannot be run from Python."""

    missing: str  # the module that could not be imported

    code: ClassVar[str] = "SEG608"
    title: ClassVar[str] = "dbt is not installed"

    @property
    def label(self) -> str:
        """The words beside the caret."""
        return f"building needs dbt-core 1.10 or 1.11, and `{self.missing}` cannot be imported here"

    @property
    def help(self) -> str:
        """A way out."""
        return (
            "pip install 'dbt-segpy[duckdb]', or install dbt-core and the adapter of your warehouse beside segpy; "
            "with another dbt, run `segpy render` and then its `dbt build`"
        )


@dataclass(frozen=True, slots=True)
class DbtRefused(Diagnostic):
    """dbt could not read the project, or not connect, and built nothing."""

    message: str
    way_out: str | None = None

    code: ClassVar[str] = "SEG610"
    title: ClassVar[str] = "dbt cannot build the project"

    @property
    def label(self) -> str:
        """The words beside the caret."""
        return self.message

    @property
    def help(self) -> str:
        """A way out."""
        return self.way_out or "`dbt parse` shows the same without segpy; logs/dbt.log has the whole story"


@dataclass(frozen=True, slots=True)
class NothingSelected(Diagnostic):
    """The selection matches nothing, so that nothing was built."""

    selection: str

    code: ClassVar[str] = "SEG611"
    title: ClassVar[str] = "nothing to build"
    severity: ClassVar[Severity] = Severity.WARNING

    @property
    def label(self) -> str:
        """The words beside the caret."""
        return f"no model or test matches {self.selection}" if self.selection else "the project has nothing to build"

    @property
    def help(self) -> str:
        """A way out."""
        return "`dbt ls` lists what can be selected"


@dataclass(frozen=True, slots=True)
class HistoryInTheWay(Diagnostic):
    """History holds runs since the first instant of a backfill that are none of its own."""

    first: datetime
    runs: int
    earliest: datetime
    latest: datetime

    code: ClassVar[str] = "SEG613"
    title: ClassVar[str] = "history holds other runs already"

    @property
    def label(self) -> str:
        """The words beside the caret."""
        if self.runs == 1:
            return f"since {self.first} it holds a run as of {self.earliest}, which is no instant of this backfill"
        return (
            f"since {self.first} it holds {self.runs} runs, from {self.earliest} to {self.latest}, "
            "and these are not the first instants of this backfill"
        )

    @property
    def help(self) -> str:
        """A way out."""
        return (
            f"begin after {self.latest} with a later --from, or forget these runs and build the instants asked for in "
            "their place: add --rewrite-history"
        )


@dataclass(frozen=True, slots=True)
class EndsBeforeItBegins(Diagnostic):
    """A backfill whose last instant is before its first."""

    first: datetime
    last: datetime

    code: ClassVar[str] = "SEG614"
    title: ClassVar[str] = "the backfill ends before it begins"

    @property
    def label(self) -> str:
        """The words beside the caret."""
        return f"it is from {self.first} to {self.last}"

    @property
    def help(self) -> str:
        """A way out."""
        return "give an earlier --from or a later --to; without --to it ends where a run would stand now"


@dataclass(frozen=True, slots=True)
class ColumnGone(Diagnostic):
    """A column that a model is about to read, and that the warehouse does not have."""

    name: str
    relation: str
    known: tuple[str, ...]

    code: ClassVar[str] = "SEG617"
    title: ClassVar[str] = "column is not in the warehouse"

    @property
    def label(self) -> str:
        """The words beside the caret."""
        guess = nearest(self.name, self.known)
        return f"{self.relation} has no such column" + (f"; nearest: `{guess}`" if guess else "")

    @property
    def help(self) -> str:
        """A way out."""
        return (
            "nothing was built, and what is kept is as it was: bring the column back, name the one in its place, or "
            "take it and what needs it out of the spec, then run `segpy build` again; columns there: "
            f"{listed(self.known)}"
        )


@dataclass(frozen=True, slots=True)
class RelationGone(Diagnostic):
    """A relation that a model is about to read, and that the warehouse does not have."""

    relation: str
    message: str

    code: ClassVar[str] = "SEG618"
    title: ClassVar[str] = "relation cannot be read"

    @property
    def label(self) -> str:
        """The words beside the caret."""
        told = next((line.strip() for line in self.message.splitlines() if line.strip()), "")
        return f"the warehouse has no {self.relation} to read: {told}"

    @property
    def help(self) -> str:
        """A way out."""
        return (
            "nothing was built, and what is kept is as it was: bring the relation back, or name another in the spec, "
            "then run `segpy build` again, which without --select builds models and seeds of the project before it"
        )
