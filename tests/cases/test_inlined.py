"""What examples run is what the models compute: one query over the inputs of each case, beside the chain of models."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import duckdb
from sqlglot import exp

from segpy.dialects import DIALECTS
from segpy.plan.examples import build_examples
from segpy.resolve.model import Bound
from segpy.resolve.model_examples import Example, ExpectedFeature
from segpy.resolve.model_measures import type_of
from segpy.spec.expression import Literal, Type
from segpy.sql.build import written
from segpy.sql.examples import build_unit_tests
from segpy.sql.lower.query import lower
from segpy.sql.model import Query, UnitTests
from segpy.sql.tree import column, inner_join, select, table
from tests.cases.case import Case
from tests.cases.expected import same
from tests.cases.plan_text import plan_of
from tests.cases.runner import rendered
from tests.cases.tables import Row, create, plain, relation
from tests.cases.test_cases import answer_as_written

DUCKDB = DIALECTS["duckdb"]
_NULL = Literal(None, Type.NULL)


def test_a_segment_alone_in_one_query_is_what_the_models_say(case: Case) -> None:
    """Its flag, and with the first of an entity every feature, for everybody."""
    bound = plan_of(case.spec).bound
    for tests in build_unit_tests(build_examples(with_examples(bound, case))):
        key, segment = tests.plan.entity.entity.key, tests.plan.segment
        said = expected(case, tests)
        found = {str(row[key]): row for row in rows(case, everybody(tests))}
        assert found.keys() == said.keys(), segment
        for one, row in found.items():
            wrong = {name: (row[name], value) for name, value in said[one].items() if not same(row[name], value)}
            assert not wrong, f"{segment}: {one}: {wrong}"


def with_examples(bound: Bound, case: Case) -> Bound:
    """The spec with an example of some segments; that of the first expects something of every feature."""
    return replace(bound, examples=tuple(examples(bound, case)))


def examples(bound: Bound, case: Case) -> Iterator[Example]:
    seen: set[str] = set()
    for segment in (*bound.segments[:1], *bound.segments[1:][-3:]):  # the others would add minutes and nothing new
        own = [one for one in bound.features if one.entity == segment.entity and segment.entity not in seen]
        features = tuple(ExpectedFeature(one.name, type_of(one.measure), _NULL) for one in own)
        seen.add(segment.entity)
        yield Example(segment.name, "all", _NULL, case.as_of, (), (), None, features, segment.span)


def everybody(tests: UnitTests) -> str:
    """The query of an example, with a row for each entity in place of one in all."""
    flags, features = tests.plan.entity.segments, tests.plan.entity.features
    assert flags is not None
    key = tests.plan.entity.entity.key
    same_key = exp.EQ(this=column(key, features.model), expression=column(key, flags.model))
    columns = [column(key, flags.model), column(tests.plan.segment, flags.model)]
    columns += [column(one.name, features.model) for one in tests.plan.features]
    final = select(columns, table(flags.model), joins=[inner_join(features.model, same_key)])
    query = Query(tests.query.name, "", tests.query.ctes, final, (), tests.query.placeholders)
    return written(lower(query, DUCKDB), DUCKDB)


def rows(case: Case, text: str) -> list[Row]:
    """The rows that a query yields where a case's tables are what it is given."""
    plain_names = {re.sub(r"\W", "_", one.name).lower(): one.name for one in case.tables}
    variables = {f"segpy_rows_of_{word}": f"select * from {relation(name)}" for word, name in plain_names.items()}
    with duckdb.connect(":memory:", config={"threads": 1}) as connection:
        for one in case.tables:
            create(connection, one)
        cursor = connection.execute(rendered(text, case.as_of, variables))
        columns = [found[0] for found in cursor.description or ()]
        return [dict(zip(columns, map(plain, row), strict=True)) for row in cursor.fetchall()]


def expected(case: Case, tests: UnitTests) -> dict[str, Row]:
    """What the chain of models says, by key."""
    entity = tests.plan.entity
    key, tables = entity.entity.key, answer_as_written(case.name)
    assert entity.segments is not None
    features = {str(row[key]): row for row in tables[entity.features.model]}
    return {
        str(row[key]): {
            tests.plan.segment: row[tests.plan.segment],
            **{one.name: features[str(row[key])][one.name] for one in tests.plan.features},
        }
        for row in tables[entity.segments.model]
    }
