"""What a dialect is called: by a project, by sqlglot and by dbt."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlglot.dialects.dialect import Dialect as Grammar

from segpy.catalog.model import Catalog
from segpy.dialects import DIALECTS
from segpy.pipeline import compile_sources
from segpy.source.read import Source
from tests.cases.case import load
from tests.cases.runner import compile_spec, run
from tests.engines.answers import differences

OF_ANOTHER = {"ducklake": "duckdb"}
SPEC = """
dialect: [puddle, postgres]
entities: {user: {key: user_id}}
streams: {app: {relation: ref('log'), entity: {user: user_id}, occurred_at: at}}
events: {login: {stream: app}}
features: {logins: {entity: user, count: login}, rhythm: {entity: user, decayed: login, half_life: 7 days}}
segments:
  regulars:
    entity: user
    all: [{feature: logins, at_least: 3}]
    examples: [{name: nobody, as_of: 2026-03-10, expect: not_member}]
"""


@pytest.mark.parametrize("name", DIALECTS)
def test_grammar_and_adapter_are_called_like_the_dialect_where_nothing_else_is_said(name: str) -> None:
    one, usual = DIALECTS[name], OF_ANOTHER.get(name, name)
    assert (one.name, one.grammar, one.adapter) == (name, usual, usual)
    assert replace(one, name="another").grammar == usual
    assert replace(one, name="another", grammar="", adapter="").adapter == "another"
    Grammar.get_or_raise(one.grammar)


def test_what_dbt_chooses_by_is_the_adapter(monkeypatch: pytest.MonkeyPatch) -> None:
    """And what sqlglot writes is its own grammar: neither has ever heard of the dialect's name."""
    puddle = replace(DIALECTS["duckdb"], name="puddle", before_table="set threads = 1")
    monkeypatch.setitem(DIALECTS, "puddle", puddle)
    compiled = compile_sources((Source("segments/spec.yml", SPEC),), Catalog())
    assert not compiled.diagnostics
    found = {one.path: one.text for one in compiled.artifacts}
    macro = found["macros/segpy/models/user_features.sql"]
    assert '{% do segpy_known_dialect(["duckdb", "postgres"]) %}' in macro
    assert "{% macro duckdb__segpy_sql_of_user_features() %}" in macro
    hooks = '{"duckdb": "set threads = 1", "postgres": "set local jit = off"}.get(target.type)'
    assert f"pre_hook={hooks}" in found["models/segpy/user_features.sql"]
    types = '{"duckdb": "double", "postgres": "double precision"}[target.type]'
    assert types in found["models/segpy/_segpy.yml"]
    assert "target.type == ''duckdb''" in found["models/segpy/examples/_examples.yml"]
    assert not [path for path, text in found.items() if "puddle" in text]


def test_ducklake_is_duckdb_without_enumerations() -> None:
    """So that a team can test in a file of DuckDB what it builds in DuckLake."""
    found = {}
    for dialect in ("duckdb", "ducklake"):
        sources = (Source("segments/spec.yml", SPEC.replace("[puddle, postgres]", dialect)),)
        found[dialect] = {one.path: one.text for one in compile_sources(sources, Catalog()).artifacts}
    assert found["duckdb"].keys() == found["ducklake"].keys()
    differing = {path for path, text in found["duckdb"].items() if text != found["ducklake"][path]}
    assert differing == {
        "models/segpy/user_events.sql",
        "models/segpy/_segpy.yml",
        "models/segpy/examples/regulars__examples.sql",
    }
    assert not [path for path, text in found["ducklake"].items() if "enum(" in text.lower()]
    kept = next(line for line in found["ducklake"]["models/segpy/user_events.sql"].splitlines() if "order by" in line)
    assert kept in found["duckdb"]["models/segpy/user_events.sql"].splitlines()


@pytest.mark.parametrize("name", ["at_least_of", "integers_beyond_2_53", "seq_overlap"])
def test_what_is_rendered_for_ducklake_says_the_same_in_duckdb(name: str) -> None:
    case = load(name)
    duckdb, ducklake = (
        run(compile_spec(case.spec, dialect), case.tables, case.as_of) for dialect in ("duckdb", "ducklake")
    )
    assert differences(ducklake, duckdb) == []
