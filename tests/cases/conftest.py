"""A test that asks for `case` runs once per folder; one that asks for `sequence_case`, per folder with sequences."""

from __future__ import annotations

import pytest

from tests.cases import case as cases


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Hand each case to the tests that ask for one."""
    known = [cases.load(name) for name in cases.names()]
    with_sequences = [case for case in known if case.expect.get("sequences")]
    for argument, chosen in (("case", known), ("sequence_case", with_sequences)):
        if argument in metafunc.fixturenames:
            metafunc.parametrize(argument, chosen, ids=[case.name for case in chosen])
