"""The commands, each in a small project of its own: what they print, what they write, and the code they exit with."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from segpy import __version__, pipeline
from segpy.cli.instants import instants_to
from segpy.cli.progress import progress_to
from segpy.cli.result import print_result
from segpy.demo.generate import demo_files
from segpy.diagnostics.explain import explained
from segpy.warehouse.model import BuildResult, NodeProgress, SegmentSize, Sizes
from segpy.warehouse.model_backfill import InstantProgress
from tests.unit.shop import SPEC, Said, Segpy, change

ROOT = Path(__file__).parents[2]

# --- the group ------------------------------------------------------------------------------------------------------


def test_version(segpy: Segpy) -> None:
    assert segpy("--version") == Said(0, f"segpy {__version__}\n", "")


def test_help_names_every_command_with_a_whole_sentence(segpy: Segpy) -> None:
    said = segpy("--help")
    assert said.code == 0
    for name in ("check", "render", "build", "describe", "explain", "schema", "demo"):
        (line,) = [line for line in said.out.splitlines() if line.startswith(f"  {name} ")]
        assert line.endswith(".")
        assert not line.endswith("...")
        assert segpy(name, "--help").code == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["check", "--nonsense"],
        ["check", "--format", "xml"],
        ["check", "--project-dir", "nowhere"],
        ["render", "--check", "--force"],
        ["build", "--threads", "0"],
        ["build", "--vars", "["],
        ["build", "--vars", "text"],
        ["explain", "SEG999"],
        ["describe", "nobody"],
        ["demo"],
    ],
)
def test_misuse(project: Path, segpy: Segpy, arguments: list[str]) -> None:
    said = segpy(*arguments)
    assert said.code == 2
    assert said.out == ""
    assert "Error: " in said.err
    assert "Traceback" not in said.err


def test_no_command_shows_the_help(segpy: Segpy) -> None:
    said = segpy()
    assert said.code == 2
    assert "Usage: segpy" in said.out + said.err


@pytest.mark.parametrize("arguments", [["check"], ["check", "--debug"], ["--debug", "check"]])
def test_bug(project: Path, segpy: Segpy, monkeypatch: pytest.MonkeyPatch, arguments: list[str]) -> None:
    def fail(*_: object) -> None:
        raise ValueError("first line\nsecond line")

    monkeypatch.setattr(pipeline, "check_project", fail)
    said = segpy(*arguments)
    assert said.code == 2
    assert "segpy: internal error: ValueError: first line\nThis is a bug in segpy" in said.err
    assert ("Traceback" in said.err) == ("--debug" in arguments)


def test_interrupt(project: Path, segpy: Segpy, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(pipeline, "check_project", interrupt)
    assert segpy("check") == Said(130, "", "\nsegpy: interrupted\n")  # click ends the line with ^C


def test_reader_who_has_had_enough(project: Path) -> None:
    command = f"'{sys.executable}' -m segpy.cli.main explain | head -c 1"
    ended = subprocess.run(
        ["bash", "-c", command], cwd=ROOT, capture_output=True, text=True, env={"PYTHONUNBUFFERED": "1"}, check=False
    )
    assert ended.stderr == ""


def test_letters_that_a_terminal_lacks(project: Path) -> None:
    change(project, "did: order_placed", "did: order_plaçed")
    ended = subprocess.run(
        [sys.executable, "-m", "segpy.cli.main", "check", "--project-dir", str(project)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={"PYTHONIOENCODING": "ascii"},
        check=False,
    )
    assert ended.returncode == 1
    assert "\\xe7" in ended.stdout


# --- check ----------------------------------------------------------------------------------------------------------


def test_check(project: Path, segpy: Segpy) -> None:
    assert segpy("check") == Said(0, "Checked 1 file: 3 segments, no findings.\n", "")
    assert json.loads(segpy("check", "--format", "json").out) == []
    assert segpy("check", "--format", "github") == Said(0, "", "")
    assert not (project / "models/segpy").exists()


def test_check_finds_the_project_from_below_and_from_afar(
    project: Path, segpy: Segpy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project / "seeds")
    assert segpy("check").code == 0
    monkeypatch.chdir("/")
    assert segpy("check", "--project-dir", str(project)).code == 0
    assert "SEG607" in segpy("check").out
    monkeypatch.setenv("DBT_PROJECT_DIR", str(project))
    assert segpy("check").code == 0


def test_check_shows_errors_where_they_are(project: Path, segpy: Segpy) -> None:
    change(project, "did: order_placed", "did: order_plced")
    said = segpy("check")
    assert (said.code, said.err) == (1, "")
    assert "error[SEG" in said.out
    assert "segments/users.yml:21:15" in said.out
    assert "order_placed" in said.out
    (found,) = json.loads(segpy("check", "--format", "json").out)
    assert (found["file"], found["line"], found["column"]) == ("segments/users.yml", 21, 15)


def test_check_knows_the_names_and_columns_of_the_project(project: Path, segpy: Segpy) -> None:
    change(project, "occurred_at: event_time", "occurred_at: event_tme")
    assert "`event_time`" in segpy("check").out
    change(project, "ref('app_events')", "ref('app_evnts')")
    assert "`app_events`" in segpy("check").out


def test_annotations_are_relative_to_where_we_are(project: Path, segpy: Segpy, monkeypatch: pytest.MonkeyPatch) -> None:
    change(project, "did: order_placed", "did: order_plced")
    monkeypatch.chdir(project.parent)
    said = segpy("check", "--format", "github", "--project-dir", "shop")
    assert said.code == 1
    assert said.out.startswith("::error file=shop/segments/users.yml,line=21,col=15,")


def test_warnings_are_shown_and_are_fine(project: Path, segpy: Segpy) -> None:
    (project / "dbt_project.yml").write_text("- not a mapping")
    said = segpy("check")
    assert said.code == 0
    assert "warning[SEG609]" in said.out
    assert segpy("render").code == 0
    assert segpy("describe").err == ""


def test_advice_on_meaning_stops_nothing(project: Path, segpy: Segpy) -> None:
    """Warnings neither change the exit code nor what is generated; a contradiction does both."""
    spec = project / "segments/users.yml"
    idle = "      - {did: order_placed}\n      - {count: order_placed, at_least: 1}\n"
    spec.write_text(SPEC.replace("      - {did: order_placed}\n", idle), encoding="utf-8")
    said = segpy("check")
    assert said.code == 0
    assert "warning[SEG804]: condition that changes nothing" in said.out
    assert [finding["severity"] for finding in json.loads(segpy("check", "--format", "json").out)] == ["warning"]
    assert segpy("render").code == 0
    assert (project / "models/segpy/user_segments.sql").exists()
    spec.write_text(SPEC.replace("{did: order_placed}", "{count: order_placed, less_than: 0}"), encoding="utf-8")
    said = segpy("check")
    assert said.code == 1
    assert "error[SEG801]: contradiction" in said.out
    assert segpy("render").code == 1


def test_colors(project: Path, segpy: Segpy, monkeypatch: pytest.MonkeyPatch) -> None:
    change(project, "did: order_placed", "did: order_plced")
    assert "\x1b[" not in segpy("check").out
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[" in segpy("check").out
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in segpy("check").out


# --- render ---------------------------------------------------------------------------------------------------------


def test_render(project: Path, segpy: Segpy) -> None:
    said = segpy("render", "--check")
    assert said.code == 1
    assert "`models/segpy/user_segments.sql` is missing" in said.out
    assert not (project / "models/segpy").exists()
    said = segpy("render")
    assert (said.code, said.err) == (0, "")
    assert "wrote    models/segpy/user_segments.sql\n" in said.out
    count = len(list((project / "models/segpy").iterdir()) + list((project / "macros/segpy").iterdir()))
    assert said.out.endswith(f"\n{count} files written, 0 removed, 0 files unchanged.\n")
    assert segpy("render").out == f"0 files written, 0 removed, {count} files unchanged.\n"
    assert segpy("render", "--check") == Said(0, f"{count} files up to date.\n", "")


def test_render_says_what_it_removed(project: Path, segpy: Segpy) -> None:
    segpy("render")
    change(project, "version: 1", "version: 1\nmodels_path: models/other")
    said = segpy("render")
    assert "wrote    models/other/user_segments.sql\n" in said.out
    assert "removed  models/segpy/user_segments.sql\n" in said.out
    assert not (project / "models/segpy").exists()


def test_render_keeps_hands_off(project: Path, segpy: Segpy) -> None:
    segpy("render")
    file = project / "models/segpy/user_segments.sql"
    rendered = file.read_text()
    file.write_text(rendered + "-- mine\n")
    said = segpy("render")
    assert said.code == 1
    assert "SEG601" in said.out
    assert file.read_text().endswith("-- mine\n")
    assert segpy("render", "--check").code == 1
    assert segpy("render", "--force").code == 0
    assert file.read_text() == rendered


def test_render_writes_nothing_of_wrong_specs(project: Path, segpy: Segpy) -> None:
    change(project, "did: order_placed", "did: order_plced")
    for arguments in (["render"], ["render", "--force"], ["render", "--check"], ["build"], ["build", "--json"]):
        assert segpy(*arguments).code == 1
    assert not (project / "models/segpy").exists()
    assert not (project / "target").exists()


# --- describe -------------------------------------------------------------------------------------------------------


def test_describe(project: Path, segpy: Segpy) -> None:
    said = segpy("describe")
    assert (said.code, said.err) == (0, "")
    assert [line for line in said.out.splitlines() if line and not line.startswith(" ")] == [
        "buyers",
        "price_watchers",
        "watching_buyers",
    ]
    said = segpy("describe", "price_watchers")
    assert "a segment of user, stage intent, owner growth, version 1, meaning " in said.out
    assert "  Circling the price\n" in said.out
    assert "pricing_viewed in the last 7 days" in said.out
    assert "buyers" not in said.out


def test_describe_as_data(project: Path, segpy: Segpy) -> None:
    (segment,) = json.loads(segpy("describe", "buyers", "--json").out)
    assert (segment["name"], segment["entity"], segment["spec_file"]) == ("buyers", "user", "segments/users.yml")
    assert len(json.loads(segpy("describe", "--json").out)) == 3


def test_describe_how_it_is_computed(project: Path, segpy: Segpy) -> None:
    assert "computed anew by each run: `lateness` in segments/segpy.yml" in segpy("describe", "--plan").out
    (project / "segments" / "lateness.yml").write_text("lateness: 2 days\n")
    said = segpy("describe", "--plan")
    assert said.code == 0
    assert "kept from run to run; events come up to 2 days late" in said.out
    assert "reads again what is known since 2 days before the last run" in said.out
    (one,) = json.loads(segpy("describe", "--plan", "--json").out)
    assert one["kept"] is True
    assert {model["model"]: model["kept"] for model in one["models"]}["user_measures"] is True
    assert "leave the segments out" in segpy("describe", "--plan", "buyers").err


def test_describe_offers_the_nearest_name(project: Path, segpy: Segpy) -> None:
    assert "did you mean `buyers`?" in segpy("describe", "buyer").err
    assert "there are `buyers`, `price_watchers`, `watching_buyers`" in segpy("describe", "xyz").err


def test_describe_of_wrong_specs(project: Path, segpy: Segpy) -> None:
    change(project, "did: order_placed", "did: order_plced")
    said = segpy("describe", "buyers")
    assert (said.code, said.out) == (1, "")
    assert "error[SEG" in said.err


# --- explain --------------------------------------------------------------------------------------------------------


def test_explain(segpy: Segpy, monkeypatch: pytest.MonkeyPatch) -> None:
    said = segpy("explain", "seg605")
    assert said.code == 0
    assert said.out.startswith("# SEG605: generated files are out of date\n")
    assert [line.split(":")[0] for line in segpy("explain").out.splitlines()] == list(explained())
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[" in segpy("explain", "SEG605").out


# --- schema ---------------------------------------------------------------------------------------------------------


def test_schema(tmp_path: Path, segpy: Segpy) -> None:
    said = segpy("schema")
    assert (said.code, said.err) == (0, "")
    assert json.loads(said.out)["$schema"] == "http://json-schema.org/draft-07/schema#"
    path = tmp_path / "segpy.schema.json"
    assert segpy("schema", "--output", str(path)) == Said(0, f"wrote  {path}\n", "")
    assert path.read_text(encoding="utf-8") == said.out


def test_schema_says_where_it_cannot_be_written(tmp_path: Path, segpy: Segpy) -> None:
    said = segpy("schema", "-o", str(tmp_path / "nowhere" / "segpy.schema.json"))
    assert (said.code, said.out) == (2, "")
    assert "No such file or directory" in said.err


# --- demo -----------------------------------------------------------------------------------------------------------


def test_demo(project: Path, segpy: Segpy) -> None:
    change(project, "name: shop", "name: segpy", "dbt_project.yml")
    said = segpy("demo", "--check")
    assert said.code == 1
    assert not (project / "seeds/saas_users.csv").exists()
    assert segpy("demo").code == 0
    assert {file.path: file.text for file in demo_files()} == {
        file.path: (project / file.path).read_bytes().decode() for file in demo_files()
    }
    said = segpy("demo", "--check")
    assert (said.code, said.out) == (0, f"{len(demo_files())} seeds up to date.\n")
    (project / "seeds/saas_users.csv").write_text("edited")
    assert segpy("demo", "--check").out.startswith("differs  seeds/saas_users.csv\n")
    assert segpy("demo").out.startswith("wrote  seeds/saas_users.csv\n")


# --- build ----------------------------------------------------------------------------------------------------------


def cells(table: str) -> list[list[str]]:
    return [line.split() for line in table.splitlines() if line.strip() and "─" not in line]


def test_build(project: Path, segpy: Segpy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project / "seeds")
    said = segpy("build", "--as-of", "2026-03-10")
    assert said.code == 0, said
    assert cells(said.out) == [
        ["Segments", "as", "of", "2026-03-10", "00:00:00", "UTC"],
        ["segment", "entity", "members", "share", "stage"],
        ["buyers", "user", "1", "50.0%"],
        ["price_watchers", "user", "1", "50.0%", "intent"],
        ["watching_buyers", "user", "0", "0.0%"],
    ]
    *progress, last = said.err.splitlines()
    nodes = [line.split()[3] for line in progress]
    assert len(nodes) == len(set(nodes))
    assert {"app_events", "user_segments", "segment_members"} <= set(nodes)
    assert "unrelated" not in nodes  # only what the segments need
    assert last == f"{len(nodes)} nodes: {len(nodes)} succeeded."
    assert (project / "shop.duckdb").is_file()

    document = json.loads(segpy("build", "--as-of", "2026-03-05T10:00:00+10:00", "--rewrite-history", "--json").out)
    assert document["as_of"] == "2026-03-05 00:00:00"
    assert document["findings"] == []
    assert document["segments"][0] == {
        "segment": "buyers",
        "entity": "user",
        "members": 1,
        "population": 1,
        "share": 1.0,
        "stage": None,
    }
    assert {node["status"] for node in document["nodes"]} == {"success", "pass"}


def test_build_of_nobody(project: Path, segpy: Segpy) -> None:
    said = segpy("build", "--as-of", "2020-01-01", "--rewrite-history")
    assert said.code == 0
    assert cells(said.out)[0] == ["Segments,", "of", "an", "empty", "population"]
    assert cells(said.out)[2] == ["buyers", "user", "0", "–"]


def test_build_with_the_options_of_dbt(project: Path, segpy: Segpy) -> None:
    said = segpy("build", "--select", "unrelated", "--select", "app_events", "--exclude", "app_events")
    assert said.code == 0
    assert said.out == ""  # no sizes where the segments were not built
    assert said.err.endswith("1 node: 1 succeeded.\n")
    said = segpy("build", "--select", "nobody")
    assert said.code == 0
    assert "warning[SEG611]" in said.err
    (project / "models/one.sql").write_text("select {{ var('given') }} as one")
    assert segpy("build", "--select", "one", "--vars", "given: 7", "--threads", "1", "--full-refresh").code == 0


def test_build_refuses_an_instant_that_is_none(project: Path, segpy: Segpy) -> None:
    said = segpy("build", "--as-of", "yesterday")
    assert (said.code, said.out) == (1, "")
    assert "SEG610" in said.err
    assert "segpy_as_of is `yesterday`, which is not an instant" in said.err
    assert "give another instant with --as-of" in said.err


def test_build_that_fails(project: Path, segpy: Segpy) -> None:
    change(
        project,
        "    all:\n      - {did: order_placed}",
        "    size: {at_least: 5}\n    all:\n      - {did: order_placed}",
    )
    said = segpy("build", "--as-of", "2026-03-10", "--format", "github")
    assert said.code == 1
    assert "failed: test segpy_segment_sizes" in said.err
    assert "its SQL: target/compiled/" in said.err
    assert "1 failed" in said.err.splitlines()[-1]
    document = json.loads(segpy("build", "--as-of", "2026-03-10", "--json").out)
    assert [node["status"] for node in document["nodes"] if node["kind"] == "test" and node["failures"]] == ["fail"]


def test_build_refuses_to_overwrite(project: Path, segpy: Segpy) -> None:
    (project / "models/segpy").mkdir()
    (project / "models/segpy/user_segments.sql").write_text("select 1")
    said = segpy("build")
    assert said.code == 1
    assert "SEG602" in said.err
    assert not (project / "target").exists()


def test_backfill(project: Path, segpy: Segpy) -> None:
    (project / "models/unrelated.sql").write_text("select * from nowhere")  # nothing that history needs
    said = segpy("backfill", "--from", "2026-03-03", "--to", "2026-03-10T00:00Z", "--every", "3 days")
    assert said.code == 0, said
    assert cells(said.out)[0] == ["Segments", "as", "of", "2026-03-10", "00:00:00", "UTC"]
    lines = said.err.splitlines()
    assert [line.split()[:3] for line in lines[:4]] == [
        [f"{i}/4", day, "00:00:00"] for i, day in enumerate(("2026-03-03", "2026-03-06", "2026-03-09", "2026-03-10"), 1)
    ]
    assert lines[-1] == "4 instants from 2026-03-03 00:00:00 to 2026-03-10 00:00:00: all built."

    said = segpy("backfill", "--from", "2026-03-02", "--to", "2026-03-10")
    assert (said.code, said.out) == (1, "")
    assert "SEG613" in said.err and "holds 4 runs, from 2026-03-03 00:00:00 to 2026-03-10 00:00:00" in said.err
    assert said.err.splitlines()[-1].startswith(
        "9 instants from 2026-03-02 00:00:00 to 2026-03-10 00:00:00: none built."
    )

    document = json.loads(segpy("backfill", "--from", "2026-03-03", "--to", "2026-03-11", "--json").out)
    assert document["findings"][0]["code"] == "SEG613"
    assert {one["status"] for one in document["instants"]} == {"missing"}
    document = json.loads(
        segpy("backfill", "--from", "2026-03-09", "--to", "2026-03-10", "--rewrite-history", "--json").out
    )
    assert document["instants"] == [
        {"as_of": "2026-03-09 00:00:00", "status": "built"},
        {"as_of": "2026-03-10 00:00:00", "status": "built"},
    ]
    assert (document["as_of"], document["findings"]) == ("2026-03-10 00:00:00", [])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--from", "yesterday"), "`yesterday` is not an instant: write 2026-03-10"),
        (("--from", "2026-03-10T14:00"), "not the start of a day, which is the grain"),
        (("--from", "2026-03-10", "--to", "2026-03-12T00:00+02:00"), "`2026-03-11 22:00:00` in UTC is not the start"),
        (("--from", "2026-03-01", "--every", "12 hours"), "the grain of this project is the day"),
        (("--from", "2026-03-01", "--every", "7d"), "`7d` is not a duration: write 7 days"),
        (("--from", "2026-03-01", "--every", "0 days"), "write 1 day"),
        (("--from", "2026-03-01", "--vars", "segpy_as_of: 2026-03-02"), "--vars gives segpy_as_of"),
        ((), "Missing option '--from'"),
    ],
)
def test_backfill_refuses_what_makes_no_sense(
    project: Path, segpy: Segpy, arguments: tuple[str, ...], said: str
) -> None:
    refused = segpy("backfill", *arguments)
    assert (refused.code, refused.out) == (2, "")
    assert said in refused.err
    assert not (project / "models/segpy").exists()


def test_backfill_that_ends_before_it_begins(project: Path, segpy: Segpy) -> None:
    said = segpy("backfill", "--from", "2026-03-02", "--to", "2026-03-01")
    assert said.code == 1
    assert "SEG614" in said.err and "from 2026-03-02 00:00:00 to 2026-03-01 00:00:00" in said.err


def test_backfill_of_no_segments(project: Path, segpy: Segpy) -> None:
    (project / "segments/users.yml").write_text(SPEC[: SPEC.index("segments:")])
    said = segpy("backfill", "--from", "2026-03-02")
    assert (said.code, said.err) == (0, "There are no segments, so there is no history to build.\n")


# --- progress -------------------------------------------------------------------------------------------------------


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def node(status: str, done: int, name: str = "user_events", **changes: Any) -> NodeProgress:
    return NodeProgress(name, "model", status, 0.25, done, changes.get("total", 10))


def test_progress_is_a_line_a_node_where_nobody_watches() -> None:
    stream = io.StringIO()
    with progress_to(stream) as report:
        for each in (
            node("started", 0),
            node("success", 1),
            node("error", 2, "user_features"),
            node("pass", 3, "x" * 81),
        ):
            report(each)
    assert stream.getvalue().splitlines() == [
        " 1/10  success  model     user_events  0.2 s",
        " 2/10  error    model     user_features  0.2 s",
        f" 3/10  pass     model     {'x' * 79}…  0.2 s",
    ]


def test_progress_moves_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    stream = Terminal()
    with progress_to(stream) as report:
        for each in (node("started", 0), node("error", 1, "user_[b]features"), node("success", 10)):
            report(each)
    assert "error model user_[b]features" in stream.getvalue()
    assert "10/10" in stream.getvalue()
    assert "\x1b[" in stream.getvalue()


def test_progress_of_a_backfill(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    instant = InstantProgress(datetime(2026, 3, 3), 9, 12)
    heard = (
        replace(instant, node=node("started", 0)),
        replace(instant, node=node("error", 1, "user_[b]features")),
        replace(instant, nodes=2, failed=1, seconds=1.25),
    )
    for stream in (io.StringIO(), Terminal()):
        with instants_to(stream) as report:
            for each in heard:
                report(each)
        assert " 9/12  2026-03-03 00:00:00  2 nodes  1 failed  1.2 s" in stream.getvalue()
        watched = isinstance(stream, Terminal)
        assert ("error model user_[b]features" in stream.getvalue()) == watched
        assert stream.getvalue().count("\n") == 1 or watched


@pytest.mark.parametrize(("members", "said"), [(0, True), (1, False)])
def test_who_builds_at_an_instant_without_anybody_is_told(
    capsys: pytest.CaptureFixture[str], members: int, said: bool
) -> None:
    sizes = Sizes((SegmentSize("buyers", "user", members, 5), SegmentSize("watchers", "user", 0, 5)), "2026-11-23")
    print_result(BuildResult(), sizes, pipeline.Compiled((), ()))
    assert ("`--as-of`" in capsys.readouterr().err) is said
