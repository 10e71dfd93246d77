"""`segpy report`: from tables to the page, and what the command says."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import duckdb
import pytest

from segpy.cli.main import main
from segpy.diagnostics import libraries
from tests.unit.shop import PROJECT, Segpy, change, let_go

pytest.importorskip("vl_convert")

EXPERIMENT = """\
      - {count: pricing_viewed, in_the_last: 7 days, at_least: 2}
    playbook: {respond_within: 1 day, channel: email, message: "Hello <b>you</b>"}
    experiment: {holdout: 50%, outcome: bought, cost_per_member: 0.1}
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two runs of a project with an experiment, made once."""
    root = tmp_path_factory.mktemp("made") / "shop"
    for path, text in PROJECT.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    change(root, "      - {count: pricing_viewed, in_the_last: 7 days, at_least: 2}\n", EXPERIMENT)
    (root / "segments/outcomes.yml").write_text(
        "outcomes: {bought: {did: order_placed, within: 14 days}}\nholdouts: {alone: {entity: user, share: 10%}}\n",
        encoding="utf-8",
    )
    for day in ("2026-02-01", "2026-03-10"):
        with pytest.raises(SystemExit) as ended:
            main(["build", "--as-of", day, "--json", "--project-dir", str(root)])
        assert ended.value.code == 0
    let_go()
    return root


@pytest.fixture
def built(made: Path, project: Path) -> Path:
    """The same in a folder of the test's own."""
    shutil.rmtree(project)
    shutil.copytree(made, project)
    os.chdir(project)
    return project


def page(project: Path, segpy: Segpy, *arguments: str) -> str:
    said = segpy("report", *arguments)
    assert said.code == 0, said.err
    return (project / "segpy-report.html").read_text(encoding="utf-8")


def test_the_command(built: Path, segpy: Segpy) -> None:
    """The page stands where it is said to, is the same each time, and names nobody."""
    said = segpy("report")
    assert said.code == 0, said.err
    assert said.out.startswith("segpy-report.html: 3 segments as of 2026-03-10 00:00:00 UTC\n")
    assert "reading segment_sizes\n" in said.err and "drawing\n" in said.err
    found = (built / "segpy-report.html").read_text(encoding="utf-8")
    for told in (
        "<h1>Segments of shop, monthly review</h1>",
        "As of 2026-03-10, compared with 2026-02-01",
        "Circling the price",
        "at least 2 pricing_viewed in the last 7 days",
        "1 of 2 (50.0 %)",
        "2 runs: 0 on 2026-02-01, 1 on 2026-03-10",
        "Hello &lt;b&gt;you&lt;/b&gt;",
        "withheld: too few people, or too few events among them",
        "The portfolio at a glance",
        "Sample ratio",
    ):
        assert told in found, told
    assert "ada" not in found and "bob" not in found
    document = json.loads(segpy("report", "--json").out)
    assert document == {
        "as_of": "2026-03-10 00:00:00",
        "segments": 3,
        "out": "segpy-report.html",
        "bytes": len(found.encode()),
        "findings": [],
    }
    assert (built / "segpy-report.html").read_text(encoding="utf-8") == found
    assert segpy("report", "--out", "-").out == found


def test_the_table(built: Path, segpy: Segpy) -> None:
    """What the page reckons itself stands in a table, and is replaced. Where it cannot, there is the page still."""

    def rows() -> list[tuple[object, ...]]:
        asked = (
            "select segment, figure, count(*), min(status), min(place), max(place), max(estimate)"
            " from segment_statistics where command = 'report' and entity = 'user'"
            " and cast(as_of as text) = '2026-03-10 00:00:00'"
            " and cast(last_at as text) = '2026-03-10 00:00:00' group by segment, figure order by segment, figure"
        )
        with duckdb.connect(str(built / "shop.duckdb")) as connection:
            return connection.execute(asked).fetchall()

    plain = page(built, segpy)
    assert rows() == []
    said = segpy("report", "--save")
    assert said.code == 0 and said.err.endswith("Saved in segment_statistics.\n")
    assert (built / "segpy-report.html").read_text(encoding="utf-8") == plain
    found = rows()
    to_come = (3, "too_few", "2026-04-10 00:00:00", "2026-06-10 00:00:00", None)
    assert [one for one in found if one[0] == "price_watchers"] == [
        ("price_watchers", "half_life_days", 1, "too_few", "all", "all", None),
        ("price_watchers", "members_exponential_smoothing", *to_come),
        ("price_watchers", "members_seasonal_naive", *to_come),
    ]
    assert json.loads(segpy("report", "--save", "--json").out)["saved"] == "segment_statistics"
    assert rows() == found
    (built / "segpy-report.html").unlink()
    (built / "models/segpy/segment_statistics.sql").write_text("select nothing from nowhere", encoding="utf-8")
    document = json.loads(segpy("report", "--save", "--json").out)
    assert document["saved"] is None and [one["code"] for one in document["findings"]] == ["SEG610"]
    assert document["bytes"] == len(plain.encode())
    (built / "segpy-report.html").unlink()
    (built / "segments/settings.yml").write_text("privacy: {min_cell_size: 5}\n", encoding="utf-8")
    said = segpy("report", "--save")
    assert said.code == 2 and "with `min_cell_size` nothing is saved" in said.err
    assert not (built / "segpy-report.html").exists()


def test_months_are_those_asked_for(built: Path, segpy: Segpy) -> None:
    """Former sizes are still compared with."""
    found = page(built, segpy, "--months", "1")
    assert "compared with 2026-02-01" in found
    assert "Its sizes are of one run only, so there is no line to draw." in found


def test_what_tables_withhold_the_page_withholds(built: Path, segpy: Segpy) -> None:
    (built / "segments/settings.yml").write_text("privacy: {min_cell_size: 5}\n", encoding="utf-8")
    assert segpy("build", "--as-of", "2026-03-10").code == 0
    found = page(built, segpy)
    assert "withheld: fewer than 5 are in it or are not, or would follow from its size" in found
    assert "withheld: small counts" in found and "Counts below 5, and what tells them, are withheld" in found
    assert "1 of 2" not in found and "n = " not in found and "50.0 %)" not in found


def test_a_table_that_is_gone_is_told(built: Path, segpy: Segpy) -> None:
    with duckdb.connect(str(built / "shop.duckdb")) as connection:
        connection.execute("drop table segment_attrition")
    found = page(built, segpy)
    assert "segment_attrition could not be read: " in found and "Where price_watchers loses people" not in found


def test_another_definition_than_was_built_is_told(built: Path, segpy: Segpy) -> None:
    change(built, "at_least: 2}", "at_least: 3}")
    found = page(built, segpy)
    assert "its definition is another since it was built: run segpy build" in found
    assert "at least 2 pricing_viewed" in found and "at least 3 pricing_viewed" not in found


def test_no_runs(built: Path, segpy: Segpy) -> None:
    with duckdb.connect(str(built / "shop.duckdb")) as connection:
        connection.execute("delete from segment_sizes")
    said = segpy("report", "--format", "json")
    assert (said.code, [one["code"] for one in json.loads(said.out)]) == (1, ["SEG671"])
    said = segpy("report", "--json")
    document = json.loads(said.out)
    assert document["out"] is None and document["findings"][0]["help"].startswith("`segpy build` makes the first run")
    assert not (built / "segpy-report.html").exists()


def test_what_cannot_be_done(project: Path, segpy: Segpy, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing built, nothing to draw with, nowhere to write to, no segment: each is said, and nothing is written."""
    said = segpy("report")
    assert said.code == 1 and "error[SEG6" in said.err
    assert segpy("build", "--as-of", "2026-03-10").code == 0
    (project / "file").write_text("", encoding="utf-8")
    said = segpy("report", "--out", "file/page.html")
    assert said.code == 2 and "file/page.html cannot be written: " in said.err

    def lacking(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(libraries, "import_module", lacking)
    said = segpy("report")
    assert said.code == 1
    assert "error[SEG670]: what a report is drawn with is not installed" in said.err
    assert "  = the page needs `vl_convert`, which cannot be imported here\n" in said.err
    (project / "segments/users.yml").write_text("version: 1\n", encoding="utf-8")
    said = segpy("report")
    assert said.code in (1, 2)
    assert not (project / "segpy-report.html").exists()
