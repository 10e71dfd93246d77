"""Every figure of reference is ours too, as exactly as it was written down."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from tests.measure import figures
from tests.measure.arms import ANCHORS

TOLD = figures.told()
# Written down with fewer digits than twelve; the second index of stability is wrong in its last five.
ROUNDED = {
    "mean/rel_log_teatasting/ci": 1e-5,
    "cuped/rel_teatasting": 1e-6,
    "fdr/bh_adj": 1e-6,
    "psi/shares_0.25x4_vs_.4.3.2.1": 1e-11,
    **dict.fromkeys(("elasticity/slope", "elasticity/intercept", "elasticity/se"), 1e-8),
}


@cache
def ours() -> dict[str, Any]:
    return figures.ours()


@pytest.mark.parametrize("path", TOLD)
def test_a_figure_is_that_of_reference(path: str) -> None:
    assert ours()[path] == pytest.approx(TOLD[path], rel=1e-11, abs=ROUNDED.get(path, 1e-10))


def test_none_is_left_out() -> None:
    assert set(ours()) == set(TOLD)
    assert len(TOLD) > 70
    assert set(ANCHORS) == {path.partition("/")[0] for path in TOLD} | {"note", "toy_inputs"}


def test_what_is_not_offered_is_there_to_be_compared() -> None:
    assert all(any(path.startswith(one) for path in TOLD) for one in figures.NOT_OFFERED)
