"""`<entity>_sequences`: one row an entity and sequence, for those that reached its first step.

Every sequence is compiled to one relation a step, `<sequence>__step_<i>`: the instants at which the step can be reached
(`reached_at`), each with the latest possible first event of the attempt (`started_at`) and the number of events that
reach it there (`events`). There are three methods, each exact for what it is used for: see `resolve.methods`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

from sqlglot import exp

from segpy.plan.model import EntityPlan, SequencePlan, SequencesPlan
from segpy.resolve.methods import Method
from segpy.resolve.model_events import with_article
from segpy.spec.expression import Type
from segpy.spec.model import Grain
from segpy.sql import nodes
from segpy.sql.attempts import Frame, in_order
from segpy.sql.chains import chain_ctes
from segpy.sql.choices import choice_ctes
from segpy.sql.instants import instant_ctes
from segpy.sql.matches import aftermath_ctes, complete, counted_ctes
from segpy.sql.model import Cte, OutputColumn, Query
from segpy.sql.operations import filtered, seconds_between
from segpy.sql.relations import Relations
from segpy.sql.tree import (
    call,
    cast,
    coalesce,
    column,
    left_join,
    named,
    number,
    output,
    select,
    table,
    text,
    union_all,
)


def sequences_query(plan: EntityPlan, sequences: SequencesPlan, grain: Grain) -> Query:
    """The sequences model of an entity."""
    assert plan.events is not None
    relations = Relations(grain)
    key = plan.entity.key
    source = select([exp.Star()], table(relations.model(plan.events.model)))
    ctes = [Cte("events", (), source, inline=True)]
    if any(Frame(sequence, key).ordered for sequence in sequences.sequences):
        ctes.append(in_order(key))
    asked = _Asked(
        max(len(sequence.steps) for sequence in sequences.sequences),
        any(sequence.counted for sequence in sequences.sequences),
    )
    for sequence in sequences.sequences:
        ctes += _reached(sequence, key)
        ctes += _summary(Frame(sequence, key), asked)
    columns = _columns(plan, asked)
    final = union_all(
        [
            select([column(one.name) for one in columns], table(f"{sequence.name}__summary"))
            for sequence in sequences.sequences
        ]
    )
    grain_words = f"one row {with_article(plan.entity.name)} and sequence"
    return Query(sequences.model, grain_words, tuple(ctes), final, columns, relations.placeholders)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What some sequence of the model is asked for: times to that many steps, and matches counted."""

    longest: int
    counted: bool


def _reached(sequence: SequencePlan, key: str) -> list[Cte]:
    """`<sequence>__step_<i>` for each step, by the sequence's own method."""
    match sequence.method:
        case Method.CHAINS:
            return chain_ctes(sequence, key)
        case Method.INSTANTS:
            return instant_ctes(sequence, key)
        case Method.CHOICES:
            return choice_ctes(sequence, key)
        case _:
            assert_never(sequence.method)


def _columns(plan: EntityPlan, asked: _Asked) -> tuple[OutputColumn, ...]:
    velocity = "Seconds of the first completion, from its latest start; null without one."
    without_overlap = "Number of matches without overlap; null where nobody asks for it."
    return (
        output(plan.entity.key, plan.entity.key_type, f"The {plan.entity.name}."),
        output("sequence", Type.TEXT, "The sequence."),
        output("completed", Type.BOOLEAN, "Whether some match is complete."),
        output("step", Type.INTEGER, "The furthest step that any attempt reached."),
        output("completions", Type.INTEGER, "Number of last-step events that complete a match."),
        *((output("matches", Type.INTEGER, without_overlap),) if asked.counted else ()),
        output("first_at", Type.TIMESTAMP, "When a match was first complete."),
        output("last_at", Type.TIMESTAMP, "When a match was last complete."),
        output("seconds", Type.DURATION, velocity),
        output("fastest_seconds", Type.DURATION, "Seconds of the fastest match."),
        *(
            output(
                f"step_{i}_seconds",
                Type.DURATION,
                f"Seconds to step {i} where it was first reached, from the latest start.",
            )
            for i in range(2, asked.longest + 1)
        ),
    )


def _summary(frame: Frame, asked: _Asked) -> list[Cte]:
    sequence, name = frame.sequence, frame.sequence.name
    ctes: list[Cte] = []
    relations = [f"{name}__step_{i}" for i in range(1, len(sequence.steps) + 1)]
    comment = "every instant at which a step is reached, with the latest start of the attempt"
    if sequence.then_without is not None:
        ctes += aftermath_ctes(frame, sequence.then_without)
        relations.append(complete(frame))
        comment += f"; {len(relations)} stands for complete"
    attempts = union_all([_attempt(relation, i, frame) for i, relation in enumerate(relations, start=1)])
    if sequence.counted:
        ctes += counted_ctes(frame)
    source = f"{name}__attempts"
    ctes.append(Cte(source, (comment,), attempts))
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


def _measured(frame: Frame, source: str, whole: int, asked: _Asked) -> exp.Select:
    """What is told of each entity. `whole` stands for complete matches among the steps."""
    sequence, key, last = frame.sequence, frame.key, len(frame.sequence.steps)

    def at(step: int) -> exp.Expr:
        return exp.EQ(this=column("step"), expression=number(step))

    def first_seconds(step: int) -> exp.Expr:
        """From the latest start to the first reach of a step."""
        start = nodes.FirstBy(value=column("started_at"), place=column(frame.place("reached")), condition=at(step))
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
