"""dbt builds a project in this process, in silence; what it says comes back as data."""

from __future__ import annotations

import builtins
import os
import signal
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from segpy.diagnostics.model import Diagnostic, Severity
from segpy.warehouse.model import BuildOptions, BuildResult, NodeProgress, Progress, SegmentSize, Sizes, Target
from segpy.warehouse.plain import plain, way_out
from segpy.warehouse.query import rows_of, segment_sizes
from segpy.warehouse.run import build_parsed, parse

pytest.importorskip("dbt.cli.main")

PROJECT = {
    "dbt_project.yml": "name: shop\nprofile: scratch\nflags: {send_anonymous_usage_stats: false}\n",
    "profiles.yml": """
scratch:
  target: dev
  outputs: {dev: {type: duckdb, path: dev.duckdb, threads: 2}, prod: {type: duckdb, path: prod.duckdb}}
""",
    "seeds/people.csv": "user_id\n1\n2\n3\n4\n",
    "models/user_segments.sql": """
{{ config(materialized='table') }}
select user_id, user_id = 1 as first_one, false as nobody,
    timestamp '{{ var("day", "2026-03-10") }}' as as_of from {{ ref('people') }}
""",
    "models/segment_members.sql": """
{{ config(materialized='table') }}
select 'first_one' as segment, 'user' as entity, cast(user_id as text) as entity_key
from {{ ref('user_segments') }} where first_one
""",
    "models/tests.yml": """
models:
  - name: user_segments
    columns: [{name: user_id, data_tests: [unique]}]
""",
}


def build(target: Target, asked: BuildOptions | None = None, on_progress: Progress = lambda _: None) -> BuildResult:
    """Read a project and build it."""
    asked = asked or BuildOptions()
    manifest = parse(target, asked.variables)
    if isinstance(manifest, Diagnostic):
        return BuildResult(problems=(manifest,))
    return build_parsed(target, manifest, asked, on_progress)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Target, BuildResult, list[NodeProgress]]:
    root = tmp_path_factory.mktemp("warehouse")
    heard: list[NodeProgress] = []
    target = project(root)
    return target, build(target, on_progress=heard.append), heard


def project(root: Path, changes: dict[str, str] | None = None, without: Sequence[str] = ()) -> Target:
    for path, text in {**PROJECT, **(changes or {})}.items():
        if path not in without:
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text)
    return Target(root, root)


def test_build(built: tuple[Target, BuildResult, list[NodeProgress]]) -> None:
    target, result, _ = built
    assert result.problems == ()
    assert result.failures == ()
    assert [(node.name, node.kind, node.status) for node in result.nodes] == [
        ("people", "seed", "success"),
        ("user_segments", "model", "success"),
        ("segment_members", "model", "success"),
        ("unique_user_segments_user_id", "test", "pass"),
    ] or {node.status for node in result.nodes} == {"success", "pass"}  # the last two run side by side
    # The path in the profile is relative to the project, wherever we are.
    assert (target.project_dir / "dev.duckdb").is_file()
    assert (target.project_dir / "logs/dbt.log").is_file()


def test_progress(built: tuple[Target, BuildResult, list[NodeProgress]]) -> None:
    _, _, heard = built
    ended = [progress for progress in heard if progress.status != "started"]
    assert [progress.done for progress in ended] == [1, 2, 3, 4]
    assert {progress.total for progress in heard} == {4}
    assert {progress.name for progress in heard if progress.status == "started"} == {each.name for each in ended}
    assert ended[0].seconds > 0
    assert (ended[0].name, ended[0].kind, ended[0].status) == ("people", "seed", "success")


def test_sizes(built: tuple[Target, BuildResult, list[NodeProgress]]) -> None:
    target, result, _ = built
    sizes = segment_sizes(
        target,
        result.manifest,
        members="segment_members",
        flags={"user": "user_segments"},
        segments=[("nobody", "user"), ("first_one", "user")],
    )
    assert sizes == Sizes(
        (SegmentSize("nobody", "user", 0, 4), SegmentSize("first_one", "user", 1, 4)), "2026-03-10 00:00:00"
    )
    assert isinstance(sizes, Sizes)
    assert [size.share for size in sizes.segments] == [0.0, 0.25]
    assert SegmentSize("a", "user", 0, 0).share is None


def test_query_of_what_is_not_there(built: tuple[Target, BuildResult, list[NodeProgress]]) -> None:
    target, result, _ = built
    problem = rows_of(target, result.manifest, 'select 1 from {{ ref("absent") }}')
    assert isinstance(problem, Diagnostic)
    assert problem.code == "SEG610"
    problem = rows_of(target, result.manifest, "select nothing")
    assert isinstance(problem, Diagnostic)
    assert "nothing" in problem.label
    assert rows_of(target, result.manifest, "select 1 union all select 2 order by 1") == ((1,), (2,))


def test_options(tmp_path: Path) -> None:
    target = project(tmp_path)
    target = Target(target.project_dir, target.profiles_dir, "prod")
    asked = BuildOptions(("people", "user_segments"), ("test_type:generic",), {"day": "2020-01-01"})
    result = build(target, asked)
    assert sorted(node.name for node in result.nodes) == ["people", "user_segments"]
    assert rows_of(target, result.manifest, "select cast(max(as_of) as text) from {{ ref('user_segments') }}") == (
        ("2020-01-01 00:00:00",),
    )
    assert (tmp_path / "prod.duckdb").is_file()
    assert build(target, BuildOptions(select=("people",), threads=1, full_refresh=True)).failures == ()


def test_silence_and_the_same_folder_afterwards(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    here = os.getcwd()
    target = project(tmp_path, {"models/loud.sql": "{{ print('loud') }} {{ log('loud', info=true) }} select 1 as one"})
    assert build(target).failures == ()
    assert capfd.readouterr() == ("", "")
    assert os.getcwd() == here


def test_failures(tmp_path: Path) -> None:
    target = project(
        tmp_path,
        {
            "models/broken.sql": "select nope from {{ ref('people') }}",
            "models/after.sql": "select * from {{ ref('broken') }}",
            "models/tests.yml": """
models:
  - name: segment_members
    columns: [{name: entity_key, data_tests: [{accepted_values: {name: odd, arguments: {values: ['7']}}}]}]
unit_tests:
  - name: sums
    model: segment_members
    given: [{input: ref('user_segments'), rows: []}]
    expect: {rows: [{segment: x}]}
""",
        },
    )
    heard: list[NodeProgress] = []
    result = build(target, on_progress=heard.append)
    failed = {node.name: node for node in result.failures}
    assert result.problems == ()
    assert set(failed) == {"broken", "sums"}
    broken = failed["broken"]
    assert (broken.kind, broken.status, broken.file) == ("model", "error", "models/broken.sql")
    assert broken.message is not None
    assert broken.message.startswith(
        'in model broken (models/broken.sql): Binder Error: Referenced column "nope" not found'
    )
    assert broken.compiled is not None
    assert (tmp_path / broken.compiled).is_file()
    assert failed["sums"].message is not None
    assert "\x1b" not in failed["sums"].message
    assert {node.name for node in result.nodes if node.status == "skipped"} == {"after", "segment_members", "odd"}
    assert heard[-1].done == heard[-1].total == len(result.nodes) == 7


def test_failing_test_says_how_many(tmp_path: Path) -> None:
    tests = (
        "models: [{name: segment_members, data_tests: [{not_null: {name: none, arguments: {column_name: segment}}}]}]"
    )
    members = "select cast(null as text) as segment from {{ ref('people') }}"
    result = build(project(tmp_path, {"models/segment_members.sql": members, "models/tests.yml": tests}))
    (failed,) = result.failures
    assert (failed.name, failed.kind, failed.status, failed.failures) == ("none", "test", "fail", 4)
    assert failed.message == "Got 4 results, configured to fail if != 0"


@pytest.mark.parametrize(
    ("changes", "without", "words", "help_words"),
    [
        (
            {"models/x.sql": "select * from {{ ref('nowhere') }}"},
            (),
            "Model 'model.shop.x' (models/x.sql) depends on a node named 'nowhere' which was not found",
            "write the model `nowhere`",
        ),
        ({"models/x.yml": "models: ["}, (), "Error reading shop: x.yml - Runtime Error", "logs/dbt.log"),
        (
            {"models/x.sql": "{{ exceptions.raise_compiler_error('segpy_as_of is odd') }}"},
            (),
            "in model x (models/x.sql): segpy_as_of is odd",
            "--as-of",
        ),
        ({}, ["profiles.yml"], "Could not find profile named 'scratch'", "with --profiles-dir"),
        (
            {"profiles.yml": "scratch: {target: dev, outputs: {dev: {type: absent}}}"},
            (),
            "Could not find adapter type absent!",
            "pip install dbt-absent",
        ),
        (
            {"profiles.yml": "scratch: {target: x, outputs: {dev: {type: duckdb}}}"},
            (),
            "does not have a target named 'x'",
            "--target",
        ),
        ({"packages.yml": "packages: [{package: a/b, version: 1.0.0}]"}, (), "package(s) installed", "run `dbt deps`"),
        ({"dbt_project.yml": "name: ["}, (), "Syntax error near line 2", "logs/dbt.log"),
    ],
)
def test_what_keeps_dbt_from_beginning(
    tmp_path: Path, changes: dict[str, str], without: Sequence[str], words: str, help_words: str
) -> None:
    result = build(project(tmp_path, changes, without))
    assert result.nodes == ()
    (problem,) = result.problems
    assert problem.code == "SEG610"
    assert words in problem.label
    assert "\x1b" not in problem.label
    assert help_words in str(problem.help)


def test_nothing_selected(tmp_path: Path) -> None:
    (problem,) = build(project(tmp_path), BuildOptions(select=("nobody",), exclude=("people",))).problems
    assert (problem.code, problem.severity) == ("SEG611", Severity.WARNING)
    assert problem.label == "no model or test matches --select nobody --exclude people"


def test_without_dbt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    original = builtins.__import__

    def refusing(name: str, *arguments: Any, **options: Any) -> ModuleType:
        if name.startswith("dbt"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return original(name, *arguments, **options)

    monkeypatch.setattr(builtins, "__import__", refusing)
    (problem,) = build(project(tmp_path)).problems
    assert problem.code == "SEG608"
    assert "pip install 'dbt-segpy[duckdb]'" in str(problem.help)


def test_interrupt_is_passed_on(tmp_path: Path) -> None:
    def interrupt(progress: NodeProgress) -> None:
        if progress.status != "started":
            os.kill(os.getpid(), signal.SIGINT)

    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # what runs in the background may ignore it
    try:
        with pytest.raises(KeyboardInterrupt):
            build(project(tmp_path), on_progress=interrupt)
    finally:
        signal.signal(signal.SIGINT, before)


def test_failure_to_report_does_not_stop_the_build(tmp_path: Path) -> None:
    def fail(_: NodeProgress) -> None:
        raise BrokenPipeError

    target = project(tmp_path)
    with pytest.raises(BrokenPipeError):
        build(target, on_progress=fail)
    assert rows_of(target, None, 'select count(*) from {{ ref("segment_members") }}') == ((1,),)


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ("Runtime Error\n  plainly", "plainly"),
        ("Runtime Error\n  Runtime Error\n    plainly\n      more", "plainly\n  more"),
        (
            "Database Error in model a (models/a.sql)\n  gone\n  compiled code at x",
            "in model a (models/a.sql): gone\ncompiled code at x",
        ),
        ("\x1b[31mred\x1b[0m", "red"),
        ("oops\n\n> in macro a (macros/a.sql)\n> called by macro b (macros/b.sql)\n> called by <Unknown>", "oops"),
        ("", ""),
    ],
)
def test_plain(message: str, words: str) -> None:
    assert plain(message) == words


def test_way_out_is_offered_only_where_known() -> None:
    assert way_out("IO Error: Could not set lock on file x") is not None
    assert way_out("something else") is None
