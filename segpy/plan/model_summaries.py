"""Segments as people are told of them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SegmentSummary:
    """A segment as people are told of it. `english` is its definition, a line each."""

    name: str
    entity: str
    description: str
    stage: str | None
    owner: str | None
    version: int
    content_hash: str
    english: tuple[str, ...]
    spec_file: str
    model: str
