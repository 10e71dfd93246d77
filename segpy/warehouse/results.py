"""Puts rows of results into their table, which dbt builds."""

from __future__ import annotations

import json
from typing import Any

from segpy.diagnostics.model import Diagnostic
from segpy.warehouse.errors import DbtRefused
from segpy.warehouse.invoke import invoke
from segpy.warehouse.model import FAILED, Target
from segpy.warehouse.plain import plain


def save(target: Target, manifest: Any, model: str, variable: str, rows: str) -> Diagnostic | None:
    """Run the model with a query that yields the rows; what stands against it, if anything does."""
    outcome = invoke(target, ["run", "--select", model, "--vars", json.dumps({variable: rows})], manifest)
    if isinstance(outcome, Diagnostic):
        return outcome
    if not outcome.results:
        return DbtRefused(f"the project has no model `{model}`", "run `segpy render`")
    failed = next((one for one in outcome.results if str(one.status) in FAILED), None)
    return None if failed is None else DbtRefused(plain(failed.message or "the table could not be written"))
