"""What is asked about one entity, of the rows that can matter to it, is what the models say of it among all.

`SEGPY_WHY=all` asks all cases, and everybody in them.
"""

from __future__ import annotations

import os
from datetime import datetime

import duckdb
import pytest

from segpy.catalog.model import Catalog
from segpy.plan.build import build_plan
from segpy.plan.model_explained import Measured
from segpy.plan.part import part_of
from segpy.resolve.bind import bind
from segpy.resolve.model import Bound
from segpy.source.nodes import Source
from segpy.source.read import read_source
from segpy.spec.decode import decode
from segpy.sql.read import read_expression
from segpy.sql.why import why_queries
from segpy.warehouse.keys import key_of
from segpy.warehouse.model_why import Standing, Value, Why
from segpy.warehouse.why import told
from tests.cases.case import Case, load, names
from tests.cases.runner import built, compile_spec, rendered
from tests.cases.tables import quoted

ALL = os.environ.get("SEGPY_WHY") == "all"
USUAL = ["attribute_versions", "duplicates_by_id", "members_in", "one_stream_two_entities", "percentile_ties_by_uuid"]


@pytest.mark.parametrize("name", names() if ALL else USUAL)
def test_one_among_all(name: str) -> None:
    case = load(name)
    whole = bound(case)
    asked = 0
    with built(compile_spec(case.spec), case.tables, case.as_of) as connection:
        for entity in sorted({one.entity for one in whole.segments}):
            key = quoted(whole.entity(entity).key)
            keys = connection.execute(f"select cast({key} as text) from {entity}_segments order by 1").fetchall()
            for (one,) in keys if ALL else keys[:4]:
                asked += same(case, connection, whole, entity, one)
    assert asked or not whole.segments or not keys


def bound(case: Case) -> Bound:
    file, _ = read_source(Source("segments/spec.yml", case.spec))
    assert file is not None
    spec, _ = decode([file])
    assert spec is not None
    found, _ = bind(spec, Catalog(adapter="duckdb"), read_expression)
    assert found is not None
    return found


def same(case: Case, connection: duckdb.DuckDBPyConnection, whole: Bound, entity: str, written: str) -> int:
    """Compare what is said of one with the tables; how many conditions there were."""
    own = [one.name for one in whole.segments if one.entity == entity]
    key = key_of(whole.entity(entity), written)
    assert isinstance(key, str | int)
    asked = why_queries(build_plan(part_of(whole, own)), entity, key, own, "duckdb")
    cells = [cell for text in asked.conditions for row in rows(case, connection, text) for cell in row]
    events, episodes = rows(case, connection, asked.events), rows(case, connection, asked.episodes)
    found = told(asked, written, cells, events, episodes)
    columns = "segment, position, value_number, value_text, value_at, passed, is_member, conditions_missed"
    about = "where entity = ? and entity_key = ? order by 1, 2"
    expected = connection.execute(f"select {columns} from segment_explanations {about}", [entity, written]).fetchall()
    conditions = [
        (one.segment.segment.name, met.line.position, *by_type(met.value), met.passed, one.is_member, one.missed)
        for one in found.segments
        for met in one.conditions
    ]
    assert sorted(map(str, conditions)) == sorted(map(str, expected)), written
    if asked.events is not None and asked.entity.events is not None:
        column = quoted(whole.entity(entity).key)
        seen = f"select epoch_us(occurred_at) from {entity}_events where cast({column} as text) = ?"
        instants = [at for (at,) in connection.execute(seen, [written]).fetchall()]
        for at, *_ in events:
            instants.remove(at)  # the models may hold more, which only features look at
    assert [one.segment.segment.name for one in found.segments] == [one.segment.name for one in asked.segments]
    check_steps(found)
    return len(conditions)


def by_type(value: Value) -> tuple[float | None, str | None, datetime | None]:
    """A value as the model has it: a column for each type."""
    if isinstance(value, bool):
        return None, str(value).lower(), None
    if isinstance(value, datetime):
        return None, None, value
    return (value, None, None) if isinstance(value, float) else (None, value, None)


def rows(case: Case, connection: duckdb.DuckDBPyConnection, text: str | None) -> list[tuple[object, ...]]:
    return connection.execute(rendered(text, case.as_of)).fetchall() if text is not None else []


def check_steps(found: Why) -> None:
    """That an attempt did all steps of a sequence where the sequence was completed, and only there."""
    for one in found.segments:
        for tried in one.sequences:
            asking = [met for met in one.conditions if met.line.position in tried.positions]
            for met in asking:
                plain = isinstance(met.line.about, Measured) and not met.line.about.comparisons
                if plain and tried.attempt is not None:
                    completed = tried.attempt.standing is Standing.COMPLETED
                    assert completed == (met.value is True), (one.segment.segment.name, tried.attempt)
