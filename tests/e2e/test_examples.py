"""Examples of segments in a project of its own, with the real dbt: those that hold, those that fail, hostile ones."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.e2e.commands import Ran, run_dbt, run_segpy, write_files

pytest.importorskip("dbt")

PROJECT = {
    "dbt_project.yml": """\
name: club
version: "1.0"
profile: club
model-paths: ["models"]
flags: {send_anonymous_usage_stats: false}
""",
    "profiles.yml": """\
club:
  target: dev
  outputs: {dev: {type: duckdb, path: club.duckdb, threads: 2}}
""",
    "models/members.sql": """\
select 'ann' as "Member Id", 'gold' as tier, timestamp '2026-01-01' as joined_at
""",
    "models/visits.sql": """\
select 'ann' as member, timestamp '2026-03-01 10:00' as seen_at, 'door' as kind, 'hi' as note, 2.5 as hours, 1 as nr
""",
}
SPEC = """\
entities:
  member:
    key: Member Id
    attributes: {relation: ref('members'), columns: {tier: text, joined_at: timestamp}}
streams:
  visits:
    relation: ref('visits')
    entity: {member: member}
    occurred_at: seen_at
    event: kind
    id: nr
    properties: {note: text, hours: number}
events:
  came: {stream: visits, is: door}
  wrote: {stream: visits, where: "kind = 'desk' and note like '%{{%'"}
features:
  hours: {sum: came.hours, in_the_last: 30 days}
  last_note: {max: came.note}
  quiet_for: {recency: came}
segments:
  regular:
    entity: member
    all: [{count: came, in_the_last: 30 days, at_least: 2}]
    examples:
"""
HOLDS = """\
      - name: came twice
        as_of: 2026-03-10
        attributes: {tier: gold}
        events: |
          2026-03-01 10:00  came  hours=0.1
          2026-03-02 10:00  came  hours=0.2
        expect: {member: true, features: {hours: 0.3, quiet_for: 182 hours}}
      - name: came once
        as_of: 2026-03-10
        events: |
          2026-03-01 10:00  came
        expect: not_member
"""
FAILS = """\
      - name: came twice long ago
        as_of: 2026-03-10
        events: |
          2026-01-01 10:00  came  hours=1
          2026-01-02 10:00  came  hours=2
        expect: {member: true, features: {hours: 3}}
      - name: came twice on one day
        as_of: 2026-03-10
        events: |
          2026-03-01 10:00  came
          2026-03-01 10:00  came
        expect: not_member
"""
HOSTILE = """\
      - name: "{{ ref('nothing') }} {% raw %} {# 'it''s' #}: - & *x !y | > \\" \\\\ ü 二"
        as_of: 2026-03-10
        attributes: {tier: "'); drop table x; --"}
        events: |
          2026-03-01 10:00  came   note="{{ var('x') }} {% if %} {# '' \\ # --"
          2026-03-01 10:00  wrote  kind=desk note='{{ 1/0 }}'
          2026-03-02 10:00  came   note='a: |'
          2026-03-02 10:00  came   note=null
        expect:
          features:
            last_note: "{{ var('x') }} {% if %} {# '' \\\\ # --"
      - name: "null"
        as_of: 2026-03-10
        events: |
          2026-03-02 10:00  came  note='it''s → {{ "x" }}'
        expect: {member: false, features: {last_note: "it's → {{ \\"x\\" }}", hours: 0}}
      - name: several lines
        as_of: 2026-03-10
        events: |
          2026-03-02 10:00  came  note=null
        expect: {features: {last_note: null}}
"""


def project(folder: Path, examples: str) -> Path:
    """The project with a segment and these examples."""
    return write_files(folder / "club", {**PROJECT, "segments/club.yml": SPEC + examples})


def built(folder: Path, examples: str, *options: str) -> Ran:
    return run_segpy(project(folder, examples), "build", *options)


def test_examples_that_hold_are_run(tmp_path: Path) -> None:
    done = built(tmp_path, HOLDS)
    assert done.code == 0, done.all
    assert done.err.count("pass     unit_test regular__came_") == 2, done.all
    assert "regular__examples" not in done.err, "nothing is built of it, so nothing is said"


def test_an_example_that_fails_is_told_in_the_words_of_the_spec(tmp_path: Path) -> None:
    done = built(tmp_path, HOLDS + FAILS)
    assert done.code == 1, done.all
    assert (
        "failed: example `came twice long ago` of segment regular (segments/club.yml:37)\n"
        "  expected a member, found not a member\n"
        "  feature hours: expected 3.0, found 0.0\n" in done.err
    ), done.all
    assert "failed: example `came twice on one day` of segment regular" in done.err, "dbt skips what follows a failure"
    assert "2 failed" in done.err, done.all
    assert "regular" in done.out, "the models are built all the same"


def test_json_tells_of_failures_too(tmp_path: Path) -> None:
    done = built(tmp_path, FAILS, "--json")
    assert done.code == 1, done.all
    said = [node["example"] for node in json.loads(done.out)["nodes"] if node["status"] == "fail"]
    assert sorted(said, key=lambda one: one["line"]) == [
        {
            "segment": "regular",
            "name": "came twice long ago",
            "file": "segments/club.yml",
            "line": 25,
            "differences": [
                {"of": "member", "expected": "true", "found": "false"},
                {"of": "hours", "expected": "3.0", "found": "0.0"},
            ],
        },
        {
            "segment": "regular",
            "name": "came twice on one day",
            "file": "segments/club.yml",
            "line": 31,
            "differences": [{"of": "member", "expected": "false", "found": "true"}],
        },
    ]


def test_values_are_nothing_but_values(tmp_path: Path) -> None:
    done = built(tmp_path, HOSTILE)
    assert done.code == 0, done.all
    assert done.err.count("pass     unit_test regular__") == 3, done.all


def test_plain_dbt_runs_them_before_anything_is_built(tmp_path: Path) -> None:
    folder = project(tmp_path, HOLDS + FAILS)
    assert run_segpy(folder, "render").code == 0
    done = run_dbt(folder, "test", "--select", "test_type:unit")
    assert done.code == 1, done.all
    assert "PASS=2 WARN=0 ERROR=2" in done.out, done.all
    assert "regular__came_twice_long_ago" in done.out, done.all
    compiled = run_dbt(folder, "compile", "--select", "regular__examples")
    assert compiled.code == 0, compiled.all


def test_files_of_examples_go_with_the_examples(tmp_path: Path) -> None:
    folder = project(tmp_path, HOLDS)
    assert run_segpy(folder, "render").code == 0
    assert (folder / "models/segpy/examples/regular__examples.sql").exists()
    write_files(folder, {"segments/club.yml": SPEC.replace("    examples:\n", "")})
    assert run_segpy(folder, "render", "--check").code == 1
    assert run_segpy(folder, "render").code == 0
    assert not (folder / "models/segpy/examples").exists()
