"""The suite itself: what it would notice, and what it writes."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from tests.cases.runner import Refused
from tests.cases.tables import DUCKDB_TYPES, Row, Table
from tests.engines import environments, report, setup
from tests.engines.answers import differences, value
from tests.engines.constructs import used
from tests.engines.corpus import Entry
from tests.engines.engine import ROOT, Engine, Mark
from tests.engines.environments import missing, want
from tests.engines.inputs import cells, from_values, no_jinja
from tests.engines.known import ENGINES
from tests.engines.project import renamed
from tests.engines.server import free_port, listens, served
from tests.engines.test_conformance import of_problems, of_refusal
from tests.together import together

DUCKDB = ENGINES["duckdb"]
ENTRY = Entry("my_case", "", (), datetime(2026, 3, 10))
ROW: Row = {"user_id": "ann", "opens": 1, "share": 0.1, "member": True, "at": "2026-03-01 00:00:00"}


def test_an_engine_has_a_word_for_every_type(engine: Engine) -> None:
    assert engine.types.keys() == DUCKDB_TYPES.keys()


def test_equal_answers_have_no_differences() -> None:
    other: Row = {**ROW, "user_id": "bob"}
    assert differences({"t": [ROW, other]}, {"t": [other, {**ROW, "share": 0.1 + 1e-12}]}) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"opens": 2},
        {"opens": 1.0},
        {"opens": True},
        {"opens": "1"},
        {"opens": None},
        {"share": 0.1 + 1e-6},
        {"member": 1},
        {"at": "2026-03-01 00:00:00.000001"},
        {"more": None},
    ],
    ids=str,
)
def test_a_difference_is_told(wrong: Row) -> None:
    (told,) = differences({"t": [{**ROW, **wrong}]}, {"t": [ROW]})
    assert next(iter(wrong)) in told


@pytest.mark.parametrize("found", [[], [ROW, ROW], [dict(reversed(ROW.items()))]], ids=["none", "twice", "order"])
def test_rows_and_their_columns_are_counted(found: list[Row]) -> None:
    assert differences({"t": found}, {"t": [ROW]})


def test_tables_are_counted() -> None:
    assert differences({"a": []}, {"b": []}) == ["b: missing", "a: one too many"]


def test_values_of_types_that_no_model_has_are_told_with_their_type() -> None:
    assert value(DUCKDB, {"decimal": "1"}) == "decimal 1"
    assert value(DUCKDB, {"datetime": "2026-03-01T00:00:00+00:00"}) == "datetime 2026-03-01T00:00:00+00:00"
    aware = replace(DUCKDB, aware=True)
    assert value(aware, {"datetime": "2026-03-01T01:00:00.000001+01:00"}) == "2026-03-01 00:00:00.000001"
    assert value(aware, {"datetime": "2026-03-01T00:00:00"}) == "datetime 2026-03-01T00:00:00"


def test_a_mark_must_be_deserved() -> None:
    mark = Mark("notyet", "no such function")
    assert of_problems(None, (), "") is None
    assert of_problems(mark, ("wrong",), "") is mark
    with pytest.raises(AssertionError, match="take the mark away"):
        of_problems(mark, (), "")
    with pytest.raises(AssertionError, match="wrong"):
        of_problems(None, ("wrong",), "")


def test_what_is_refused_needs_a_mark_for_every_code() -> None:
    refused = Refused(())
    refused.codes = frozenset({"SEG502"})
    assert of_refusal({"SEG502": Mark("never", "why")}, refused) == Mark("never", "SEG502: why")
    with pytest.raises(AssertionError, match="SEG502"):
        of_refusal({"SEG501": Mark("never", "why")}, refused)


def test_references_are_to_the_models_of_the_entry() -> None:
    text = """select * from {{ ref("users") }}, {{ source('shop', 'orders') }} where a = 'href' and to_ref('x')"""
    assert renamed(ENTRY, text) == (
        """select * from {{ ref("my_case__users") }}, {{ ref('my_case__shop__orders') }} """
        """where a = 'href' and to_ref('x')"""
    )


def test_input_is_read_alike_by_every_engine() -> None:
    table = Table("t", {"at": "timestamptz", "x": "number"}, (("2026-03-01 01:00+01:00", "1"), (None, None)))
    assert cells(table) == [("2026-03-01 00:00:00.000000+00:00", "1.0"), (None, None)]
    assert "'2026-03-01 00:00:00.000000+00:00'" in from_values(DUCKDB, table)
    assert "where 1 = 0" in from_values(DUCKDB, replace(table, rows=()))


def test_braces_and_line_ends_in_input_stay_as_they_are() -> None:
    assert no_jinja("a\r\nb") == """a{{ "\\r" }}\nb"""
    assert no_jinja("'{{ 1/0 }} {% raw %}'") == """'{{ "{" }}{{ "{" }} 1/0 }} {{ "{" }}% raw %}'"""


def test_a_backslash_is_a_letter_everywhere() -> None:
    assert DUCKDB.literal("it's \\ all") == "'it''s \\ all'"
    assert replace(DUCKDB, backslash=True).literal("it's \\ all") == "'it\\'s \\\\ all'"


def test_what_a_spec_uses() -> None:
    spec = """
features:
  a: {ratio: [{count: x, in_the_last: 7 days}, {sum: x.y}]}
  b: {sequence: {steps: [x, {event: y, times: 2, within: 1 day}], ties: strict}}
segments:
  s: {entity: user, any: [{did: x}, {at_least_of: {n: 1, of: [{gap: x, statistic: max, at_least: 1 day}]}}]}
"""
    assert used(spec) == {
        "measures": ["count", "did", "gap", "ratio", "sequence", "statistic: max", "sum"],
        "sequences": ["steps", "ties: strict", "times", "within"],
        "windows": ["in_the_last"],
        "conditions": ["any", "at_least", "at_least_of"],
    }


def test_an_engine_that_is_not_set_up_says_how(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    wanting = replace(DUCKDB, name="elsewhere", requirements=("nothing",))
    assert missing(DUCKDB) is None
    assert "python -m tests.engines.setup elsewhere" in (missing(wanting) or "")
    broken = replace(DUCKDB, name="elsewhere", absent=lambda: "no server here")
    monkeypatch.setitem(setup.ENGINES, "elsewhere", broken)  # type: ignore[index]
    assert setup.main(["elsewhere"]) == 1
    assert "no server here" in capsys.readouterr().err
    assert setup.main(["duckdb"]) == 0


def test_readers_share_an_environment_that_is_made_for_every_run() -> None:
    assert len(setup.wanted()["dbt2"]) > 1
    assert {"duckdb", "postgres", "trino", "dbt2"} <= {*setup.of_every_run()} <= setup.wanted().keys()
    for wanting in setup.wanted().values():
        assert len({one.requirements for one in wanting}) == 1


def test_a_server_is_gone_afterwards(tmp_path: Path) -> None:
    port, gone = free_port(), tmp_path / "data"
    gone.mkdir()
    command = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1"]

    def fail_inside() -> None:
        with served(command, tmp_path / "log", lambda: listens(port), folder=tmp_path, gone=gone):
            assert listens(port) and gone.exists()
            raise KeyError

    with pytest.raises(KeyError):
        fail_inside()
    assert not listens(port) and not gone.exists()


def test_a_server_is_gone_with_whoever_is_killed(tmp_path: Path) -> None:
    port, gone = free_port(), tmp_path / "data"
    gone.mkdir()
    script = f"""
import sys, time
from pathlib import Path
from tests.engines.server import listens, served
command = [sys.executable, "-m", "http.server", "{port}", "--bind", "127.0.0.1"]
with served(command, Path("log"), lambda: listens({port}), folder=Path.cwd(), gone=Path({str(gone)!r})):
    print("served", flush=True)
    time.sleep(600)
"""
    python = subprocess.Popen(
        [sys.executable, "-c", script], cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE
    )
    assert python.stdout is not None and python.stdout.readline() == b"served\n"
    python.kill()
    python.communicate()
    until = time.monotonic() + 30
    while (listens(port) or gone.exists()) and time.monotonic() < until:
        time.sleep(0.1)
    assert not listens(port) and not gone.exists()


def test_a_server_that_ends_at_once_says_why(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "raise SystemExit('no room')"]
    with (
        pytest.raises(RuntimeError, match="no room"),
        served(command, tmp_path / "log", lambda: False, folder=tmp_path),
    ):
        pass


@pytest.mark.parametrize(("every_run", "outcome"), [(True, pytest.fail.Exception), (False, pytest.skip.Exception)])
def test_required_are_the_engines_of_every_run(
    every_run: bool, outcome: type[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = replace(DUCKDB, name="elsewhere", requirements=("nothing",), every_run=every_run)
    monkeypatch.setattr(environments, "_REQUIRED", False)
    with pytest.raises(pytest.skip.Exception):
        want(elsewhere)
    monkeypatch.setattr(environments, "_REQUIRED", True)
    with pytest.raises(outcome):
        want(elsewhere)
    with pytest.raises(pytest.skip.Exception):
        want(replace(DUCKDB, every_run=False))


def test_tests_of_an_engine_stay_together() -> None:
    suite = "tests/engines/test_conformance.py"
    assert together(f"{suite}::test_case[postgres-median]") == together(f"{suite}::test_marks_are[postgres]")
    assert together(f"{suite}::test_case[postgres-median]") != together(f"{suite}::test_case[duckdb-median]")
    assert together("tests/e2e/test_demo.py::test_a") == together("tests/e2e/test_demo.py::test_b[1]")
    assert together("tests/cases/test_cases.py::test_a[x]") != together("tests/cases/test_cases.py::test_a[y]")


def test_a_report_keeps_what_was_not_asked(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    report.add(path, "one", {"dbt": "1"}, {"a": {"outcome": "passed"}, "b": {"outcome": "failed"}}, {"a": {}})
    report.add(path, "two", {}, {"a": {"outcome": "passed"}}, {"a": {}})
    report.add(path, "one", {}, {"b": {"outcome": "passed"}}, {"b": {}})
    told = json.loads(path.read_text(encoding="utf-8"))
    assert told["engines"]["one"]["outcomes"] == {"a": {"outcome": "passed"}, "b": {"outcome": "passed"}}
    assert told["engines"]["one"]["versions"] == {"dbt": "1"}
    assert set(told["engines"]) == {"one", "two"} and set(told["cases"]) == {"a", "b"}
