"""Funnels as dbt packages for product analytics write them: each step joins all events to those of the step before.

Such macros know no limit of time. So funnels without limits are measured, against the same sequences without limits;
and beside them the workload's own, for which the window and the limit between two steps are added to the joins. What
they cannot express stays out: `without`, `times`, and steps of one kind of event, which would join themselves.
"""

from __future__ import annotations

from benchmarks.clickhouse import milliseconds
from benchmarks.events import AS_OF
from benchmarks.workload import SEQUENCES, Sequence, without_limits


def expressible(sequence: Sequence) -> bool:
    """Whether a self-join gives the same answer."""
    slices = [step.slice.name for step in sequence.steps]
    plain = all(step.times == 1 and step.without is None for step in sequence.steps)
    return plain and len(set(slices)) == len(slices)


def funnels() -> tuple[Sequence, ...]:
    """The sequences that self-joins can express."""
    return tuple(one for one in SEQUENCES if expressible(one))


def open_funnels() -> tuple[Sequence, ...]:
    """The same without limits of time, each once."""
    found = {one.steps: one for one in map(without_limits, funnels())}
    return tuple(found.values())


def statement(sequence: Sequence) -> str:
    """The table of a funnel: how many people came to each step."""
    return f"create or replace table {sequence.name} as {_query(sequence)}"


def _query(sequence: Sequence) -> str:
    ctes = []
    for i, step in enumerate(sequence.steps, start=1):
        of_step = f"events.event = '{step.slice.event}'" + (
            f" and events.{step.slice.where}" if step.slice.where else ""
        )
        if i == 1:
            columns, join = "user_id, occurred_at, occurred_at as started_at", ""
        else:
            columns = "events.user_id, events.occurred_at, before.started_at"
            join = f"""
    join step_{i - 1} as before
        on before.user_id = events.user_id
            and before.occurred_at <= events.occurred_at"""
            if sequence.complete_within:
                join += "\n            and events.occurred_at <= before.started_at"
                join += f" + to_milliseconds({milliseconds(sequence.complete_within)})"
            if step.within:
                join += "\n            and events.occurred_at <= before.occurred_at"
                join += f" + to_milliseconds({milliseconds(step.within)})"
        ctes.append(f"""step_{i} as (
    select {columns}
    from app.events{join}
    where {of_step} and events.occurred_at < timestamp '{AS_OF}'
)""")
    counts = "\nunion all\n".join(
        f"select {i} as step, count(distinct user_id) as people from step_{i}"
        for i in range(1, len(sequence.steps) + 1)
    )
    return "\nwith " + ",\n".join(ctes) + "\n" + counts


def difference(sequence: Sequence) -> str:
    """A query that counts the steps of a funnel to which another number of people came."""
    return f"""
select count(*)
from hand.{sequence.name} as theirs
where people <> (select count(*) from user_sequences where sequence = '{sequence.name}' and step >= theirs.step)"""
