"""Options that several commands share."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from functools import reduce
from pathlib import Path
from typing import Any

import click
import yaml

from segpy.diagnostics.nearest import listed, nearest

Command = Callable[..., int]
Decorator = Callable[[Command], Command]


def _found_project(context: click.Context, parameter: click.Parameter, given: Path | None) -> Path:
    """The project named, or the nearest one from here upwards, as dbt finds it."""
    if given is not None:
        return given
    here = Path.cwd()
    return next((folder for folder in (here, *here.parents) if (folder / "dbt_project.yml").is_file()), here)


def _set_debug(context: click.Context, parameter: click.Parameter, given: bool) -> None:
    if given:
        context.find_root().ensure_object(dict)["debug"] = True


def _variables(context: click.Context, parameter: click.Parameter, given: str | None) -> dict[str, object]:
    try:
        read = yaml.safe_load(given or "{}")
    except yaml.YAMLError as error:
        raise click.BadParameter("not YAML, e.g. '{key: value}'") from error
    if not isinstance(read, dict):
        raise click.BadParameter("not a mapping, e.g. '{key: value}'")
    found: dict[str, object] = json.loads(json.dumps(read, default=str))  # YAML makes dates of what looks like one
    return found


_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)

debug = click.option(
    "--debug", is_flag=True, expose_value=False, callback=_set_debug, help="Show the traceback of an internal error."
)
project_dir = click.option(
    "--project-dir",
    type=_FOLDER,
    envvar="DBT_PROJECT_DIR",
    callback=_found_project,
    help="The dbt project. Default: the nearest folder upwards that has a dbt_project.yml.",
)
profiles_dir = click.option(
    "--profiles-dir",
    type=_FOLDER,
    envvar="DBT_PROFILES_DIR",
    help="The folder of profiles.yml. Default: the project, the current folder, or ~/.dbt.",
)
target = click.option("--target", "-t", help="The target of the profile. Default: the profile's own.")
findings_format = click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    show_default=True,
    help="How findings are written: for people, for programs, or as annotations of a pull request.",
)

variables = click.option(
    "--vars", "variables", callback=_variables, help="Variables of the project, as in dbt: '{key: value}'."
)


def together(*options: Callable[[Any], Any]) -> Decorator:
    """Several options as one decorator, listed in `--help` in this order."""

    def decorate(command: Command) -> Command:
        return reduce(lambda decorated, option: option(decorated), reversed(options), command)

    return decorate


compiling = together(project_dir, profiles_dir, target, findings_format, debug)


def unknown_segment(name: str, known: Collection[str]) -> str:
    """What to say of a segment that there is not."""
    near = nearest(name, known)
    hint = f"did you mean `{near}`?" if near else f"there are {listed(known)}"
    return f"no segment is called `{name}`: {hint}"
