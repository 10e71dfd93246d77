"""Which kind of warehouse a project builds in, read from its profile as dbt would."""

from __future__ import annotations

import os
from pathlib import Path

import jinja2
from jinja2.sandbox import SandboxedEnvironment

from segpy.catalog.yaml_file import entry, load_yaml


def find_profiles_dir(project_dir: Path, profiles_dir: Path | None = None) -> Path | None:
    """The folder of profiles.yml: the one given, DBT_PROFILES_DIR, the project's own, or ~/.dbt."""
    given = profiles_dir or _from_environment("DBT_PROFILES_DIR")
    if given is not None:
        return Path(given)
    likely = (project_dir, Path.cwd(), Path.home() / ".dbt")
    return next((folder for folder in likely if (folder / "profiles.yml").is_file()), None)


def adapter_type(
    project_dir: Path, project: object, profiles_dir: Path | None = None, target: str | None = None
) -> str | None:
    """The adapter type of the dbt target, or None where it cannot be told without dbt."""
    folder = find_profiles_dir(project_dir, profiles_dir)
    name = _from_environment("DBT_PROFILE") or _rendered(entry(project, "profile"))
    if folder is None or name is None:
        return None
    profile = entry(load_yaml(folder / "profiles.yml"), name)
    # Only the target in use is rendered: variables of the others may well be unset.
    chosen = target or _from_environment("DBT_TARGET") or _rendered(entry(profile, "target", "default"))
    if chosen is None:
        return None
    return _rendered(entry(entry(entry(profile, "outputs"), chosen), "type"))


def _from_environment(variable: str) -> str | None:
    return os.environ.get(variable) or None


def _rendered(value: object) -> str | None:
    """The text that a value of a profile stands for; None where that depends on what we cannot know."""
    if not isinstance(value, str):
        return None
    environment = SandboxedEnvironment(undefined=jinja2.StrictUndefined)
    environment.globals["env_var"] = _env_var
    try:
        return environment.from_string(value).render().strip() or None
    except Exception:
        # A template of somebody else's may fail in any way at all, and none of them is our finding.
        return None


def _env_var(name: str, default: str | None = None) -> str:
    value = os.environ.get(name, default)
    if value is None:
        raise KeyError(name)
    return value
