"""What an engine answered, and what may differ between two engines that agree.

Two answers are equal where they have the same rows, in any order, with the same columns, and in each column values of
one kind: true and false, whole numbers, floating numbers, text (times, dates and uuids as ISO text), null. Floating
numbers may differ by 1e-9 relatively, as sums are taken in any order. One thing is put right before: an instant that
comes with a zone, from an engine that knows none without (`Engine.aware`), is told in UTC.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any

from tests.cases.tables import Row, Value, plain
from tests.engines.engine import Engine

_SHOWN = 5
_FOLDED = re.compile(r"[A-Z_][A-Z0-9_]*")


def decoded(engine: Engine, told: Mapping[str, Any]) -> list[Row]:
    """Rows as the worker wrote them."""
    columns = [column.lower() if engine.folds and _FOLDED.fullmatch(column) else column for column in told["columns"]]
    return [{column: value(engine, cell) for column, cell in zip(columns, row, strict=True)} for row in told["rows"]]


def value(engine: Engine, told: Any) -> Value:
    """A value as cases compare them; one of a type that no model should have is told with the name of the type."""
    if not isinstance(told, dict):
        return plain(told)
    ((kind, text),) = told.items()
    match kind:
        case "float":
            return float(text)
        case "date":
            return plain(date.fromisoformat(text))
        case "uuid":
            return str(text)
        case "datetime":
            instant = datetime.fromisoformat(text)
            if (instant.tzinfo is not None) == engine.aware:
                return plain(instant.astimezone(UTC) if engine.aware else instant)
    return f"{kind} {text}"


def differences(found: Mapping[str, list[Row]], expected: Mapping[str, list[Row]]) -> list[str]:
    """In words, what is different in the tables of two answers."""
    wrong = [f"{table}: missing" for table in expected.keys() - found.keys()]
    wrong += [f"{table}: one too many" for table in found.keys() - expected.keys()]
    for table in sorted(found.keys() & expected.keys()):
        wrong += _limited(table, list(_of_tables(found[table], expected[table])))
    return wrong


def _limited(table: str, wrong: list[str]) -> Iterator[str]:
    yield from (f"{table}: {one}" for one in wrong[:_SHOWN])
    if len(wrong) > _SHOWN:
        yield f"{table}: and {len(wrong) - _SHOWN} more"


def _of_tables(found: list[Row], expected: list[Row]) -> Iterator[str]:
    """Rows that are nobody's pair. Those with the same beginning, which is mostly a key, are set side by side."""
    strangers, missing = _unpaired(found, expected)
    for row in strangers:
        other = next((one for one in missing if _key(one) == _key(row)), None)
        if other is None:
            yield f"a row that DuckDB does not have: {row}"
            continue
        missing.remove(other)
        if list(row) != list(other):
            yield f"columns {', '.join(row)}, in DuckDB {', '.join(other)}"
            continue
        cells = (column for column in row if not equal(row[column], other[column]))
        told = ", ".join(f"{column} is {row[column]!r}, in DuckDB {other[column]!r}" for column in sorted(cells))
        yield f"{' '.join(map(str, _key(row)))}: {told}"
    yield from (f"missing, in DuckDB {row}" for row in missing)


def _key(row: Row) -> tuple[Value, ...]:
    first = next(iter(row.values()), None)
    named = [row[name] for name in ("segment", "sequence", "entity_key", "occurred_at", "event") if name in row]
    return (first, *named)


def _unpaired(found: Iterable[Row], expected: Iterable[Row]) -> tuple[list[Row], list[Row]]:
    """The rows of each side without an equal one on the other."""
    places: dict[tuple[str, ...], list[Row]] = {}
    for row in expected:
        places.setdefault(_exact(row), []).append(row)
    strangers = []
    for row in found:
        alike = places.get(_exact(row), [])
        pair = next((one for one in alike if _same_row(row, one)), None)
        if pair is None:
            strangers.append(row)
        else:
            alike.remove(pair)
    return strangers, [row for rows in places.values() for row in rows]


def _exact(row: Row) -> tuple[str, ...]:
    """All of a row that must be the same to the letter."""
    return tuple("float" if isinstance(value, float) else repr(value) for value in row.values())


def _same_row(one: Row, other: Row) -> bool:
    return list(one) == list(other) and all(equal(one[column], other[column]) for column in one)


def equal(one: Value, other: Value) -> bool:
    """The same kind of value and the same value; floating numbers nearly."""
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9) or (math.isnan(one) and math.isnan(other))
    return type(one) is type(other) and one == other
