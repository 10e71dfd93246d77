"""What the relations of every method have in common: the columns that tell attempts apart and put them in order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlglot import exp

from segpy.plan.model import SequencePlan
from segpy.spec.expression import Type
from segpy.spec.model_measures import Ties
from segpy.sql.model import Cte
from segpy.sql.nodes import Operation
from segpy.sql.tree import as_of, column, is_known, minus, named, nearest, select, sql_type, table

IN_ORDER = "events_in_order"
POSITION = "event_position"
CROWDED = "crowded_at"


@dataclass(frozen=True, slots=True)
class Frame:
    """The columns of a sequence's relations.

    A relation of a step, `<sequence>__step_<i>`, has the key, the values of `same`, `reached_at`, `started_at` and
    `events`; where ties are ordered also `reached_position` and `started_position`.
    """

    sequence: SequencePlan
    key: str

    @property
    def ordered(self) -> bool:
        """Whether a position, not the instant, tells what comes after what."""
        return self.sequence.ties is Ties.ORDERED

    @property
    def events(self) -> str:
        """The relation to read events from."""
        return IN_ORDER if self.ordered else "events"

    @property
    def at(self) -> str:
        """The column that puts events in order."""
        return POSITION if self.ordered else "occurred_at"

    @property
    def ats(self) -> tuple[str, ...]:
        """The columns that tell when an event was: its instant and, where there is one, its position."""
        return ("occurred_at", POSITION) if self.ordered else ("occurred_at",)

    def place(self, of: str) -> str:
        """`reached_at` for `reached`: the column that puts attempts in order."""
        return self.places(of)[-1]

    def places(self, of: str) -> tuple[str, ...]:
        """`reached_at` for `reached`, and the position beside it where there is one."""
        return (f"{of}_at", f"{of}_position") if self.ordered else (f"{of}_at",)

    @property
    def shared(self) -> tuple[str, ...]:
        """The columns of the relations that hold what all steps share."""
        return tuple(f"same_{name}" for name in self.sequence.same)

    def by(self, source: str | None = None, *, shared: bool = True) -> list[exp.Expr]:
        """Whose attempt it is: the key and, unless told otherwise, the shared values."""
        return [column(name, source) for name in (self.key, *(self.shared if shared else ()))]

    def by_events(self) -> list[exp.Expr]:
        """The same in the events model."""
        return [column(self.key), *self._same()]

    def told(self) -> list[exp.Expr]:
        """Whose event it is and when it was, read from the events model."""
        same = [named(value, name) for value, name in zip(self._same(), self.shared, strict=True)]
        return [column(self.key), *same, *(column(name) for name in self.ats)]

    def _same(self) -> list[exp.Expr]:
        """What all steps share, read from the events model."""
        fractions, values = self.sequence.fractions, [(name, column(name)) for name in self.sequence.same]
        return [Operation.TELLING_NUMBER(value) if name in fractions else value for name, value in values]

    def known(self) -> list[exp.Expr]:
        """The conditions of a matched event: in the window of the sequence, its shared values known."""
        return [*self.since(), *(is_known(column(name)) for name in self.sequence.same)]

    def since(self) -> list[exp.Expr]:
        """The condition that an event lies in the window of the whole sequence."""
        if self.sequence.in_the_last is None:
            return []
        return [exp.GTE(this=column("occurred_at"), expression=minus(as_of(), self.sequence.in_the_last))]

    def equal(self, one: str, other: str, *, shared: bool = True) -> list[exp.Expr]:
        """The conditions that two relations speak of the same."""
        pairs = zip(self.by(one, shared=shared), self.by(other, shared=shared), strict=True)
        return [exp.EQ(this=left, expression=right) for left, right in pairs]

    def nearest(
        self,
        name: str,
        compared: exp.Expr,
        left: str,
        alias: str,
        read: Sequence[str],
        *,
        shared: bool = True,
        outer: bool = False,
    ) -> exp.Join:
        """A join to the nearest row of a relation that fits a comparison, of the same entity (and shared values).

        `read` are the columns that are read of it: all tell when something was.
        """
        on: exp.Expr | None = None
        for part in (*self.equal(left, alias, shared=shared), compared):
            on = part if on is None else exp.And(this=on, expression=part)
        assert on is not None
        return nearest(name, on, alias, {one: self._type(one) for one in read}, outer=outer)

    def type_of(self, place: str) -> exp.DataType:
        """The type of a column that puts attempts in order, in a syntax tree."""
        return sql_type(self._type(place))

    def _type(self, place: str) -> Type:
        """The type of a column that tells when something was: an instant or, where ties are ordered, a position."""
        position = place.endswith("_position") or (self.ordered and place == CROWDED)
        return Type.INTEGER if position else Type.TIMESTAMP

    def later(self, one: exp.Expr, other: exp.Expr) -> exp.Expr:
        """That one may follow another: at the same instant too where ties are read in the order of the steps."""
        kind = exp.GTE if self.sequence.ties is Ties.ANY else exp.GT
        return kind(this=one, expression=other)


def in_order(key: str) -> Cte:
    """The events with their positions: by time, at one instant by the order of the stream, the unordered last."""
    keys = [exp.Ordered(this=column("occurred_at")), exp.Ordered(this=column("event_order"), nulls_first=False)]
    window = exp.Window(this=exp.Rank(), partition_by=[column(key)], order=exp.Order(expressions=keys))
    comment = (
        "events of one instant by the `order` of their stream; those without one come last, none before another",
    )
    return Cte(IN_ORDER, comment, select([exp.Star(), named(window, POSITION)], table("events")))
