"""What dbt's semantic layer is told: sizes, comings and goings of segments as metrics, by segment, stage and owner.

The form is the one that dbt-core reads up to 1.12. In a project no name may be an entity here and a dimension there, so
each begins with a prefix that nobody else has.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from segpy.plan.model import Plan
from segpy.plan.model_semantics import SemanticsPlan
from segpy.render.model import Artifact
from segpy.render.semantic_outcomes import outcome_metrics, outcomes_model
from segpy.render.semantic_parts import category, metric
from segpy.render.yaml_text import yaml_text

_LAST = "at the last run of the time asked for"
_COUNTED = {
    "members": f"How many are in a segment {_LAST}. Of several segments the sum: whoever is in two counts twice.",
    "population": f"How many there are in all, whom a segment is about, {_LAST}. Of several segments the sum.",
    "entered": "How many entered a segment, of all runs of the time asked for.",
    "exited": "How many left a segment, of all runs of the time asked for.",
}
_OF_AN_INSTANT = ("members", "population")
_SHARE = "Members by population. Of several segments the share of an average one, the larger populations weighing more."
_TOLD = {
    "entity": "Whom it is about.",
    "stage": "Its stage in the journey.",
    "owner": "Who answers for it.",
    "exclusive_group": "The exclusive group that it is in.",
}


def semantics_file(plan: Plan, written: Mapping[str, str]) -> list[Artifact]:
    """Semantic models and metrics. `written` are columns as the dialect names them."""
    if plan.semantics is None:
        return []
    prefix = plan.semantics.prefix
    models = [_segments(plan, prefix, written), _sizes(plan, prefix, written)]
    metrics = [*(_counted(name, prefix) for name in _COUNTED), _share(prefix)]
    if plan.holdouts is not None and plan.holdouts.outcomes is not None:
        grain = plan.bound.settings.grain.value
        models.append(outcomes_model(plan.holdouts.outcomes, prefix, grain, written))
        metrics += outcome_metrics(prefix)
    contents = {"version": 2, "semantic_models": models, "metrics": metrics}
    return [Artifact(f"{plan.bound.settings.models_path}/_metrics.yml", yaml_text(contents))]


def calendar(described: dict[str, Any], grain: str) -> dict[str, Any]:
    """The properties of the time spine: it is one, and which of its columns counts what."""
    columns = [column | {"granularity": grain} for column in described["columns"]]
    return described | {"time_spine": {"standard_granularity_column": columns[0]["name"]}, "columns": columns}


def calendar_words(semantics: SemanticsPlan, grain: str) -> dict[str, str]:
    """What is said of the time spine, if there is one."""
    words = f"Every {grain} from the first run to this one: the calendar of the semantic layer."
    return {} if semantics.time_spine is None else {semantics.time_spine: words}


def _segments(plan: Plan, prefix: str, written: Mapping[str, str]) -> dict[str, Any]:
    told = [category(name, name, words, prefix, written) for name, words in _TOLD.items()]
    return {
        "name": f"{prefix}segments",
        "description": "What is told of each segment of now.",
        "model": f"ref('{plan.catalog}')",
        "entities": [{"name": f"{prefix}segment", "type": "primary", "expr": written["segment"]}],
        "dimensions": told,
    }


def _sizes(plan: Plan, prefix: str, written: Mapping[str, str]) -> dict[str, Any]:
    as_of = {"name": f"{prefix}as_of", "description": "The run.", "type": "time", "expr": written["as_of"]}
    return {
        "name": f"{prefix}sizes",
        "description": "How large segments were at each run, and who came and went with it.",
        "model": f"ref('{plan.history.sizes}')",
        "defaults": {"agg_time_dimension": f"{prefix}as_of"},
        "primary_entity": f"{prefix}size",
        "entities": [{"name": f"{prefix}segment", "type": "foreign", "expr": written["segment"]}],
        "dimensions": [
            as_of | {"type_params": {"time_granularity": plan.bound.settings.grain.value}},
            category("name", "segment", "The segment.", prefix, written),
        ],
        "measures": [_measure(name, prefix, written) for name in _COUNTED],
    }


def _measure(name: str, prefix: str, written: Mapping[str, str]) -> dict[str, Any]:
    last = {"non_additive_dimension": {"name": f"{prefix}as_of", "window_choice": "max"}}
    return {"name": f"{prefix}{name}", "agg": "sum", "expr": written[name]} | (last if name in _OF_AN_INSTANT else {})


def _counted(name: str, prefix: str) -> dict[str, Any]:
    return metric(name, prefix, _COUNTED[name], "simple", {"measure": f"{prefix}{name}"})


def _share(prefix: str) -> dict[str, Any]:
    parts = {"numerator": f"{prefix}members", "denominator": f"{prefix}population"}
    return metric("share", prefix, _SHARE, "ratio", parts)
