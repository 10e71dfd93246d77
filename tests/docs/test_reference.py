"""The pages on the command line and on the generated models say what is there: all of it, and nothing else."""

from __future__ import annotations

import dataclasses
import re
from functools import cache
from pathlib import PurePosixPath
from typing import Any

import click
import pytest
import yaml

from segpy.catalog.model import Catalog
from segpy.cli.main import segpy
from segpy.cli.options import compiling
from segpy.cli.result import result_data
from segpy.pipeline import Compiled, ExampleSummary, SegmentSummary, compile_project, compile_sources
from segpy.source.nodes import Source
from segpy.warehouse.model import BuildResult, Difference, NodeResult, SegmentSize, Sizes
from tests.docs import demonstration as demonstration_in_memory
from tests.docs.pages import ROOT, blocks, headings, read, section, spans, tables
from tests.findings import all_findings

CLI = "docs/reference/cli.md"
MODELS = "docs/reference/models.md"
ERRORS = "docs/reference/errors.md"
SHARED = "What most commands share"


def commands() -> dict[str, click.Command]:
    """Every command under its full name, the group aside."""
    context = click.Context(segpy)
    found = {name: segpy.get_command(context, name) for name in segpy.list_commands(context)}
    return {f"segpy {name}": command for name, command in found.items() if command is not None}


def known(command: click.Command) -> set[str]:
    """What can be written behind a command: its options, and its arguments as its usage shows them."""
    context = click.Context(command, **segpy.context_settings)
    found: set[str] = set()
    for param in command.get_params(context):
        found |= set(param.opts) if isinstance(param, click.Option) else {param.make_metavar(context)}
    return found - {"-h", "--help"}  # said once, for all


def said(text: str) -> set[str]:
    """The options and arguments that the first cells of a text's tables name."""
    cells = [span for table in tables(text) for row in table for span in spans(row[0])]
    return {cell.split(" ")[0] for cell in cells if cell.startswith(("-", "[")) or cell.isupper()}


def test_each_command_has_a_section_and_each_section_a_command() -> None:
    assert [heading for heading in headings(read(CLI)) if heading.startswith("segpy ")] == list(commands())


@pytest.mark.parametrize("name", commands())
def test_a_command_has_exactly_the_options_that_its_section_names(name: str) -> None:
    text = section(read(CLI), name)
    shared = said(section(read(CLI), SHARED)) if f"(#{SHARED.lower().replace(' ', '-')})" in text else set()
    assert said(text) | shared == known(commands()[name])


@pytest.mark.parametrize("name", commands())
def test_a_command_is_introduced_as_its_help_does(name: str) -> None:
    row = next(row for row in tables(read(CLI))[1] if f"`{name}`" in row[0])
    command = commands()[name]
    summary = command.get_short_help_str(200).split(":")[0].rstrip(".")
    assert row[1] == summary[0].lower() + summary[1:]


def test_the_group_has_its_options() -> None:
    assert said(read(CLI).split("\n## ")[0]) == {*known(segpy), "-h", "--help"}


def test_the_shared_options_are_those_that_commands_share() -> None:
    @click.command()
    @compiling
    def none(**_: Any) -> int:
        return 0

    assert said(section(read(CLI), SHARED)) == known(none)


def test_the_environment_is_named() -> None:
    for command in commands().values():
        for param in command.params:
            if param.envvar is not None:
                assert f"`{param.envvar}`" in section(read(CLI), SHARED)


def test_the_json_of_build_has_the_keys_said() -> None:
    sizes = Sizes((SegmentSize("a", "user", 1, 2),), "2026-03-10")
    compiled = Compiled((), (), examples=(ExampleSummary("a", "b", "c", "d.yml", 1, "b__member"),))
    nodes = (
        NodeResult("a", "unit_test", "fail", 0.0, "a.yml", differences=(Difference("b__member", "true", "false"),)),
    )
    data = result_data((), BuildResult(nodes), sizes, compiled)
    _, document = section(read(CLI), "segpy build").split("The JSON document")
    example = data["nodes"][0]["example"]
    keys = [*data, *data["segments"][0], *data["nodes"][0], *example, *example["differences"][0]]
    assert {span for span in spans(document) if not span.startswith("-")} == set(keys)


def test_the_json_of_describe_has_the_keys_said() -> None:
    (row,) = (row for table in tables(section(read(CLI), "segpy describe")) for row in table if "--json" in row[0])
    assert spans(row[1]) == [field.name for field in dataclasses.fields(SegmentSummary)]


# --- models ---------------------------------------------------------------------------------------------------------


@cache
def demonstration() -> Compiled:
    """The demonstration, compiled."""
    return compile_project(ROOT)


@cache
def properties() -> list[dict[str, Any]]:
    """The properties of the demonstration's models, and of those that there would be besides if it kept its tables.

    Statistics are those of a portfolio with a limit on drift, which the demonstration, that grows, has not.
    """
    own = [model for model in described(demonstration()) if model["name"] != "segment_statistics"]
    names = {model["name"] for model in own}
    return own + [model for model in described(kept()) if model["name"] not in names]


@cache
def kept() -> Compiled:
    """The demonstration, compiled with a promise of how late its events come."""
    folder = ROOT / "segments"
    texts = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in folder.rglob("*.yml")}
    texts["segments/segpy.yml"] += "  max_drift: 0.25\nlateness: 3 days\n"
    return compile_sources([Source(path, text) for path, text in texts.items()], Catalog(adapter="duckdb"))


def described(compiled: Compiled) -> list[dict[str, Any]]:
    """What the properties file says of models."""
    (text,) = (one.text for one in compiled.artifacts if one.path.endswith("_segpy.yml"))
    models: list[dict[str, Any]] = yaml.safe_load(text)["models"]
    return models


def test_what_kept_tables_have_besides_is_said() -> None:
    page = read(MODELS)
    plain = {model["name"]: {column["name"] for column in model["columns"]} for model in described(demonstration())}
    for model in described(kept()):
        columns = {column["name"] for column in model["columns"]}
        more = columns - plain.get(model["name"], columns)
        if more:
            said = section(page, f"`{kind(model['name'])}`")
            assert all(f"`{name}`" in said.split("With [`lateness`]", 1)[1] for name in more), model["name"]


def kind(model: str) -> str:
    """`user_events` is an `<entity>_events`."""
    entity, _, rest = model.partition("_")
    return model if entity in ("segment", "activation", "segpy") else f"<entity>_{rest}"


KINDS = sorted({kind(model["name"]) for model in properties()})


def columns(said_kind: str) -> list[list[str]]:
    """The rows of a model's table of columns."""
    return tables(section(read(MODELS), f"`{said_kind}`"))[0]


def test_each_kind_of_model_has_a_section_and_each_section_a_kind() -> None:
    titles = [heading.strip("`") for heading in headings(read(MODELS)) if heading.startswith("`")]
    assert sorted(titles) == KINDS


@pytest.mark.parametrize("said_kind", KINDS)
def test_a_model_has_the_columns_said(said_kind: str) -> None:
    ours = [model for model in properties() if kind(model["name"]) == said_kind]
    fixed = [row[0].strip("`") for row in columns(said_kind) if re.fullmatch(r"`\w+`", row[0])]
    sometimes = {row[0].strip("`") for row in columns(said_kind) if "The column is there where" in row[2]}
    patterns = [row[0].strip("`") for row in columns(said_kind) if "<" in row[0]]
    open_ended = any(not row[0].startswith("`") and row[0] != "the key" for row in columns(said_kind))
    for model in ours:
        names = [column["name"] for column in model["columns"]]
        keyed = columns(said_kind)[0][0] == "the key"
        rest = names[keyed:]
        there = [name for name in fixed if name in rest or name not in sometimes]
        assert [name for name in rest if name in fixed] == there, model["name"]
        matching = re.compile("|".join(re.sub(r"<\w+>", r"\\w+", pattern) for pattern in patterns) or r"(?!)")
        unsaid = [name for name in rest if name not in fixed and not matching.fullmatch(name)]
        assert open_ended or unsaid == [], model["name"]
    for pattern in patterns:
        shown = re.compile(re.sub(r"<\w+>", r"\\w+", pattern))
        assert any(shown.fullmatch(column["name"]) for model in ours for column in model["columns"]), pattern


@pytest.mark.parametrize("said_kind", KINDS)
def test_a_contract_is_enforced_where_it_is_said_and_has_the_types_said(said_kind: str) -> None:
    types = {row[0].strip("`"): row[1] for row in columns(said_kind)}
    promised = "contract is enforced" in section(read(MODELS), f"`{said_kind}`")
    for model in properties():
        if kind(model["name"]) == said_kind:
            enforced = model["config"].get("contract", {}).get("enforced", False)
            assert enforced is promised, model["name"]
            for column in model["columns"] if enforced else ():
                if column["name"] in types:
                    assert column["data_type"] == types[column["name"]], column["name"]


def test_the_tests_are_those_that_come_with_the_models() -> None:
    real = {(kind(model["name"]), test) for model in properties() for entry in model["data_tests"] for test in entry}
    rows = tables(section(read(MODELS), "Tests"))[0]
    assert {row[0].strip("`") for row in rows} == {test for _, test in real}
    for row in rows:
        where = {said_kind for said_kind, test in real if test == row[0].strip("`")}
        if row[1] == "all but events, moves, explanations, overlap, candidates and stays":
            without = {f"segment_{name}" for name in ("moves", "explanations", "overlap", "candidates", "stays")}
            assert where == set(KINDS) - {"<entity>_events", *without}
        else:
            first = row[1].split(" ")[0].rstrip(",")
            history = first in ("spells", "assignments", "activation", "overlap", "monitors", "statistics")
            assert where == {f"segment_{first}" if history else f"<entity>_{first}"}


def test_queries_have_the_answers_shown() -> None:
    """A block of SQL is asked of the demonstration; the table below it is what comes of it."""
    found = [block for block in blocks(read(MODELS)) if block.language == "sql"]
    assert found
    for block in found:
        below = read(MODELS).split(f"{block.text}```", 1)[1]
        answer = demonstration_in_memory.answer(block.text)
        head, *_ = re.findall(r"^\| (.*) \|$", below, re.MULTILINE)
        assert head.split(" | ") == list(answer[0])
        assert tables(below)[0] == [[str(value) for value in row.values()] for row in answer], block.text


def test_the_macros_are_those_that_are_rendered() -> None:
    rendered = {PurePosixPath(one.path).name for one in demonstration().artifacts if one.path.startswith("macros/")}
    rows = tables(section(read(MODELS), "Macros"))[0]
    assert {span for row in rows for span in spans(row[0])} == rendered


# --- errors ---------------------------------------------------------------------------------------------------------


def test_all_codes_are_listed() -> None:
    titles = {finding.code: finding.title for finding in all_findings()}
    wanted = [f"| [{code}](../../segpy/diagnostics/pages/{code}.md) | {titles[code]} |" for code in sorted(titles)]
    rows = [line for line in section(read(ERRORS), "All codes").splitlines() if line.startswith("| [")]
    missing, extra = sorted(set(wanted) - set(rows)), sorted(set(rows) - set(wanted))
    assert (missing, extra, rows == sorted(rows)) == ([], [], True), "lines of docs/reference/errors.md"
