"""Reads a dbt project's files to learn what its specs can refer to. Needs no dbt, and no project that parses."""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from segpy.catalog.errors import UnreadableProject
from segpy.catalog.model import Catalog, TimeSpine
from segpy.catalog.profiles import adapter_type
from segpy.catalog.yaml_file import UNKNOWN, entry, items, load_yaml, parse_yaml
from segpy.diagnostics.model import Diagnostic

_PATHS = {
    "model-paths": ["models"],
    "seed-paths": ["seeds"],
    "snapshot-paths": ["snapshots"],
    "analysis-paths": ["analyses"],
    "macro-paths": ["macros"],
}
_SNAPSHOT = re.compile(r"\{%-?\s*snapshot\s+(\w+)")
_WORTH_PARSING = re.compile(r"\b(?:sources|snapshots|versions|delimiter|contract|time_spine)\b")

Columns = tuple[str, frozenset[str]]  # the name that `ref` takes, and the columns


@dataclass(frozen=True, slots=True)
class _Properties:
    """What the property files say. `certain` is False where one of them could not be read."""

    names: frozenset[str]
    sources: frozenset[tuple[str, str]]
    columns: tuple[Columns, ...]
    time_spines: tuple[TimeSpine, ...]
    certain: bool
    delimiter: bool


def scan_project(
    project_dir: Path, profiles_dir: Path | None = None, target: str | None = None, exclude: tuple[str, ...] = ()
) -> tuple[Catalog, tuple[Diagnostic, ...]]:
    """What the specs of a project can name. Files that segpy wrote do not count, nor do those in the folders
    `exclude`, where it is about to write.

    Whatever cannot be told for certain is left unknown, and then nothing is refused for its sake.
    """
    project = load_yaml(project_dir / "dbt_project.yml")
    if not isinstance(project, dict):
        return Catalog(), (UnreadableProject("dbt_project.yml"),)
    adapter = adapter_type(project_dir, project, profiles_dir, target)
    folders = {key: _folders(project, key) for key in _PATHS}
    known = all(paths is not None for paths in folders.values()) and not _has_packages(project_dir, project)

    def files(key: str, *suffixes: str) -> list[Path]:
        return [path for folder in folders[key] or () for path in _files(project_dir, folder, suffixes, exclude)]

    seeds = files("seed-paths", ".csv")
    properties = _read_properties([path for key in _PATHS for path in files(key, ".yml", ".yaml")])
    refs = {path.stem for path in (*files("model-paths", ".sql", ".py"), *seeds)}
    refs |= {name for path in files("snapshot-paths", ".sql") for name in _SNAPSHOT.findall(_text(path))}
    delimiter = properties.delimiter or "delimiter" in _text(project_dir / "dbt_project.yml")
    columns = (*properties.columns, *(() if delimiter else _headers(seeds)))
    known = known and properties.certain
    catalog = Catalog(
        refs=frozenset(refs) | properties.names if known else None,
        sources=properties.sources if known else None,
        columns=tuple(sorted(columns, key=lambda each: each[0])),
        adapter=adapter,
        model_folder=_folder(folders["model-paths"], "models"),
        macro_folder=_folder(folders["macro-paths"], "macros"),
        models_grouped=_mentions(entry(project, "models"), {"group", "+group"}),
        time_spines=_with_the_former_kind(properties.time_spines, refs),
    )
    return catalog, ()


def _folder(folders: list[str] | None, usual: str) -> str:
    """The usual folder where it is one of the project's, or where nobody can tell; else the project's first."""
    return usual if not folders or usual in folders else folders[0].strip("/")


def _folders(project: object, key: str) -> list[str] | None:
    """The folders of one kind, or None where Jinja decides them."""
    value = entry(project, key, _PATHS[key])
    paths = [str(path) for path in items(value)]
    return None if any("{{" in path or "{%" in path for path in paths) else paths


def _has_packages(project_dir: Path, project: object) -> bool:
    """Whether names may come from elsewhere: packages, or other projects."""
    for name in ("packages.yml", "dependencies.yml"):
        path = project_dir / name
        if path.exists():
            declared = load_yaml(path)
            if declared is UNKNOWN or any(entry(declared, key) for key in ("packages", "projects")):
                return True
    installed = str(entry(project, "packages-install-path", "dbt_packages"))
    return any((project_dir / installed).glob("*/dbt_project.yml"))


def _files(project_dir: Path, folder: str, suffixes: Sequence[str], exclude: Sequence[str]) -> Iterator[Path]:
    excluded = {(project_dir / path).resolve() for path in exclude}
    seen: set[Path] = set()
    for parent, folders, names in os.walk(project_dir / folder, followlinks=True):  # as dbt does
        here = Path(parent).resolve()
        if here in seen or here in excluded:
            folders.clear()  # a link to a folder above would never end
            continue
        seen.add(here)
        folders.sort()
        wanted = [Path(parent, each) for each in sorted(names) if Path(each).suffix in suffixes]
        yield from (path for path in wanted if path.name[0] not in ".#~" and not _generated(path))


def _generated(path: Path) -> bool:
    """Whether segpy wrote a file, wherever it stands: the first line says so."""
    try:
        with path.open("rb") as file:
            return file.readline(200).lstrip(b"-#{ ").startswith(b"Generated by segpy from segments/")
    except OSError:
        return False  # what cannot be read is found by those who need it


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig", errors="replace")
    except OSError:
        return ""


def _read_properties(files: Sequence[Path]) -> _Properties:
    names: set[str] = set()
    sources: set[tuple[str, str]] = set()
    columns: list[Columns] = []
    spines: list[TimeSpine] = []
    certain, delimiter = True, False
    for path in files:
        text = _text(path)
        if not _WORTH_PARSING.search(text):
            continue
        delimiter = delimiter or "delimiter" in text
        content = parse_yaml(text)
        certain = certain and content is not UNKNOWN
        sources |= set(_sources(content))
        names |= set(_names(content))
        columns += _contracts(content)
        spines += _time_spines(content)
    written = (*names, *(part for pair in sources for part in pair))
    certain = certain and not any("{{" in name for name in written)
    return _Properties(frozenset(names), frozenset(sources), tuple(columns), tuple(spines), certain, delimiter)


def _sources(content: object) -> Iterator[tuple[str, str]]:
    for source in items(entry(content, "sources")):
        for table in items(entry(source, "tables")):
            yield str(entry(source, "name")), str(entry(table, "name"))


def _names(content: object) -> Iterator[str]:
    """Names that no file carries: of snapshots declared in YAML, and of models with versions."""
    for snapshot in items(entry(content, "snapshots")):
        yield str(entry(snapshot, "name"))
    for model in items(entry(content, "models")):
        if entry(model, "versions"):
            yield str(entry(model, "name"))


def _contracts(content: object) -> Iterator[Columns]:
    """The columns of models whose contract is enforced: dbt refuses to build them with any others."""
    for model in items(entry(content, "models")):
        enforced = entry(entry(entry(model, "config"), "contract"), "enforced")
        if enforced is True and not entry(model, "versions"):
            named = frozenset(str(entry(column, "name")) for column in items(entry(model, "columns")))
            yield str(entry(model, "name")), named


def _time_spines(content: object) -> Iterator[TimeSpine]:
    for model in items(entry(content, "models")):
        spine = entry(model, "time_spine")
        if spine:
            base = entry(spine, "standard_granularity_column")
            told = [entry(one, "granularity") for one in items(entry(model, "columns")) if entry(one, "name") == base]
            yield TimeSpine(str(entry(model, "name")), str(told[0]).lower() if told and told[0] else None)


def _with_the_former_kind(found: tuple[TimeSpine, ...], refs: set[str]) -> tuple[TimeSpine, ...]:
    """Before there were properties for it, a model of days was known by its name. dbt still takes it for one."""
    former = TimeSpine("metricflow_time_spine", "day")
    known = former.model not in refs or any(one.model == former.model for one in found)
    return tuple(sorted(found if known else (*found, former), key=lambda one: one.model))


def _mentions(config: object, keys: set[str]) -> bool:
    """Whether a key stands anywhere in a part of `dbt_project.yml`."""
    if not isinstance(config, dict):
        return False
    return not keys.isdisjoint(config) or any(_mentions(inner, keys) for inner in config.values())


def _headers(seeds: Sequence[Path]) -> tuple[Columns, ...]:
    """The columns of seeds, from their first lines."""
    found: list[Columns] = []
    for path in seeds:
        try:
            with path.open(encoding="utf-8-sig", newline="") as file:
                header = next(csv.reader(file), [])
        except (OSError, UnicodeDecodeError, csv.Error):
            continue
        if header and all(name and name == name.strip() for name in header):  # dbt invents names where one is missing
            found.append((path.stem, frozenset(header)))
    return tuple(found)
