"""The SQL files of generated models."""

from __future__ import annotations

from importlib.resources import files

from segpy.plan.model import Plan
from segpy.render.model import Artifact
from segpy.render.properties import properties_file
from segpy.render.unit_tests import example_files
from segpy.sql.model import Model, UnitTests

_CONFIG = '{{{{ config(materialized="{}") }}}}'


def render(plan: Plan, models: tuple[Model, ...], examples: tuple[UnitTests, ...] = ()) -> tuple[Artifact, ...]:
    """Every file of the generated part of a dbt project, in the order of their paths."""
    folder = plan.bound.settings.models_path
    files_ = [Artifact(f"{folder}/{model.name}.sql", _model(model)) for model in models]
    described = [properties_file(plan, models)] if models else []
    tests = example_files(folder, examples)
    return tuple(sorted((*files_, *described, *tests, *_macros()), key=lambda artifact: artifact.path))


def _model(model: Model) -> str:
    config = _CONFIG.format("view" if model.view else "table")
    return f"-- Grain: {model.grain}.\n{config}\n\n{model.text}"


def _macros() -> list[Artifact]:
    """The run-time macros. They go into the project itself, so that nothing but segpy needs to be installed."""
    folder = files("segpy.render") / "macros"
    return [
        Artifact(f"macros/segpy/{file.name}", file.read_text(encoding="utf-8"))
        for file in folder.iterdir()
        if file.name.endswith(".sql")
    ]
