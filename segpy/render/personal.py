"""What dbt is told of columns that say who somebody is, where these are listed to be published."""

from __future__ import annotations

from typing import Any

from segpy.plan.model import EntityPlan


def personal_columns(entity: EntityPlan) -> dict[str, dict[str, dict[str, Any]]]:
    """The config of each personal column, by model and column: `meta` that other tools go by."""
    told = {one.name for one in entity.features.shown if one.personal}
    found = {entity.features.model: told}
    if entity.events is not None:
        own = {prop.name for stream in entity.entity.streams for prop in stream.properties if prop.personal}
        found[entity.events.model] = {column for prop, column in entity.events.properties if prop.name in own}
    if entity.kept is not None:
        found[entity.kept.measures] = told & entity.kept.columns.keys()
    return {
        model: {name: {"meta": {"personal": True}} for name in sorted(columns)}
        for model, columns in found.items()
        if columns
    }
