"""Metrics for dbt's semantic layer, where they are asked for, and the calendar that goes with them."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest
import yaml

from segpy.catalog.model import Catalog, TimeSpine
from segpy.pipeline import Compiled, compile_sources
from segpy.source.nodes import Source

_SPEC = """
entities: {user: {key: user_id}}
streams: {app: {relation: ref('log'), entity: {user: user_id}, occurred_at: at}}
events: {seen: {stream: app}}
segments: {active: {entity: user, all: [{did: seen}]}}
"""
_NONE = Catalog(refs=frozenset({"log"}))


def compiled(settings: str, *spines: tuple[str, str | None], catalog: Catalog | None = None) -> Compiled:
    beside = catalog or Catalog(refs=frozenset({"log"}), time_spines=tuple(TimeSpine(*one) for one in spines))
    return compile_sources((Source("segments/app.yml", settings + _SPEC),), beside)


def files(found: Compiled) -> dict[str, str]:
    assert not found.failed, found.diagnostics
    return {one.path.rpartition("/")[2]: one.text for one in found.artifacts}


def metrics(settings: str) -> dict[str, Any]:
    written: dict[str, Any] = yaml.safe_load(files(compiled(settings, ("days", "day")))["_metrics.yml"])
    return written


@pytest.mark.parametrize("settings", ["", "semantic_layer: none"])
def test_nothing_is_told_unasked(settings: str) -> None:
    assert {"_metrics.yml", "segpy_time_spine.sql"}.isdisjoint(files(compiled(settings)))


def test_metrics() -> None:
    found = metrics("semantic_layer: metrics")
    names = ["segpy_members", "segpy_population", "segpy_entered", "segpy_exited", "segpy_share"]
    assert [one["name"] for one in found["metrics"]] == names
    sizes = found["semantic_models"][1]
    assert sizes["model"] == "ref('segment_sizes')"
    assert {one["name"]: "non_additive_dimension" in one for one in sizes["measures"]} == {
        "segpy_members": True,
        "segpy_population": True,
        "segpy_entered": False,
        "segpy_exited": False,
    }
    assert [one["name"] for one in found["semantic_models"][0]["dimensions"]] == [
        "segpy_entity",
        "segpy_stage",
        "segpy_owner",
        "segpy_exclusive_group",
    ]


def test_conversion_where_something_is_measured() -> None:
    """By outcome and arm, of those who were observed."""
    measured = "\noutcomes: {came: {did: seen, within: 2 days}}\n" + _SPEC.replace(
        "[{did: seen}]}}", "[{did: seen}], experiment: {holdout: 10%, outcome: came}}}"
    )
    source = Source("segments/app.yml", "semantic_layer: metrics" + measured)
    days = Catalog(refs=frozenset({"log"}), time_spines=(TimeSpine("days", "day"),))
    found = yaml.safe_load(files(compile_sources((source,), days))["_metrics.yml"])
    names = ["segpy_assigned", "segpy_observed", "segpy_conversions", "segpy_conversion"]
    assert [one["name"] for one in found["metrics"]][5:] == names
    assert found["metrics"][-1]["type_params"] == {"numerator": "segpy_conversions", "denominator": "segpy_observed"}
    outcomes = found["semantic_models"][2]
    assert outcomes["model"] == "ref('segment_outcomes')"
    assert [one["expr"] for one in outcomes["measures"]] == [
        "1",
        "case when observed then 1 else 0 end",
        "case when converted then 1 else 0 end",
    ]


def test_names_have_the_prefix_and_no_two_underscores_in_a_row() -> None:
    found = metrics("{name_prefix: cdp__, semantic_layer: metrics}"[1:-1].replace(", ", "\n"))
    assert found["metrics"][0]["name"] == "cdp_segpy_members"
    assert found["semantic_models"][1]["model"] == "ref('cdp__segment_sizes')"


def test_without_segments_there_is_nothing_to_tell() -> None:
    spec = _SPEC.replace("segments: {active: {entity: user, all: [{did: seen}]}}", "features: {often: {count: seen}}")
    found = compile_sources((Source("segments/app.yml", "semantic_layer: metrics_and_time_spine" + spec),), _NONE)
    assert {"_metrics.yml", "segpy_time_spine.sql"}.isdisjoint(files(found))


@pytest.mark.parametrize(
    ("grain", "first", "last", "instants"),
    [
        ("day", "2026-02-27", "2026-03-02", 4),
        ("day", "2026-03-02", "2026-03-02", 1),
        ("day", "1990-01-01", "2026-03-02", 13_210),
        ("hour", "2026-03-01 22:00", "2026-03-02 01:00", 4),
        ("hour", "2020-01-01", "2026-03-02", 54_049),
    ],
)
def test_time_spine_is_every_instant_from_the_first_run_to_this_one(
    grain: str, first: str, last: str, instants: int
) -> None:
    found = files(compiled(f"grain: {grain}\nsemantic_layer: metrics_and_time_spine"))
    model = next(one for one in yaml.safe_load(found["_segpy.yml"])["models"] if one["name"] == "segpy_time_spine")
    assert model["time_spine"] == {"standard_granularity_column": "starts_at"}
    assert model["columns"][0] | {"name": "starts_at", "granularity": grain} == model["columns"][0]
    query = found["segpy_time_spine.sql"].partition("}}")[2]
    query = query.replace('{{ ref("segment_sizes") }}', "sizes").replace(
        f'{{{{ segpy_as_of("{grain}") }}}}', f"timestamp '{last}'"
    )
    database = duckdb.connect()
    database.execute("set timezone = 'UTC'")
    database.execute(f"create table sizes as select unnest([timestamp '{first}', timestamp '{last}']) as as_of")
    expected = (
        f"select unnest(generate_series(timestamp '{first}', timestamp '{last}', interval 1 {grain})) as starts_at"
    )
    (count,) = database.execute(f"select count(*) from ({query})").fetchall()[0]
    assert count == instants
    assert database.execute(f"({query}) except all ({expected})").fetchall() == []


@pytest.mark.parametrize(
    ("settings", "spines", "codes"),
    [
        ("semantic_layer: metrics", [], ["SEG621"]),
        ("semantic_layer: metrics", [("months", "month")], ["SEG621"]),
        ("semantic_layer: metrics", [("days", "day")], []),
        ("semantic_layer: metrics", [("days", None)], []),
        ("semantic_layer: metrics", [("hours", "hour"), ("months", "month")], []),
        ("semantic_layer: metrics_and_time_spine", [], []),
        ("semantic_layer: metrics_and_time_spine", [("months", "month")], []),
        ("semantic_layer: metrics_and_time_spine", [("days", "day")], ["SEG622"]),
        ("semantic_layer: metrics_and_time_spine", [("days", None)], ["SEG622"]),
        ("semantic_layer: metrics_and_time_spine", [("hours", "hour")], ["SEG622"]),
        ("grain: hour\nsemantic_layer: metrics_and_time_spine", [("days", "day")], []),
        ("grain: hour\nsemantic_layer: metrics_and_time_spine", [("hours", "hour")], ["SEG622"]),
        ("", [("days", "day")], []),
    ],
)
def test_one_calendar(settings: str, spines: list[tuple[str, str | None]], codes: list[str]) -> None:
    assert [one.code for one in compiled(settings, *spines).diagnostics] == codes


def test_what_cannot_be_seen_is_not_missed() -> None:
    assert compiled("semantic_layer: metrics", catalog=Catalog()).diagnostics == ()


def test_findings_say_what_to_write() -> None:
    (none,) = compiled("grain: day\nsemantic_layer: metrics").diagnostics
    assert (none.span.line, none.span.column) == (2, 17) if none.span else False
    assert none.label == "dbt wants a time spine of days or finer beside metrics, and this project has none"
    assert none.help == "write `metrics_and_time_spine`, or give a calendar of yours a `time_spine:` in its properties"
    (two,) = compiled("semantic_layer: metrics_and_time_spine", ("dim_days", "day")).diagnostics
    assert two.label == "this project has a time spine, `dim_days`, and queries of yours could go to another unnoticed"
    assert two.help == "write `metrics`, which uses that one"
