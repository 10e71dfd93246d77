"""Every mistake is noticed. Slow: only run where it is asked for by its marker."""

from __future__ import annotations

import pytest

from tests.mutants.mistakes import MUTANTS, Mutant
from tests.mutants.run import ROOT, caught_by, mutated


@pytest.mark.slow_mutants
@pytest.mark.parametrize("mutant", MUTANTS, ids=[mutant.name for mutant in MUTANTS])
def test_the_tests_notice(mutant: Mutant) -> None:
    assert caught_by(mutant), f"nothing notices that {mutant.name}"


@pytest.mark.parametrize("mutant", MUTANTS, ids=[mutant.name for mutant in MUTANTS])
def test_the_mistake_can_still_be_made(mutant: Mutant) -> None:
    """Quick, so that a mistake whose text is gone is noticed at once, not only when all are tried."""
    text = (ROOT / "segpy" / mutant.file).read_text(encoding="utf-8")
    assert mutated(mutant, text) != text
