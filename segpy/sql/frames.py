"""What every branch shares: which events it reads, and from where its windows are measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlglot import exp

from segpy.plan.model_features import Branch, BranchColumn
from segpy.spec.model_measures import CalendarUnit
from segpy.sql.operations import calendar_unit, selected
from segpy.sql.tree import all_of, column, inner_join, named, select, table
from segpy.sql.windows import earliest, in_window

_EDGE = "_edge"


@dataclass(frozen=True, slots=True)
class Frame:
    """The events of a branch, joined with the edge of its windows where that is not `as_of`.

    `prefix` is the table that the columns of events must be named by then; `lower` the bound that all windows share.
    """

    branch: Branch
    key_name: str
    joins: tuple[exp.Join, ...]
    edge: exp.Expr | None
    prefix: str | None
    lower: tuple[exp.Expr, ...]

    @property
    def comment(self) -> tuple[str, ...]:
        """Which events these are, and whom they are for."""
        return (f"{self.branch.selection.words}: for {', '.join(self.branch.serves)}",)

    def column(self, name: str) -> exp.Column:
        """A column of the events."""
        return column(name, self.prefix)

    def key(self) -> exp.Column:
        """The entity's key."""
        return self.column(self.key_name)

    def occurred_at(self) -> exp.Column:
        """When the event happened."""
        return self.column("occurred_at")

    def calendar_unit(self, unit: CalendarUnit, instant: exp.Expr | None = None) -> exp.Expr:
        """The first day of the calendar unit of the event, or of an instant."""
        assert self.branch.zone is not None
        return calendar_unit(instant or self.occurred_at(), unit, self.branch.zone)

    def inside(self, one: BranchColumn) -> exp.Expr | None:
        """Whether an event is in a column's window; None where every event that is read is."""
        parts = in_window(one.window, self.occurred_at(), self.edge)
        return all_of(parts) if parts and parts != list(self.lower) else None

    def both_inside(self, one: BranchColumn, instants: Sequence[str]) -> exp.Expr | None:
        """As `inside`, for several instants in a relation made of the events, which has `edges` as well."""
        if self.inside(one) is None:
            return None
        edge = column(_EDGE) if self.edge is not None else None
        return all_of(part for name in instants for part in in_window(one.window, column(name), edge))

    def edges(self) -> list[exp.Expr]:
        """What windows are measured from, to be selected beside the events; nothing where that is `as_of`."""
        return [named(self.edge.copy(), _EDGE)] if self.edge is not None else []

    def bounds(self) -> list[exp.Expr]:
        """The one window of all columns, as conditions on events; those that are not among `lower`."""
        parts = in_window(self.branch.columns[0].window, self.occurred_at(), self.edge)
        return [part for part in parts if part not in self.lower]

    def events(
        self,
        columns: Sequence[exp.Expr],
        *,
        where: Sequence[exp.Expr] = (),
        group_by: Sequence[exp.Expr] = (),
        distinct: bool = False,
    ) -> exp.Select:
        """A select from the branch's events."""
        conditions = [*selected(self.branch.selection, self.prefix), *(one.copy() for one in self.lower), *where]
        joins = [join.copy() for join in self.joins]
        return select(columns, table("events"), joins=joins, where=conditions, group_by=group_by, distinct=distinct)


def frame_of(branch: Branch, key: str) -> Frame:
    """The frame of a branch."""
    if branch.anchor is not None:
        name, edge = branch.anchor.name, "anchor_at"
    elif branch.start is not None:
        name, edge = "attributes", branch.start
    else:
        return Frame(
            branch, key, (), None, None, tuple(earliest([one.window for one in branch.columns], column("occurred_at")))
        )
    on = exp.EQ(this=column(key, name), expression=column(key, "events"))
    return Frame(branch, key, (inner_join(name, on),), column(edge, name), "events", ())
