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
        ((instant, *numbers),) = rows
        counts = [int(number) for number in numbers]
        triples = list(zip(counts[::3], counts[1::3], counts[2::3], strict=True))
        people_before, people_after, _ = triples[0]
        found += [
            MembersDiffer(name, query.entity, str(instant)[:19], *triple, people_before, people_after)
            for name, triple in zip(query.segments, triples[1:], strict=True)
        ]
    return tuple(found)
