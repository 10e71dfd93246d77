"""The text of a `where` or an `expression` to the closed set of expressions, and back."""

from __future__ import annotations

from typing import TypeAlias

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segpy.dialects import DIALECTS
from segpy.plan.expressions import expression_words
from segpy.spec.expression import (
    COMPARISONS,
    Between,
    Binary,
    Call,
    Case,
    Column,
    Expression,
    Function,
    In,
    IsNull,
    Literal,
    Negative,
    Not,
    Operator,
    Type,
    Unreadable,
    columns_of,
)
from segpy.sql.expression import lower
from segpy.sql.lower.trees import lowered_expression
from segpy.sql.read import read_expression
from segpy.sql.tree import column

A, B, C = Column("a"), Column("b"), Column("c")


def whole(value: int) -> Literal:
    """A whole number."""
    return Literal(value, Type.INTEGER)


def text(value: str) -> Literal:
    """A text."""
    return Literal(value, Type.TEXT)


def written(expression: Expression) -> str:
    """An expression as SQL."""
    return lowered_expression(
        lower(expression, column, {one.name: Type.TEXT for one in columns_of(expression)}), DIALECTS["duckdb"]
    ).sql("duckdb")


# --- what there is --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sql", "expression"),
    [
        ("a", A),
        ('"A b"', Column("A b")),
        ("1", whole(1)),
        ("1.50", Literal(1.5, Type.NUMBER)),
        ("1e3", Literal(1000.0, Type.NUMBER)),
        ("9223372036854775808", Literal(9223372036854775808.0, Type.NUMBER)),
        ("-1", Negative(whole(1))),
        ("'it''s'", text("it's")),
        (r"'back\slash'", text(r"back\slash")),
        ("'{{ x }}'", text("{{ x }}")),
        ("''", text("")),
        ("true", Literal(True, Type.BOOLEAN)),
        ("FALSE", Literal(False, Type.BOOLEAN)),
        ("null", Literal(None, Type.NULL)),
        ("date '2026-03-01'", Literal("2026-03-01", Type.DATE)),
        ("timestamp '2026-03-01T12:30'", Literal("2026-03-01 12:30:00", Type.TIMESTAMP)),
        ("cast('2026-03-01' as date)", Literal("2026-03-01", Type.DATE)),
        ("not a", Not(A)),
        ("a is null", IsNull(A)),
        ("a is not null", Not(IsNull(A))),
        ("a in (1)", In(A, (whole(1),))),
        ("a not in (1, b)", Not(In(A, (whole(1), B)))),
        ("a between 1 and b", Between(A, whole(1), B)),
        ("a not between 1 and 2", Not(Between(A, whole(1), whole(2)))),
        ("a like 'x%'", Binary(Operator.LIKE, A, text("x%"))),
        ("a not like 'x%'", Not(Binary(Operator.LIKE, A, text("x%")))),
        ("a not ilike 'x%'", Not(Binary(Operator.ILIKE, A, text("x%")))),
        ("case when a then 1 when b then 2 else 3 end", Case(((A, whole(1)), (B, whole(2))), whole(3))),
        ("case when a then 1 end", Case(((A, whole(1)),), None)),
        ("coalesce(a, b, 0)", Call(Function.COALESCE, (A, B, whole(0)))),
        ("round(a, 2)", Call(Function.ROUND, (A, whole(2)))),
        ("nullif(a, b)", Call(Function.NULLIF, (A, B))),
        ("greatest(a, b)", Call(Function.GREATEST, (A, B))),
        ("LOWER(a)", Call(Function.LOWER, (A,))),
        ("a -- said by a comment", A),
        (" ( ( a ) ) ", A),
        ("a;", A),
    ],
)
def test_constructs(sql: str, expression: Expression) -> None:
    assert read_expression(sql) == expression


@pytest.mark.parametrize("operator", Operator)
def test_every_operator(operator: Operator) -> None:
    assert read_expression(f"a {operator.value} b") == Binary(operator, A, B)


@pytest.mark.parametrize("function", [one for one in Function if one is not Function.NULLIF])
def test_every_function(function: Function) -> None:
    assert read_expression(f"{function.value}(a)") == Call(function, (A,))


@pytest.mark.parametrize(("sql", "same"), [("a != 1", "a <> 1"), ("a == 1", "a = 1"), ("nvl(a, b)", "coalesce(a, b)")])
def test_spellings(sql: str, same: str) -> None:
    assert read_expression(sql) == read_expression(same)


@pytest.mark.parametrize(
    ("sql", "meant"),
    [
        ("a or b and c", "a or (b and c)"),
        ("not a and b", "(not a) and b"),
        ("not a = b", "not (a = b)"),
        ("not a is null", "not (a is null)"),
        ("a + b * c", "a + (b * c)"),
        ("a - b - c", "(a - b) - c"),
        ("a / b * c", "(a / b) * c"),
        ("-a * b", "(-a) * b"),
        ("a + b > c", "(a + b) > c"),
        ("a || b like 'x'", "(a || b) like 'x'"),
        ("a between b and c and a", "(a between b and c) and a"),
        ("a not in (1) or b", "(a not in (1)) or b"),
    ],
)
def test_precedence(sql: str, meant: str) -> None:
    assert read_expression(sql) == read_expression(meant)
    assert not isinstance(read_expression(sql), Unreadable)


# --- what there is not ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sql",
    [
        *("", " ", "--", "(", "a = 'x", "a = 1 and", "a = 1; b = 2", "a = 1, b = 2", "a b", "a as b", "*"),
        *("select 1", "a = (select 1)", "a in (select 1)", "exists (select 1)", "a = 1 union select 2", "drop table a"),
        *("a.b", "a[1]", "[1]", "(a, b) = (1, 2)", "{'x': 1}", "{{ a }}", ":a", "?", "@a"),
        *("a in ()", "a in b", "a is true", "a is distinct from b", "a <=> b", "a like 'x' escape '!'"),
        *("a like any ('x', 'y')", "a similar to 'x'", "a ~ 'x'", "a between symmetric 1 and 2"),
        *("a % 2", "a ^ 2", "a & 1", "a collate x", "a at time zone 'UTC'", "x -> x", "a => b"),
        *("a = b = c", "a < b < c"),
        *("now()", "current_date", "random()", "count(*)", "sum(a)", "length(a) over ()", "nothing_known(a)"),
        *("lower(distinct a)", "count(a) filter (where b)", "case a when 1 then 2 end", "if(a, 1, 2)"),
        *("round(a, 2, 1)", "trim(both 'x' from a)", "ceil(a to day)", "var_map(a)"),
        *("cast(a as int)", "a::int", "try_cast(a as int)", "cast('1' as int)", "interval '1 day'"),
        *("date '2026-02-30'", "timestamp '2026-03-01 10:00+02:00'", "timestamp 'now'", "1e400", "N'x'", "x'41'"),
    ],
)
def test_refused(sql: str) -> None:
    found = read_expression(sql)
    assert isinstance(found, Unreadable) and found.reason


def test_too_long_and_too_deep() -> None:
    for sql in (f"a = '{'x' * 3000}'", "(" * 500 + "a" + ")" * 500, "not " * 400 + "a", " and ".join("a" * 300)):
        assert isinstance(read_expression(sql), Unreadable)


# --- places ---------------------------------------------------------------------------------------------------------


def test_columns_know_where_they_stand() -> None:
    found = read_expression('ab = 1 and lower("c d") = ef')
    assert isinstance(found, Binary)
    assert [(one.name, one.start) for one in columns_in_order(found)] == [("ab", 0), ("c d", 17), ("ef", 26)]


def columns_in_order(expression: Expression) -> list[Column]:
    """Its columns by their places."""
    return sorted(columns_of(expression), key=lambda one: one.start)


def test_a_refusal_points_at_the_culprit() -> None:
    found = read_expression("a = 1 and b % 2 = 0")
    assert isinstance(found, Unreadable) and found.start == 10


def test_places_take_no_part_in_equality() -> None:
    assert read_expression("a") == read_expression("   a")


# --- properties -----------------------------------------------------------------------------------------------------

ONE_TEXT = st.sampled_from([Function.LOWER, Function.TRIM, Function.UPPER])
ONE_NUMBER = st.sampled_from([Function.ABS, Function.CEIL, Function.FLOOR, Function.ROUND])
SEVERAL = st.sampled_from([Function.COALESCE, Function.GREATEST, Function.LEAST])
# Division is written with a guard against 0, which is no expression of the language.
ARITHMETIC = st.sampled_from([Operator.ADD, Operator.SUBTRACT, Operator.MULTIPLY])
CONNECTIVES = st.sampled_from([Operator.AND, Operator.OR])
SIMPLE_TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=6).filter(lambda one: "{" not in one)
DATES = st.dates().map(lambda day: Literal(day.isoformat(), Type.DATE))
Expressions: TypeAlias = st.SearchStrategy[Expression]


def numbers(depth: int) -> Expressions:
    """Numeric expressions."""
    fractions = st.floats(0, 1e300).map(lambda value: Literal(value, Type.NUMBER))
    simple = st.sampled_from(["a", "select", "A b"]).map(Column) | st.integers(0, 2**63 - 1).map(whole) | fractions
    if depth == 0:
        return simple
    inner = numbers(depth - 1)
    return st.one_of(
        simple,
        st.builds(Binary, ARITHMETIC, inner, inner),
        st.builds(Negative, inner),
        st.builds(Call, ONE_NUMBER, st.tuples(inner)),
        st.builds(Call, SEVERAL, several(inner)),
        st.builds(Call, st.just(Function.NULLIF), st.tuples(inner, inner)),
        st.builds(Call, st.just(Function.LENGTH), st.tuples(texts(depth - 1))),
        st.builds(Case, st.tuples(st.tuples(booleans(depth - 1), inner)), st.none() | inner),
    )


def texts(depth: int) -> Expressions:
    """Textual expressions."""
    simple = st.sampled_from(["b", "é"]).map(Column) | SIMPLE_TEXT.map(text)
    if depth == 0:
        return simple
    inner = texts(depth - 1)
    return st.one_of(
        simple, st.builds(Binary, st.just(Operator.CONCAT), inner, inner), st.builds(Call, ONE_TEXT, st.tuples(inner))
    )


def booleans(depth: int) -> Expressions:
    """Expressions that are true or false."""
    simple = st.just(C) | st.booleans().map(lambda value: Literal(value, Type.BOOLEAN))
    if depth == 0:
        return simple
    inner, number, words = booleans(depth - 1), numbers(depth - 1), texts(depth - 1)
    return st.one_of(
        simple,
        st.builds(Binary, CONNECTIVES, inner, inner),
        st.builds(Not, inner),
        st.builds(IsNull, st.one_of(inner, number, words)),
        st.builds(Binary, st.sampled_from(sorted(COMPARISONS, key=str)), number, number),
        st.builds(Binary, st.sampled_from([Operator.LIKE, Operator.ILIKE, Operator.EQ]), words, words),
        st.builds(Binary, st.just(Operator.LE), st.just(A), DATES),
        st.builds(In, number, several(number)),
        st.builds(Between, number, number, number),
    )


def several(parts: Expressions) -> st.SearchStrategy[tuple[Expression, ...]]:
    """One to three."""
    return st.lists(parts, min_size=1, max_size=3).map(tuple)


EXPRESSIONS = st.one_of(booleans(3), numbers(3), texts(3))


@settings(max_examples=200, deadline=None, derandomize=True)
@given(EXPRESSIONS)
def test_what_is_written_reads_back(expression: Expression) -> None:
    """Nothing is lost on the way to SQL, parentheses least of all."""
    assert plain(read_expression(written(expression))) == plain(expression)


def plain(expression: Expression | Unreadable) -> Expression | Unreadable:
    """With chains of one connective read from the left, as they are without parentheses, and `2.0` read as `2`."""
    match expression:
        case Literal(float() as value, Type.NUMBER) if value.is_integer() and value < 2**63:
            return whole(int(value))
        case Binary(Operator.AND | Operator.OR as operator, _, _):
            first, *rest = operands(expression, operator)
            for part in rest:
                first = Binary(operator, first, part)
            return first
        case Binary(operator, left, right):
            return Binary(operator, inside(left), inside(right))
        case Not(operand) | Negative(operand) | IsNull(operand):
            return type(expression)(inside(operand))
        case In(operand, options):
            return In(inside(operand), tuple(map(inside, options)))
        case Between(operand, low, high):
            return Between(inside(operand), inside(low), inside(high))
        case Call(Function.TRIM, (trimmed, *_)):  # DuckDB is told what to take off
            return Call(Function.TRIM, (inside(trimmed),))
        case Call(function, arguments):
            return Call(function, tuple(map(inside, arguments)))
        case Case(branches, otherwise):
            pairs = tuple((inside(test), inside(value)) for test, value in branches)
            return Case(pairs, None if otherwise is None else inside(otherwise))
        case _:
            return expression


def inside(expression: Expression) -> Expression:
    """A part of one, the same way."""
    found = plain(expression)
    assert not isinstance(found, Unreadable)
    return found


def operands(expression: Expression, operator: Operator) -> list[Expression]:
    """What a chain of one connective connects."""
    if isinstance(expression, Binary) and expression.operator is operator:
        return operands(expression.left, operator) + operands(expression.right, operator)
    return [inside(expression)]


WORDS = "a b 1 2.5 'x' ( ( ) ) , and or not in between like is null case when then else end = < > + - * / ||"
ODD = """. [ ] { } " ' ` : ? @ $ # % & ^ ~ ; -- /* */ :: -> => <=> date timestamp cast( as int select from struct(
    map( var_map( if( interval trim( extract( lambda any all exists over ( filter( distinct escape collate"""


@settings(max_examples=200, deadline=None, derandomize=True)
@given(
    st.lists(st.sampled_from(WORDS.split() * 3 + ODD.split()), max_size=10).map(" ".join)
    | st.text(max_size=30)
    | EXPRESSIONS.map(written)
)
def test_no_text_breaks_the_reader(sql: str) -> None:
    """Any text is an expression or says why not; an expression reads the same once it is written."""
    found = read_expression(sql)
    if not isinstance(found, Unreadable) and "/" not in expression_words(found) and "{" not in sql:
        assert plain(read_expression(written(found))) == plain(found)


TERM = st.sampled_from(["a", "b", "1", "2", "-a", "- 3", "abs(a)", "null", "coalesce(a, b)"])
SUM = st.lists(TERM, min_size=1, max_size=4).flatmap(
    lambda terms: st.lists(st.sampled_from("+-*"), min_size=len(terms) - 1, max_size=len(terms) - 1).map(
        lambda signs: " ".join(part for pair in zip(terms, [*signs, ""], strict=True) for part in pair)
    )
)
TESTS = st.one_of(
    st.sampled_from(["c", "not c", "c is null", "not c is null", "s like 'x' || 'y' || '%'", "s not like 'y%'"]),
    st.tuples(SUM, st.sampled_from(["=", "<>", "<", ">=", "!="]), SUM).map(" ".join),
    st.tuples(st.sampled_from(["", "not "]), SUM, st.sampled_from([" is null", " is not null"])).map("".join),
    st.tuples(SUM, st.sampled_from(["between", "not between"]), SUM, st.just("and"), SUM).map(" ".join),
    st.tuples(SUM, st.sampled_from(["in", "not in"]), st.just("(1, b, 2)")).map(" ".join),
)
WITHOUT_PARENTHESES = st.lists(
    st.tuples(st.sampled_from(["", "not "]), TESTS, st.sampled_from(["and", "or"])), min_size=1, max_size=4
).map(
    lambda parts: " ".join(f"{negation}{test} {connective}" for negation, test, connective in parts).rsplit(" ", 1)[0]
)
ENGINE = duckdb.connect(config={"threads": 1})
ROWS = """
from (values (1, 2, true, 'xy'), (-3, null, false, 'yx'), (null, 1, null, 'xyz'), (2, 3, true, null)) as t(a, b, c, s)
"""


@settings(max_examples=60, deadline=None, derandomize=True)
@given(WITHOUT_PARENTHESES)
def test_the_engine_reads_it_alike(sql: str) -> None:
    """What binds closer is no matter of opinion: DuckDB finds the same in the text and in what is made of it."""
    found = read_expression(sql)
    assert not isinstance(found, Unreadable)
    rows = ENGINE.execute(f"select {sql}, {written(found)} {ROWS}").fetchall()
    assert all(raw == ours for raw, ours in rows)
