"""What a spec says that it reads of the user's."""

from __future__ import annotations

from dataclasses import dataclass

from segpy.spec.model_values import Name, Relation


@dataclass(frozen=True, slots=True)
class Input:
    """A relation and columns of it, each where it is written."""

    relation: Relation
    columns: tuple[Name, ...]
