"""Dimensions and metrics as dbt's semantic layer wants them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def category(name: str, column: str, words: str, prefix: str, written: Mapping[str, str]) -> dict[str, Any]:
    """A dimension of a few values: a column under its name."""
    return {"name": f"{prefix}{name}", "description": words, "type": "categorical", "expr": written[column]}


def metric(name: str, prefix: str, words: str, kind: str, parts: dict[str, Any]) -> dict[str, Any]:
    """A metric of one kind, made of these parts."""
    return {
        "name": f"{prefix}{name}",
        "label": f"Segments: {name}",
        "description": words,
        "type": kind,
        "type_params": parts,
        "config": {"tags": ["segpy"]},
    }
