"""Somebody else's dbt project takes up segpy: nothing of ours is in it but the folder `segments/`."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.e2e.commands import Ran, contents, run_dbt, run_segpy, write_files
from tests.e2e.tables import rows

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

PROJECT = {
    "dbt_project.yml": """\
name: gadgets
profile: acme
flags: {send_anonymous_usage_stats: false}
seeds: {gadgets: {orders: {+column_types: {ordered_at: timestamp}}}}
models:
  gadgets:
    marts: {+schema: marts, +materialized: table}
""",
    "profiles.yml": """\
acme:
  target: dev
  outputs:
    dev: {type: duckdb, path: acme.duckdb, schema: analytics, threads: 2}
""",
    "seeds/orders.csv": """\
order_id,customer,ordered_at,amount
1,ada,2026-03-01 09:00:00,20.00
2,ada,2026-03-02 09:00:00,35.50
3,ada,2026-03-05 09:00:00,12.00
4,bob,2025-11-20 12:00:00,8.00
5,cleo,2026-03-09 23:59:59,15.00
6,cleo,2026-03-10 00:00:00,90.00
""",
    "models/staging/stg_orders.sql": "select order_id, customer, ordered_at, amount from {{ ref('orders') }}\n",
    "models/marts/regulars.sql": "select customer from {{ ref('customer_segments') }} where regular\n",
    "segments/customers.yml": """\
version: 1
entities:
  customer: {key: customer}
streams:
  shop:
    relation: ref('stg_orders')
    entity: {customer: customer}
    occurred_at: ordered_at
    id: order_id
    properties: {amount: number}
events:
  order_placed: {stream: shop}
segments:
  regular:
    entity: customer
    description: Two orders or more this month
    size: {at_least: 1}
    all:
      - {count: order_placed, in_the_last: 30 days, at_least: 2}
  lapsed:
    entity: customer
    description: No order in 90 days
    all:
      - {recency: order_placed, more_than: 90 days, or_never: false}
""",
    "segments/paths.yml": """\
segments:
  came_back_soon:
    entity: customer
    description: Came back within two days
    all:
      - sequence:
          steps: [order_placed, {event: order_placed, within: 2 days}]
""",
}

# Names that others gave before, some of them to things of another kind than segpy does.
THEIRS = {
    "models/marts/days.sql": "select date '2026-03-09' + cast(range as integer) as day from range(2)\n",
    "models/marts/marts.yml": """\
groups: [{name: growth, owner: {name: growth}}]
models:
  - name: days
    time_spine: {standard_granularity_column: day}
    columns: [{name: day, granularity: day}]
exposures:
  - {name: playbook, type: dashboard, owner: {name: growth}, depends_on: [ref('regulars')]}
semantic_models:
  - name: sizes
    model: ref('stg_orders')
    defaults: {agg_time_dimension: ordered_at}
    entities: [{name: segment, type: primary, expr: order_id}]
    dimensions: [{name: ordered_at, type: time, type_params: {time_granularity: day}}]
    measures: [{name: members, agg: count, expr: order_id}]
metrics:
  - {name: members, label: Members, type: simple, type_params: {measure: members}}
""",
}

AS_OF = ("--as-of", "2026-03-10")
BUILD = ("build", "--vars", "{segpy_as_of: 2026-03-10}")
MODELS = {"customer_events", "customer_features", "customer_segments", "customer_sequences"}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write_files(tmp_path / "gadgets", PROJECT)


def change(project: Path, path: str, old: str, new: str) -> None:
    text = (project / path).read_text(encoding="utf-8")
    assert old in text
    (project / path).write_text(text.replace(old, new), encoding="utf-8", newline="\n")


def test_rendered_models_are_plain_dbt(project: Path) -> None:
    write_files(project, THEIRS)
    owned = "stage: retention\n    owner: growth\n    playbook: {channel: email}\n    size:"
    change(project, "segments/customers.yml", "size:", owned)
    change(project, "segments/customers.yml", "version: 1", "version: 1\nsemantic_layer: metrics")
    said = run_segpy(project, "check")
    assert (said.code, said.out) == (0, "Checked 2 files: 3 segments, no findings.\n"), said.all
    assert contents(project).keys() == PROJECT.keys() | THEIRS.keys()
    said = run_segpy(project, "render")
    assert said.code == 0, said.all

    said = run_dbt(project, "--show-all-deprecations", *BUILD)
    assert said.code == 0, said.all
    assert "WARN=0 ERROR=0 SKIP=0" in said.out, said.all
    assert "[WARNING]" not in said.out, said.all
    for text in (said.out, said.err, (project / "logs/dbt.log").read_text(encoding="utf-8")):
        assert "deprecat" not in re.sub(r"show.all.deprecations", "", text.lower())

    found = {(row["segment"], row["entity_key"]) for row in rows(project / "acme.duckdb", "segment_members")}
    assert found == {("regular", "ada"), ("lapsed", "bob"), ("came_back_soon", "ada")}

    manifest = json.loads((project / "target/manifest.json").read_text(encoding="utf-8"))
    names = {kind: {one["name"] for one in manifest[kind].values()} for kind in ("groups", "exposures", "metrics")}
    assert names["groups"] == {"growth", "segpy_growth"}
    assert names["exposures"] == {"playbook", "segpy_playbook_regular"}
    assert names["metrics"] > {"members", "segpy_members", "segpy_share"}
    told = json.loads((project / "target/semantic_manifest.json").read_text(encoding="utf-8"))
    (spine,) = told["project_configuration"]["time_spines"]
    assert spine["node_relation"]["alias"] == "days"
    assert rows(project / "acme.duckdb", "regulars") == [{"customer": "ada"}]  # a model of theirs, upon one of ours
    assert run_segpy(project, "render", "--check").code == 0


def test_what_is_no_longer_asked_for_is_removed(project: Path) -> None:
    assert run_segpy(project, "render").code == 0
    assert {path.stem for path in (project / "models/segpy").glob("customer_*.sql")} == MODELS
    (project / "segments/paths.yml").unlink()
    said = run_segpy(project, "render")
    assert said.code == 0, said.all
    assert "removed  models/segpy/customer_sequences.sql\n" in said.out
    assert {path.stem for path in (project / "models/segpy").glob("customer_*.sql")} == MODELS - {"customer_sequences"}
    rendered = [body for path, body in contents(project).items() if path.startswith(("models/segpy/", "macros/segpy/"))]
    assert not any(b"customer_sequences" in body or b"came_back_soon" in body for body in rendered)
    said = run_dbt(project, "parse")
    assert said.code == 0, said.all


def test_what_was_edited_by_hand_is_kept(project: Path) -> None:
    assert run_segpy(project, "render").code == 0
    change(project, "models/segpy/customer_features.sql", "order_placed_count_30d", "count_of_mine")
    change(project, "segments/customers.yml", "at_least: 2}", "at_least: 3}")
    before = contents(project)
    for command in (("render",), ("build", *AS_OF)):
        said = run_segpy(project, *command)
        assert said.code == 1, said.all
        assert "error[SEG601]" in said.all
        assert "models/segpy/customer_features.sql" in said.all
        assert contents(project) == before  # neither the other models nor the warehouse


def test_drift_is_found(project: Path) -> None:
    assert run_segpy(project, "render").code == 0
    change(project, "segments/customers.yml", "in_the_last: 30 days", "in_the_last: 60 days")
    before = contents(project)
    said = run_segpy(project, "render", "--check")
    assert said.code == 1, said.all
    assert "error[SEG605]" in said.out
    assert "models/segpy/customer_features.sql" in said.out
    assert contents(project) == before


@pytest.fixture(scope="module")
def too_small(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    project = write_files(tmp_path_factory.mktemp("small") / "gadgets", PROJECT)
    change(project, "segments/customers.yml", "size: {at_least: 1}", "size: {at_least: 2, at_most: 90%}")
    return run_segpy(project, "build", *AS_OF)


def test_a_size_out_of_bounds_fails_the_build(too_small: Ran) -> None:
    assert too_small.code == 1, too_small.all
    assert "failed: test segpy_segment_sizes_customer_segments (models/segpy/_segpy.yml)\n" in too_small.err
    assert "Traceback" not in too_small.err

    assert "  segment: regular, members: 1, population: 3\n" in too_small.err


def test_a_wrong_spec_touches_nothing(project: Path) -> None:
    said = run_segpy(project, "build", *AS_OF)
    assert said.code == 0, said.all
    change(project, "segments/customers.yml", "count: order_placed,", "count: order_plced,")
    before = contents(project)
    assert "acme.duckdb" in before
    for command in (("check",), ("render",), ("build", *AS_OF)):
        said = run_segpy(project, *command)
        assert said.code == 1, said.all
        assert "segments/customers.yml:19:17" in said.all
        assert "`order_placed`" in said.all
    assert contents(project) == before


def test_a_failing_model_is_told_in_plain_words(project: Path) -> None:
    change(project, "models/staging/stg_orders.sql", "amount", "amuont")
    said = run_segpy(project, "build", *AS_OF)
    assert said.code == 1, said.all
    assert "failed: model stg_orders (models/staging/stg_orders.sql)\n" in said.err
    assert "amuont" in said.err
    for noise in ("Traceback", "Runtime Error", "Database Error", "\x1b["):
        assert noise not in said.err
    assert said.out == ""  # no sizes of a warehouse that was not built
