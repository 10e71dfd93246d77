"""Funnels as dbt packages for product analytics write them: each step joins all events to those of the step before.

Such macros know no window. It is added here, and the limit between two steps, for else the answers would not be the
same. What they cannot express stays out: `without`, `times`, and steps of one kind of event, which would join
themselves.
"""

from __future__ import annotations

from benchmarks.clickhouse import milliseconds
from benchmarks.events import AS_OF
from benchmarks.workload import SEQUENCES, Sequence


def expressible(sequence: Sequence) -> bool:
    """Whether a self-join gives the same answer."""
    slices = [step.slice.name for step in sequence.steps]
    plain = all(step.times == 1 and step.without is None for step in sequence.steps)
    return plain and len(set(slices)) == len(slices)


def statements() -> tuple[str, ...]:
    """One table for each funnel: how many people came to each step."""
    made = (f"create or replace table funnels.{one.name} as {_query(one)}" for one in SEQUENCES if expressible(one))
    return ("create schema if not exists funnels", *made)


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
            window = milliseconds(sequence.complete_within)
            join = f"""
    join step_{i - 1} as before
        on before.user_id = events.user_id
            and before.occurred_at <= events.occurred_at
            and events.occurred_at <= before.started_at + to_milliseconds({window})"""
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


def differences() -> dict[str, str]:
    """For each funnel a query that counts the steps to which another number of people came."""
    return {
        one.name: f"""
select count(*)
from hand.funnels.{one.name} as theirs
where people <> (select count(*) from user_sequences where sequence = '{one.name}' and step >= theirs.step)"""
        for one in SEQUENCES
        if expressible(one)
    }
