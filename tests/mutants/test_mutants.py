"""Every mistake is noticed. Slow: only run where it is asked for by its marker."""

from __future__ import annotations

import pytest

from tests.mutants.mistakes import MUTANTS, Mutant
from tests.mutants.run import caught_by


@pytest.mark.slow_mutants
@pytest.mark.parametrize("mutant", MUTANTS, ids=[mutant.name for mutant in MUTANTS])
def test_the_tests_notice(mutant: Mutant) -> None:
    assert caught_by(mutant), f"nothing notices that {mutant.name}"
