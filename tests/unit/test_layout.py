"""Syntax trees to text that people read, with nothing changed on the way."""

from __future__ import annotations

import re

import duckdb
import pytest
import sqlglot
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp

from segpy.render.yaml_text import plain_text
from segpy.sql.layout import comment_line, lay_out, typeset
from segpy.sql.model import Cte, Query
from segpy.sql.tree import AS_OF, column, identifier, named, select, table, text
from segpy.sql.verify import verify
from tests.unit.stages import sql_of

OPENERS = re.compile(r"\{[{%#]")
ENGINE = duckdb.connect(config={"threads": 1})


def query(final: exp.Query, *ctes: Cte, placeholders: tuple[tuple[str, str], ...] = ()) -> Query:
    """A model without columns."""
    return Query("model", "one row", ctes, final, (), placeholders)


def laid_out(final: exp.Query, *ctes: Cte) -> str:
    """The text of a model, which is verified to mean it."""
    model = query(final, *ctes)
    found = lay_out(model, "duckdb")
    verify(model, found, "duckdb")
    return found


def parsed(sql: str) -> exp.Query:
    """A query from text."""
    found = sqlglot.parse_one(sql, read="duckdb")
    assert isinstance(found, exp.Query)
    return found


# --- the shape ------------------------------------------------------------------------------------------------------


def test_a_query_is_laid_out_as_people_write_it() -> None:
    ctes = [
        Cte("first_one", ("what it is for", "and more"), parsed("SELECT A, SUM(B) AS total FROM t WHERE c GROUP BY A")),
        Cte("second_one", (), parsed("SELECT * FROM t"), inline=True),
    ]
    final = parsed("SELECT DISTINCT x.a, 1 AS b FROM x LEFT JOIN y ON x.a = y.a AND y.b > 1 WHERE c AND d ORDER BY a")
    assert laid_out(final, *ctes) == (
        "with\n\n"
        "-- what it is for\n"
        "-- and more\n"
        "first_one as (\n"
        "    select\n"
        "        a,\n"
        "        sum(b) as total\n"
        "    from t\n"
        "    where c\n"
        "    group by a\n"
        "),\n\n"
        "second_one as not materialized (\n"
        "    select * from t\n"
        ")\n\n"
        "select distinct\n"
        "    x.a,\n"
        "    1 as b\n"
        "from x\n"
        "left join y\n"
        "    on x.a = y.a\n"
        "        and y.b > 1\n"
        "where c\n"
        "    and d\n"
        "order by a\n"
    )


def test_unions() -> None:
    assert laid_out(parsed("select 1 as a union all select 2 union select 3")) == (
        "select\n    1 as a\n\nunion all\n\nselect 2\n\nunion\n\nselect 3\n"
    )


LONG = " or ".join(f"a_rather_long_name_{i} = 'value {i}'" for i in range(12))


@pytest.mark.parametrize(
    "sql",
    [
        f"select case when {LONG} then 1 else 2 end as a from t",
        f"select ({LONG}) as a from t",
        f"select a from t where ({LONG}) and b",
        f"select a from t inner join u on ({LONG}) and t.a = u.a",
    ],
)
def test_long_expressions_wrap(sql: str) -> None:
    lines = laid_out(parsed(sql)).splitlines()
    assert len(lines) > 10
    assert max(map(len, lines)) <= 120


@pytest.mark.parametrize(
    "sql",
    [
        "select a from t where (a or b) and c",
        "select a from t where not (a or b)",
        "select a from t where a and (b or (c and d))",
        "select (a + b) * c as x, a - (b - c) as y, -(-a) as z from t",
        "select (a and b) = c as x from t",
        f"select a from t where not ({LONG}) and (a or b)",
    ],
)
def test_parentheses_are_kept(sql: str) -> None:
    found = laid_out(parsed(sql))
    assert found.count("(") == sql.count("(")
    assert parsed(found) == parsed(sql)


# --- letters --------------------------------------------------------------------------------------------------------


def test_keywords_and_functions_are_lowered_constants_and_quoted_names_are_not() -> None:
    final = parsed(
        """SELECT COUNT(*) FILTER (WHERE "Select" = 'SELECT A FROM B') AS "A b", CAST(1E5 AS TEXT) AS c FROM "T" """
    )
    assert laid_out(final) == (
        "select\n"
        """    count(*) filter (where "Select" = 'SELECT A FROM B') as "A b",\n"""
        "    cast(1E5 as text) as c\n"
        'from "T"\n'
    )


TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20) | st.sampled_from(
    [
        "{{ x }}",
        "{{{",
        "{%%}",
        "{# #}",
        "it's",
        "''",
        '"',
        "\\",
        "a\\'b",
        "a\nb",
        "\n",
        "\r\n",
        " -- x",
        "/* x",
        "$$",
        "E'",
    ]
)


@settings(max_examples=120, deadline=None, derandomize=True)
@given(TEXTS)
def test_a_constant_is_what_it_was(value: str) -> None:
    """Whatever a spec writes arrives at the engine letter for letter, and never opens Jinja or breaks a line."""
    found = laid_out(select([named(text(value), "a")], parsed("select 1 as b").subquery("t")))
    assert ENGINE.execute(found).fetchall() == [(value,)]
    assert not OPENERS.search(found)
    constant = text(value).sql("duckdb")
    assert "\n" not in constant and "\r" not in constant


NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12).filter(str.strip)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(NAMES | st.sampled_from(["a", "A", "select", "a b", 'a"b', "1a", "é", "from", "null", "timestamp", "end"]))
def test_a_name_is_what_it_was(name: str) -> None:
    source = f"(select 7 as {identifier(name).sql('duckdb')})"
    found = laid_out(parsed(f"select * from {source} as t"))
    assert [one[0] for one in ENGINE.execute(found).description or ()] == [name]
    assert laid_out(select([column(name)], table("t"))).split("\n")[1].strip() == identifier(name).sql("duckdb")


# --- Jinja ----------------------------------------------------------------------------------------------------------


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.text("{%#}a \n", max_size=12))
def test_nothing_that_people_write_opens_jinja(value: str) -> None:
    assert not OPENERS.search(comment_line(value))
    assert not OPENERS.search(plain_text(value))
    assert not OPENERS.search(text(value).sql("duckdb"))


def test_a_comment_is_one_line() -> None:
    assert comment_line("a\nb\r\n\u2028 c\t{{ d") == "-- a b c { { d"


def test_harmless_text_stays() -> None:
    assert plain_text("{a: 1} %} 50% {") == "{a: 1} %} 50% {"


HOSTILE = """
segments:
  s:
    entity: user
    description: "{{ env_var('X') }} {% raw %} {# x\\n-- y */"
    owner: "{{{ y"
    playbook: {message: "{%- z -%}"}
    all:
      - {attribute: plan, exactly: "{{ ref('x') }}"}
      - {count: paid, where: "path = '{# p #}' or path = '''{{'", at_least: 1}
      - {attribute: plan, in: ["{% set x = 1 %}", "a\\nb"]}
"""


def test_a_spec_cannot_open_jinja() -> None:
    for sql in sql_of(HOSTILE).values():
        without_ours = re.sub(r"\{\{ (ref|source|segpy_as_of|segpy_spells|var)\([^{}]*\) \}\}", "", sql)
        assert not OPENERS.search(without_ours)


def test_placeholders_are_filled_where_they_are_names() -> None:
    jinja = {AS_OF: "{{ segpy_as_of() }}", "__users__": '{{ ref("users") }}'}
    final = parsed(f"select {AS_OF} as a, '{AS_OF} __users__' as b, \"__users__\" as c from __users__ /* __users__ */")
    model = query(final, placeholders=tuple(jinja.items()))
    filled = typeset(model, "duckdb").filled_in(model)
    assert "{{ segpy_as_of() }} as a,\n" in filled
    assert f"'{AS_OF} __users__' as b,\n" in filled
    assert '"__users__" as c\n' in filled
    assert 'from {{ ref("users") }}' in filled
