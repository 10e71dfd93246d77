"""Specs compiled by segpy itself, each model as the statement that dbt would run."""

from __future__ import annotations

import re
from collections.abc import Mapping
from graphlib import TopologicalSorter
from pathlib import PurePosixPath

from jinja2 import Environment, StrictUndefined

from benchmarks.events import AS_OF
from segpy.diagnostics.model import Severity
from segpy.pipeline import compile_sources
from segpy.source.nodes import Source

_REF = re.compile(r'ref\("([^"]+)"\)')


def compiled(files: Mapping[str, str]) -> dict[str, str]:
    """The query of each model about users by its name, in the order in which they depend on each other.

    Those about all segments write down who is in and since when, which nothing else that is measured does.
    """
    written = rendered_models(files)
    needs = {name: {ref for ref in _REF.findall(text) if ref in written} for name, text in written.items()}
    return {name: _rendered(written[name]) for name in TopologicalSorter(needs).static_order()}


def rendered_models(files: Mapping[str, str]) -> dict[str, str]:
    """The same as segpy writes them, with their Jinja."""
    result = compile_sources([Source(f"segments/{name}", text) for name, text in files.items()])
    errors = [f"{one.code} {one.title}: {one.label} at {one.span}" for one in result.diagnostics]
    if result.failed:
        severe = (one.severity is Severity.ERROR for one in result.diagnostics)
        raise ValueError("\n".join(error for error, bad in zip(errors, severe, strict=True) if bad))
    return {
        PurePosixPath(one.path).stem: one.text
        for one in result.artifacts
        if one.path.startswith("models/segpy/user_") and one.path.endswith(".sql")
    }


def _rendered(text: str) -> str:
    environment = Environment(undefined=StrictUndefined, autoescape=False)
    return environment.from_string(text).render(
        ref=lambda name: name,
        source=lambda schema, name: f"{schema}.{name}",
        config=lambda **_: "",
        segpy_as_of=lambda *_: f"timestamp '{AS_OF}'",
    )
