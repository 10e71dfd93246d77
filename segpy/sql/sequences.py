"""`<entity>_sequences`: one row an entity and sequence, for those that reached its first step.

Every sequence is compiled to one relation a step, `<sequence>__step_<i>`: the instants at which the step can be reached
(`reached_at`), each with the latest possible first event of the attempt (`started_at`) and the number of events that
reach it there (`events`). Among attempts that reached a step, a later one has an attempt that is later at every step;
it is at least as good for every gap, window and exclusion that follows. So the latest decides, and nothing is missed.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from segpy.dialects import Dialect
from segpy.plan.model import EntityPlan, SequencePlan, SequencesPlan
from segpy.spec.expression import Type
from segpy.spec.model import Grain
from segpy.sql.chains import chain_ctes
from segpy.sql.instants import instant_ctes
from segpy.sql.model import Cte, OutputColumn, Query
from segpy.sql.operations import filtered, seconds_between
from segpy.sql.relations import Relations
from segpy.sql.tree import cast, coalesce, column, named, number, output, select, table, text, type_name, union_all


def sequences_query(plan: EntityPlan, sequences: SequencesPlan, grain: Grain, dialect: Dialect) -> Query:
    """The sequences model of an entity."""
    assert plan.events is not None
    relations = Relations(grain)
    key = plan.entity.key
    source = select([exp.Star()], table(relations.model(plan.events.model)))
    ctes = [Cte("events", (), source, inline=dialect.inline_hint)]
    longest = max(len(sequence.steps) for sequence in sequences.sequences)
    for sequence in sequences.sequences:
        direct = dialect.asof_join and not sequence.overlaps
        ctes += chain_ctes(sequence, key) if direct else instant_ctes(sequence, key)
        ctes += _summary(sequence, key, longest)
    columns = _columns(plan, longest, dialect.name)
    final = union_all(
        [
            select([column(one.name) for one in columns], table(f"{sequence.name}__summary"))
            for sequence in sequences.sequences
        ]
    )
    grain_words = f"one row a {plan.entity.name} and sequence"
    return Query(sequences.model, grain_words, tuple(ctes), final, columns, relations.placeholders)


def _columns(plan: EntityPlan, longest: int, dialect: str) -> tuple[OutputColumn, ...]:
    def typed(name: str, type_: Type, description: str) -> OutputColumn:
        return output(name, type_name(type_, dialect), description)

    velocity = "Seconds of the first completion, from its latest start; null without one."
    return (
        typed(plan.entity.key, plan.entity.key_type, f"The {plan.entity.name}."),
        typed("sequence", Type.TEXT, "The sequence."),
        typed("completed", Type.BOOLEAN, "Whether some match is complete."),
        typed("step", Type.INTEGER, "The furthest step that any attempt reached."),
        typed("completions", Type.INTEGER, "Number of last-step events that complete a match."),
        typed("first_at", Type.TIMESTAMP, "When a match was first complete."),
        typed("last_at", Type.TIMESTAMP, "When a match was last complete."),
        typed("seconds", Type.DURATION, velocity),
        typed("fastest_seconds", Type.DURATION, "Seconds of the fastest match."),
        *(
            typed(
                f"step_{i}_seconds",
                Type.DURATION,
                f"Seconds to step {i} where it was first reached, from the latest start.",
            )
            for i in range(2, longest + 1)
        ),
    )


def _summary(sequence: SequencePlan, key: str, longest: int) -> list[Cte]:
    steps = range(1, len(sequence.steps) + 1)
    last = len(sequence.steps)
    attempts = union_all([_attempt(sequence.name, i, key) for i in steps])
    name = f"{sequence.name}__attempts"
    comment = ("every instant at which a step is reached, with the latest start of the attempt",)
    return [
        Cte(name, comment, attempts),
        Cte(f"{sequence.name}__summary", (), _measured(sequence, key, name, last, longest)),
    ]


def _attempt(name: str, step: int, key: str) -> exp.Select:
    columns = [column(key), named(number(step), "step"), column("reached_at"), column("started_at"), column("events")]
    return select(columns, table(f"{name}__step_{step}"))


def _measured(sequence: SequencePlan, key: str, source: str, last: int, longest: int) -> exp.Select:
    def at(step: int) -> exp.Expr:
        return exp.EQ(this=column("step"), expression=number(step))

    def first_seconds(step: int) -> exp.Expr:
        """From the latest start to the first reach of a step."""
        if step > last:
            return cast(exp.Null(), Type.DURATION)
        start = filtered(exp.ArgMin(this=column("started_at"), expression=column("reached_at")), at(step))
        return seconds_between(start, filtered(exp.Min(this=column("reached_at")), at(step)))

    furthest = exp.Max(this=column("step"))
    took = seconds_between(column("started_at"), column("reached_at"))
    events = filtered(exp.Sum(this=column("events")), at(last))
    values: Sequence[tuple[exp.Expr, str]] = [
        (text(sequence.name), "sequence"),
        (exp.EQ(this=furthest, expression=number(last)), "completed"),
        (cast(furthest.copy(), Type.INTEGER), "step"),
        (cast(coalesce(events, number(0)), Type.INTEGER), "completions"),
        (filtered(exp.Min(this=column("reached_at")), at(last)), "first_at"),
        (filtered(exp.Max(this=column("reached_at")), at(last)), "last_at"),
        (first_seconds(last), "seconds"),
        (filtered(exp.Min(this=took), at(last)), "fastest_seconds"),
        *((first_seconds(i), f"step_{i}_seconds") for i in range(2, longest + 1)),
    ]
    columns = [column(key), *(named(value, name) for value, name in values)]
    return select(columns, table(source), group_by=[column(key)])
