"""Sequences in which one event could serve two steps, exactly, without recursion.

Between instants the latest attempt decides, as in `chains`, and no event can serve twice. So an event that is alone at
its instant is joined to the latest attempt strictly before it. Only where several events share an instant, at crowded
instants, is there more to choose: an attempt that has filled slot i before goes on to slot j when the events there can
fill the slots i+1 … j (`slots`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlglot import exp

from segpy.plan.model import SequencePlan
from segpy.sql.attempts import Frame
from segpy.sql.model import Cte
from segpy.sql.operations import filtered, one_of, selected
from segpy.sql.slots import Slots, slots_of
from segpy.sql.tree import (
    all_of,
    any_of,
    column,
    inner_join,
    is_known,
    is_null,
    left_join,
    named,
    number,
    plus,
    select,
    table,
    union_all,
)

_CROWD = "crowd"


@dataclass(frozen=True, slots=True)
class _Attempt:
    """An attempt before an instant: when it began, and when its last whole step was completed."""

    started: exp.Expr
    since: exp.Expr


def instant_ctes(sequence: SequencePlan, key: str) -> list[Cte]:
    """One relation for each step, `<sequence>__step_<i>`, and those that it is made from."""
    return _Builder(Frame(sequence, key), slots_of(sequence)).ctes()


@dataclass(frozen=True, slots=True)
class _Builder:
    """What all relations of a sequence are built from."""

    frame: Frame
    slots: Slots

    @property
    def name(self) -> str:
        return self.frame.sequence.name

    @property
    def barred(self) -> list[int]:
        """The steps before which something must not lie."""
        return [i for i, step in enumerate(self.frame.sequence.steps, start=1) if step.without]

    def ctes(self) -> list[Cte]:
        found = [self._events(), self._crowded(), self._alone(), *map(self._unwanted, self.barred)]
        crowded, columns = f"{self.name}__crowded", self._crowd_columns()
        if self.barred:
            found.append(self._marked(crowded, columns))
            crowded, columns = found[-1].name, [*columns, *map(_unwanted_at, self.barred)]
        for slot in range(1, self.slots.count + 1):
            if slot > 1:
                found.append(self._before(slot, crowded, columns))
                crowded, columns = found[-1].name, [*columns, *self._carried(slot - 1)]
            reached = self._reached(slot)
            words = self.slots.plan(slot).words
            found += [
                Cte(f"{reached}_alone", (), self._of_single(slot)),
                Cte(f"{reached}_crowded", (), self._of_crowded(slot, crowded)),
                Cte(reached, (words if self.slots.last_of_step(slot) else f"{words}: slot {slot}",), _both(reached)),
            ]
        return found

    def _reached(self, slot: int) -> str:
        """The relation of a slot, which is that of the step which it completes."""
        last = self.slots.last_of_step(slot)
        return f"{self.name}__step_{self.slots.step[slot - 1]}" if last else f"{self.name}__slot_{slot}"

    def _events(self) -> Cte:
        steps = self.frame.sequence.steps
        kinds = [steps[kind - 1].selection for kind in self.slots.kinds]
        flags = [
            named(all_of(selected(selection)), _is_kind(kind))
            for kind, selection in zip(self.slots.kinds, kinds, strict=True)
        ]
        query = select([*self.frame.told(), *flags], table("events"), where=[one_of(kinds), *self.frame.since()])
        return Cte(f"{self.name}__events", ("which step each event could be",), query)

    def _crowd_columns(self) -> list[str]:
        return [self.frame.key, "occurred_at", *map(_count, self.slots.sets(self.slots.kinds))]

    def _crowded(self) -> Cte:
        by = [column(self.frame.key), column("occurred_at")]
        counts = [
            named(filtered(exp.Count(this=exp.Star()), any_of(column(_is_kind(kind)) for kind in kinds)), _count(kinds))
            for kinds in self.slots.sets(self.slots.kinds)
        ]
        several = exp.GT(this=exp.Count(this=exp.Star()), expression=number(1))
        query = select(
            [*by, *counts], table(f"{self.name}__events"), group_by=[one.copy() for one in by], having=several
        )
        comment = ("instants of several of these events, counted by the steps they could be",)
        return Cte(f"{self.name}__crowded", comment, query)

    def _alone(self) -> Cte:
        events, crowded = f"{self.name}__events", f"{self.name}__crowded"
        columns = [self.frame.key, "occurred_at", *map(_is_kind, self.slots.kinds)]
        query = select(
            [column(one, "step") for one in columns],
            table(events, "step"),
            joins=[left_join(crowded, self._same_instant(_CROWD, "step"), _CROWD)],
            where=[is_null(column(self.frame.key, _CROWD))],
        )
        return Cte(f"{self.name}__alone", ("the others are alone at their instant",), query)

    def _same_instant(self, one: str, other: str) -> exp.Expr:
        return all_of(
            exp.EQ(this=column(name, one), expression=column(name, other)) for name in (self.frame.key, "occurred_at")
        )

    def _unwanted(self, step: int) -> Cte:
        unwanted = self.frame.sequence.steps[step - 1].without
        query = select(self.frame.told(), table("events"), where=[one_of(unwanted), *self.frame.since()])
        return Cte(f"{self.name}__unwanted_{step}", (), query)

    def _look_for_unwanted(self, step: int, left: str) -> exp.Join:
        alias = f"unwanted_{step}"
        earlier = exp.GT(this=column("occurred_at", left), expression=column("occurred_at", alias))
        return self.frame.nearest(f"{self.name}__unwanted_{step}", earlier, left, alias, ["occurred_at"], outer=True)

    def _marked(self, crowded: str, columns: Sequence[str]) -> Cte:
        latest = [named(column("occurred_at", f"unwanted_{step}"), _unwanted_at(step)) for step in self.barred]
        joins = [self._look_for_unwanted(step, _CROWD) for step in self.barred]
        query = select([*(column(one, _CROWD) for one in columns), *latest], table(crowded, _CROWD), joins=joins)
        return Cte(f"{self.name}__marked", ("the latest unwanted events before",), query)

    def _carried(self, slot: int) -> list[str]:
        """The columns of a crowded instant that tell of the latest attempt that filled a slot before."""
        since = [f"before_since_{slot}"] if self.slots.needs_since(slot) else []
        return [f"before_started_{slot}", *since]

    def _read(self, slot: int) -> list[str]:
        """What is read of the relation of a slot: when the attempt began and when its last step was completed."""
        since = ["reached_at" if self.slots.last_of_step(slot) else "since_at"]
        return ["started_at", *(since if self.slots.needs_since(slot) else [])]

    def _look_for_attempt(self, slot: int, left: str, *, outer: bool) -> exp.Join:
        earlier = exp.GT(this=column("occurred_at", left), expression=column("reached_at", "attempt"))
        return self.frame.nearest(self._reached(slot), earlier, left, "attempt", self._read(slot), outer=outer)

    def _before(self, slot: int, crowded: str, columns: Sequence[str]) -> Cte:
        last = slot - 1
        attempt = [
            named(column(read, "attempt"), name)
            for read, name in zip(self._read(last), self._carried(last), strict=True)
        ]
        query = select(
            [*(column(one, _CROWD) for one in columns), *attempt],
            table(crowded, _CROWD),
            joins=[self._look_for_attempt(last, _CROWD, outer=True)],
        )
        return Cte(f"{self.name}__before_{slot}", (f"the latest attempt that filled slot {last} before",), query)

    def _of_single(self, slot: int) -> exp.Select:
        """A single event fills one slot, for the latest attempt before it."""
        now, attempt = column("occurred_at", "step"), None
        joins = []
        if slot > 1:
            joins.append(self._look_for_attempt(slot - 1, "step", outer=False))
            attempt = _Attempt(column("started_at", "attempt"), column(self._read(slot - 1)[-1], "attempt"))
        step = self.slots.step[slot - 1]
        if step in self.barred and self.slots.last_of_step(slot):
            joins.append(self._look_for_unwanted(step, "step"))
        where = self._allowed(slot - 1, slot, now, attempt, lambda one: column("occurred_at", f"unwanted_{one}"))
        columns = [
            column(self.frame.key, "step"),
            named(now.copy(), "reached_at"),
            column("started_at", "attempt") if attempt else named(now.copy(), "started_at"),
        ]
        if attempt and self._tells_since(slot):
            columns.append(named(attempt.since.copy(), "since_at"))
        if self.slots.last_of_step(slot):
            columns.append(named(number(1), "events"))
        mine = column(_is_kind(self.slots.kind[slot - 1]), "step")
        return select(columns, table(f"{self.name}__alone", "step"), joins=joins, where=[mine, *where])

    def _tells_since(self, slot: int) -> bool:
        """Whether the relation of a slot says when the step before was completed: its own is by `reached_at`."""
        return self.slots.needs_since(slot) and not self.slots.last_of_step(slot)

    def _of_crowded(self, slot: int, crowded: str) -> exp.Select:
        """The latest start of an attempt that the events of a crowded instant carry on to a slot, if there is one."""
        final = slot == self.slots.count
        source = _CROWD if final else None
        now = column("occurred_at", source)
        possible = [all_of([*_enough(self.slots, i, slot), *self._here(i, slot, source)]) for i in range(slot)]
        starts = [now if i == 0 else column(f"before_started_{i}", source) for i in range(slot)]
        columns = [column(self.frame.key, source), named(now.copy(), "reached_at")]
        columns.append(named(_first_possible(possible, starts), "started_at"))
        if self._tells_since(slot):
            marks = [self._since(i, slot, source) for i in range(slot)]
            columns.append(named(_first_possible(possible, marks), "since_at"))
        if self.slots.last_of_step(slot):
            columns.append(named(number(1), "events"))
        if not final:
            return select(columns, table(crowded))
        # Each event that can be the last is a completion of its own.
        joins = [inner_join(f"{self.name}__events", self._same_instant("closing", _CROWD), "closing")]
        ends = any_of(_grouped(self._as_last(i)) for i in range(slot))
        where = [column(_is_kind(self.slots.kind[-1]), "closing"), ends]
        return select(columns, table(crowded, _CROWD), joins=joins, where=where)

    def _here(self, i: int, j: int, source: str | None) -> list[exp.Expr]:
        """What an attempt must fulfil at a crowded instant, whose relation has what is known of it."""
        attempt = _Attempt(column(f"before_started_{i}", source), column(f"before_since_{i}", source))
        return self._allowed(
            i,
            j,
            column("occurred_at", source),
            attempt if i > 0 else None,
            lambda step: column(_unwanted_at(step), source),
            outer=True,
        )

    def _allowed(
        self,
        i: int,
        j: int,
        now: exp.Expr,
        attempt: _Attempt | None,
        unwanted_of: Callable[[int], exp.Expr],
        *,
        outer: bool = False,
    ) -> list[exp.Expr]:
        """What an attempt that filled slot i before this instant must fulfil to have slot j filled at it."""
        sequence, parts = self.frame.sequence, []
        if attempt is not None:
            parts += [is_known(attempt.started)] if outer else []
            if sequence.complete_within is not None:
                parts.append(exp.LTE(this=now, expression=plus(attempt.started.copy(), sequence.complete_within)))
        completed = self.slots.completed(i, j)
        if completed is None:
            return parts
        step = self.slots.plan(completed)
        if step.within is not None and attempt is not None:
            parts.append(exp.LTE(this=now.copy(), expression=plus(attempt.since.copy(), step.within)))
        if step.without:
            unwanted = unwanted_of(self.slots.step[completed - 1])
            none: exp.Expr = is_null(unwanted)
            # On the first step it looks back over the whole window, also from the last of several events.
            if attempt is not None and self.slots.step[completed - 1] > 1:
                none = exp.paren(any_of([none, exp.LTE(this=unwanted.copy(), expression=attempt.since.copy())]))
            parts.append(none)
        return parts

    def _since(self, i: int, j: int, source: str | None) -> exp.Expr:
        """When the last whole step before or at slot j was completed, for an attempt that comes from slot i."""
        if self.slots.completed(i, j) is not None:
            return column("occurred_at", source)
        return column(f"before_since_{i}", source)

    def _as_last(self, i: int) -> exp.Expr:
        """Whether this very event can be the last, the others of its instant filling the slots i+1 … before it."""
        parts = self._here(i, self.slots.count, _CROWD)
        for kinds, wanted in self.slots.wanted(i, self.slots.count - 1):
            is_one = any_of(column(_is_kind(kind), "closing") for kind in kinds)
            itself = exp.Case(ifs=[exp.If(this=is_one, true=number(1))], default=number(0))
            others = exp.Sub(this=column(_count(kinds), _CROWD), expression=itself)
            parts.append(exp.GTE(this=others, expression=number(wanted)))
        return all_of(parts)


def _both(reached: str) -> exp.Query:
    alone, crowded = table(f"{reached}_alone"), table(f"{reached}_crowded")
    possible = is_known(column("started_at"))
    return union_all([select([exp.Star()], alone), select([exp.Star()], crowded, where=[possible])])


def _is_kind(kind: int) -> str:
    return f"is_step_{kind}"


def _unwanted_at(step: int) -> str:
    return f"unwanted_{step}_at"


def _count(kinds: Sequence[int]) -> str:
    return "events_of_" + "_".join(map(str, kinds))


def _enough(slots: Slots, i: int, j: int) -> list[exp.Expr]:
    """That the events of this instant can fill the slots i+1 … j."""
    return [exp.GTE(this=column(_count(kinds)), expression=number(least)) for kinds, least in slots.wanted(i, j)]


def _first_possible(possible: Sequence[exp.Expr], values: Sequence[exp.Expr]) -> exp.Expr:
    pairs = zip(possible, values, strict=True)
    return exp.Case(ifs=[exp.If(this=condition.copy(), true=value.copy()) for condition, value in pairs])


def _grouped(condition: exp.Expr) -> exp.Expr:
    return exp.paren(condition) if isinstance(condition, exp.And) else condition
