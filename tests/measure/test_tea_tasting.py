"""Equal to tea-tasting, from the same statistics.

tea-tasting brings Ibis and Arrow (210 MB), so it is no dependency of the tests. What it says of fifty random
experiments is recorded in tests/golden/tea_tasting.json and compared in every run; where it is installed, it is asked
again.
`SEGPY_REGENERATE=1 pytest tests/measure/test_tea_tasting.py` records.
"""

from __future__ import annotations

import json
import os
import random
from pathlib import Path
from typing import Any

import pytest

from segpy.measure.cuped import adjusted
from segpy.measure.model import RatioArm, Status
from segpy.measure.ratio import linearised
from segpy.measure.relative import relative
from segpy.measure.welch import difference
from tests.measure.arms import arm_of, ends, ratio_arm

GOLDEN = Path(__file__).parents[1] / "golden" / "tea_tasting.json"
SEEDS = range(50)
Rows = dict[str, list[float]]


def experiment(seed: int) -> tuple[Rows, Rows]:
    """Treated and control: a value, what it is a ratio of, and what it was before."""
    rng = random.Random(seed)
    pair = []
    for effect in (rng.uniform(0.5, 1.6), 1.0):
        n = rng.randint(5, 120)
        before = [rng.gammavariate(4, 1) for _ in range(n)]
        value = [round(effect * (0.6 * one + rng.gammavariate(3, 1)), 6) for one in before]
        pair.append({"value": value, "before": before, "below": [1.0 + rng.randint(0, 6) for _ in range(n)]})
    return pair[0], pair[1]


def theirs(seed: int) -> dict[str, list[float]]:
    """What tea-tasting says: difference, its interval, relative lift, its interval, p."""
    import tea_tasting as tt
    from tea_tasting.aggr import Aggregates

    arms = []
    for rows in experiment(seed):
        whole = {name: arm_of(values) for name, values in rows.items()}
        shared = {
            (one, other): ratio_arm(rows[one], rows[other]).covar for one in rows for other in rows if one < other
        }
        means = {name: arm.mean or 0.0 for name, arm in whole.items()}
        arms.append(
            Aggregates(len(rows["value"]), means, {name: arm.var or 0.0 for name, arm in whole.items()}, shared)
        )
    metrics = {
        "mean": tt.Mean("value"),
        "cuped": tt.Mean("value", "before"),
        "ratio": tt.RatioOfMeans("value", "below"),
    }
    found = {}
    for name, metric in metrics.items():
        one = metric.analyze_aggregates(arms[1], arms[0])
        absolute = [one.effect_size, one.effect_size_ci_lower, one.effect_size_ci_upper]
        relatively = [one.rel_effect_size, one.rel_effect_size_ci_lower, one.rel_effect_size_ci_upper]
        found[name] = [float(number) for number in (*absolute, *relatively, one.pvalue)]
    return found


def ours(seed: int) -> dict[str, list[float | None]]:
    """The same of ours. A relative lift that ours withholds is not compared."""
    treated, control = experiment(seed)
    arms = [arm_of(rows["value"], rows["before"]) for rows in (treated, control)]
    by_ratio = [linearised(ratio_arm(rows["value"], rows["below"])) for rows in (treated, control)]
    by_covariate = adjusted(arms[0], arms[1])
    pairs = {
        "mean": (difference(*arms), relative(*arms)),
        "cuped": (by_covariate.difference, by_covariate.relative),
        "ratio": (difference(*by_ratio), relative(*by_ratio)),
    }
    found: dict[str, list[float | None]] = {}
    for name, (absolute, relatively) in pairs.items():
        assert absolute.readable
        shown = [relatively.estimate, *ends(relatively.interval)] if relatively.readable else [None] * 3
        assert relatively.readable or relatively.status in (Status.CONTROL_NEAR_ZERO, Status.TREATED_NEAR_ZERO)
        found[name] = [absolute.estimate, *ends(absolute.interval), *shown, absolute.p]
    return found


def recorded() -> dict[str, Any]:
    if os.environ.get("SEGPY_REGENERATE"):
        from importlib.metadata import version

        said = {"version": version("tea-tasting"), "experiments": [theirs(seed) for seed in SEEDS]}
        GOLDEN.write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")
    found: dict[str, Any] = json.loads(GOLDEN.read_text(encoding="utf-8"))
    return found


def test_ours_are_those_that_were_recorded() -> None:
    compared = 0
    told = recorded()["experiments"]
    assert len(told) == len(SEEDS)
    for seed, said in zip(SEEDS, told, strict=True):
        for name, numbers in ours(seed).items():
            pairs = [(one, other) for one, other in zip(numbers, said[name], strict=True) if one is not None]
            assert [one for one, _ in pairs] == pytest.approx([other for _, other in pairs], rel=1e-8, abs=1e-10)
            compared += len(pairs)
    assert compared > 0.95 * len(SEEDS) * 3 * 7


def test_what_was_recorded_is_what_it_says() -> None:
    pytest.importorskip(
        "tea_tasting", reason="tea-tasting is not installed: what it said is compared, not what it says"
    )
    for seed, said in zip(SEEDS, recorded()["experiments"], strict=True):
        for name, numbers in theirs(seed).items():
            assert numbers == pytest.approx(said[name], rel=1e-9)


def test_an_arm_without_a_denominator_has_no_ratio() -> None:
    assert linearised(RatioArm(9, 1.0, 1.0, 0.0, 0.0, 0.0)).mean is None
    assert difference(*[linearised(RatioArm(9, 1.0, 1.0, 0.0, 0.0, 0.0))] * 2).status is Status.TOO_FEW
