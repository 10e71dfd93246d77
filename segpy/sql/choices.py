"""Sequences of every kind, by joining the events of a step as the definition says: exact, and slower than the others.

A row is a choice of events for the steps so far. Two choices are one as soon as nothing that follows can tell them
apart: when they reached the step at the same time, left the same events of that time to be taken, and belong to the
same entity and values. Of those the latest start is kept, which is at least as good for all that follows.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlglot import exp

from segpy.plan.model import SequencePlan, StepPlan
from segpy.plan.model_events import Selection
from segpy.spec.model_measures import Start, Ties
from segpy.sql.attempts import Frame
from segpy.sql.model import Cte
from segpy.sql.operations import one_of, selected
from segpy.sql.tree import (
    all_of,
    any_of,
    call,
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

_NUMBER = "event_number"


@dataclass(frozen=True, slots=True)
class _Work:
    """A sequence with its frame; `kinds` are its different selections."""

    frame: Frame
    kinds: tuple[Selection, ...]

    @property
    def sequence(self) -> SequencePlan:
        """What is compiled."""
        return self.frame.sequence

    @property
    def events(self) -> str:
        """The relation of numbered events."""
        return f"{self.sequence.name}__events"

    def kind(self, item: Selection) -> str:
        """The column that tells whether an event is of a selection."""
        return f"is_{1 + [_rows(one) for one in self.kinds].index(_rows(item))}"

    def step(self, i: int) -> StepPlan:
        """The i-th step, from 1."""
        return self.sequence.steps[i - 1]

    def items(self, i: int) -> tuple[Selection, ...]:
        """What each event of the i-th step is."""
        step = self.step(i)
        return step.items * step.times

    def held(self, i: int) -> tuple[str, ...]:
        """The columns of events, taken up to a step, that a later step could take as well.

        Only where events of one instant are read in the order of the steps: an event never follows itself otherwise.
        """
        if self.sequence.ties is not Ties.ANY:
            return ()
        later = set(range(i, len(self.sequence.steps)))
        sharing = {one for pair in self.sequence.overlaps for one in pair if later & set(pair)}
        return tuple(
            f"step_{one}_event_{slot}"
            for one in range(1, i + 1)
            if one - 1 in sharing
            for slot in range(1, len(self.items(one)) + 1)
        )


def _rows(selection: Selection) -> tuple[tuple[str, ...], str | None]:
    return selection.labels, selection.flag


def choice_ctes(sequence: SequencePlan, key: str) -> list[Cte]:
    """One relation for each step, `<sequence>__step_<i>`, and those that it is made from."""
    kinds = {_rows(item): item for step in sequence.steps for item in step.items}
    work = _Work(Frame(sequence, key), tuple(kinds.values()))
    ctes = [Cte(work.events, ("each event with a number of its own, and what it could be",), _numbered(work))]
    last = len(sequence.steps)
    for i, step in enumerate(sequence.steps, start=1):
        name = f"{sequence.name}__step_{i}"
        ctes.append(Cte(f"{name}_choices", (step.words,), _choices(work, i)))
        source = f"{name}_choices"
        if step.without:
            source = f"{name}_unbarred"
            ctes.append(Cte(source, ("nothing unwanted lies between",), _unbarred(work, i)))
        if i < last:
            comment = ("choices that nothing later can tell apart, with the latest start",)
            ctes.append(Cte(f"{name}_attempts", comment, _latest(work.frame, source, held=work.held(i))))
            ctes.append(Cte(name, (), _latest(work.frame, f"{name}_attempts", named(number(1), "events"))))
        else:
            comment = ("events that could be the last of a choice",)
            ctes.append(Cte(f"{name}_ends", comment, _ends(work, i, source)))
            ends = exp.Count(this=exp.Distinct(expressions=[column(_NUMBER)]))
            ctes.append(Cte(name, (), _latest(work.frame, f"{name}_ends", named(ends, "events"))))
    return ctes


def _numbered(work: _Work) -> exp.Select:
    """Events that are alike in everything that matters may change numbers: no answer depends on it."""
    frame, sequence = work.frame, work.sequence
    known = [is_known(column(name)) for name in sequence.same]
    flags = [(all_of([*selected(kind), *known]), work.kind(kind)) for kind in work.kinds]
    barring = [(i, step.without) for i, step in enumerate(sequence.steps, start=1) if step.without]
    flags += [(one_of(without), f"unwanted_{i}") for i, without in barring]
    keys = [*(column(at) for at in frame.ats), *(condition for condition, _ in flags), *map(column, sequence.same)]
    order = exp.Order(expressions=[exp.Ordered(this=key.copy(), nulls_first=False) for key in keys])
    numbered = exp.Window(this=exp.RowNumber(), partition_by=[column(frame.key)], order=order)
    columns = [*frame.told(), *(named(condition, name) for condition, name in flags), named(numbered, _NUMBER)]
    if sequence.start is not Start.ANY:
        columns.append(named(_edge(frame, flags[0][0]), "edge"))
    wanted = one_of([*work.kinds, *(one for _, without in barring for one in without)])
    return select(columns, table(frame.events), where=[wanted, *frame.since()])


def _edge(frame: Frame, first: exp.Expr) -> exp.Expr:
    """When the first or the last event was that could be the first step."""
    own = exp.Case(ifs=[exp.If(this=first.copy(), true=column(frame.at))])
    edge = exp.Min(this=own) if frame.sequence.start is Start.FIRST else exp.Max(this=own)
    return exp.Window(this=edge, partition_by=frame.by_events())


def _choices(work: _Work, i: int) -> exp.Select:
    """The events of a step, for each attempt at the step before."""
    frame, items = work.frame, work.items(i)
    aliases = [f"event_{slot}" for slot in range(1, len(items) + 1)]
    reached = [_last(work.step(i), [column(at, alias) for alias in aliases]) for at in frame.ats]
    first = [_first(work.step(i), [column(at, alias) for alias in aliases]) for at in frame.ats]
    start = aliases[0] if i == 1 else "attempt"
    started = first if i == 1 else [column(place, "attempt") for place in frame.places("started")]
    columns = [
        *frame.by(start),
        *(named(value, place) for value, place in zip(reached, frame.places("reached"), strict=True)),
        *(named(value, place) for value, place in zip(started, frame.places("started"), strict=True)),
    ]
    if i > 1:
        columns.append(named(column(frame.place("reached"), "attempt"), "since"))
    columns += [named(column(_NUMBER, alias), alias) for alias in aliases]
    columns += _kept(work, i, reached[-1], aliases)
    joins: list[exp.Join] = []
    where: list[exp.Expr] = []
    for slot, (alias, item) in enumerate(zip(aliases, items, strict=True)):
        conditions: list[exp.Expr] = [column(work.kind(item), alias)]
        conditions += [*_after_the_attempt(work, i, alias)] if i > 1 else []
        conditions += [_beside(work, i, other, alias) for other in _compared(work, i, aliases[:slot])]
        if slot == 0 and i == 1:
            where += conditions
        else:
            joins.append(inner_join(work.events, all_of([*frame.equal(start, alias), *conditions]), alias))
    where += _timely(work, i, first[0], reached[0], started[0])
    if i == 1 and work.sequence.start is not Start.ANY:
        where.append(exp.EQ(this=column(frame.at, aliases[0]), expression=column("edge", aliases[0])))
    before = f"{work.sequence.name}__step_{i - 1}_attempts"
    source = table(work.events, aliases[0]) if i == 1 else table(before, "attempt")
    return select(columns, source, joins=joins, where=where)


def _last(step: StepPlan, places: list[exp.Expr]) -> exp.Expr:
    return call("greatest", *places) if len(step.items) > 1 else places[-1]


def _first(step: StepPlan, places: list[exp.Expr]) -> exp.Expr:
    return call("least", *(place.copy() for place in places)) if len(step.items) > 1 else places[0].copy()


def _after_the_attempt(work: _Work, i: int, alias: str) -> list[exp.Expr]:
    """That an event may follow the attempt at the step before, and is not one that it took."""
    frame = work.frame
    follows = frame.later(column(frame.at, alias), column(frame.place("reached"), "attempt"))
    return [follows, *(_not_taken(column(_NUMBER, alias), column(held, "attempt")) for held in work.held(i - 1))]


def _not_taken(event: exp.Expr, held: exp.Expr) -> exp.Expr:
    """Not every engine joins by `is distinct from`."""
    return exp.paren(any_of([is_null(held), exp.NEQ(this=event, expression=held.copy())]))


def _compared(work: _Work, i: int, before: list[str]) -> list[str]:
    """The events of a step that another of them must be told from: in order, the one before is enough."""
    return before if len(work.step(i).items) > 1 else before[-1:]


def _beside(work: _Work, i: int, other: str, alias: str) -> exp.Expr:
    """That two events of one step are different; those of one kind stand in the order of their numbers."""
    if len(work.step(i).items) > 1:
        return exp.NEQ(this=column(_NUMBER, alias), expression=column(_NUMBER, other))
    at = work.frame.at if work.sequence.ties is not Ties.ANY else _NUMBER
    return exp.GT(this=column(at, alias), expression=column(at, other))


def _timely(work: _Work, i: int, first: exp.Expr, reached: exp.Expr, started: exp.Expr) -> list[exp.Expr]:
    """`within`, `after` and `complete_within`. A group is measured by its first event, others by all of theirs."""
    step, total, before = work.step(i), work.sequence.complete_within, column("reached_at", "attempt")
    found: list[exp.Expr] = []
    if step.after is not None:
        found.append(exp.GTE(this=first.copy(), expression=plus(before, step.after)))
    if step.within is not None:
        measured = first if len(step.items) > 1 else reached
        found.append(exp.LTE(this=measured.copy(), expression=plus(before.copy(), step.within)))
    if total is not None and (i > 1 or step.several):
        found.append(exp.LTE(this=reached.copy(), expression=plus(started.copy(), total)))
    return found


def _kept(work: _Work, i: int, reached: exp.Expr, aliases: list[str]) -> list[exp.Expr]:
    """Events that a later step could take as well: only those of the instant that was reached."""
    own = {f"step_{i}_{alias}": (column("occurred_at", alias), column(_NUMBER, alias)) for alias in aliases}
    found: list[exp.Expr] = []
    for name in work.held(i):
        at, value = own[name] if name in own else (column("reached_at", "attempt"), column(name, "attempt"))
        here = exp.EQ(this=at, expression=reached.copy())
        taken: exp.Expr = value if at == reached else exp.Case(ifs=[exp.If(this=here, true=value)])
        found.append(named(taken, name))
    return found


def _unbarred(work: _Work, i: int) -> exp.Select:
    """The choices of a step between which and the step before nothing unwanted lies, their own events aside."""
    frame, step, choice = work.frame, work.step(i), f"{work.sequence.name}__step_{i}_choices"
    at = column(frame.at, "unwanted")
    on = [
        *frame.equal(choice, "unwanted", shared=False),
        column(f"unwanted_{i}", "unwanted"),
        exp.LT(this=at, expression=column(frame.place("reached"), choice)),
    ]
    if i > 1:
        on.append(exp.GT(this=at.copy(), expression=column("since", choice)))
    if step.own:
        on += [
            exp.NEQ(this=column(_NUMBER, "unwanted"), expression=column(f"event_{slot}", choice))
            for slot in range(1, len(work.items(i)) + 1)
        ]
    everything = exp.Column(this=exp.Star(), table=exp.to_identifier(choice))
    join = left_join(work.events, all_of(on), "unwanted")
    return select([everything], table(choice), joins=[join], where=[is_null(column(_NUMBER, "unwanted"))])


def _latest(frame: Frame, source: str, *events: exp.Expr, held: tuple[str, ...] = ()) -> exp.Select:
    """Of all choices that reach a step at one time, with these events left, the latest start."""
    by = [*frame.by(), *(column(name) for name in (*frame.places("reached"), *held))]
    starts = [named(exp.Max(this=column(place)), place) for place in frame.places("started")]
    return select([*by, *starts, *events], table(source), group_by=[one.copy() for one in by])


def _ends(work: _Work, i: int, source: str) -> exp.Query:
    """Each event of a last step that lies at its end."""
    frame, events = work.frame, work.events
    parts: list[exp.Query] = []
    for slot in range(1, len(work.items(i)) + 1):
        same = [
            *frame.equal(source, events, shared=False),
            exp.EQ(this=column(f"event_{slot}", source), expression=column(_NUMBER, events)),
            exp.EQ(this=column(frame.place("reached"), source), expression=column(frame.at, events)),
        ]
        places = (*frame.places("reached"), *frame.places("started"))
        columns = [*frame.by(source), *(column(place, source) for place in places), column(_NUMBER, events)]
        parts.append(select(columns, table(source), joins=[inner_join(events, all_of(same))]))
    return union_all(parts)
