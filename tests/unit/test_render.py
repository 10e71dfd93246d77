"""Plans to the files of a dbt project."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from segpy.catalog.model import Catalog
from segpy.pipeline import compile_sources
from segpy.source.nodes import Source
from tests.cases.runner import Models, compile_spec, in_order, rendered
from tests.cases.tables import Table, create, quoted
from tests.unit.stages import WORLD
from tests.unit.test_reserved import AS_OF

SPEC = (
    WORLD
    + """
  read: {stream: mails}
features:
  number: {entity: user, sum: paid.amount, in_the_last: 30 days, description: "What was paid; {{ not Jinja }}"}
  whole: {entity: user, sum: paid.seats}
  mean: {entity: user, avg: paid.seats}
  moment: {entity: user, max: paid.due_at}
  least: {entity: user, min: paid.path}
  waited: {entity: user, recency: login}
  known_for: {entity: user, tenure: signed_up_at}
  aged: {entity: user, tenure: born_on}
  paths: {entity: user, count_distinct: viewed.path, within_first: 7 days}
  days: {entity: user, active_days: mail}
  later: {entity: user, count: paid, after: {event: login, nth: 2}}
  ratio: {expression: whole / paths}
  half: {expression: whole * 0.5}
  doubled: {expression: whole * 2.0}
  plus: {expression: whole + 1}
  rounded: {expression: "round(whole, 1)"}
  floored: {expression: "floor(number)"}
  absolute: {expression: "abs(-whole)"}
  whichever: {expression: "coalesce(whole, 0.5)"}
  most: {expression: "greatest(paths, 1, number)"}
  constant: {entity: user, expression: "1"}
  fraction: {entity: user, expression: "1.5"}
  told: {expression: "upper(plan) || '!'"}
  letters: {expression: "length(plan)"}
  which: {expression: "case when trial then 1 else 0.25 end"}
  yes: {expression: "whole > 3 and trial"}
  instant: {expression: "greatest(signed_up_at, moment)"}
  day: {expression: "coalesce(born_on, date '2000-01-01')"}
  longer: {expression: "waited * 2"}
  trip: {entity: user, sequence: {steps: [login, {event: paid, times: 2, without: mail}]}}
  of_team: {entity: team, count: login}
segments:
  first: {entity: user, description: Some, size: {at_least: 1, at_most: 50%}, all: [{feature: number, at_least: 1}]}
  second: {entity: user, all: [{feature: trip_completed}, {did: anything}], none: [{did: big, in_the_last: 9 days}]}
  of_teams: {entity: team, all: [{feature: of_team, at_least: 1}]}
exclusive_groups:
  journey: [first, second]
"""
)
PROPERTIES = "models/segpy/_segpy.yml"
PEOPLE = Table(
    "users",
    {"user_id": "integer", "plan": "text", "age": "integer", "signed_up_at": "timestamptz", "born_on": "date"}
    | {"trial": "boolean"},
    (("1", "pro", "40", "2026-01-01 00:00+00", "1986-01-01", "true"),),
)
LOG = Table(
    "raw.events",
    {"user_id": "integer", "team_id": "text", "at": "timestamptz", "event_id": "text", "name": "text"}
    | {"amount": "integer", "path": "text", "seats": "integer", "vip": "boolean", "due_at": "date"},
    (
        ("1", "7", "2026-02-01 00:00+00", "a", "login", "1", "/p", "2", "true", "2026-02-01"),
        ("1", "7", "2026-02-02 00:00+00", "b", "charged", "5", "/p", "2", "true", "2026-02-01"),
    ),
)
MAILS = Table("mails", {"reader": "text", "sent_at": "date"}, (("1", "2026-02-01"),))


@cache
def models() -> Models:
    """What the spec is compiled to."""
    return compile_spec(SPEC)


@cache
def described() -> dict[str, dict[str, Any]]:
    """The properties of each model."""
    found = yaml.safe_load(models().artifacts[PROPERTIES])
    assert found["version"] == 2
    return {model["name"]: model for model in found["models"]}


@cache
def built() -> dict[str, dict[str, str]]:
    """The columns and types that DuckDB reports for each model that it built."""
    with duckdb.connect(config={"threads": 1}) as connection:
        for given in (PEOPLE, LOG, MAILS):
            create(connection, given)
        sql = models().sql
        for name in in_order(sql):
            connection.execute(f"create table {quoted(name)} as\n{rendered(sql[name], AS_OF)}")
        return {
            name: {row[0]: row[1] for row in connection.execute(f"describe {quoted(name)}").fetchall()} for name in sql
        }


TYPES = {"text": "VARCHAR"}
MODELS = [
    *("user_events", "user_features", "user_sequences", "user_segments"),
    *("team_events", "team_features", "team_segments", "segment_members", "segment_activation"),
    *("segment_catalog", "segment_attrition", "segment_explanations", "segment_overlap"),
    *("segment_monitors", "segment_candidates", "segment_stays", "segment_statistics"),
    *("segment_spells", "segment_membership", "segment_changes", "segment_sizes", "segment_moves"),
    *("activation_audiences", "activation_people", "activation_memberships"),
]
VIEWS = {"segment_activation", "segment_membership", "segment_changes", "segment_moves"} | {
    "activation_audiences",
    "activation_people",
    "activation_memberships",
    "segment_explanations",
    "segment_overlap",
    "segment_candidates",
    "segment_stays",
}
EXPLAINED = {"segpy_attrition_matches_flags", "segpy_explanations_match_flags"}
KEPT = {"segment_spells", "segment_sizes", "segment_statistics"}


def test_every_model_has_properties_and_the_other_way_round() -> None:
    assert set(described()) == set(models().sql) == set(MODELS)


@pytest.mark.parametrize("model", MODELS)
def test_columns_and_types_are_those_of_the_built_table(model: str) -> None:
    said = {column["name"]: column["data_type"] for column in described()[model]["columns"]}
    found = built()[model]
    assert list(said) == list(found)
    assert {name: TYPES.get(type_, type_.upper()) for name, type_ in said.items()} == {
        name: type_.upper() for name, type_ in found.items()
    }


@pytest.mark.parametrize("model", MODELS)
def test_everything_is_described(model: str) -> None:
    assert described()[model]["description"].endswith(".")
    assert all(column["description"].strip() for column in described()[model]["columns"])
    assert not any(opening in str(described()[model]) for opening in ("{{", "{%", "{#"))


@pytest.mark.parametrize(
    ("model", "tests"),
    [
        ("user_events", {"segpy_before_as_of"}),
        ("user_sequences", {"segpy_grain"}),
        ("user_features", {"segpy_grain"}),
        (
            "user_segments",
            {"segpy_grain", "segpy_known_keys", "segpy_flags_match_members", "segpy_exclusive_groups"}
            | {"segpy_segment_sizes"}
            | EXPLAINED,
        ),
        ("team_segments", {"segpy_grain", "segpy_known_keys", "segpy_flags_match_members"} | EXPLAINED),
        ("segment_attrition", {"segpy_grain"}),
        ("segment_explanations", set()),
        ("segment_overlap", set()),
        ("segment_candidates", set()),
        ("segment_stays", set()),
        ("segment_monitors", {"segpy_grain"}),
        ("segment_statistics", {"segpy_grain"}),
        ("segment_members", {"segpy_grain"}),
        ("segment_spells", {"segpy_grain", "segpy_spells_apart", "segpy_spells_match_members"}),
        ("segment_membership", {"segpy_grain"}),
        ("segment_changes", {"segpy_grain"}),
        ("segment_sizes", {"segpy_grain"}),
        ("segment_moves", set()),
        ("activation_memberships", {"segpy_grain"}),
        ("segment_activation", {"segpy_grain"}),
        ("segment_catalog", {"segpy_grain"}),
    ],
)
def test_each_kind_of_model_has_its_tests(model: str, tests: set[str]) -> None:
    found = described()[model]["data_tests"]
    assert {kind for test in found for kind in test} == tests
    assert all(Path("macros/segpy", f"{kind}.sql").as_posix() in models().artifacts for kind in tests)
    names = [body["name"] for test in found for body in test.values()]
    assert len(names) == len(set(names))


def test_what_people_join_to_has_a_contract() -> None:
    enforced = {name for name, model in described().items() if model["config"].get("contract", {}).get("enforced")}
    assert enforced == {
        *("user_segments", "team_segments", "segment_members", "segment_catalog", "segment_attrition"),
        "segment_monitors",
        *VIEWS,
    }


def test_tests_are_told_what_they_test() -> None:
    arguments = {
        kind: body["arguments"] for test in described()["user_segments"]["data_tests"] for kind, body in test.items()
    }
    assert arguments["segpy_grain"] == {"columns": ["user_id"]}
    assert arguments["segpy_known_keys"] == {"column": "user_id", "to": "ref('user_features')"}
    assert arguments["segpy_exclusive_groups"]["groups"] == {"journey": ["first", "second"]}
    assert arguments["segpy_segment_sizes"]["bounds"] == [{"segment": "first", "at_least": 1, "at_most_share": 0.5}]


def test_a_model_says_its_grain_and_how_it_is_built() -> None:
    for name, sql in models().sql.items():
        lines = [line for line in sql.splitlines() if line and not line.startswith("-- Generated")]
        assert lines[0].startswith("-- Grain: one row "), name
        if name in KEPT:
            assert [line.strip() for line in lines[1:4]] == ["{{", "config(", 'materialized="incremental",'], name
            assert any(line.strip() == "full_refresh=false," for line in lines), name
        else:
            how = "view" if name in VIEWS else "table"
            assert lines[1] == f'{{{{ config(materialized="{how}") }}}}'
        assert "select *" not in lines[-1], name


@pytest.mark.parametrize(
    ("dialects", "hook"),
    [
        ("spark", ""),
        ("postgres", ', pre_hook="set local jit = off"'),
        ("[duckdb, postgres]", ', pre_hook={"duckdb": "", "postgres": "set local jit = off"}.get(target.type)'),
    ],
)
def test_what_an_engine_is_told_before_a_table_is_made(dialects: str, hook: str) -> None:
    text = f"dialect: {dialects}\n{WORLD}features: {{f: {{entity: team, count: login}}}}\n"
    text += "segments: {s: {entity: user, all: [{attribute: age, more_than: -1.5}]}}\n"
    sources = (Source("segments/spec.yml", text),)
    artifacts = {one.path: one.text for one in compile_sources(sources, Catalog()).artifacts}
    assert f'{{{{ config(materialized="table"{hook}) }}}}' in artifacts["models/segpy/team_features.sql"]
    assert '{{ config(materialized="view") }}' in artifacts["models/segpy/segment_activation.sql"]


def test_artifacts_are_in_the_order_of_their_paths() -> None:
    assert list(models().artifacts) == sorted(models().artifacts)
    assert all(text.endswith("\n") and "\r" not in text for text in models().artifacts.values())


def test_an_entity_without_segments_has_features_only() -> None:
    found = compile_spec(
        WORLD + "features: {f: {entity: team, count: login}}\n"
        "segments: {s: {entity: user, all: [{attribute: age, more_than: -1.5}]}}\n"
    )
    own = {name for name in found.sql if not name.startswith(("segment_", "activation_"))}
    assert own == {"team_events", "team_features", "user_features", "user_segments"}
    assert set(MODELS) - set(found.sql) == {"segment_moves", "team_segments", "user_events", "user_sequences"}
    assert "age > -1.5 as age_more_than_minus_1_5" in found.sql["user_segments"]


RENDER = """
import hashlib, sys
from tests.unit.test_render import SPEC
from tests.cases.runner import compile_spec
for path, text in compile_spec(SPEC).artifacts.items():
    print(path, hashlib.sha256(text.encode()).hexdigest())
"""


def test_rendering_does_not_depend_on_the_order_of_sets() -> None:
    said = set()
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(__file__).parents[2])}
        ran = subprocess.run(
            [sys.executable, "-c", RENDER], env=environment, capture_output=True, text=True, check=True, timeout=120
        )
        said.add(ran.stdout)
    assert len(said) == 1
    assert PROPERTIES in said.pop()
