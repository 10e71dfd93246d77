"""Who answers for segments, and who acts on their members."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Owner:
    """Somebody named in the specs, and the group that dbt knows them by."""

    name: str
    group: str
