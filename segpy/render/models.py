"""The SQL files of generated models."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from importlib.resources import files

from segpy.dialects import DIALECTS
from segpy.plan.model import Plan
from segpy.render.model import Artifact
from segpy.render.owners import owners_file
from segpy.render.properties import properties_files
from segpy.render.unit_tests import example_files
from segpy.sql.model import Kept, Model, UnitTests

_REF = re.compile(r"\{\{ ref\([^)]*\) }}")


def render(plan: Plan, models: tuple[Model, ...], examples: tuple[UnitTests, ...] = ()) -> tuple[Artifact, ...]:
    """Every file of the generated part of a dbt project, in the order of their paths."""
    settings = plan.bound.settings
    written = [file for model in models for file in _files(settings.models_path, settings.macros_path, model)]
    described = [*properties_files(plan, models), *owners_file(plan)] if models else []
    adapters = tuple(DIALECTS[name].adapter for name in settings.dialects)
    tests = example_files(settings.models_path, examples, adapters)
    return tuple(
        sorted((*written, *described, *tests, *_macros(settings.macros_path)), key=lambda artifact: artifact.path)
    )


def _files(folder: str, macros: str, model: Model) -> list[Artifact]:
    """A model with its SQL or, in a project of several dialects, with a call of the macro that has it."""
    head = f"-- Grain: {model.grain}.\n{_read(model)}{_config(model)}\n\n"
    path = f"{folder}/{model.name}.sql"
    if len(model.written) == 1:
        return [Artifact(path, head + model.written[0].text)]
    macro = f"segpy_sql_of_{model.name}"
    call = Artifact(path, f"{head}{{{{ {macro}() }}}}\n")
    return [call, Artifact(f"{macros}/models/{model.name}.sql", _macro_file(macro, model))]


def _read(model: Model) -> str:
    """What a model reads in some runs only: dbt looks for it before it knows which run this is, and wants a hint."""
    if model.kept is None or not model.kept.continues:
        return ""
    found = (one for written in model.written for one in _REF.findall(written.text))
    return "".join(f"-- depends_on: {one}\n" for one in dict.fromkeys(found))


def _config(model: Model) -> str:
    """How dbt is to make a model, and what an engine is told before."""
    if model.view:
        return '{{ config(materialized="view") }}'
    told = _chosen({one.dialect.adapter: one.dialect.before_table for one in model.written})
    before = [] if told == '""' else [told]
    if model.kept is None:
        hook = f", pre_hook={before[0]}" if before else ""
        return f'{{{{ config(materialized="table"{hook}) }}}}'
    lines = _kept(model, model.kept, before)
    return "{{\n    config(\n" + "".join(f"        {line},\n" for line in lines) + "    )\n}}"


def _kept(model: Model, kept: Kept, before: list[str]) -> list[str]:
    """The arguments of the config of a model that is kept from run to run."""
    engines = {one.dialect.adapter: one.dialect for one in model.written}
    strategies = {name: one.replaces if kept.unique_key else one.adds for name, one in engines.items()}
    lines = ['materialized="incremental"', f"incremental_strategy={_chosen(strategies)}"]
    if kept.unique_key:
        names = {column.name: column.written for column in model.written[0].columns}
        lines.append(f"unique_key={json.dumps([names[name] for name in kept.unique_key])}")
    before = [*before, *(json.dumps(hook) for hook in kept.before)]
    after = [json.dumps(hook) for hook in kept.after]
    if model.meaning is None:
        lines.append("full_refresh=false")
    else:
        lines.append(f'alias="{model.name}_{model.meaning}"')
        after.append(json.dumps(f"{{{{ segpy_drop_former('{model.name}') }}}}"))
    lines += [f"pre_hook={_listed(before)}"] if before else []
    lines += [f"post_hook={_listed(after)}"] if after else []
    return lines


def _listed(items: Sequence[str]) -> str:
    return f"[{', '.join(items)}]"


def _chosen(values: Mapping[str, str]) -> str:
    """A text in Jinja, by the adapter of the target where it is not one for all."""
    if len(set(values.values())) > 1:
        return f"{json.dumps(values)}.get(target.type)"
    return json.dumps(next(iter(values.values())))


def _macro_file(macro: str, model: Model) -> str:
    """A macro that takes the SQL for the adapter of the target, and for no other that dbt thinks akin to it."""
    names = ", ".join(f'"{one.dialect.adapter}"' for one in model.written)
    chosen = (
        f"{{% macro {macro}() %}}\n"
        f"    {{% do segpy_known_dialect([{names}]) %}}\n"
        f"    {{{{ return(adapter.dispatch('{macro}')()) }}}}\n"
        "{% endmacro %}\n"
    )
    bodies = [
        f"{{% macro {one.dialect.adapter}__{macro}() %}}\n\n{one.text}\n{{% endmacro %}}\n" for one in model.written
    ]
    return "\n".join((f"{{# {model.name}, one row: {model.grain.removeprefix('one row ')}. #}}\n" + chosen, *bodies))


def _macros(path: str) -> Sequence[Artifact]:
    """The run-time macros. They go into the project itself, so that nothing but segpy needs to be installed."""
    folder = files("segpy.render") / "macros"
    return [
        Artifact(f"{path}/{file.name}", file.read_text(encoding="utf-8"))
        for file in folder.iterdir()
        if file.name.endswith(".sql")
    ]
