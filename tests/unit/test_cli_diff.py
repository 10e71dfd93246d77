"""`segpy diff`: a change of the specs beside what git has, in words, in people, and in what it exits with."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.unit.shop import Segpy, change

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


@pytest.fixture
def repository(project: Path) -> Path:
    """The project with a first commit, in a folder of a repository of more."""
    git(project.parent, "init", "--quiet", "--initial-branch", "main")
    commit(project, "first")
    return project


def git(folder: Path, *arguments: str) -> None:
    who = ("-c", "user.name=somebody", "-c", "user.email=somebody@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)


def commit(folder: Path, message: str) -> None:
    git(folder, "add", "--all", ".")
    git(folder, "commit", "--quiet", "--message", message)


def test_no_difference(repository: Path, segpy: Segpy) -> None:
    assert segpy("diff").out == "compared with HEAD: 3 segments of the same meaning\n"
    (repository / "segments/users.yml").rename(repository / "segments/people.yaml")  # the same in another file
    said = segpy("diff", "main", "--check")
    assert (said.code, said.out) == (0, "compared with main: 3 segments of the same meaning\n")
    assert not (repository / "target").exists()  # nobody was counted, so no dbt was needed


def test_members_before_and_after(repository: Path, segpy: Segpy) -> None:
    assert segpy("build", "--as-of", "2026-03-10").code == 0
    change(repository, "at_least: 2", "at_least: 1")
    before = (repository / "shop.duckdb").read_bytes()
    said = segpy("diff", "--as-of", "2026-03-05", "--as-of", "2026-03-10")
    assert said.code == 0, said
    assert said.out.splitlines() == [
        "compared with HEAD: 1 changed, 1 follows, 1 segment of the same meaning",
        "",
        "~ segment price_watchers (user): changed, in the same version",
        "      a user",
        "      all of:",
        "    -   - at least 2 pricing_viewed in the last 7 days",
        "    +   - did pricing_viewed in the last 7 days",
        "",
        "~ segment watching_buyers (user): follows from price_watchers",
        "",
        "segment          as of       before  after  entering  leaving  staying  Jaccard",
        "price_watchers   2026-03-05       0      1         1        0        0     0.00",
        "watching_buyers  2026-03-05       0      1         1        0        0     0.00",
        "price_watchers   2026-03-10       1      1         0        0        1     1.00",
        "watching_buyers  2026-03-10       0      0         0        0        0        –",
        "",
        "price_watchers as of 2026-03-05: 1 enter, who failed before: at least 2 pricing_viewed in the last 7 days (1)",
        "watching_buyers as of 2026-03-05: 1 enter, who failed before: in segment price_watchers (1)",
    ]
    assert (repository / "shop.duckdb").read_bytes() == before  # nothing was built
    document = json.loads(segpy("diff", "--as-of", "2026-03-05", "--json").out)
    assert document["members"][0] == {
        "segment": "price_watchers",
        "entity": "user",
        "as_of": "2026-03-05 00:00:00",
        "before": 0,
        "after": 1,
        "staying": 0,
        "population_before": 1,
        "population_after": 1,
        "leaving_for": [],
        "entering_for": [["at least 2 pricing_viewed in the last 7 days", 1]],
        "entering": 1,
        "leaving": 0,
        "jaccard": 0.0,
    }
    assert [(one["segment"], one["change"]) for one in document["segments"]] == [
        ("price_watchers", "changed"),
        ("watching_buyers", "follows"),
    ]
    assert (document["against"], document["features"], document["broken"], document["findings"]) == ("HEAD", [], [], [])


def test_check_lets_pass_what_is_named(repository: Path, segpy: Segpy) -> None:
    change(repository, "segments:\n", "features:\n  visits: {entity: user, count: pricing_viewed}\nsegments:\n")
    commit(repository, "a feature")
    change(repository, "features:\n  visits: {entity: user, count: pricing_viewed}\n", "")
    both = "    all:\n      - in_segment: price_watchers\n      - in_segment: buyers\n"
    change(repository, f"  watching_buyers:\n    entity: user\n{both}", "")
    change(repository, "at_least: 2", "at_least: 3")
    found = segpy("diff", "--definitions", "--check")
    assert found.code == 1
    assert found.out.splitlines()[-3:] == [
        "not let pass: feature visits of user is removed: --allow visits",
        "not let pass: segment price_watchers means something else in the same version: raise its `version`",
        "not let pass: segment watching_buyers is removed: --allow watching_buyers",
    ]
    assert "- feature visits (user): removed" in found.out
    assert segpy("diff", "--definitions").code == 0
    change(repository, "    stage: intent\n", "    stage: intent\n    version: 2\n")
    allowed = segpy("diff", "--definitions", "--check", "--allow", "visits", "--allow", "watching_buyers")
    assert (allowed.code, "not let pass" in allowed.out) == (0, False)
    document = json.loads(segpy("diff", "--definitions", "--check", "--json").out)
    assert len(document["broken"]) == 2


def test_markdown_holds_what_authors_write(repository: Path, segpy: Segpy) -> None:
    change(repository, "      - {did: order_placed}\n", "      - {did: order_placed}\n      - {did: pricing_viewed}\n")
    assert segpy("build", "--as-of", "2026-03-10").code == 0
    text = segpy("diff", "HEAD", "--markdown", "--check", "--as-of", "2026-03-10").out
    assert "| segment | as of | before | after | entering | leaving | staying | Jaccard |\n| --- | --- |" in text
    assert "| buyers | 2026-03-10 | 1 | 1 | 0 | 0 | 1 | 1.00 |" in text
    assert "```diff\n  a user\n  all of:\n    - did order_placed\n+   - did pricing_viewed\n```" in text
    assert "* segment buyers means something else" in text


def test_against_a_folder(repository: Path, segpy: Segpy, tmp_path: Path) -> None:
    other = Path(shutil.copytree(repository, tmp_path / "other"))
    change(other, "at_least: 2", "at_least: 5")
    said = segpy("diff", "--folder", str(other), "--definitions")
    assert said.code == 0 and "    -   - at least 5 pricing_viewed" in said.out


def test_before_the_first_spec(repository: Path, segpy: Segpy) -> None:
    git(repository, "rm", "--quiet", "-r", "--cached", "segments")
    git(repository, "commit", "--quiet", "--message", "no specs")
    said = segpy("diff", "--definitions")
    assert (said.code, said.out.splitlines()[0]) == (0, "compared with HEAD: 3 added, 0 segments of the same meaning")


@pytest.mark.parametrize(
    ("revision", "words"),
    [
        ("nowhere", "the specs at `nowhere` cannot be read: git knows no such commit"),
        ("--output=x", ""),
        ("HEAD:segments", "git knows no such commit"),
    ],
)
def test_a_revision_that_is_none(repository: Path, segpy: Segpy, revision: str, words: str) -> None:
    said = segpy("diff", "--", revision)
    assert (said.code, said.out) == (1, "")
    assert "SEG615" in said.err and words in said.err
    assert json.loads(segpy("diff", "--json", "--", revision).out)["findings"][0]["code"] == "SEG615"
    assert not (repository / "x").exists()


def test_no_repository(project: Path, segpy: Segpy) -> None:
    said = segpy("diff")
    assert said.code == 1 and "SEG615" in said.err


def test_specs_that_do_not_hold(repository: Path, segpy: Segpy) -> None:
    change(repository, "at_least: 2", "at_lest: 2")
    said = segpy("diff")
    assert (said.code, said.out) == (1, "") and "at_lest" in said.err  # as `check` says it
    commit(repository, "broken")
    change(repository, "at_lest: 2", "at_least: 2")
    said = segpy("diff")
    assert (said.code, said.out) == (1, "")
    assert "SEG616" in said.err and "at HEAD there is an error SEG" in said.err and "segments/users.yml" in said.err


def test_macros_that_were_never_written(repository: Path, segpy: Segpy) -> None:
    change(repository, "at_least: 2", "at_least: 1")
    said = segpy("diff", "--as-of", "2026-03-10")
    assert said.code == 1
    assert "SEG610" in said.err and "segpy render" in said.err
    assert said.out.startswith("compared with HEAD: 1 changed")  # the definitions are told all the same


@pytest.mark.parametrize("options", [("--markdown", "--json"), ("--definitions", "--as-of", "2026-03-10")])
def test_options_that_contradict_each_other(repository: Path, segpy: Segpy, options: tuple[str, ...]) -> None:
    assert segpy("diff", *options).code == 2


def test_hold_outs(repository: Path, segpy: Segpy) -> None:
    """Whom a change reaches is told beside it, and a hold-out that is dealt in another way is not let pass."""
    (repository / "segments/held.yml").write_text("holdouts: {control: {entity: user, share: 5%}}\n", encoding="utf-8")
    change(repository, "at_least: 2", "at_least: 1")
    said = segpy("diff", "--definitions")
    assert said.code == 0, said
    assert "    hold-outs: control\n" in said.out
    assert "+ hold-out control (user): added\n    + 5 % of the members of " in said.out
    commit(repository, "held out")
    (repository / "segments/held.yml").unlink()
    said = segpy("diff", "--check", "--definitions")
    assert (said.code, said.out.splitlines()[-1]) == (1, "not let pass: hold-out control is removed: --allow control")
    assert segpy("diff", "--check", "--allow", "control", "--definitions").code == 0
    markdown = segpy("diff", "--definitions", "--markdown").out
    assert "Hold-out **`control`** (user): removed" in markdown
    assert json.loads(segpy("diff", "--definitions", "--json").out)["holdouts"][0]["change"] == "removed"
