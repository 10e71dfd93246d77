"""`<entity>_sequences`: one row an entity and sequence, for those that reached its first step.

Every sequence is compiled to one relation a step, `<sequence>__step_<i>`: the instants at which the step can be reached
(`reached_at`), each with the latest possible first event of the attempt (`started_at`) and the number of events that
reach it there (`events`). There are three methods, each exact for what it is used for: see `resolve.methods`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from sqlglot import exp

from segpy.plan.model import EntityPlan, SequencePlan, SequencesPlan
from segpy.resolve.methods import Method
from segpy.resolve.model_events import with_article
from segpy.spec.expression import Type
from segpy.spec.model import Grain
from segpy.sql.affected import affected_ctes, affected_only, edges_of_sequences
from segpy.sql.affected import keeping as kept_answers
from segpy.sql.arrivals import written_by, written_by_columns
from segpy.sql.attempts import Frame, in_order
from segpy.sql.chains import chain_ctes
from segpy.sql.choices import choice_ctes
from segpy.sql.instants import instant_ctes
from segpy.sql.model import Cte, OutputColumn, Query, When
from segpy.sql.relations import Relations
from segpy.sql.summaries import Asked, summary_ctes
from segpy.sql.tree import column, is_null, left_join, named, number, output, select, table, union_all

_COUNTS = ("step", "completions", "matches")


def sequences_query(plan: EntityPlan, sequences: SequencesPlan, grain: Grain, *, kept: bool) -> Query:
    """The sequences model of an entity. Where it is kept, only those are looked at whose answer can have changed."""
    assert plan.events is not None
    relations = Relations(grain)
    key = plan.entity.key
    if kept and plan.kept is not None:
        ctes = affected_ctes(plan, plan.kept, edges_of_sequences(sequences.sequences), (), relations)
    else:
        source = select([exp.Star()], table(relations.model(plan.events.model)))
        ctes = [Cte("events", (), source, inline=True)]
    if any(Frame(sequence, key).ordered for sequence in sequences.sequences):
        ctes.append(in_order(key))
    asked = Asked(
        max(len(sequence.steps) for sequence in sequences.sequences),
        any(sequence.counted for sequence in sequences.sequences),
    )
    for sequence in sequences.sequences:
        ctes += _reached(sequence, key)
        ctes += summary_ctes(Frame(sequence, key), asked)
    columns = _columns(plan, asked)
    final = union_all(
        [
            select([column(one.name) for one in columns], table(f"{sequence.name}__summary"))
            for sequence in sequences.sequences
        ]
    )
    keeping = None
    if kept and plan.kept is not None:
        ctes += _answered(key, final, columns, relations)
        final = select([*(column(one.name) for one in columns), *written_by(relations)], table("answered"))
        columns = (*columns, *written_by_columns("looked at"))
        keeping = kept_answers(plan, (key, "sequence"), "step", grain)
    grain_words = f"one row {with_article(plan.entity.name)} and sequence"
    return Query(sequences.model, grain_words, tuple(ctes), final, columns, relations.placeholders, kept=keeping)


def _answered(key: str, reached: exp.Query, columns: Sequence[OutputColumn], relations: Relations) -> list[Cte]:
    """The answers of a run and, with step 0, those that there were before and are no more."""
    before = select([column(key), column("sequence")], table(relations.this()), where=[affected_only(key)])
    both = exp.And(
        this=exp.EQ(this=column(key, "reached"), expression=column(key, "before")),
        expression=exp.EQ(this=column("sequence", "reached"), expression=column("sequence", "before")),
    )
    own = (key, "sequence")
    nothing = [named(_nothing(one), one.name) for one in columns if one.name not in own]
    gone = select(
        [*(column(name, "before") for name in own), *nothing],
        table("before"),
        joins=[left_join("reached", both)],
        where=[is_null(column(key, "reached"))],
    )
    listed = [column(one.name) for one in columns]
    return [
        Cte("reached", (), reached),
        Cte("before", ("the sequences in which they were found before",), before, when=When.CONTINUED),
        Cte(
            "answered",
            ("step 0: no more, to be taken out",),
            union_all([select(listed, table("reached")), gone]),
            when=When.CONTINUED,
        ),
        Cte("answered", (), select([exp.Star()], table("reached")), when=When.ANEW),
    ]


def _nothing(one: OutputColumn) -> exp.Expr:
    """What is told of nobody: null only where it can be null of somebody. Sail sees to that in tables of Delta."""
    if one.name == "completed":
        return exp.false()
    return exp.Cast(this=number(0) if one.name in _COUNTS else exp.Null(), to=one.type.copy())


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


def _columns(plan: EntityPlan, asked: Asked) -> tuple[OutputColumn, ...]:
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
