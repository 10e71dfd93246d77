"""The one dbt project of an engine: the models of every entry under the entry's name, and its input as models too."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from tests.cases.runner import Models
from tests.cases.tables import Table
from tests.engines import buckets
from tests.engines.corpus import Entry, tables_of
from tests.engines.engine import Engine, Running
from tests.engines.inputs import no_jinja

_REF = re.compile(r"""\b(ref|segpy_spells)\(\s*(['"])([^'"]+)\2\s*\)""")
_SOURCE = re.compile(r"""\bsource\(\s*(['"])([^'"]+)\1\s*,\s*(['"])([^'"]+)\3\s*\)""")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times faster, where PyYAML was built with it
_DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
_LONGEST = 54  # PostgreSQL has names of 63 bytes, and dbt adds `__dbt_tmp`

# Every model is evaluated at the instant of its entry. Only where that comes from is replaced: what `segpy_as_of` makes
# of it is segpy's own. dbt prefers the macro that is named for the adapter.
INSTANTS = "instants"
_AS_OF = """\
{{% macro {adapter}__segpy_as_of_text(grain) %}}
    {{{{ return(var('instants')[model.name.split('__')[0]]) }}}}
{{% endmacro %}}
"""


def write(folder: Path, engine: Engine, compiled: Iterable[tuple[Entry, Models]], *, tests: bool) -> None:
    """Write the project. Contracts are everywhere; with `tests`, some cases have theirs, and a random spec has none."""
    instants, wanted = {}, []
    for entry, models in compiled:
        instants[entry.name] = entry.as_of.isoformat(sep=" ")
        for name, table in tables_of(entry):
            _file(folder / "models" / entry.name / "input" / f"{_named(entry, name)}.sql", _input(engine, table))
        for name, sql in models.sql.items():
            _file(folder / "models" / entry.name / f"{_named(entry, name)}.sql", engine.given(renamed(entry, sql)))
            wanted.append(_named(entry, name))
        properties = yaml.load(models.artifacts["models/segpy/_segpy.yml"], Loader=_LOADER)
        properties = _prefixed(entry, properties, models.sql, tests and entry.tested)
        for model in properties["models"]:
            if 'materialized="incremental"' in models.sql[model["name"].partition("__")[2]]:
                model["config"] |= engine.kept or {}
        if not engine.contracts:
            for model in properties["models"]:
                model["config"].pop("contract", None)
        _file(folder / "models" / entry.name / "_segpy.yml", yaml.dump(properties, Dumper=_DUMPER))
        for path, text in models.artifacts.items():
            if path.startswith("macros/"):
                _file(folder / path, text)
    _file(folder / "models" / "holdouts" / f"{buckets.GIVEN}.sql", _input(engine, buckets.given()))
    _file(folder / "models" / "holdouts" / f"{buckets.MODEL}.sql", engine.given(buckets.model(engine)))
    wanted.append(buckets.MODEL)
    _file(folder / "dbt_project.yml", yaml.safe_dump(_settings(instants)))
    _file(folder / "wanted.json", json.dumps({"models": wanted, "tests": tests}))


def _input(engine: Engine, table: Table) -> str:
    config = '{{ config(materialized="table") }}'
    return f"{config}\n{no_jinja(engine.table(engine, table))}\n"


def connect(folder: Path, engine: Engine, running: Running) -> None:
    """Say where the project is built."""
    output = {"threads": engine.threads, **running.profile}
    profiles = {"conformance": {"target": "tests", "outputs": {"tests": output}}}
    _file(folder / "profiles.yml", yaml.safe_dump(profiles))
    wanted = json.loads((folder / "wanted.json").read_text(encoding="utf-8"))
    _file(folder / "wanted.json", json.dumps({**wanted, "adapter": output["type"]}))
    _file(folder / "macros" / "instants.sql", _AS_OF.format(adapter=output["type"]))


def renamed(entry: Entry, text: str) -> str:
    """A text whose references are to the models of the entry."""
    return renamed_by(entry.name, text)


def renamed_by(prefix: str, text: str) -> str:
    """A text whose references are to the models under a name."""
    text = _REF.sub(lambda found: f"{found[1]}({found[2]}{_under(prefix, found[3])}{found[2]})", text)
    return _SOURCE.sub(lambda found: f"ref({found[1]}{_under(prefix, f'{found[2]}__{found[4]}')}{found[1]})", text)


def _named(entry: Entry, name: str) -> str:
    return _under(entry.name, name)


def _under(prefix: str, name: str) -> str:
    assert "__" not in prefix, f"{prefix}: two underscores part the case from the model"
    whole = f"{prefix}__{name}"
    assert len(whole.encode()) <= _LONGEST, f"{whole} is too long a name for some engines: shorten that of the case"
    return whole


def _settings(instants: Mapping[str, str]) -> dict[str, Any]:
    return {
        "name": "conformance",
        "version": "1.0.0",
        "config-version": 2,
        "profile": "conformance",
        "flags": {"send_anonymous_usage_stats": False, "partial_parse": False},
        "vars": {INSTANTS: dict(instants)},
    }


def _prefixed(entry: Entry, properties: dict[str, Any], there: Collection[str], tests: bool) -> dict[str, Any]:
    """The properties file for the renamed models, and of their tests those that read no other."""
    properties["models"] = [model for model in properties["models"] if model["name"] in there]
    for model in properties["models"]:
        model["data_tests"] = [test for test in model["data_tests"] if not _reads_others(test, there)]
    for model in properties["models"]:
        model["name"] = _named(entry, model["name"])
        model["config"].pop("group", None)  # the groups themselves are in another file
        if not tests:
            del model["data_tests"]
        for test in model.get("data_tests", ()):
            for said in test.values():
                said["name"] = f"{entry.name}__{said['name']}"
                said["arguments"] = _renamed_in(entry, said["arguments"])
    return properties


def _reads_others(test: dict[str, Any], there: Collection[str]) -> bool:
    """Whether a test refers to a model that is not there."""
    return any(found[3] not in there for found in _REF.finditer(json.dumps(test)))


def _renamed_in(entry: Entry, part: Any) -> Any:
    match part:
        case dict():
            return {key: _renamed_in(entry, value) for key, value in part.items()}
        case list():
            return [_renamed_in(entry, value) for value in part]
        case str():
            return renamed(entry, part)
    return part


def _file(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
