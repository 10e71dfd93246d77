"""Metrics that are a sum over a sum, where those who were assigned are not those who are counted below the line."""

from __future__ import annotations

from segpy.measure.model import Arm, RatioArm


def linearised(arm: RatioArm) -> Arm:
    """A ratio of means as an arm of its own, whose variance is that of the ratio by the delta method.

    With r = numerator / denominator, the variance of one person's share is (var_num - 2 r covar + r² var_den) / den²
    (A. Deng et al., "Applying the delta method in metric analytics", KDD 2018). `welch.difference` and
    `relative.relative` then hold for it. An arm without a denominator has no mean.
    """
    if arm.n < 2 or arm.denominator == 0:
        return Arm(arm.n, None, None)
    ratio = arm.numerator / arm.denominator
    spread = arm.numerator_var - 2 * ratio * arm.covar + ratio**2 * arm.denominator_var
    return Arm(arm.n, ratio, max(0.0, spread / arm.denominator**2))  # below 0 by rounding only
