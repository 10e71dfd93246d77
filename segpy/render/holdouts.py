"""What dbt is told of hold-outs: descriptions, contracts and tests."""

from __future__ import annotations

from collections import Counter
from statistics import NormalDist
from typing import Any

from segpy.plan.model import Plan
from segpy.plan.model_holdouts import HoldoutModels
from segpy.render.history import Contents, a_test

_ALARM = 0.001
"""How likely a test that fails would be if chance alone were at work."""


def holdout_contents(plan: Plan) -> dict[str, Contents]:
    """The models of hold-outs, in a project that has any."""
    models = plan.holdouts
    if models is None:
        return {}
    tests = [a_test("segpy_grain", columns=["salt", "entity_key"]), a_test("segpy_holdout_shares")]
    pairs = _pairs(plan)
    if pairs:
        above = round(NormalDist().inv_cdf(1 - _ALARM / pairs / 2) ** 2, 3)
        tests.append(a_test("segpy_holdouts_independent", holdouts=f"ref('{models.holdouts}')", above=above))
    return {
        models.holdouts: (
            "The hold-outs, and the segments that each is of.",
            True,
            [a_test("segpy_grain", columns=["holdout", "segment"])],
        ),
        models.assignments: (
            "To which arm of each hold-out everybody was assigned when they first were in a segment that it is of; "
            "kept from run to run, so that nobody changes arms.",
            False,
            tests,
        ),
        **_measured(models),
    }


def _measured(models: HoldoutModels) -> dict[str, Contents]:
    """The models of experiments, where any measures something."""
    if models.outcomes is None or models.arms is None:
        return {}
    return {
        models.outcomes: (
            "What came of everybody who was assigned to an arm of an experiment: as assigned, whatever was done.",
            True,
            [a_test("segpy_grain", columns=["segment", "outcome", "entity_key"])],
        ),
        models.arms: (
            "What is known of the arms of every experiment: counts, means, variances and covariances.",
            True,
            [a_test("segpy_grain", columns=["segment", "outcome", "metric", "arm"])],
        ),
    }


def activation_tests(models: HoldoutModels | None) -> list[Any]:
    """That nobody who is held out is acted upon."""
    if models is None:
        return []
    holdouts, assignments = f"ref('{models.holdouts}')", f"ref('{models.assignments}')"
    return [a_test("segpy_nobody_held_out", holdouts=holdouts, assignments=assignments)]


def _pairs(plan: Plan) -> int:
    """How many pairs of hold-outs there are that draw from the same entities."""
    by_entity = Counter(one.entity for one in plan.bound.holdouts)
    return sum(many * (many - 1) // 2 for many in by_entity.values())
