"""Mutants take minutes: they are left out unless `-m slow_mutants` asks for them."""

from __future__ import annotations

import pytest


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect them."""
    if config.option.markexpr == "slow_mutants":
        return
    left_out = [item for item in items if item.get_closest_marker("slow_mutants")]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]
