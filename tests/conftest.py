"""How tests are spread over processes."""

from __future__ import annotations

import os
from typing import Any

import pytest

# Two workers on two cores: linear algebra that takes both for itself makes everybody wait.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """With `-n`, what is expensive to make is made by one process only."""
    from tests.together import Together

    return Together(config, log) if config.getvalue("dist") == "load" else None
