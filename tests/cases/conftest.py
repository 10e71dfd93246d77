"""Tests ask for cases by the name of an argument.

`case` is every case, `sequence_case` each with sequences.
"""

from __future__ import annotations

import pytest

from tests.cases import case as cases


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Hand each case to the tests that ask for one."""
    known = [cases.load(name) for name in cases.names()]
    chosen = {
        "case": known,
        "sequence_case": [case for case in known if case.expect.get("sequences")],
    }
    for argument in chosen.keys() & set(metafunc.fixturenames):
        metafunc.parametrize(argument, chosen[argument], ids=[case.name for case in chosen[argument]])
