"""What the README shows is so: its spec, its SQL, its result, its commands, its versions and its lists."""

from __future__ import annotations

import re
import shlex
import tomllib

import click
import pytest

from segpy.catalog.model import Catalog
from segpy.cli.main import segpy
from segpy.cli.result import print_result
from segpy.pipeline import compile_sources
from segpy.source.nodes import Source
from segpy.warehouse.model import BuildResult
from tests.docs import demonstration
from tests.docs.pages import ROOT, blocks, page_names, prose, read, section, tables

README = read("README.md")
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CONSOLE = ("sh", "console", "shell", "bash")


def test_the_specs_stand_in_the_files_named() -> None:
    shown = blocks(section(README, "One segment"), "yaml")
    assert len(shown) == 2
    for block in shown:
        first, *rest = block.text.splitlines()
        path = first.removeprefix("# ")
        written = (ROOT / path).read_text(encoding="utf-8")
        top, below = rest[0], "\n".join(rest[1:])
        assert f"\n{top}\n" in written, f"{path} has no {top}"
        assert f"\n{below}\n" in written.partition(f"\n{top}\n")[2], f"{path} says something else"


def test_the_sql_is_that_of_the_generated_models() -> None:
    shown = blocks(section(README, "One segment"), "sql")
    assert len(shown) == 1
    for block in shown:
        first, *rest = block.text.splitlines()
        path = first.removeprefix("-- ")
        excerpt = "\n".join(rest)
        assert excerpt in (ROOT / path).read_text(encoding="utf-8"), "the committed model says something else"
        assert excerpt in demonstration.model(path.rpartition("/")[2].removesuffix(".sql"))


def test_the_demonstration_is_as_large_as_is_said() -> None:
    text = section(README, "Try it")
    assert f"{len(demonstration.compiled().segments)} segments" in text
    assert all(f"{entity}s" in text for entity in {segment.entity for segment in demonstration.compiled().segments})


def test_the_spec_to_begin_with_holds() -> None:
    (block,) = blocks(section(README, "In a dbt project of your own"), "yaml")
    compiled = compile_sources((Source("segments/users.yml", block.text),), Catalog())
    assert compiled.diagnostics == ()
    assert [segment.name for segment in compiled.segments] == ["close_to_buying"]


def test_the_result_is_that_of_a_build(capsys: pytest.CaptureFixture[str]) -> None:
    print_result(BuildResult(), demonstration.sizes(), demonstration.compiled())
    printed = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
    (block,) = blocks(section(README, "One segment"), "text")
    lines = [line for line in block.text.splitlines() if line.strip() not in ("", "…")]
    assert len(lines) > 3
    assert [line for line in lines if line not in printed] == []
    assert sorted(lines, key=printed.index) == lines


@pytest.mark.parametrize("page", page_names())
def test_every_command_shown_exists(page: str) -> None:
    context = click.Context(segpy)
    for words in _commands(read(page)):
        name = next((word for word in words[1:] if not word.startswith("-")), None)
        command = segpy.get_command(context, name) if name else segpy
        assert command is not None, words
        options = {option for param in command.get_params(context) for option in param.opts} | {"-h", "--help"}
        assert {word for word in words if word.startswith("-")} <= options, words


def _commands(text: str) -> list[list[str]]:
    """The calls of segpy in blocks for a shell and in code spans."""
    lines = [line for block in blocks(text) if block.language in CONSOLE for line in block.text.splitlines()]
    lines += re.findall(r"`(segpy [^`]+)`", prose(text))
    parts = [part for line in lines for part in re.split(r"&&|\||;", line.partition(" #")[0])]
    calls = [shlex.split(part.removeprefix("$ ")) for part in parts if "segpy " in part and "OPTIONS" not in part]
    return [words[words.index("segpy") :] for words in calls if "segpy" in words[:1]]


def test_the_commands_of_the_readme_are_all_there_are() -> None:
    (rows,) = tables(section(README, "Commands"))
    assert [row[0].strip("`") for row in rows] == [
        f"segpy {name}" for name in segpy.list_commands(click.Context(segpy))
    ]


def test_the_two_commands_are_there_and_their_extras_too() -> None:
    shown = [line.partition("  #")[0].rstrip() for block in blocks(README, "sh") for line in block.text.splitlines()]
    assert "python -m pip install '.[duckdb]' && segpy build" in shown
    assert "python -m pip install '.[test]' && pytest" in shown
    for extra in re.findall(r"\[(\w+)\]'", README):
        assert extra in PYPROJECT["optional-dependencies"]


def test_the_versions_are_those_declared() -> None:
    text = section(README, "Versions")
    least, first_without = re.findall(r"3\.(\d+)", PYPROJECT["requires-python"])
    assert f"Python 3.{least} to 3.{int(first_without) - 1}" in text
    (core,) = (one for one in PYPROJECT["optional-dependencies"]["duckdb"] if one.startswith("dbt-core"))
    assert f"`{core}`" in text
    assert PYPROJECT["license"] in README
