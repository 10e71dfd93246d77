"""What the page about CI has readers copy: the workflow's own lines, run in a repository with a base and a change."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.docs.pages import ROOT, blocks
from tests.e2e.commands import Ran, run, write_files
from tests.e2e.forked import in_a_forking_shell
from tests.unit.shop import PROJECT, SPEC, change

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("git") is None or shutil.which("bash") is None, reason="git and bash are needed"),
]

PAGE = ROOT / "docs" / "how-to" / "ci.md"
_HEAD = re.compile(r"(?:#|--) ([\w./-]+)\n")
TOLD = {head[1]: one.text for one in blocks(PAGE.read_text()) if (head := _HEAD.match(one.text))}
WORKFLOW = yaml.safe_load(TOLD[".github/workflows/segments.yml"])
STEPS = {step["name"]: step for job in WORKFLOW["jobs"].values() for step in job["steps"] if "name" in step}
HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
OF_GITHUB = {
    "github.token": "a token",
    "github.repository": "shop/warehouse",
    "github.event.pull_request.number": "7",
}

CHECK, UP_TO_DATE = "Check the specs", "Check that the models are those of the specs"
BUILD, COMPARE, COMMENT = "Build on DuckDB", "Compare with what there is", "Comment, or update the comment of before"

FEATURE = "features: {views: {count: pricing_viewed}}\n"

# A stand-in for GitHub's own command: it knows the comments in a file, and notes what it is asked to write.
_GH = """\
#!/usr/bin/env bash
case "$*" in
  *--paginate*) cat comments.txt ;;
  *) echo "$*" >> asked.txt; cp comment.md posted.md ;;
esac
"""


class Repository:
    """A project in git as a runner has it, and what a step finds in its environment."""

    def __init__(self, folder: Path, shell: Mapping[str, str]) -> None:
        self.folder = folder
        self.env = {
            **shell,
            "GITHUB_STEP_SUMMARY": str(folder.parent / "summary.md"),
            "GITHUB_OUTPUT": str(folder.parent / "output.txt"),
        }

    def step(self, name: str) -> Ran:
        """Run a step as GitHub does."""
        own = {key: _filled_in(value) for key, value in STEPS[name].get("env", {}).items()}
        job = next(job for job in WORKFLOW["jobs"].values() if STEPS[name] in job["steps"])
        script = STEPS[name]["run"]
        return run(["bash", "-e", "-c", script], self.folder, {**self.env, **job.get("env", {}), **own})

    def shell(self, line: str) -> str:
        said = run(["bash", "-e", "-c", line], self.folder, self.env)
        assert said.code == 0, said.all
        return said.out

    def merge(self, branch: str) -> None:
        """Commit what was changed since the base, and check out its merge, as GitHub does for a pull request."""
        self.shell(
            f"git checkout -q -b {branch} main && segpy render && git add -A && git commit -q -m {branch}"
            f" && git checkout -q --detach main && git merge -q --no-ff -m merge {branch}"
        )

    def told(self, name: str) -> str:
        """What steps left for others, taken away for the next."""
        path = self.folder.parent / name
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        path.unlink(missing_ok=True)
        return text


def _filled_in(value: str) -> str:
    return re.sub(r"\$\{\{ ([\w.]+) }}", lambda match: OF_GITHUB[match[1]], value)


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Repository]:
    """The small project of the unit tests, with what the page adds to it, committed as `main`."""
    folder = tmp_path_factory.mktemp("runner")
    given = {path: text for path, text in TOLD.items() if path.startswith(("ci/", "seeds/", "models/", "segments/"))}
    project = {
        **given,
        "dbt_project.yml": "name: shop\nprofile: shop\nflags: {send_anonymous_usage_stats: false}\n",
        "seeds/ci/ci_app_events.csv": PROJECT["seeds/app_events.csv"],
        "segments/users.yml": SPEC.replace("version: 1\n", FEATURE).replace("app_events", "stg_app_events"),
        ".gitignore": "target/\nlogs/\n*.duckdb*\n.user.yml\n*.md\n*.txt\n",
    }
    with in_a_forking_shell(folder / "bin", {"gh": _GH}) as shell:
        made = Repository(write_files(folder / "shop", project), shell)
        made.shell("git init -q -b main && segpy render && git add -A && git commit -q -m base")
        yield made


@pytest.fixture(autouse=True)
def _from_the_base(repository: Repository) -> Iterator[None]:
    yield
    repository.shell("git checkout -q -f main && git clean -q -f -d")


def test_the_whole_workflow(repository: Repository) -> None:
    change(
        repository.folder,
        "all:\n      - {count: pricing_viewed",
        "version: 2\n    all:\n      - {count: pricing_viewed",
    )
    change(repository.folder, "at_least: 2", "at_least: 3")
    repository.merge("watch-more")
    for name in (CHECK, UP_TO_DATE, BUILD):
        said = repository.step(name)
        assert said.code == 0, said.all
    assert "WARN=0 ERROR=0" in said.out and "PASS=0" not in said.out, said.all
    said = repository.step(COMPARE)
    assert said.code == 0, said.all
    comment = (repository.folder / "comment.md").read_text(encoding="utf-8")
    base = repository.shell("git rev-parse --short main").strip()
    assert comment.startswith(f"<!-- segpy diff -->\n### Segments: compared with {base}: 1 changed, 1 follows")
    assert "| price\\_watchers | 2026-03-10 | 1 | 0 | 0 | 1 | 0 | 0.00 |" in comment
    assert "**`price_watchers`** (user): changed" in comment
    assert repository.told("summary.md") == comment.partition("\n")[2]
    assert repository.told("output.txt") == "told=true\n"


def test_a_forbidden_change_fails_and_is_told(repository: Repository) -> None:
    change(repository.folder, FEATURE, "")
    repository.merge("without-views")
    said = repository.step(COMPARE)
    assert said.code == 1, said.all
    comment = (repository.folder / "comment.md").read_text(encoding="utf-8")
    assert "**Not let pass**\n\n* feature views of user is removed: --allow views\n" in comment
    assert repository.told("summary.md") == comment.partition("\n")[2]
    assert repository.told("output.txt") == "told=true\n"


def test_wrong_specs_are_annotated(repository: Repository) -> None:
    change(repository.folder, "did: order_placed", "did: order_plced")
    said = repository.step(CHECK)
    assert said.code == 1, said.all
    assert said.out.startswith("::error file=segments/users.yml,line=21,"), said.all
    said = repository.step(COMPARE)
    assert said.code == 1, said.all
    assert repository.told("output.txt") == repository.told("summary.md") == ""  # there is nothing to comment on


def test_models_of_other_specs_are_annotated(repository: Repository) -> None:
    change(repository.folder, "at_least: 2", "at_least: 3")
    said = repository.step(UP_TO_DATE)
    assert said.code == 1, said.all
    assert said.out.startswith("::error title=SEG605 generated files are out of date::"), said.all
    assert "`macros/segpy/models/user_segments.sql`" in said.out, said.all


def test_one_comment_is_updated(repository: Repository) -> None:
    (repository.folder / "comment.md").write_text("<!-- segpy diff -->\nfirst\n", encoding="utf-8")
    (repository.folder / "comments.txt").write_text("", encoding="utf-8")
    assert repository.step(COMMENT).code == 0
    (repository.folder / "comments.txt").write_text("11\n12\n", encoding="utf-8")
    assert repository.step(COMMENT).code == 0
    assert (repository.folder / "asked.txt").read_text(encoding="utf-8").splitlines() == [
        "api --silent --method POST repos/shop/warehouse/issues/7/comments --field body=@comment.md",
        "api --silent --method PATCH repos/shop/warehouse/issues/comments/11 --field body=@comment.md",
    ]


def test_a_long_comment_is_cut_between_lines(repository: Repository) -> None:
    long = "### Segments\n\n```diff\n" + "- a user\n" * 9_000 + "```\n"
    (repository.folder / "long.md").write_text(long, encoding="utf-8")
    script = STEPS[COMPARE]["run"]
    cut = re.search(r"awk '.*?' told\.md", script, re.DOTALL)
    assert cut is not None
    said = repository.shell(cut[0].replace("told.md", "long.md"))
    assert len(said) < 61_000 and said.count("```") == 2
    assert said.endswith("- a user\n```\n\nCut here. All of it is in the summary of the run.\n")
    (repository.folder / "long.md").write_text("short\n", encoding="utf-8")
    assert repository.shell(cut[0].replace("told.md", "long.md")) == "short\n"


def test_rights_are_the_least() -> None:
    assert WORKFLOW["permissions"] == {}
    assert WORKFLOW[True] == "pull_request"  # `on`, to YAML 1.1; never pull_request_target, which has more rights
    jobs = WORKFLOW["jobs"]
    assert {name: job["permissions"] for name, job in jobs.items()} == {
        "segments": {"contents": "read"},
        "comment": {"pull-requests": "write"},
    }
    used = [step["uses"] for step in jobs["comment"]["steps"] if "uses" in step]
    assert [one.partition("@")[0] for one in used] == ["actions/download-artifact"]  # nothing of the pull request runs


_EVERY = [step for job in WORKFLOW["jobs"].values() for step in job["steps"]]


@pytest.mark.parametrize("step", _EVERY, ids=lambda step: step.get("name", step.get("uses")))
def test_nothing_of_others_is_part_of_a_shell_line(step: dict[str, Any]) -> None:
    assert "${{" not in step.get("run", "")
    assert re.fullmatch(r"actions/[\w-]+@v\d+", step.get("uses", "actions/none@v1"))
    assert set(re.findall(r"\$\{\{ ([\w.]+) }}", str(step.get("env", {})))) <= OF_GITHUB.keys()


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook["id"])
def test_hooks(hook: dict[str, Any], repository: Repository) -> None:
    assert hook["language"] == "python" and hook["pass_filenames"] is False
    assert re.search(hook["files"], "warehouse/segments/users.yml")
    assert not re.search(hook["files"], "README.md")
    change(repository.folder, "at_least: 2", "at_least: two")
    said = run(["bash", "-c", hook["entry"]], repository.folder, repository.env)
    assert said.code == 1 and "segments/users.yml" in said.out, said.all


def test_the_page_names_hooks_that_there_are() -> None:
    (taken,) = yaml.safe_load(TOLD[".pre-commit-config.yaml"])["repos"]
    assert {hook["id"] for hook in taken["hooks"]} <= {hook["id"] for hook in HOOKS}
    assert all(f"`{hook['id']}`" in PAGE.read_text() or hook["id"] in str(taken) for hook in HOOKS)
