"""Asks the warehouse what a segment would be like. Builds nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from segpy.diagnostics.model import Diagnostic
from segpy.sql.model import PreviewQueries
from segpy.warehouse.model import Target
from segpy.warehouse.model_preview import Overlap, Preview, RulePassed
from segpy.warehouse.query import Row, rows_of


def preview(target: Target, manifest: Any, queries: PreviewQueries, as_of: str | None) -> Preview | Diagnostic:
    """A segment at an instant; None is that at which a run would stand now."""
    variables: dict[str, object] = {"segpy_as_of": as_of} if as_of is not None else {}
    rows = rows_of(target, manifest, queries.rules, variables)
    if isinstance(rows, Diagnostic):
        return rows
    found = rows_of(target, manifest, queries.overlap, variables)
    if isinstance(found, Diagnostic):
        return found
    return previewed(queries, rows, found[0])


def previewed(queries: PreviewQueries, rules: Sequence[Row], overlap: Row) -> Preview:
    """What the rows of both queries say."""
    instant, population, members, *counts = overlap
    pairs = zip(queries.others, map(int, counts[::2]), map(int, counts[1::2]), strict=True)
    return Preview(
        queries.segment,
        queries.entity,
        str(instant)[:19],
        int(members),
        int(population),
        tuple(RulePassed(int(place), str(name), str(words), *map(int, told)) for place, name, words, *told in rules),
        tuple(Overlap(*pair) for pair in pairs),
    )
