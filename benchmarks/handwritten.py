"""What people write today: a query for each segment.

As written, every query groups all events, its conditions inside the aggregates. `pushed_down`, it is what an expert
makes of that: only the events in question are read. `FILTER` and `CASE` are the two ways to count some of the rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.events import AS_OF
from benchmarks.workload import Feature, Segment

_AS_OF = f"timestamp '{AS_OF}'"


@dataclass(frozen=True, slots=True)
class Style:
    """How the queries are written."""

    clause: str
    pushed_down: bool

    @property
    def name(self) -> str:
        """A name for schemas and reports."""
        return f"{'pushed_down' if self.pushed_down else 'as_written'}_{self.clause}"


STYLES = tuple(Style(clause, pushed) for pushed in (False, True) for clause in ("filter", "case"))


def statements(segments: Sequence[Segment], style: Style) -> tuple[str, ...]:
    """One table for each segment: the numbers that it asks about, and `is_member`."""
    return (
        f"create schema if not exists {style.name}",
        *(f"create or replace table {style.name}.{one.name} as {query(one, style)}" for one in segments),
    )


def query(segment: Segment, style: Style) -> str:
    """One of these queries."""
    asked = [condition.feature for condition in segment.conditions]
    columns = "".join(f",\n        {_aggregate(one, style)} as {one.name}" for one in asked)
    where = f"occurred_at < {_AS_OF}"
    if style.pushed_down:
        events = ", ".join(f"'{event}'" for event in sorted({one.slice.event for one in asked}))
        where += f" and occurred_at >= {_AS_OF} - interval {max(one.days for one in asked)} day and event in ({events})"
    tests = " and ".join(
        f"{condition.feature.name} {'>=' if condition.least else '<'} {condition.bound}"
        for condition in segment.conditions
    )
    return f"""
with measured as (
    select
        user_id{columns}
    from app.events
    where {where}
    group by user_id
)
select *, coalesce({tests}, false) as is_member from measured"""


def _aggregate(feature: Feature, style: Style) -> str:
    condition = f"event = '{feature.slice.event}'"
    if feature.slice.where:
        condition += f" and {feature.slice.where}"
    condition += f" and occurred_at >= {_AS_OF} - interval {feature.days} day"

    def over(function: str, value: str) -> str:
        if style.clause == "filter":
            return f"{function}({value}) filter (where {condition})"
        head, value = ("distinct ", value.removeprefix("distinct ")) if value.startswith("distinct ") else ("", value)
        return f"{function}({head}case when {condition} then {'1' if value == '*' else value} end)"

    match feature.kind:
        case "count":
            return over("count", "*")
        case "sum":
            return f"coalesce({over('sum', 'amount')}, 0)"
        case "avg":
            return over("avg", "amount")
        case "count_distinct":
            return over("count", "distinct product_id")
        case "active_days":
            return over("count", "distinct occurred_at::date")
        case "recency":
            return f"(epoch_us({_AS_OF}) - epoch_us({over('max', 'occurred_at')})) / 1000000"
        case other:
            raise ValueError(other)


def differences(segments: Sequence[Segment], style: Style) -> dict[str, str]:
    """For each segment a query that counts the people of whom it says something else than segpy's models."""
    return {one.name: _difference(one, style) for one in segments}


def _difference(segment: Segment, style: Style) -> str:
    theirs = f"hand.{style.name}.{segment.name}"
    values = " or ".join(
        f"theirs.{one.feature.name} is distinct from features.{one.feature.name}" for one in segment.conditions
    )
    absent = f"flags.{segment.name}" if style.pushed_down else "true"  # who has no such event is no member
    return f"""
select count(*)
from user_features as features
join user_segments as flags using (user_id)
full join {theirs} as theirs using (user_id)
where case when theirs.user_id is null then {absent}
    else features.user_id is null or {values} or theirs.is_member is distinct from flags.{segment.name} end"""
