"""Every block that a page shows is run, compiled, compared or at least read by something: the list of what by what."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable
from typing import Any

import click
import pytest
import yaml
from dbt.adapters.duckdb.credentials import DuckDBCredentials
from dbt.cli.main import cli as dbt

from segpy.catalog.model import Catalog
from segpy.cli.main import segpy
from segpy.cli.result import print_result
from segpy.pipeline import compile_sources
from segpy.source.nodes import Source
from segpy.warehouse.model import BuildResult, Difference, NodeResult
from tests.docs import demonstration, examples, test_followed
from tests.docs.pages import ROOT, Block, blocks, page_names, read
from tests.engines.known import sail

CLI, ENGINES, ERRORS, LANGUAGE, MODELS, STATISTICS = (
    f"docs/reference/{name}.md" for name in ("cli", "engines", "errors", "language", "models", "statistics")
)
EXPLAINED = [page for page in examples.pages() if page != LANGUAGE]
CI, README = "docs/how-to/ci.md", "README.md"
TWO_DIALECTS = "dialect: [duckdb, postgres]\n"
SMALL = """\
entities: {user: {key: user_id}}
streams: {app: {relation: ref('app_events'), entity: {user: user_id}, occurred_at: event_time}}
events: {seen: {stream: app}}
segments: {came: {entity: user, all: [{did: seen}]}}
"""


def is_of(language: str, *pages: str) -> Callable[[str, Block], bool]:
    return lambda page, block: block.language == language and page in pages


def begins(page: str, *starts: str) -> Callable[[str, Block], bool]:
    return lambda of, block: of == page and block.text.startswith(starts)


# What proves a block, by the test that does: a file of tests, and the name that the test begins with.
PROVEN: dict[str, Callable[[str, Block], bool]] = {
    "docs/test_followed.py::test_what_is_shown_is_what_happens": lambda page, _: page in test_followed.PAGES,
    "docs/test_docs.py::test_an_example_runs": is_of("yaml", LANGUAGE),
    "docs/test_docs.py::test_what_is_refused_is_refused": lambda page, block: (
        page == LANGUAGE and block.mark == "refused"
    ),
    "docs/test_docs.py::test_every_feature_and_segment_of_an_example_makes_a_claim": is_of("csv", LANGUAGE),
    "docs/test_explanation.py::test_an_example_runs_and_its_claims_hold": lambda page, block: (
        page in EXPLAINED and block.language in ("yaml", "csv")
    ),
    "docs/test_explanation.py::test_findings_are_those_of_the_spec_above": is_of("text", *EXPLAINED),
    "docs/test_explanation.py::test_sql_is_that_of_the_spec_above": is_of("sql", *EXPLAINED),
    "docs/test_reference.py::test_queries_have_the_answers_shown": is_of("sql", MODELS),
    "docs/test_readme.py::test_the_specs_stand_in_the_files_named": begins(README, "# segments/saas_"),
    "docs/test_readme.py::test_the_spec_to_begin_with_holds": begins(README, "# segments/users.yml"),
    "docs/test_readme.py::test_the_sql_is_that_of_the_generated_models": is_of("sql", README),
    "docs/test_readme.py::test_the_result_is_that_of_a_build": is_of("text", README),
    "docs/test_architecture_page.py::test_the_tree_names_every_folder": begins("ARCHITECTURE.md", "segments/ seeds/"),
    "docs/test_blocks.py::test_the_arrows_are_the_stages": begins("ARCHITECTURE.md", "segments/*.yml → "),
    "docs/test_blocks.py::test_a_line_for_a_shell_is_one_that_its_program_takes": lambda page, block: (
        block.language == "console" or (page == README and block.language == "sh")
    ),
    "docs/test_blocks.py::test_the_failure_of_an_example_is_told_so": is_of("text", LANGUAGE),
    "docs/test_blocks.py::test_settings_of_engines_are_read": is_of("yaml", ENGINES),
    "docs/test_blocks.py::test_a_model_of_two_dialects_is_one_line": is_of("sql", ENGINES),
    "docs/test_blocks.py::test_editors_are_told_of_the_schema_that_is_written": lambda page, block: (
        page == CLI and block.language in ("yaml", "json")
    ),
    "measure/test_page.py::test_what_is_shown_is_what_python_says": is_of("python", STATISTICS),
    "e2e/test_demo.py::test_an_attempt_is_told_as_the_reference_shows_it": is_of("text", CLI),
    "unit/test_error_pages.py::test_the_reference_shows_a_finding_as_it_is_printed": is_of("text", ERRORS),
    "e2e/test_ci.py::test_the_whole_workflow": begins(
        CI, "# .github/", "# ci/", "# segments/", "# seeds/", "-- models/"
    ),
    "e2e/test_ci.py::test_the_page_names_hooks_that_there_are": begins(CI, "# .pre-commit-config.yaml"),
}


def unproven(page: str, text: str) -> list[str]:
    """The blocks of a page that nothing proves."""
    return [
        f"{page}:{block.line}: {block.text.splitlines()[0]}"
        for block in blocks(text)
        if not any(proves(page, block) for proves in PROVEN.values())
    ]


@pytest.mark.parametrize("page", page_names())
def test_every_block_is_proven_by_something(page: str) -> None:
    text = read(page)
    assert unproven(page, text) == [], "run it, compile it or compare it, and say in PROVEN what does"
    fences = re.findall(r"^ *(?:```|~~~)", text, re.MULTILINE)
    assert len(fences) == 2 * len(blocks(text)), "a block that is not read as one"


def test_a_block_that_nothing_proves_is_noticed() -> None:
    page = "docs/how-to/new.md"
    assert unproven(page, "```yaml\nsegments: {}\n```\n\n```sh\nsegpy check\n```\n") == [
        f"{page}:1: segments: {{}}",
        f"{page}:5: segpy check",
    ]
    assert unproven(MODELS, "```text\nnew\n```\n") == [f"{MODELS}:1: new"]


@pytest.mark.parametrize("test", PROVEN)
def test_what_proves_is_there_and_has_something_to_prove(test: str) -> None:
    path, name = test.split("::")
    assert f"\ndef {name}" in (ROOT / "tests" / path).read_text(encoding="utf-8")
    assert any(PROVEN[test](page, block) for page in page_names() for block in blocks(read(page)))


# --- what nothing else reads ----------------------------------------------------------------------------------------


def of(test: str) -> list[tuple[str, Block]]:
    """The blocks that a test of this file proves."""
    proves = PROVEN[f"docs/test_blocks.py::{test}"]
    return [(page, block) for page in page_names() for block in blocks(read(page)) if proves(page, block)]


def test_the_arrows_are_the_stages() -> None:
    ((_, block),) = of("test_the_arrows_are_the_stages")
    named = block.text.splitlines()[0].split(" → ")[1:]
    at = [read("ARCHITECTURE.md").index(f"\n| {stage} |") for stage in named]
    assert at == sorted(at)


LINES = [
    pytest.param(line, id=f"{page}:{block.line + number}")
    for page, block in of("test_a_line_for_a_shell_is_one_that_its_program_takes")
    for number, line in enumerate(block.text.splitlines(), 1)
    if "[OPTIONS]" not in line and not line.startswith("python -m pip")
]


@pytest.mark.parametrize("line", LINES)
def test_a_line_for_a_shell_is_one_that_its_program_takes(line: str) -> None:
    """Its options, their values and its arguments, read by the program itself."""
    program, *words = shlex.split(line, comments=True)
    if program == "mf":
        assert set(words[words.index("--metrics") + 1].split(",")) <= {f"segpy_{name}" for name in _metrics()}
        assert words[words.index("--group-by") + 1].startswith("metric_time__")
        return
    group, name = {"segpy": segpy, "dbt": dbt}[program], words[0]
    command = group.get_command(click.Context(group), name)
    assert command is not None, line
    read_so = command.make_context(name, words[1:], parent=click.Context(group, obj={}))
    known = {segment.name for segment in demonstration.compiled().segments}  # it is what the pages speak of
    if program == "segpy" and name in ("preview", "describe", "explain"):
        segment = read_so.params.get("segment") or read_so.params.get("segments") or ()
        assert set([segment] if isinstance(segment, str) else segment) <= known, line


def _metrics() -> set[str]:
    return set(re.findall(r"`segpy_(\w+)`", read(MODELS).split("## Metrics", 1)[1].split("\n## ", 1)[0]))


def test_the_failure_of_an_example_is_told_so(capsys: pytest.CaptureFixture[str]) -> None:
    """The example above the block, with one login more than it has."""
    ((_, shown),) = of("test_the_failure_of_an_example_is_told_so")
    above = [block for block in examples.examples() if block.line < shown.line][-1]
    compiled = examples.compiled(above)
    (test, *_) = [one for one in compiled.examples if one.name == "the last login counts"]
    differences = (Difference("logins", "3", "2"),)
    node = NodeResult(test.test, "unit_test", "fail", 0.0, "a.yml", differences=differences)
    print_result(BuildResult((node,)), None, compiled)
    printed = capsys.readouterr().err
    assert re.sub(r"\(.*\)", "", shown.text) in re.sub(r"\(.*\)", "", printed), printed


def test_settings_of_engines_are_read() -> None:
    found: list[str] = []
    for _, block in of("test_settings_of_engines_are_read"):
        (key, value), *_ = yaml.safe_load(block.text).items()
        match key:
            case "dialect":
                compiled = compile_sources((Source("segments/a.yml", block.text + SMALL),), Catalog())
                assert not compiled.failed, compiled.diagnostics
            case "server_side_parameters":
                assert f'"{next(iter(value))}": "UTC"' in (ROOT / "tests/engines/known/sail.py").read_text()
                assert sail.ENGINE.dialect == "spark" and value == {"spark.sql.session.timeZone": "UTC"}
            case _:
                _is_a_target_of_duckdb(value)
        found.append(key)
    assert sorted(set(found)) == ["dialect", "lake", "server_side_parameters"]


def _is_a_target_of_duckdb(target: dict[str, Any]) -> None:
    own = {key: value for key, value in target.items() if key not in ("type", "threads")}
    DuckDBCredentials.validate(own)
    read_so = DuckDBCredentials.from_dict(own)
    assert (read_so.database, target["type"], target["threads"]) == ("lake", "duckdb", 1)


def test_a_model_of_two_dialects_is_one_line() -> None:
    ((_, block),) = of("test_a_model_of_two_dialects_is_one_line")
    assert f"```yaml\n{TWO_DIALECTS}```" in read(ENGINES)
    compiled = compile_sources((Source("segments/a.yml", TWO_DIALECTS + SMALL),), Catalog())
    (model,) = (one.text for one in compiled.artifacts if one.path == "models/segpy/user_segments.sql")
    assert block.text.strip() in model.splitlines()


def test_editors_are_told_of_the_schema_that_is_written() -> None:
    (_, comment), (_, settings) = of("test_editors_are_told_of_the_schema_that_is_written")
    (line,) = (line for line in read(CLI).splitlines() if line.startswith("segpy schema --output "))
    written = line.rpartition(" ")[2]
    assert yaml.safe_load(comment.text) is None
    assert comment.text.rstrip().endswith(f"=../{written}")
    assert list(json.loads(settings.text)["yaml.schemas"]) == [written]
