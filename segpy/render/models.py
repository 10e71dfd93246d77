"""The SQL files of generated models."""

from __future__ import annotations

from importlib.resources import files

from segpy.plan.model import Plan
from segpy.render.model import Artifact
from segpy.render.properties import properties_file
from segpy.render.unit_tests import example_files
from segpy.sql.model import Query, UnitTests

_CONFIG = '{{{{ config(materialized="{}") }}}}'


def render(
    plan: Plan, queries: tuple[tuple[Query, str], ...], examples: tuple[UnitTests, ...] = ()
) -> tuple[Artifact, ...]:
    """Every file of the generated part of a dbt project, in the order of their paths."""
    folder = plan.bound.settings.models_path
    models = [Artifact(f"{folder}/{query.name}.sql", _model(query, text)) for query, text in queries]
    described = [properties_file(plan, tuple(query for query, _ in queries))] if queries else []
    tests = example_files(folder, examples)
    return tuple(sorted((*models, *described, *tests, *_macros()), key=lambda artifact: artifact.path))


def _model(query: Query, text: str) -> str:
    config = _CONFIG.format("view" if query.view else "table")
    return f"-- Grain: {query.grain}.\n{config}\n\n{text}"


def _macros() -> list[Artifact]:
    """The run-time macros. They go into the project itself, so that nothing but segpy needs to be installed."""
    folder = files("segpy.render") / "macros"
    return [
        Artifact(f"macros/segpy/{file.name}", file.read_text(encoding="utf-8"))
        for file in folder.iterdir()
        if file.name.endswith(".sql")
    ]
