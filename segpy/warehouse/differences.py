"""Asks the warehouse who is in segments under two versions of the specs. Builds nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from segpy.diagnostics.model import Diagnostic
from segpy.sql.model import MembersQuery
from segpy.warehouse.model import Target
from segpy.warehouse.model_differences import MembersDiffer
from segpy.warehouse.query import rows_of


def members_differ(
    target: Target, manifest: Any, queries: Sequence[MembersQuery], as_of: str | None
) -> tuple[MembersDiffer, ...] | Diagnostic:
    """The segments of all queries at one instant; None is that at which a run would stand now."""
    variables: dict[str, object] = {"segpy_as_of": as_of} if as_of is not None else {}
    found: list[MembersDiffer] = []
    for query in queries:
        rows = rows_of(target, manifest, query.text, variables)
        if isinstance(rows, Diagnostic):
            return rows
        (row,) = rows
        found += differing(query, row)
    return tuple(found)


def differing(query: MembersQuery, row: Sequence[Any]) -> tuple[MembersDiffer, ...]:
    """What the row of a query says of each of its segments."""
    instant, *numbers = row
    counts = [int(number) for number in numbers]
    people_before, people_after, _ = counts[:3]
    by_reason = list(zip(query.reasons, counts[3 * (len(query.segments) + 1) :], strict=True))

    def reasons(segment: str, side: str) -> tuple[tuple[str, int], ...]:
        wanted = (segment, side)
        return tuple((one.words, count) for one, count in by_reason if (one.segment, one.side) == wanted and count)

    found = []
    for i, name in enumerate(query.segments, 1):
        before, after, both = counts[3 * i : 3 * i + 3]
        at, why = str(instant)[:19], (reasons(name, "after"), reasons(name, "before"))
        found.append(MembersDiffer(name, query.entity, at, before, after, both, people_before, people_after, *why))
    return tuple(found)
