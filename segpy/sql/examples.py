"""Unit tests in SQL: a segment computed in one query, and the rows of its input relations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect as Grammar

from segpy.dialects import Dialect
from segpy.plan.model_examples import ExamplesPlan, Fixture
from segpy.resolve.model_examples import ExpectedFeature
from segpy.spec.expression import Literal, Type
from segpy.sql.build import dialects_of, entity_queries, written
from segpy.sql.inline import inlined
from segpy.sql.layout import INDENT, lowered
from segpy.sql.lower.query import lower
from segpy.sql.lower.trees import lowered_tree
from segpy.sql.model import Cte, ExampleSummary, InputRows, Query, UnitTests
from segpy.sql.nodes import Operation
from segpy.sql.operations import greatest
from segpy.sql.relations import Relations, jinja_of
from segpy.sql.tree import cast, coalesce, column, inner_join, named, number, output, select, table, text

DIGITS = 9  # behind the point: the last digits of a calculation are the engine's own


def build_unit_tests(plans: Sequence[ExamplesPlan]) -> tuple[UnitTests, ...]:
    """The query of each segment with examples, and what goes into it in each of them."""
    return tuple(_unit_tests(plan) for plan in plans)


def example_summaries(tests: Sequence[UnitTests]) -> tuple[ExampleSummary, ...]:
    """What a build tells of examples."""
    return tuple(
        ExampleSummary(
            test.name,
            test.example.segment,
            test.example.name,
            test.example.span.file,
            test.example.span.line,
            one.plan.member,
        )
        for one in tests
        for test in one.plan.tests
    )


def _unit_tests(plan: ExamplesPlan) -> UnitTests:
    entity, settings = plan.entity, plan.plan.bound.settings
    assert entity.segments is not None
    wanted = (entity.segments.model, entity.features.model) if plan.features else (entity.segments.model,)
    models, read = inlined(entity_queries(plan.plan, kept=False), wanted)
    mentioned = _mentioned(models)
    dialect = dialects_of(settings.dialects)[0]
    query = _query(plan, models, read, mentioned, dialect)
    inputs = tuple(
        tuple(
            InputRows(_variable(read[jinja_of(fixture.relation)]), _rows(fixture, mentioned, dialect))
            for fixture in test.fixtures
            if fixture.rows and jinja_of(fixture.relation) in read
        )
        for test in plan.tests
    )
    # Its trees are those of models that are verified; to read them again for each segment would double the time of all.
    return UnitTests(plan, query, written(lower(query, dialect), dialect, verified=False), inputs)


def _query(
    plan: ExamplesPlan, models: tuple[Cte, ...], read: Mapping[str, str], mentioned: frozenset[str], dialect: Dialect
) -> Query:
    """The segment's flag and the expected features, in one row whoever is there."""
    entity, settings = plan.entity, plan.plan.bound.settings
    assert entity.segments is not None
    flags, features = entity.segments.model, entity.features.model
    relations = Relations(settings.grain)
    given = tuple(
        _given(fixture, read[jinja_of(fixture.relation)], mentioned, relations, dialect)
        for fixture in plan.tests[0].fixtures
        if jinja_of(fixture.relation) in read
    )
    key = entity.entity.key
    joined = [inner_join(features, exp.EQ(this=column(key, features), expression=column(key, flags)))]
    member = coalesce(greatest(column(plan.segment, flags), Type.BOOLEAN), exp.false())
    columns = [named(member, plan.member), *(_measured(one, features) for one in plan.features)]
    final = select(columns, table(flags), joins=joined if plan.features else [])
    outputs = (
        output(plan.member, Type.BOOLEAN, f"Whether the entity is in {plan.segment}."),
        *(output(one.name, one.type, f"Feature {one.name}.") for one in plan.features),
    )
    return Query(plan.model, "one row in all", (*given, *models), final, outputs, relations.placeholders)


def _given(fixture: Fixture, name: str, mentioned: frozenset[str], relations: Relations, dialect: Dialect) -> Cte:
    """The rows that an example gives for a relation; without an example none."""
    nulls = _sql([named(cast(exp.Null(), type_), one) for one, type_ in _read(fixture, mentioned)], dialect)
    nobody = lowered(f"select {', '.join(nulls)} limit 0", dialect.grammar)
    placeholder = relations.given(_variable(name), nobody)
    return Cte(name, (f"{fixture.relation}, as an example gives it",), select([exp.Star()], table(placeholder)))


def _variable(name: str) -> str:
    """The variable of dbt that holds the rows of a relation."""
    return f"segpy_rows_of{name}"


def _read(fixture: Fixture, mentioned: frozenset[str]) -> list[tuple[str, Type]]:
    return [(name, type_) for name, type_ in fixture.columns if name.lower() in mentioned]


def _measured(feature: ExpectedFeature, model: str) -> exp.Expr:
    value = greatest(column(feature.name, model), feature.type)
    if feature.type in (Type.NUMBER, Type.DURATION):
        value = Operation.ROUNDED(value, number(DIGITS))
    return named(value, feature.name)


def _mentioned(ctes: Iterable[Cte]) -> frozenset[str]:
    """Every column that some part of a query names, in small letters."""
    return frozenset(found.name.lower() for tree in _trees(ctes) for found in tree.find_all(exp.Column))


def _trees(ctes: Iterable[Cte]) -> Iterable[exp.Query]:
    for cte in ctes:
        yield cte.query
        yield from _trees(cte.ctes)


def _rows(fixture: Fixture, mentioned: frozenset[str], dialect: Dialect) -> str:
    """A query that yields the rows of a relation: only those of its columns that are read."""
    columns = _read(fixture, mentioned)
    rows = [{name.lower(): _written(value) for name, value in row} for row in fixture.rows]
    values = {name: [row.get(name.lower()) for row in rows] for name, _ in columns}
    varying = [name for name, _ in columns if len(set(values[name])) > 1]
    if len(rows) > 1 and not varying:
        varying = [
            next(name for name, _ in columns if values[name][0] is not None)
        ]  # equal rows are told apart by none
    selected: list[exp.Expr] = []
    for name, type_ in columns:
        inner = column(name) if name in varying else _constant(values[name][0])
        selected.append(named(cast(inner, type_), name))
    lines = ["select", ",\n".join(INDENT + one for one in _sql(selected, dialect))]
    if varying:
        lines += _values(varying, values, len(rows), dialect)
    return lowered("\n".join(lines) + "\n", dialect.grammar)


def _values(
    names: Sequence[str], values: Mapping[str, Sequence[str | None]], count: int, dialect: Dialect
) -> list[str]:
    cells = _sql([_constant(values[name][row]) for row in range(count) for name in names], dialect)
    rows = [cells[first : first + len(names)] for first in range(0, len(cells), len(names))]
    listed = ", ".join(_sql([column(name) for name in names], dialect))
    return [
        "from (",
        f"{INDENT}values",
        ",\n".join(f"{INDENT * 2}({', '.join(row)})" for row in rows),
        f") as given ({listed})",
    ]


def _sql(values: Sequence[exp.Expr], dialect: Dialect) -> list[str]:
    """Expressions that stand by themselves, as the engine writes them: all at once, as there are many."""
    generator = Grammar.get_or_raise(dialect.grammar).generator()
    whole = lowered_tree(exp.Select(expressions=list(values)), dialect)
    return [generator.generate(one) for one in whole.expressions]


def _constant(value: str | None) -> exp.Expr:
    return exp.Null() if value is None else text(value)


def _written(literal: Literal) -> str | None:
    """A constant as text, which the engine reads as the type of its column."""
    value = literal.value
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if value is None else repr(value) if isinstance(value, float) else str(value)
