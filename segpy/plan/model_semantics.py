"""What dbt's semantic layer is told, under which names."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SemanticsPlan:
    """`prefix` goes before the names of metrics and semantic models; `time_spine` is a model, if there is to be one."""

    prefix: str
    time_spine: str | None
