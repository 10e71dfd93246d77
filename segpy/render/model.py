"""What rendering yields."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Artifact:
    """A generated file: its POSIX path relative to the dbt project, and its whole text."""

    path: str
    text: str
