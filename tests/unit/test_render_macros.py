"""The macros that segpy puts into a project, run by dbt on DuckDB."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

dbt_main = pytest.importorskip("dbt.cli.main")

MACROS = Path(__file__).parents[2] / "segpy/render/macros"

# What stands in each relation, as SQL. The relations named good_ must pass their test, the bad_ ones must fail.
RELATIONS = {
    "features": "select * from (values ('1'), ('2'), ('3')) as t (user_id)",
    "flags": "select * from (values (1, true, false), (2, false, true), (3, false, false)) as t (user_id, a, b)",
    "members": """
        select * from (values
            ('a', 'user', '1'), ('b', 'user', '2'), ('a', 'account', '9'), ('other', 'account', '1'),
            ('both', 'word', '7')
        ) as t (segment, entity, entity_key)
    """,
    "empty": "select * from flags where false",
    "no_members": "select * from members where false",
    "attrition": """
        select * from (values
            ('a', 'user', 0, 3), ('a', 'user', 1, 1), ('b', 'user', 0, 3), ('b', 'user', 1, 2), ('b', 'user', 2, 1),
            ('a', 'account', 1, 7)
        ) as t (segment, entity, position, remaining)
    """,
    "attrition_that_rises": "select * replace (if(position = 2, 1, 0) as remaining) from attrition where segment = 'b'",
    "explanations": """
        select segment, 'user' as entity, cast(user_id as text) as entity_key, position, passed,
            missed as conditions_missed
        from (values
            ('a', 1, 1, true, 0), ('a', 2, 1, false, 1), ('a', 3, 1, false, 1),
            ('b', 1, 1, false, 2), ('b', 2, 1, true, 0), ('b', 3, 1, true, 1),
            ('b', 1, 2, false, 2), ('b', 2, 2, true, 0), ('b', 3, 2, false, 1)
        ) as t (segment, user_id, position, passed, missed)
    """,
    "explanations_twice": "select * from explanations union all select * from explanations where segment = 'a'",
    "explanations_cut": "select * from explanations where segment <> 'b' or position <> 1",
    "explanations_unmissed": "select * replace (0 as conditions_missed) from explanations",
    "explanations_too_far": "select * replace (conditions_missed * 3 as conditions_missed) from explanations",
    "holdouts": """
        select * from (values ('a', 'user', 'a_v1'), ('b', 'user', 'b_v1'), ('c', 'user', 'b_v1'))
            as t (segment, entity, salt)
    """,
    "assignments": """
        select * from (values
            ('a_v1', 'user', '1', 'treatment'), ('a_v1', 'user', '2', 'holdout'), ('b_v1', 'user', '1', 'holdout'),
            ('a_v0', 'user', '1', 'holdout')
        ) as t (salt, entity, entity_key, arm)
    """,
}

for _both in (0, 7, 8, 10):
    RELATIONS[f"alike_{_both}"] = (
        "select 'a' as segment, 'user' as entity, cast(i as text) as entity_key from range(10) as t (i) "
        f"where i < {_both} or i % 2 = 0 union all "
        "select 'b', 'user', cast(i as text) from range(10) as t (i) "
        f"where i < {_both} or i % 2 = 1"
    )


@dataclass(frozen=True)
class Case:
    """One use of a generic test: on which relation, with what arguments, and how many rows it must find."""

    relation: str
    arguments: dict[str, Any]
    sql: str | None = None  # a relation of its own
    offending: int = 0


def _bad(sql: str, arguments: dict[str, Any], offending: int = 1, relation: str = "own") -> Case:
    return Case(relation, arguments, sql, offending)


def _values(*rows: str, columns: str = "user_id, a, b") -> str:
    return f"select * from (values {', '.join(rows)}) as t ({columns})"


FLAGS = {"members": "ref('members')", "entity": "user", "key": "user_id", "segments": ["a", "b"]}
QUOTED = {"members": "ref('members')", "key": '"order"', "segments": ['"both"']}
TODAY = datetime.now(UTC).date()

_REMAINS = {"attrition": "ref('attrition')", "entity": "user", "segments": {"a": "a", "b": "b"}}
_WHY = {"explanations": "ref('explanations')", "entity": "user", "key": "user_id", "segments": {"a": "a", "b": "b"}}
_NOBODY = {"members": "ref('no_members')"}
MEMBERS_LISTED = 5


def _spells(*rows: str, arguments: dict[str, Any] | None = None, offending: int = 0) -> Case:
    """Spells, of which instants are days, of which the tenth is today."""
    days = [f"timestamp '{TODAY}' + to_days(cast({one} - 10 as integer))" for one in ("first", "last")]
    listed = _values(*(rows or ["('', '', 'run', 0, null)"]), columns="segment, entity_key, kind, first, last")
    sql = (
        f"select segment, 'user' as entity, entity_key, kind, {days[0]} as from_at, {days[1]} as to_at from ({listed})"
    )
    return _bad(sql, arguments or {"grain": "day"}, offending)


def _drawn(held_out: int, people: int = 1000, limit: int = 1000) -> str:
    """People of whom so many drew a bucket below the limit."""
    return (
        f"select 'a_v1' as salt, if(i < {held_out}, 'holdout', 'treatment') as arm, "
        f"if(i < {held_out}, {limit - 1}, {limit}) as bucket, {limit} as held_out_below from range({people}) as t (i)"
    )


def _two(one: str, other: str, people: int = 1000, salts: tuple[str, str] = ("a_v1", "b_v1")) -> str:
    """People who are held out by each of two hold-outs where a condition says so."""
    arms = (
        f"select '{salt}' as salt, 'user' as entity, cast(i as text) as entity_key, "
        f"if({condition}, 'holdout', 'treatment') as arm from range({people}) as t (i)"
        for salt, condition in zip(salts, (one, other), strict=True)
    )
    return " union all ".join(arms)


def _acted_upon(*rows: str, offending: int = 0) -> Case:
    arguments = {"holdouts": "ref('holdouts')", "assignments": "ref('assignments')"}
    return _bad(_values(*rows, columns="segment, entity, entity_key"), arguments, offending)


def _alike(both: int, at_most: float, offending: int = 0, names: tuple[str, str] = ("a", "b")) -> Case:
    """Ten in either of the two segments, so many of them in both."""
    arguments = {"members": f"ref('alike_{both}')", "at_most": at_most}
    return _bad(
        f"select '{names[0]}' as segment, '{names[1]}' as other_segment, 'user' as entity", arguments, offending
    )


def _steady(
    members: int | str, runs: int = 3, median: int = 10, names: tuple[str, ...] = ("a",), offending: int = 0
) -> Case:
    """Segments whose size may be three tenths off the median of the runs before; of another nothing is said."""
    rows = (f"('{name}', {members}, {runs}, {median}.0)" for name in (*names, "other"))
    within = dict.fromkeys(("a", "b"), 0.3) if len(set(names)) > 1 else {"a": 0.3}
    return _bad(_values(*rows, columns="segment, members, runs_before, median_before"), {"within": within}, offending)


def _drift(*rows: str, offending: int = 0) -> Case:
    """What was saved of segments of which `a` and `b` are there: by which run, until when, the index and its chance."""
    told = _values(*rows, columns="segment, run, last, index_found, chance")
    days = ", ".join(f"timestamp '2026-03-01' + to_days(cast({one} as integer)) as {two}" for one, two in _DAYS)
    about = f"select segment, {days}, 'drift' as command, 'views' as about, index_found, chance from ({told})"
    sql = (
        f"select *, 'psi' as figure, index_found as estimate from ({about}) union all "
        f"select *, 'psi_by_chance', chance from ({about}) union all "
        f"select * replace ('stays' as command), 'psi', 9 from ({about})"
    )
    return _bad(sql, {"segments": "ref('members')", "at_most": 0.25}, offending)


_DAYS = (("run", "as_of"), ("last", "last_at"))
_TWO = {"holdouts": "ref('holdouts')", "above": 10.828}
CASES: dict[str, list[Case]] = {
    "segpy_holdout_shares": [
        _bad(_drawn(100), {}, offending=0),
        _bad(_drawn(131), {}, offending=0),  # 30.5 squared is 930; 10.83 times the variance of 90 is 974
        _bad(_drawn(132), {}),
        _bad(_drawn(69), {}, offending=0),
        _bad(_drawn(68), {}),
        _bad(_drawn(90, people=90), {}, offending=0),  # nine were to be expected: too few to tell
        _bad(_drawn(100, people=100), {}),
        _bad(f"{_drawn(100)} union all {_drawn(1000, limit=9999)}", {}, offending=0),  # each by the limit of its time
        _bad("select 'a_v1' as salt, 'holdout' as arm, 1000 as bucket, 1000 as held_out_below", {}),
        _bad("select 'a_v1' as salt, 'treatment' as arm, 999 as bucket, 1000 as held_out_below", {}),
    ],
    "segpy_holdouts_independent": [
        _bad(_two("i % 10 = 0", "i // 10 % 10 = 0"), _TWO, offending=0),
        _bad(_two("i % 10 = 0", "i % 10 = 0"), _TWO),
        _bad(_two("i % 10 = 0", "i % 10 = 1"), _TWO),
        _bad(_two("i % 10 = 0", "i % 10 = 1"), {**_TWO, "above": 12}, offending=0),
        _bad(_two("i % 10 = 0", "i % 10 = 0", salts=("a_v1", "b_v0")), _TWO, offending=0),  # a version of the past
        _bad(_two("i % 10 = 0", "i % 10 = 0", people=50), _TWO, offending=0),  # too few to tell
    ],
    "segpy_nobody_held_out": [
        _acted_upon("('a', 'user', '1')", "('d', 'user', '2')"),
        _acted_upon("('a', 'user', '2')", offending=1),
        _acted_upon("('b', 'user', '1')", "('c', 'user', '1')", "('b', 'user', '2')", offending=2),
    ],
    "segpy_overlaps": [
        _alike(8, 0.8),  # 8 of 10
        _alike(8, 0.799, offending=1),
        _alike(8, 0.8, offending=0, names=("b", "a")),
        _alike(8, 0.7, offending=1, names=("b", "a")),
        _alike(0, 0),
        _alike(7, 0.7),  # 0.7 times 10 is a hair under 7 in binary
        _alike(10, 0.99, offending=1),
    ],
    "segpy_drift_within": [
        _drift("('a', 1, 1, 0.25, 0.1)"),
        _drift("('a', 1, 1, 0.26, 0.1)", offending=1),
        _drift("('a', 1, 1, 0.26, 0.3)"),  # as far as chance goes
        _drift("('a', 1, 1, null, null)"),
        _drift("('a', 1, 1, 9, 0.1)", "('a', 2, 2, 0.1, 0.1)"),  # a former run
        _drift("('a', 2, 1, 9, 0.1)", "('a', 2, 2, 0.1, 0.1)"),  # a former instant
        _drift("('a', 1, 1, 0.1, 0.1)", "('a', 2, 2, 9, 0.1)", "('b', 1, 1, 9, 0.1)", offending=2),
        _drift("('gone', 1, 1, 9, 0.1)"),
    ],
    "segpy_sizes_steady": [
        _steady(13),
        _steady(14, offending=1),
        _steady(7),
        _steady(6, offending=1),
        _steady("null"),
        _steady(90, runs=2),
        _steady(90, names=("b", "b")),
        _steady(1, median=0, offending=1),
        _steady(0, median=0),
        _steady(90, names=("a", "b"), offending=2),
    ],
    "segpy_grain": [
        Case("flags", {"columns": ["user_id"]}),
        Case("members", {"columns": ["segment", "entity", "entity_key"]}),
        Case("empty", {"columns": ["user_id"]}),
        _bad('select 1 as "order" union all select 1', {"columns": ['"order"']}),
        _bad(_values("('1')", "('1')", "('2')", columns="user_id"), {"columns": ["user_id"]}),
        _bad(_values("('1')", "(null)", columns="user_id"), {"columns": ["user_id"]}),
        _bad(_values("('1', 'x')", "('1', null)", "('1', 'x')", columns="p, q"), {"columns": ["p", "q"]}, offending=2),
    ],
    "segpy_before_as_of": [
        _bad(f"select timestamp '{TODAY}' - interval 1 microsecond as seen_at", {"column": "seen_at"}, offending=0),
        _bad(f"select timestamp '{TODAY}' as seen_at", {"column": "seen_at"}),
        _bad(f"select timestamp '{TODAY}' + interval 1 hour as seen_at", {"column": "seen_at", "grain": "day"}),
        _bad("select cast(null as timestamp) as seen_at", {"column": "seen_at", "grain": "hour"}, offending=0),
        _bad("select timestamp '2100-01-01' as seen_at", {"column": "seen_at", "grain": "hour"}),
    ],
    "segpy_flags_match_members": [
        Case("flags", FLAGS),
        Case("empty", {**FLAGS, "members": "ref('no_members')"}),
        Case("empty", FLAGS, offending=2),  # members whom nobody flags
        Case("flags", {**FLAGS, "members": "ref('no_members')"}, offending=2),
        _bad(_values("(1, true, true)", "(2, false, true)"), FLAGS),
        _bad(_values("(1, false, false)", "(2, false, true)"), FLAGS),
        _bad(_values("(1, true, false)", "(2, null, true)"), FLAGS),
        _bad('select 7 as "order", true as "both"', {**QUOTED, "entity": "word"}, offending=0),
        _bad('select 7 as "order", false as "both"', {**QUOTED, "entity": "word"}),
        Case("flags", {**FLAGS, "segments": ["a"]}, offending=1),  # a member of a segment nobody knows
    ],
    "segpy_exclusive_groups": [
        _bad('select 1 as "order", true as "both", true as a', {"key": '"order"', "groups": {"g": ["a", '"both"']}}),
        Case("flags", {"key": "user_id", "groups": {"one": ["a", "b"]}}),
        Case("empty", {"key": "user_id", "groups": {"one": ["a", "b"]}}),
        _bad(
            _values("(1, true, true, false)", "(2, false, true, true)", "(3, true, false, null)", columns="k, a, b, c"),
            {"key": "k", "groups": {"one": ["a", "b"], "two": ["b", "c"]}},
            offending=2,
        ),
    ],
    "segpy_segment_sizes": [
        Case("flags", {"bounds": [{"segment": "a", "at_least": 1, "at_most": 1}, {"segment": "b"}]}),
        Case("flags", {"bounds": [{"segment": "a", "at_least_share": 0.3, "at_most_share": 0.34}]}),
        Case("empty", {"bounds": [{"segment": "a", "at_least_share": 0.1, "at_most_share": 0}]}),
        Case("empty", {"bounds": [{"segment": "a", "at_least": 1}]}, offending=1),
        Case("flags", {"bounds": [{"segment": "a", "at_most": 0}, {"segment": "b", "at_most": 5}]}, offending=1),
        Case("flags", {"bounds": [{"segment": s, "at_least_share": 0.5} for s in "ab"]}, offending=2),
        Case("flags", {"bounds": [{"segment": "a", "at_most_share": 0.333}]}, offending=1),
        # exactly on the bound, with a share that binary fractions cannot hold
        _bad(
            "select i < 7 as a from range(100) as t (i)",
            {"bounds": [{"segment": "a", "at_least_share": 0.07, "at_most_share": 0.07}]},
            offending=0,
        ),
        _bad("select true as population", {"bounds": [{"segment": "population", "at_most": 0}]}),
        _bad('select true as "both"', {"bounds": [{"segment": '"both"', "at_most": 0}]}),
    ],
    "segpy_spells_apart": [
        _spells(),
        _spells("('s', '1', 'member', 0, 2)", "('s', '1', 'member', 2, null)", "('s', '1', 'lapse', 3, null)"),
        _spells("('s', '1', 'member', 0, 5)", "('s', '1', 'barred', 5, null)", "('t', '1', 'member', 0, null)"),
        _spells("('', '', 'run', 0, 1)", "('', '', 'run', 1, null)"),
        _spells("('s', '1', 'member', 0, 3)", "('s', '1', 'member', 2, null)", offending=1),
        _spells("('s', '1', 'member', 0, null)", "('s', '1', 'member', 2, null)", offending=1),
        _spells("('s', '1', 'member', 0, 3)", "('s', '1', 'barred', 2, null)", offending=1),
        _spells("('s', '1', 'member', 1, 1)", offending=1),
        _spells("('s', '1', 'member', 11, null)", offending=1),
        _spells("('s', '1', 'member', 1, 11)", offending=1),
        _spells("('s', '1', 'member', 1, 2)", "('s', '1', 'lapse', 1, null)", offending=1),
    ],
    "segpy_spells_match_members": [
        _spells("('s', '1', 'member', 0, 2)", arguments=_NOBODY),
        _spells("('s', '1', 'member', 0, 2)", "('s', '1', 'member', 3, null)", arguments=_NOBODY, offending=1),
        _spells("('s', '1', 'barred', 0, null)", arguments=_NOBODY),
        _spells(arguments={"members": "ref('members')"}, offending=MEMBERS_LISTED),
    ],
    "segpy_attrition_matches_flags": [
        Case("flags", _REMAINS),
        Case("empty", _REMAINS, offending=2),  # the last of each segment
        Case("flags", {**_REMAINS, "segments": {"a": "a", "b": "not b"}}, offending=1),
        Case("flags", {**_REMAINS, "segments": {"a": "a"}}, offending=1),  # a segment that nobody knows
        Case("flags", {**_REMAINS, "attrition": "ref('attrition_that_rises')"}, offending=1),
        _bad('select true as "both"', {**_REMAINS, "segments": {"a": '"both"', "b": '"both"'}}, offending=0),
    ],
    "segpy_explanations_match_flags": [
        Case("flags", _WHY),
        Case("empty", _WHY),
        Case("flags", {**_WHY, "segments": {"a": "a", "b": "a"}}, offending=2),
        Case("flags", {**_WHY, "segments": {"a": "a"}}, offending=3),  # a segment that nobody knows
        Case("flags", {**_WHY, "explanations": "ref('explanations_twice')"}, offending=3),
        Case("flags", {**_WHY, "explanations": "ref('explanations_cut')"}, offending=3),
        Case("flags", {**_WHY, "explanations": "ref('explanations_unmissed')"}, offending=4),
        Case("flags", {**_WHY, "explanations": "ref('explanations_too_far')"}, offending=4),
        _bad(
            'select 1 as "order", true as "both"',
            {**_WHY, "key": '"order"', "segments": {"a": '"both"', "b": "false"}},
            offending=0,
        ),
    ],
    "segpy_known_keys": [
        Case("features", {"column": "user_id", "to": "ref('features')"}),
        _bad("select '1' as k", {"column": "k", "to": "ref('features')", "field": "user_id"}, offending=0),
        _bad("select '4' as user_id", {"column": "user_id", "to": "ref('features')"}),
        _bad("select '4' as \"order\"", {"column": '"order"', "to": "ref('features')", "field": "user_id"}),
    ],
}


@dataclass(frozen=True)
class Scratch:
    """A project on DuckDB with our macros in it. Every case has run."""

    root: Path
    manifest: Any
    failures: dict[str, int]

    def run(self, *arguments: str) -> list[str]:
        """What dbt printed, or its one message where it failed."""
        printed: list[str] = []

        def note(event: Any) -> None:
            if event.info.name in ("PrintEvent", "RunningOperationCaughtError"):
                printed.append(event.info.msg)

        dbt_main.dbtRunner(manifest=self.manifest, callbacks=[note]).invoke([*arguments, *_where(self.root)])
        return printed


def _where(root: Path) -> list[str]:
    return ["--project-dir", str(root), "--profiles-dir", str(root), "--quiet", "--no-version-check"]


def _write(root: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)


def _project(root: Path, name: str = "shop") -> None:
    _write(
        root,
        {
            "dbt_project.yml": f"name: {name}\nprofile: scratch\nflags: {{send_anonymous_usage_stats: false}}\n",
            "profiles.yml": f"scratch: {{outputs: {{default: {{type: duckdb, path: '{root}/x.duckdb'}}}}}}\n",
        },
    )


def _case_files() -> dict[str, str]:
    files = {f"models/{name}.sql": _referring(sql) for name, sql in RELATIONS.items()}
    tests: dict[str, list[dict[str, Any]]] = {}
    for test, cases in CASES.items():
        for number, case in enumerate(cases):
            relation = case.relation if case.sql is None else f"{test}_{number}"
            if case.sql is not None:
                files[f"models/{relation}.sql"] = case.sql
            use = {test: {"name": f"{test}__{number}", "arguments": case.arguments}}
            tests.setdefault(relation, []).append(use)
    models = [{"name": name, "data_tests": uses} for name, uses in tests.items()]
    return {**files, "models/cases.yml": yaml.safe_dump({"models": models})}


def _referring(sql: str) -> str:
    return sql.replace("flags", "{{ ref('flags') }}").replace("from members", "from {{ ref('members') }}")


PROBE = """
{% macro probe(given, grain) %}
    {% do print(adapter.dispatch('segpy_instant', 'segpy')(given, grain)) %}
{% endmacro %}
{% macro probe_as_of(grain) %}
    {% do print(segpy_as_of(grain)) %}
    {% do print(segpy_as_of_text(grain)) %}
{% endmacro %}
"""


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Scratch:
    root = tmp_path_factory.mktemp("macros")
    _project(root)
    _write(root, {**_case_files(), "macros/probe.sql": PROBE})
    shutil.copytree(MACROS, root / "macros/segpy")
    manifest = _succeed(root, None, "parse")
    _succeed(root, manifest, "run")
    # In two commands: under `build` a test that fails, as many must, keeps the models after it from being built.
    outcome = dbt_main.dbtRunner(manifest=manifest).invoke(["test", *_where(root)])
    results = outcome.result.results
    assert [each.message for each in results if each.status == "error"] == []
    return Scratch(root, manifest, {each.node.name: each.failures for each in results})


def _succeed(root: Path, manifest: Any, command: str) -> Any:
    outcome = dbt_main.dbtRunner(manifest=manifest).invoke([command, *_where(root)])
    assert outcome.success, outcome.exception or [each.message for each in outcome.result.results]
    return outcome.result


@pytest.mark.parametrize(
    ("name", "offending"),
    [(f"{test}__{number}", case.offending) for test, cases in CASES.items() for number, case in enumerate(cases)],
)
def test_generic_test(scratch: Scratch, name: str, offending: int) -> None:
    assert scratch.failures[name] == offending


def test_every_generic_test_fails_somewhere_and_passes_somewhere() -> None:
    files = {path.stem for path in MACROS.glob("*.sql") if "{% test " in path.read_text()}
    assert files == set(CASES)
    for cases in CASES.values():
        assert {bool(case.offending) for case in cases} == {True, False}


@pytest.mark.parametrize(
    ("given", "grain", "instant"),
    [
        ("2026-03-10", "day", "2026-03-10 00:00:00"),
        ("2026-03-10", "hour", "2026-03-10 00:00:00"),
        (" 2026-03-10 ", "day", "2026-03-10 00:00:00"),
        ("2026-03-10 14:00", "hour", "2026-03-10 14:00:00"),
        ("2026-03-10 14:00:00.000", "hour", "2026-03-10 14:00:00"),
        ("2026-03-10T14:00:00", "hour", "2026-03-10 14:00:00"),
        ("2026-03-10T14:00:00Z", "hour", "2026-03-10 14:00:00"),
        ("2026-03-10T14:00:00+02:00", "hour", "2026-03-10 12:00:00"),
        ("2026-03-10T14:00:00-0800", "hour", "2026-03-10 22:00:00"),
        ("2026-03-10 14:00 -08", "hour", "2026-03-10 22:00:00"),
        ("2026-03-10T05:30:00+05:30", "day", "2026-03-10 00:00:00"),
        ("2026-01-01T00:00:00+02:00", "hour", "2025-12-31 22:00:00"),
        ("2024-02-29", "day", "2024-02-29 00:00:00"),
        ("2000-02-29", "day", "2000-02-29 00:00:00"),
    ],
)
def test_instants(scratch: Scratch, given: str, grain: str, instant: str) -> None:
    assert scratch.run("run-operation", "probe", "--args", json.dumps({"given": given, "grain": grain})) == [instant]


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-03-10", "2026-03-10 00:00:00"),
        ("2026-03-10T14:00:00Z", "2026-03-10 14:00:00"),
        ("2026-03-10 14:00:00 +02:00", "2026-03-10 12:00:00"),
    ],
)
def test_dates_that_yaml_has_made_of_a_text(scratch: Scratch, text: str, instant: str) -> None:
    assert scratch.run("run-operation", "probe", "--args", f"{{given: {text}, grain: hour}}") == [instant]


@pytest.mark.parametrize(
    "given",
    [
        *("", "tomorrow", "2026-3-1", "2026-13-01", "2026-02-29", "1900-02-29", "2026-04-31", "2026-03-10 24:00"),
        *(
            "10.3.2026",
            "2026-03-10 14",
            "2026-03-10T14:00:00.5",
            "2026-03-10x",
            "2026-03-10' or 1=1",
            20260310,
            True,
            [1],
        ),
    ],
)
def test_what_is_no_instant(scratch: Scratch, given: object) -> None:
    (message,) = scratch.run("run-operation", "probe", "--args", json.dumps({"given": given, "grain": "day"}))
    assert f"segpy_as_of is `{given}`, which is not an instant. Write a date, 2026-03-10" in message


@pytest.mark.parametrize(
    ("given", "grain", "words"),
    [
        ("2026-03-10 14:00", "day", "in UTC is 2026-03-10 14:00:00. The grain of this project is the day"),
        ("2026-03-10T00:00:00+02:00", "day", "in UTC is 2026-03-09 22:00:00. The grain of this project is the day"),
        ("2026-03-10 14:30", "hour", "in UTC is 2026-03-10 14:30:00. The grain of this project is the hour"),
        ("2026-03-10 14:00:01", "hour", "give the start of an hour"),
        ("2026-03-10T14:00+05:30", "hour", "in UTC is 2026-03-10 08:30:00"),
    ],
)
def test_finer_than_the_grain(scratch: Scratch, given: str, grain: str, words: str) -> None:
    (message,) = scratch.run("run-operation", "probe", "--args", json.dumps({"given": given, "grain": grain}))
    assert words in message


def test_the_run_decides_where_nothing_is_given(scratch: Scratch) -> None:
    before = datetime.now(UTC)
    day, text = scratch.run("run-operation", "probe_as_of", "--args", "{grain: day}")
    _, hour = scratch.run("run-operation", "probe_as_of", "--args", "{grain: hour}")
    after = datetime.now(UTC)
    assert text in {f"{at:%Y-%m-%d} 00:00:00" for at in (before, after)}
    assert hour in {f"{at:%Y-%m-%d %H}:00:00" for at in (before, after)}
    assert day == f"cast('{text}' as timestamp)"


def test_var(scratch: Scratch) -> None:
    literal, text = scratch.run(
        "run-operation", "probe_as_of", "--args", "{grain: day}", "--vars", "{segpy_as_of: 2026-03-10}"
    )
    assert (literal, text) == ("cast('2026-03-10 00:00:00' as timestamp)", "2026-03-10 00:00:00")


def test_unknown_grain(scratch: Scratch) -> None:
    (message,) = scratch.run("run-operation", "probe_as_of", "--args", "{grain: week}")
    assert "knows the grains day and hour, not `week`" in message


def test_installed_as_a_package(tmp_path: Path) -> None:
    _project(tmp_path)
    _write(
        tmp_path,
        {
            "dbt_packages/segpy/dbt_project.yml": "name: segpy\n",
            "models/m.sql": "select {{ segpy.segpy_as_of() }} - interval 1 day as seen_at, 1 as k, true as a",
            "models/m.yml": _uses("segpy.segpy_"),
        },
    )
    shutil.copytree(MACROS, tmp_path / "dbt_packages/segpy/macros")
    assert _statuses(tmp_path) == ["success", *["pass"] * 4]


def test_in_a_project_that_is_called_segpy(tmp_path: Path) -> None:
    _project(tmp_path, "segpy")
    _write(
        tmp_path,
        {
            "models/m.sql": "select {{ segpy_as_of() }} - interval 1 day as seen_at, 1 as k, true as a, false as b",
            "models/m.yml": _uses("segpy_"),
        },
    )
    shutil.copytree(MACROS, tmp_path / "macros")
    assert _statuses(tmp_path) == ["success", *["pass"] * 4]


def test_a_where_on_a_test(tmp_path: Path) -> None:
    """dbt then hands the test a subquery in place of the model."""
    _project(tmp_path)
    uses = _uses("segpy_").replace("arguments:", "config: {where: 1 = 1}, arguments:")
    _write(tmp_path, {"models/m.sql": "select timestamp '2020-01-01' as seen_at, 1 as k, true as a, false as b"})
    _write(tmp_path, {"models/m.yml": uses})
    shutil.copytree(MACROS, tmp_path / "macros")
    assert _statuses(tmp_path) == ["success", *["pass"] * 4]


def _uses(prefix: str) -> str:
    return f"""
models:
  - name: m
    data_tests:
      - {prefix}grain: {{arguments: {{columns: [k]}}}}
      - {prefix}before_as_of: {{arguments: {{column: seen_at}}}}
      - {prefix}known_keys: {{arguments: {{column: k, to: ref('m')}}}}
      - {prefix}segment_sizes: {{arguments: {{bounds: [{{segment: a, at_least: 1}}]}}}}
"""


def _statuses(root: Path) -> Sequence[str]:
    outcome = dbt_main.dbtRunner().invoke(["build", *_where(root)])
    assert outcome.exception is None
    return [str(each.status) for each in outcome.result.results]
