"""Which tests stay on one worker of pytest-xdist, because they share what is expensive to make.

xdist's own groups (`--dist loadgroup`) are silently ignored by pytest 9.2 (pytest-xdist#1386), so this goes by the
names of tests: those of one engine, or reader, in the conformance suite, and those of one file where files have
fixtures of theirs.
"""

from __future__ import annotations

import re

from xdist.scheduler import LoadScopeScheduling

_ENGINE = re.compile(r"tests/engines/test_(?:conformance|validated)\.py::\w+\[([a-z0-9_]+)")
_BY_FILE = ("tests/e2e/", "tests/benchmarks/", "tests/engines/", "tests/measure/", "tests/unit/")


def together(test: str) -> str:
    """What the tests have in common that stay together."""
    engine = _ENGINE.match(test)
    if engine is not None:
        return f"the engine {engine[1]}"
    return test.partition("::")[0] if test.startswith(_BY_FILE) else test


class Together(LoadScopeScheduling):  # type: ignore[misc]
    """Hands out tests that stay together as one, the largest lots first."""

    def _split_scope(self, nodeid: str) -> str:
        return together(nodeid)
