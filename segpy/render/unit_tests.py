"""Examples as dbt unit tests: for each segment a query that nobody builds, and a test of it for each example."""

from __future__ import annotations

import re
from typing import Any

from segpy.plan.model_examples import ExamplesPlan, ExampleTest
from segpy.render.model import Artifact
from segpy.render.yaml_text import plain_text, yaml_text
from segpy.resolve.model_examples import ExpectedFeature
from segpy.sql.model import InputRows, UnitTests

_CONFIG = '{{ config(materialized="ephemeral") }}'
_DIGITS = 9


def example_files(folder: str, tests: tuple[UnitTests, ...], adapters: tuple[str, ...]) -> list[Artifact]:
    """The files of all examples; none where there are no examples. Of several dialects they run in the first."""
    if not tests:
        return []
    models = [Artifact(f"{folder}/examples/{one.plan.model}.sql", _model(one)) for one in tests]
    contents = {
        "version": 2,
        "models": [_properties(one.plan) for one in tests],
        "unit_tests": [
            _unit_test(one.plan, test, inputs, adapters)
            for one in tests
            for test, inputs in zip(one.plan.tests, one.inputs, strict=True)
        ],
    }
    return [*models, Artifact(f"{folder}/examples/_examples.yml", yaml_text(contents))]


def _model(tests: UnitTests) -> str:
    return f"-- What the examples of {tests.plan.segment} run. Nothing is built of it.\n{_CONFIG}\n\n{tests.text}"


def _properties(plan: ExamplesPlan) -> dict[str, Any]:
    return {
        "name": plan.model,
        "description": f"Segment {plan.segment} computed from its sources in one query, for its examples.",
        "config": {"tags": ["segpy"], "docs": {"show": False}},
    }


def _unit_test(
    plan: ExamplesPlan, test: ExampleTest, inputs: tuple[InputRows, ...], adapters: tuple[str, ...]
) -> dict[str, Any]:
    example = test.example
    expected: dict[str, Any] = {}
    if example.member is not None:
        expected[plan.member] = example.member
    expected |= {feature.name: _expected(feature) for feature in example.features}
    return {
        "name": test.name,
        "description": plain_text(f"{example.segment}: {example.name} ({example.span.file})"),
        "model": plan.model,
        **({"config": {"enabled": f"{{{{ target.type == '{adapters[0]}' }}}}"}} if len(adapters) > 1 else {}),
        "given": [],
        "overrides": {
            "vars": {"segpy_as_of": example.as_of.isoformat(" "), **{one.variable: one.sql for one in inputs}}
        },
        "expect": {"rows": [expected]},
    }


def _expected(feature: ExpectedFeature) -> Any:
    value = feature.value.value
    if isinstance(value, str):
        return literal_text(value)
    return round(value, _DIGITS) if isinstance(value, float) else value


def literal_text(text: str) -> str:
    """Text that dbt reads as itself: what Jinja would take for its own stands inside an expression of Jinja."""
    if not re.search(r"\{[{%#]|\n", text):
        return text
    escaped = re.sub(r"[\\\"{}%#\n\r]", lambda sign: f"\\u{ord(sign[0]):04x}", text)
    return f'{{{{ "{escaped}" }}}}'
