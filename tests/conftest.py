"""How tests are spread over processes."""

from __future__ import annotations

import os
from typing import Any

import pytest

from tests.turns import left_out

# Two workers on two cores: linear algebra that takes both for itself makes everybody wait.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """With `-n`, what is expensive to make is made by one process only."""
    from tests.together import Together

    return Together(config, log) if config.getvalue("dist") == "load" else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """In CI some of what takes long waits for another commit."""
    for item in items:
        if left_out(item.nodeid):
            item.add_marker(pytest.mark.skip(reason="asked by turns: another commit, or pytest without SEGPY_TURN"))
