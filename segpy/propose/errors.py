"""What can be wrong with what is found in a project that has no segments yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from segpy.diagnostics.model import Diagnostic
from segpy.propose.model import NOT_BUILT, Unused

_MOST = 12


@dataclass(frozen=True, slots=True)
class NothingToPropose(Diagnostic):
    """No relation has somebody's key and a time, so that there are no events to speak of."""

    looked_at: tuple[Unused, ...]
    selection: str = ""

    code: ClassVar[str] = "SEG620"
    title: ClassVar[str] = "no events found"

    @property
    def label(self) -> str:
        """The words beside the caret."""
        if not self.looked_at:
            where = f"matches {self.selection}" if self.selection else "is in this project"
            return f"no model, seed, snapshot or source {where}"
        if all(one.reason == NOT_BUILT for one in self.looked_at):
            number = len(self.looked_at)
            which = f"none of the {number} relations of this project is" if number > 1 else "the one relation is not"
            return f"{which} in the warehouse; nothing was written"
        lines = [f"{one.name}: {one.reason}" for one in self.looked_at[:_MOST]]
        if len(self.looked_at) > _MOST:
            lines.append(f"and {len(self.looked_at) - _MOST} more")
        return "\n".join(["none of the relations has both somebody's key and a time; nothing was written", *lines])

    @property
    def help(self) -> str:
        """A way out."""
        if self.selection and not self.looked_at:
            return "`dbt ls` lists what can be selected; a source is written source:app.events"
        if any(one.reason == NOT_BUILT for one in self.looked_at):
            return "run `dbt build`, so that the warehouse has the relations, and then `segpy init` again"
        if (model := next((one.model for one in self.looked_at if one.model), "")) != "":
            return f"write a model with a time, such as {model}; `dbt build` it, and run `segpy init` again"
        return (
            "what is needed is a relation with one row an event: a column such as user_id, and a timestamp or a date; "
            "declare it as a source, or write a model that casts its columns, build it, and run `segpy init` again; or "
            "write segments/ by hand, as the README shows"
        )
