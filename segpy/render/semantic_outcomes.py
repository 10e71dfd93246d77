"""What dbt's semantic layer is told of experiments: how many were assigned, observed, converted, by outcome and arm."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from segpy.render.semantic_parts import category, metric

_BY = "Ask for it by outcome and arm: of several outcomes everybody counts once for each."
_COUNTED = {
    "assigned": ("sum", "1", f"How many were assigned to an arm of an experiment. {_BY}"),
    "observed": ("sum", "case when {observed} then 1 else 0 end", f"Of how many it is known what came of them. {_BY}"),
    "conversions": ("sum", "case when {converted} then 1 else 0 end", f"How many of them did what is measured. {_BY}"),
}
_CONVERSION = "Conversions by those observed, as assigned: what acting does is the difference of the arms. " + _BY
_TOLD = {
    "outcome": "What is measured.",
    "role": "outcome: what acting is to bring about; or guardrail: what it must not.",
    "arm": "holdout or treatment, as assigned.",
}


def outcomes_model(model: str, prefix: str, grain: str, written: Mapping[str, str]) -> dict[str, Any]:
    """The semantic model of what came of those who were assigned."""
    at = {"name": f"{prefix}exposed_at", "description": "The run that assigned somebody.", "type": "time"}
    return {
        "name": f"{prefix}outcomes",
        "description": "What came of everybody who was assigned to an arm of an experiment.",
        "model": f"ref('{model}')",
        "defaults": {"agg_time_dimension": f"{prefix}exposed_at"},
        "primary_entity": f"{prefix}result",
        "entities": [{"name": f"{prefix}segment", "type": "foreign", "expr": written["segment"]}],
        "dimensions": [
            at | {"expr": written["exposed_at"], "type_params": {"time_granularity": grain}},
            category("measured", "segment", "The segment that the experiment is of.", prefix, written),
            *(category(name, name, words, prefix, written) for name, words in _TOLD.items()),
        ],
        "measures": [
            {"name": f"{prefix}{name}", "agg": kind, "expr": expression.format_map(written)}
            for name, (kind, expression, _) in _COUNTED.items()
        ],
    }


def outcome_metrics(prefix: str) -> list[dict[str, Any]]:
    """The counts, and conversion as one by the other."""
    counts = [
        metric(name, prefix, words, "simple", {"measure": f"{prefix}{name}"})
        for name, (_, _, words) in _COUNTED.items()
    ]
    parts = {"numerator": f"{prefix}conversions", "denominator": f"{prefix}observed"}
    return [*counts, metric("conversion", prefix, _CONVERSION, "ratio", parts)]
