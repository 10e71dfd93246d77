"""What the oracle tells of everybody, as the generated tables tell it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import date

from tests.cases.tables import Row, Value, plain
from tests.oracle.cells import Cell
from tests.oracle.explained import account, attrition
from tests.oracle.world import World

Told = dict[tuple[str, str, int], Row]
"""Rows by segment, key and position."""


def explanations(world: World) -> Told:
    """The columns of `segment_explanations` that depend on somebody."""
    found: Told = {}
    for name, segment in world.segments.items():
        for key in world.log.population(segment.entity.text):
            told = account(world, segment, key)
            for position, line in enumerate(told.lines, 1):
                found[name, str(key), position] = {
                    "rule": line.rule,
                    **_shown(line.value),
                    "passed": line.passed,
                    "is_member": told.is_member,
                    "conditions_missed": told.missed,
                }
    return found


def _shown(value: Cell) -> Row:
    """A value in the column for its type."""
    number, text, at = None, None, None
    match value:
        case bool():
            text = str(value).lower()
        case int() | float():
            number = float(value)
        case date():
            at = str(plain(value))
        case None:
            pass
        case _:
            text = str(value)
    return {"value_number": number, "value_text": text, "value_at": at and (at if " " in at else f"{at} 00:00:00")}


def counts(world: World) -> Told:
    """The same of `segment_attrition`; nobody's key."""
    return {
        (name, "", position): {
            "remaining": one.remaining,
            "passing": one.passing,
            "failing_only": one.failing_only,
        }
        for name, segment in world.segments.items()
        for position, one in enumerate(attrition(world, segment))
    }


def by_position(rows: Sequence[Row]) -> Told:
    """Rows of either table."""
    found = {(str(row["segment"]), str(row.get("entity_key", "")), _whole(row["position"])): row for row in rows}
    assert len(found) == len(rows), "a position stands twice"
    return found


def _whole(value: Value) -> int:
    assert isinstance(value, int)
    return value


def differing(expected: Told, rows: Sequence[Row]) -> Iterator[tuple[str, str, str, Value, Value]]:
    """Segment, key, position and column of what is not as expected, with what is and what was found."""
    found = by_position(rows)
    for segment, key, position in sorted(expected.keys() ^ found.keys()):
        here = (segment, key, position) in expected
        yield segment, key, f"{position}", here, not here
    for (segment, key, position), row in expected.items():
        for column, value in row.items():
            other = found.get((segment, key, position), row)[column]
            if not _same(value, other):
                yield segment, key, f"{position}_{column}", value, other


def _same(one: Value, other: Value) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)
    return type(one) is type(other) and one == other
