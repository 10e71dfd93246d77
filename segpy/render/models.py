"""The SQL files of generated models."""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib.resources import files

from segpy.dialects import DIALECTS
from segpy.plan.model import Plan
from segpy.render.model import Artifact
from segpy.render.properties import properties_file
from segpy.render.unit_tests import example_files
from segpy.sql.model import Model, UnitTests

_MACROS = "macros/segpy"


def render(plan: Plan, models: tuple[Model, ...], examples: tuple[UnitTests, ...] = ()) -> tuple[Artifact, ...]:
    """Every file of the generated part of a dbt project, in the order of their paths."""
    settings = plan.bound.settings
    written = [file for model in models for file in _files(settings.models_path, model)]
    described = [properties_file(plan, models)] if models else []
    adapters = tuple(DIALECTS[name].adapter for name in settings.dialects)
    tests = example_files(settings.models_path, examples, adapters)
    return tuple(sorted((*written, *described, *tests, *_macros()), key=lambda artifact: artifact.path))


def _files(folder: str, model: Model) -> list[Artifact]:
    """A model with its SQL or, in a project of several dialects, with a call of the macro that has it."""
    head = f"-- Grain: {model.grain}.\n{_config(model)}\n\n"
    path = f"{folder}/{model.name}.sql"
    if len(model.written) == 1:
        return [Artifact(path, head + model.written[0].text)]
    macro = f"segpy_sql_of_{model.name}"
    call = Artifact(path, f"{head}{{{{ {macro}() }}}}\n")
    return [call, Artifact(f"{_MACROS}/models/{model.name}.sql", _macro_file(macro, model))]


def _config(model: Model) -> str:
    """How dbt is to make a model, and what an engine is told before."""
    if model.view:
        return '{{ config(materialized="view") }}'
    before = {one.dialect.adapter: one.dialect.before_table for one in model.written}
    chosen = (
        f"{json.dumps(before)}.get(target.type)" if len(set(before.values())) > 1 else json.dumps(before.popitem()[1])
    )
    hook = "" if chosen == '""' else f", pre_hook={chosen}"
    return f'{{{{ config(materialized="table"{hook}) }}}}'


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


def _macros() -> Sequence[Artifact]:
    """The run-time macros. They go into the project itself, so that nothing but segpy needs to be installed."""
    folder = files("segpy.render") / "macros"
    return [
        Artifact(f"{_MACROS}/{file.name}", file.read_text(encoding="utf-8"))
        for file in folder.iterdir()
        if file.name.endswith(".sql")
    ]
