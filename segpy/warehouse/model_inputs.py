"""What generated models read of the user's relations."""

from __future__ import annotations

from dataclasses import dataclass

from segpy.spec.model_values import Name, Relation


@dataclass(frozen=True, slots=True)
class Reading:
    """Columns that a model reads of a relation, each where the spec names it."""

    model: str
    relation: Relation
    columns: tuple[Name, ...]
