"""Sequences in which one event could serve two steps, exactly, with window functions only.

The events of one entity at one instant are taken together. At an instant t an attempt that has filled slot i before t
goes on to slot j when the events of t can fill the slots i+1 … j, each by an event of its own. By Hall's theorem they
can exactly when every set of filters among those slots is met by at least as many events as there are slots for it.
(A slot is a step, or one of the `times` of a step.) Between instants the latest attempt decides, as in `chains`.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

from sqlglot import exp

from segpy.plan.model import SequencePlan, StepPlan
from segpy.spec.expression import Type
from segpy.sql.attempts import Frame
from segpy.sql.model import Cte
from segpy.sql.operations import filtered, one_of, selected
from segpy.sql.tree import (
    all_of,
    any_of,
    cast,
    column,
    inner_join,
    is_known,
    is_null,
    named,
    number,
    plus,
    select,
    table,
)


@dataclass(frozen=True, slots=True)
class _Slots:
    """The slots of a sequence, from 1. `step` is the step of each, `kind` the first step with the same filter."""

    sequence: SequencePlan
    step: tuple[int, ...]
    kind: tuple[int, ...]

    @property
    def count(self) -> int:
        return len(self.step)

    def last_of_step(self, slot: int) -> bool:
        """Whether a slot completes its step."""
        return slot == self.count or self.step[slot] != self.step[slot - 1]

    def plan(self, slot: int) -> StepPlan:
        """The step of a slot."""
        return self.sequence.steps[self.step[slot - 1] - 1]


def _slots(sequence: SequencePlan) -> _Slots:
    steps = [i for i, step in enumerate(sequence.steps, start=1) for _ in range(step.times)]
    filters = [(step.selection.labels, step.selection.flag) for step in sequence.steps]
    return _Slots(sequence, tuple(steps), tuple(filters.index(filters[i - 1]) + 1 for i in steps))


def instant_ctes(sequence: SequencePlan, key: str) -> list[Cte]:
    """One relation for each step, `<sequence>__step_<i>`, and those that it is made from."""
    slots = _slots(sequence)
    name = sequence.name
    ctes = [
        Cte(f"{name}__events", ("which step each event could be",), _events(slots, key)),
        Cte(
            f"{name}__instants",
            ("the events of one instant, counted by the steps they could be",),
            _instants(slots, key),
        ),
    ]
    source = f"{name}__instants"
    if any(step.without for step in sequence.steps):
        ctes.append(Cte(f"{name}__marked", ("the latest unwanted event before",), _marked(slots, key, source)))
        source = f"{name}__marked"
    for slot in range(1, slots.count + 1):
        if slot > 1:
            before = f"{name}__before_{slot}"
            ctes.append(
                Cte(
                    before,
                    (f"the latest attempt that filled slot {slot - 1} before",),
                    _before(slots, slot, key, source),
                )
            )
            source = before
        reached = f"{name}__slot_{slot}"
        ctes.append(Cte(reached, (f"slot {slot}: {slots.plan(slot).words}",), _reached(slots, slot, source)))
        source = reached
    for i, step in enumerate(sequence.steps, start=1):
        ctes.append(Cte(f"{name}__step_{i}", (step.words,), _step(slots, i, key, source)))
    return ctes


def _kinds(slots: _Slots) -> list[int]:
    return sorted(set(slots.kind))


def _is_kind(kind: int) -> str:
    return f"is_step_{kind}"


def _unwanted(step: int) -> str:
    return f"unwanted_{step}"


def _count(kinds: tuple[int, ...]) -> str:
    return "events_of_" + "_".join(map(str, kinds))


def _events(slots: _Slots, key: str) -> exp.Select:
    sequence = slots.sequence
    columns: list[exp.Expr] = [column(key), column("occurred_at")]
    kinds = _kinds(slots)
    columns += [named(all_of(selected(sequence.steps[kind - 1].selection)), _is_kind(kind)) for kind in kinds]
    wanted = [sequence.steps[kind - 1].selection for kind in kinds]
    for i, step in enumerate(sequence.steps, start=1):
        if step.without:
            columns.append(named(one_of(step.without), _unwanted(i)))
            wanted += step.without
    return select(columns, table("events"), where=[one_of(wanted), *Frame(sequence, key).since()])


def _subsets(slots: _Slots, kinds: list[int]) -> list[tuple[int, ...]]:
    """The sets of filters that Hall's condition must look at: those that hang together by overlaps."""
    every = (subset for size in range(1, len(kinds) + 1) for subset in combinations(kinds, size))
    return [subset for subset in every if _connected(slots, subset)]


def _connected(slots: _Slots, kinds: tuple[int, ...]) -> bool:
    reached, waiting = {kinds[0]}, [kinds[0]]
    while waiting:
        one = waiting.pop()
        for other in kinds:
            pair = (min(one, other) - 1, max(one, other) - 1)
            if other not in reached and pair in slots.sequence.overlaps:
                reached.add(other)
                waiting.append(other)
    return len(reached) == len(kinds)


def _any_kind(kinds: tuple[int, ...], source: str | None = None) -> exp.Expr:
    return any_of(column(_is_kind(kind), source) for kind in kinds)


def _instants(slots: _Slots, key: str) -> exp.Select:
    by = [column(key), column("occurred_at")]
    columns: list[exp.Expr] = [*by]
    columns += [
        named(filtered(exp.Count(this=exp.Star()), _any_kind(kinds)), _count(kinds))
        for kinds in _subsets(slots, _kinds(slots))
    ]
    for i, step in enumerate(slots.sequence.steps, start=1):
        if step.without:
            columns.append(named(exp.LogicalOr(this=column(_unwanted(i))), _unwanted(i)))
    return select(columns, table(f"{slots.sequence.name}__events"), group_by=[one.copy() for one in by])


def _earlier(value: exp.Expr, key: str) -> exp.Expr:
    """The greatest value at any earlier instant of the entity."""
    frame = exp.WindowSpec(kind="ROWS", start="UNBOUNDED", start_side="PRECEDING", end=number(1), end_side="PRECEDING")
    order = exp.Order(expressions=[exp.Ordered(this=column("occurred_at"))])
    return exp.Window(this=exp.Max(this=value), partition_by=[column(key)], order=order, spec=frame)


def _marked(slots: _Slots, key: str, source: str) -> exp.Select:
    columns: list[exp.Expr] = [exp.Star()]
    for i, step in enumerate(slots.sequence.steps, start=1):
        if step.without:
            at = exp.Case(ifs=[exp.If(this=column(_unwanted(i)), true=column("occurred_at"))])
            columns.append(named(_earlier(at, key), f"{_unwanted(i)}_at"))
    return select(columns, table(source))


def _before(slots: _Slots, slot: int, key: str, source: str) -> exp.Select:
    last = slot - 1
    carried = [named(_earlier(column(f"started_{last}"), key), f"before_started_{last}")]
    if _needs_since(slots, last):
        whole = exp.Case(ifs=[exp.If(this=is_known(column(f"started_{last}")), true=column("occurred_at"))])
        since_last = whole if slots.last_of_step(last) else column(f"since_{last}")
        carried.append(named(_earlier(since_last, key), f"before_since_{last}"))
    return select([exp.Star(), *carried], table(source))


def _needs_since(slots: _Slots, slot: int) -> bool:
    """Whether what follows a slot asks when the step before was completed."""
    if slot == slots.count or slots.step[slot] == 1:
        return False
    following = slots.plan(slot + 1)
    return following.within is not None or bool(following.without)


def _enough(slots: _Slots, i: int, j: int) -> list[exp.Expr]:
    """Hall's condition: the events of this instant can fill the slots i+1 … j."""
    wanted = slots.kind[i:j]
    return [
        exp.GTE(this=column(_count(kinds)), expression=number(sum(kind in kinds for kind in wanted)))
        for kinds in _subsets(slots, sorted(set(wanted)))
    ]


def _allowed(slots: _Slots, i: int, j: int, source: str | None = None) -> list[exp.Expr]:
    """What an attempt that filled slot i before this instant must fulfil to have slot j filled at it."""
    sequence, now = slots.sequence, column("occurred_at", source)
    parts: list[exp.Expr] = []
    started, before = column(f"before_started_{i}"), column(f"before_since_{i}")
    if i > 0:
        parts.append(is_known(started))
        if sequence.complete_within is not None:
            parts.append(exp.LTE(this=now, expression=plus(started.copy(), sequence.complete_within)))
    completed = next((slot for slot in range(i + 1, j + 1) if slots.last_of_step(slot)), None)
    if completed is None:
        return parts
    step, number_of_step = slots.plan(completed), slots.step[completed - 1]
    if step.within is not None and i > 0:
        parts.append(exp.LTE(this=now.copy(), expression=plus(before, step.within)))
    if step.without:
        unwanted = column(f"{_unwanted(number_of_step)}_at")
        none: exp.Expr = is_null(unwanted)
        if number_of_step > 1:
            none = exp.paren(any_of([none, exp.LTE(this=unwanted.copy(), expression=before.copy())]))
        parts.append(none)
    return parts


def _reached(slots: _Slots, slot: int, source: str) -> exp.Select:
    possible = [all_of([*_enough(slots, i, slot), *_allowed(slots, i, slot)]) for i in range(slot)]
    now = column("occurred_at")
    starts: list[exp.Expr] = [now if i == 0 else column(f"before_started_{i}") for i in range(slot)]
    columns = [exp.Star(), named(_first_possible(possible, starts), f"started_{slot}")]
    if _needs_since(slots, slot) and not slots.last_of_step(slot):
        marks = [_since(slots, i, slot) for i in range(slot)]
        columns.append(named(_first_possible(possible, marks), f"since_{slot}"))
    return select(columns, table(source))


def _first_possible(possible: list[exp.Expr], values: list[exp.Expr]) -> exp.Expr:
    pairs = zip(possible, values, strict=True)
    return exp.Case(ifs=[exp.If(this=condition.copy(), true=value) for condition, value in pairs])


def _since(slots: _Slots, i: int, j: int) -> exp.Expr:
    """When the last whole step before or at slot j was completed, for an attempt that comes from slot i."""
    here = any(slots.last_of_step(slot) for slot in range(i + 1, j + 1))
    if here:
        return column("occurred_at")
    return cast(exp.Null(), Type.TIMESTAMP) if i == 0 else column(f"before_since_{i}")


def _step(slots: _Slots, step: int, key: str, source: str) -> exp.Select:
    slot = max(place for place, one in enumerate(slots.step, start=1) if one == step)
    started = column(f"started_{slot}", source)
    there = is_known(started.copy())
    columns = [
        column(key, source),
        named(column("occurred_at", source), "reached_at"),
        named(started, "started_at"),
    ]
    if slot < slots.count:
        return select([*columns, named(number(1), "events")], table(source), where=[there])
    events = f"{slots.sequence.name}__events"
    on = exp.And(
        this=exp.EQ(this=column(key, events), expression=column(key, source)),
        expression=exp.EQ(this=column("occurred_at", events), expression=column("occurred_at", source)),
    )
    ends = exp.paren(any_of(_as_last(slots, i, events, source) for i in range(slots.count)))
    where = [there, column(_is_kind(slots.kind[-1]), events), ends]
    return select([*columns, named(number(1), "events")], table(source), joins=[inner_join(events, on)], where=where)


def _as_last(slots: _Slots, i: int, events: str, source: str) -> exp.Expr:
    """Whether this very event can be the last, the others of its instant filling the slots i+1 … before it."""
    others = slots.kind[i:-1]
    parts = _allowed(slots, i, slots.count, source)
    for kinds in _subsets(slots, sorted(set(others))):
        itself = exp.Case(ifs=[exp.If(this=_any_kind(kinds, events), true=number(1))], default=number(0))
        left = exp.Sub(this=column(_count(kinds)), expression=itself)
        parts.append(exp.GTE(this=left, expression=number(sum(kind in kinds for kind in others))))
    condition = all_of(parts)
    return exp.paren(condition) if isinstance(condition, exp.And) else condition
