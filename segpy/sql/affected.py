"""Whose answer can have changed since the last run, and the events of these: what a run computes anew.

An answer that is not measured by the age of events changes with `as_of` only where an event of the entity comes, goes
or passes an edge: the beginning or the end of a window, the end of a wait, the end of what is retained. Whose events
came or went is in the model of those touched; whose events passed an edge lies between where it was and where it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlglot import exp

from segpy.plan.model import EntityPlan, KeptPlan, SequencePlan
from segpy.plan.model_events import Selection
from segpy.plan.model_features import Branch
from segpy.resolve.model_measures import Streaks, Window
from segpy.spec.duration import Duration
from segpy.spec.model import Grain
from segpy.spec.model_measures import CalendarUnit, StreakKind
from segpy.sql.arrivals import RUN, SLACK
from segpy.sql.model import Cte, Kept, When
from segpy.sql.operations import selected
from segpy.sql.relations import Relations
from segpy.sql.tree import (
    AS_OF,
    all_of,
    any_of,
    as_of,
    column,
    minus,
    select,
    table,
    text,
    union_all,
)
from segpy.sql.windows import at_last_run, calendar_ctes, in_window

AFFECTED = "affected"
LOOKED_AT = "looked_at"


@dataclass(frozen=True, slots=True)
class Edge:
    """An instant that moves with `as_of`: events between two places of it change an answer, or within `width` of it.

    Of all events only those of `selections`, where they are told.
    """

    at: exp.Expr
    selections: tuple[Selection, ...] | None
    width: Duration | None = None


def edges_of_branches(branches: Iterable[Branch]) -> list[Edge]:
    """The edges of all windows, and for streaks that go on the days in which they end."""
    found: dict[str, tuple[exp.Expr, list[Selection]]] = {}
    ends: list[Edge] = []
    for branch in branches:
        for one in branch.columns:
            if branch.anchor is None:
                for part in in_window(one.window, column("occurred_at"), None):
                    at = part.expression
                    if _moves(at):
                        found.setdefault(repr(at), (at, []))[1].append(branch.selection)
            if isinstance(one.detail, Streaks) and one.detail.kind is StreakKind.CURRENT:
                ends.append(Edge(as_of(), (branch.selection,), _units(one.detail.unit, one.detail.allow_gap + 3)))
    return [*(Edge(at, _once(selections)) for at, selections in found.values()), *ends]


def edges_of_sequences(sequences: Iterable[SequencePlan]) -> list[Edge]:
    """The beginning of what a sequence looks at, and the end of the wait for what must not follow."""
    found: dict[Duration, list[Selection]] = {}
    for sequence in sequences:
        steps = [one for step in sequence.steps for one in (*step.items, *step.without)]
        after = sequence.then_without
        if sequence.in_the_last is not None:
            found.setdefault(sequence.in_the_last, []).extend([*steps, *([after.selection] if after else [])])
        if after is not None:
            found.setdefault(after.length, []).extend(sequence.steps[-1].items)
    return [Edge(minus(as_of(), length), _once(selections)) for length, selections in found.items()]


def _units(unit: CalendarUnit, count: int) -> Duration:
    """So many units of the calendar, none of which is longer."""
    if unit is CalendarUnit.MONTH:
        return Duration(months=count)
    return Duration(microseconds=count * (7 if unit is CalendarUnit.WEEK else 1) * 86_400_000_000)


def _once(selections: Sequence[Selection]) -> tuple[Selection, ...]:
    return tuple(dict.fromkeys(selections))


def _moves(at: exp.Expr) -> bool:
    return at.find(exp.Subquery) is not None or any(one.name == AS_OF for one in at.find_all(exp.Column))


def affected_ctes(
    plan: EntityPlan,
    kept: KeptPlan,
    edges: Sequence[Edge],
    windows: Iterable[Window],
    relations: Relations,
    *,
    after_sequences: bool = False,
) -> list[Cte]:
    """`affected`, whose answer can have changed, and `events`: theirs; where a model is made anew, all events.

    A model that reads the sequences too looks as far back as these stood when it last looked at them.
    """
    assert plan.events is not None
    key = plan.entity.key
    source = table(relations.model(plan.events.model))
    sequences = plan.sequences.model if after_sequences and plan.sequences is not None else None
    last = relations.last_as_of() if sequences is None else relations.last_look(sequences)
    seen = exp.In(this=column(RUN), query=exp.Subquery(this=select([column(RUN)], table(LOOKED_AT))))
    unseen = [_since(last), exp.Not(this=seen)]
    touched = select([column(key)], table(relations.model(kept.touched)), where=unseen)
    parts: list[exp.Query] = [touched]
    if plan.retention is not None:
        edges = [Edge(minus(as_of(), plan.retention), None), *edges]
    every = table(relations.model(plan.events.model), "all_events")
    parts += [_passed(edge, key, every.copy(), last) for edge in edges]
    kept_events = retained(plan)
    everything = select([exp.Star()], source.copy(), where=kept_events)
    theirs = select([exp.Star()], source.copy(), where=[affected_only(key), *(one.copy() for one in kept_events)])
    words = ("those whose answer can have changed since the last run: touched, or with an event that passed an edge",)
    before = calendar_ctes(windows, last)
    return [
        *(Cte(one.name, one.comment, one.query, when=When.CONTINUED) for one in before),
        _looked_at(sequences, last, relations),
        Cte(AFFECTED, words, union_all(parts, distinct=True), when=When.CONTINUED),
        Cte("events", ("all their events",), theirs, copied=True, when=When.CONTINUED),
        Cte("events", (), everything, inline=True, when=When.ANEW),
    ]


def _since(instant: exp.Expr) -> exp.Expr:
    return exp.GTE(this=column("as_of"), expression=instant.copy())


def _looked_at(sequences: str | None, last: exp.Expr, relations: Relations) -> Cte:
    """The runs whose touched a table has seen: it was made in them, after those touched, and so were the sequences.

    Other runs can have found somebody touched at the same instant, after this table was made.
    """
    where = [_since(last)]
    written = "this table was written"
    if sequences is not None:
        written = "this table and the sequences were written"
        theirs = select([column(RUN)], table(relations.model(sequences)), where=[_since(last)])
        where.append(exp.In(this=column(RUN), query=exp.Subquery(this=theirs)))
    runs = select([column(RUN)], table(relations.this()), where=where, distinct=True)
    words = f"the runs in which {written}: it saw whom they found touched"
    return Cte(LOOKED_AT, (words,), runs, when=When.CONTINUED)


def affected_only(key: str) -> exp.Expr:
    """That a row is of somebody affected."""
    return exp.In(this=column(key), query=exp.Subquery(this=select([column(key)], table(AFFECTED))))


def retained(plan: EntityPlan) -> list[exp.Expr]:
    """What is older than is retained stays in the events model for a while, and counts no more."""
    if plan.retention is None:
        return []
    return [exp.GTE(this=column("occurred_at"), expression=minus(as_of(), plan.retention))]


def _passed(edge: Edge, key: str, source: exp.Table, last: exp.Expr) -> exp.Select:
    """Those with an event between two places of an edge."""
    before = at_last_run(edge.at, last)
    if edge.width is not None:
        before = minus(before, edge.width)
    occurred_at = column("occurred_at")
    between: list[exp.Expr] = [
        exp.GTE(this=occurred_at, expression=before),
        exp.LT(this=occurred_at.copy(), expression=edge.at.copy()),
    ]
    if edge.selections is not None:
        between.append(_any(edge.selections))
    return select([column(key)], source, where=between)


def _any(selections: Sequence[Selection]) -> exp.Expr:
    """Whether an event is in one of these selections: labels alone in one list."""
    labels = sorted({label for one in selections if one.flag is None for label in one.labels})
    if any(one.flag is None and not one.labels for one in selections):
        return exp.true()
    parts: list[exp.Expr] = []
    if labels:
        parts.append(exp.In(this=column("event"), expressions=[text(label) for label in labels]))
    parts += [all_of(selected(one)) for one in selections if one.flag is not None]
    return parts[0] if len(parts) == 1 else exp.paren(any_of(parts))


def keeping(plan: EntityPlan, key: tuple[str, ...], empty: str, grain: Grain) -> Kept:
    """How a model of answers is kept. Who has left what is retained is only known for a while."""
    days = f", days={SLACK.counted[0]}" if plan.retention is not None else ""
    room = f"{{{{ segpy_make_room('{grain.value}'{days}) }}}}"
    continues = f'segpy_continues("{grain.value}"{days})'
    return Kept(key, (room,), (f"{{{{ segpy_take_out_empty('{empty}') }}}}",), continues=continues)
