"""How tests are spread over processes."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """With `-n`, what is expensive to make is made by one process only."""
    from tests.together import Together

    return Together(config, log) if config.getvalue("dist") == "load" else None
