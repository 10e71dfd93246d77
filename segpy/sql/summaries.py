"""What is told of each entity that reached the first step of a sequence: one row from the relations of its steps.

Where a later reach of a step never has an earlier start, the first reach has the earliest of all starts. Each step is
then grouped by itself: `<sequence>__reached_<i>`, who reached it, when first and since when; and those that reached the
first step are joined to those that reached the others. Chains and instants promise that (ARCHITECTURE.md, "Chains of
latest attempts", 1). Choices do not, nor do attempts with different shared values that are looked at together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlglot import exp

from segpy.plan.model import SequencePlan
from segpy.resolve.methods import Method
from segpy.spec.expression import Type
from segpy.sql.attempts import Frame
from segpy.sql.matches import aftermath_ctes, complete, counted_ctes
from segpy.sql.model import Cte
from segpy.sql.nodes import Operation
from segpy.sql.operations import filtered, seconds_between
from segpy.sql.tree import (
    call,
    cast,
    coalesce,
    column,
    is_known,
    left_join,
    named,
    number,
    select,
    table,
    text,
    union_all,
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What some sequence of the model is asked for: times to that many steps, and matches counted."""

    longest: int
    counted: bool


def summary_ctes(frame: Frame, asked: Asked) -> list[Cte]:
    """`<sequence>__summary`, and what it is made from."""
    sequence = frame.sequence
    ctes = aftermath_ctes(frame, sequence.then_without) if sequence.then_without is not None else []
    ctes += counted_ctes(frame) if sequence.counted else []
    if sequence.same or sequence.method is Method.CHOICES:
        return [*ctes, *_of_attempts(frame, asked)]
    return [*ctes, *_of_steps(frame, asked)]


def _of_steps(frame: Frame, asked: Asked) -> list[Cte]:
    sequence, key, name = frame.sequence, frame.key, frame.sequence.name
    last, whole = len(sequence.steps), complete(frame)
    groups = {f"step_{i}": f"{name}__reached_{i}" for i in range(1, last + 1)}
    ctes = [
        _grouped(group, f"{name}__{step}", key, whole=f"{name}__{step}" == whole, first=step == "step_1")
        for step, group in groups.items()
    ]
    done = f"step_{last}"
    if whole != f"{name}__{done}":
        done = "complete"
        groups[done] = f"{name}__{done}_matches"
        ctes.append(_grouped(groups[done], whole, key, whole=True, first=False))
    if sequence.counted:
        groups["counted"] = f"{name}__matches"
    joins = [
        left_join(group, exp.EQ(this=column(key, alias), expression=column(key, "step_1")), alias)
        for alias, group in groups.items()
        if alias != "step_1"
    ]
    query = select(_columns(frame, asked, done), table(groups["step_1"], "step_1"), joins=joins)
    return [*ctes, Cte(f"{name}__summary", (sequence.words,), query)]


def _grouped(name: str, relation: str, key: str, *, whole: bool, first: bool) -> Cte:
    """Who is in the relation of a step; of the last also how often and how fast."""
    if first and not whole:
        return Cte(name, (), select([column(key)], table(relation), distinct=True))
    took = seconds_between(column("started_at"), column("reached_at"))
    columns = [
        column(key),
        named(exp.Min(this=column("started_at")), "started_at"),
        named(exp.Min(this=column("reached_at")), "first_at"),
    ]
    if whole:
        columns += [
            named(exp.Max(this=column("reached_at")), "last_at"),
            named(exp.Sum(this=column("events")), "completions"),
            named(exp.Min(this=took), "fastest_seconds"),
        ]
    return Cte(name, (), select(columns, table(relation), group_by=[column(key)]))


def _columns(frame: Frame, asked: Asked, done: str) -> list[exp.Expr]:
    """The columns of the summary, read from the groups of the steps; `done` is that of the complete matches."""
    sequence, key, last = frame.sequence, frame.key, len(frame.sequence.steps)

    def first_seconds(group: str) -> exp.Expr:
        return seconds_between(column("started_at", group), column("first_at", group))

    reached = [exp.If(this=is_known(column(key, f"step_{i}")), true=number(i)) for i in range(last, 1, -1)]
    furthest = exp.Case(ifs=reached, default=number(1)) if reached else number(1)
    nothing, matches = cast(exp.Null(), Type.DURATION), cast(exp.Null(), Type.INTEGER)
    if sequence.counted:
        matches = cast(coalesce(column("matches", "counted"), number(0)), Type.INTEGER)
    return [
        column(key, "step_1"),
        named(text(sequence.name), "sequence"),
        named(is_known(column(key, done)), "completed"),
        named(cast(furthest, Type.INTEGER), "step"),
        named(cast(coalesce(column("completions", done), number(0)), Type.INTEGER), "completions"),
        *([named(matches, "matches")] if asked.counted else []),
        column("first_at", done),
        column("last_at", done),
        named(first_seconds(done), "seconds"),
        column("fastest_seconds", done),
        *(
            named(first_seconds(f"step_{i}") if i <= last else nothing.copy(), f"step_{i}_seconds")
            for i in range(2, asked.longest + 1)
        ),
    ]


def _of_attempts(frame: Frame, asked: Asked) -> list[Cte]:
    sequence, name = frame.sequence, frame.sequence.name
    relations = [f"{name}__step_{i}" for i in range(1, len(sequence.steps) + 1)]
    comment = "every instant at which a step is reached, with the latest start of the attempt"
    if sequence.then_without is not None:
        relations.append(complete(frame))
        comment += f"; {len(relations)} stands for complete"
    attempts = union_all([_attempt(relation, i, frame) for i, relation in enumerate(relations, start=1)])
    source = f"{name}__attempts"
    ctes = [Cte(source, (comment,), attempts)]
    if sequence.same:
        ctes.append(_of_all_values(frame, source))
        source = ctes[-1].name
    return [*ctes, Cte(f"{name}__summary", (), _measured(frame, source, len(relations), asked))]


def _attempt(relation: str, step: int, frame: Frame) -> exp.Select:
    reached = (column(place) for place in frame.places("reached"))
    columns = [column(frame.key), named(number(step), "step"), *reached, column("started_at"), column("events")]
    return select(columns, table(relation))


def _of_all_values(frame: Frame, attempts: str) -> Cte:
    """Attempts with different values may reach a step at one instant."""
    by = [column(frame.key), column("step"), *(column(place) for place in frame.places("reached"))]
    latest = named(exp.Max(this=column("started_at")), "started_at")
    events = named(exp.Sum(this=column("events")), "events")
    query = select([*by, latest, events], table(attempts), group_by=[one.copy() for one in by])
    return Cte(f"{frame.sequence.name}__reached", ("of the attempts at one instant the latest start",), query)


def _measured(frame: Frame, source: str, whole: int, asked: Asked) -> exp.Select:
    """What is told of each entity. `whole` stands for complete matches among the steps."""
    sequence, key, last = frame.sequence, frame.key, len(frame.sequence.steps)

    def at(step: int) -> exp.Expr:
        return exp.EQ(this=column("step"), expression=number(step))

    def first_seconds(step: int) -> exp.Expr:
        """From the latest start to the first reach of a step."""
        start = Operation.FIRST_BY(column("started_at"), column(frame.place("reached")), at(step))
        return seconds_between(start, filtered(exp.Min(this=column("reached_at")), at(step)))

    furthest = exp.Max(this=column("step"))
    reached = call("least", furthest.copy(), number(last)) if whole > last else furthest.copy()
    took = seconds_between(column("started_at"), column("reached_at"))
    events = filtered(exp.Sum(this=column("events")), at(whole))
    nothing = cast(exp.Null(), Type.DURATION)
    values: Sequence[tuple[exp.Expr, str]] = [
        (text(sequence.name), "sequence"),
        (exp.EQ(this=furthest, expression=number(whole)), "completed"),
        (cast(reached, Type.INTEGER), "step"),
        (cast(coalesce(events, number(0)), Type.INTEGER), "completions"),
        *(((_matches(sequence), "matches"),) if asked.counted else ()),
        (filtered(exp.Min(this=column("reached_at")), at(whole)), "first_at"),
        (filtered(exp.Max(this=column("reached_at")), at(whole)), "last_at"),
        (first_seconds(whole), "seconds"),
        (filtered(exp.Min(this=took), at(whole)), "fastest_seconds"),
        *(
            (first_seconds(i) if i <= last else nothing.copy(), f"step_{i}_seconds")
            for i in range(2, asked.longest + 1)
        ),
    ]
    columns = [
        column(key, source) if sequence.counted else column(key),
        *(named(value, name) for value, name in values),
    ]
    if not sequence.counted:
        return select(columns, table(source), group_by=[column(key)])
    counts = f"{sequence.name}__matches"
    on = exp.EQ(this=column(key, counts), expression=column(key, source))
    return select(columns, table(source), joins=[left_join(counts, on)], group_by=[column(key, source)])


def _matches(sequence: SequencePlan) -> exp.Expr:
    """The number of matches without overlap; null where it is not asked of this sequence."""
    if not sequence.counted:
        return cast(exp.Null(), Type.INTEGER)
    return cast(coalesce(exp.Max(this=column("matches")), number(0)), Type.INTEGER)
