"""What a treatment did, for each segment and metric, and over all of a report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from segpy.measure import discoveries
from segpy.measure.always_valid import always_valid
from segpy.measure.cuped import adjusted
from segpy.measure.interval import unreadable
from segpy.measure.model import Arm, Design, Interval, Status, withheld
from segpy.measure.model_lift import Adjusted, Lift, SampleRatio
from segpy.measure.power import smallest_effect
from segpy.measure.proportions import difference_of_rates
from segpy.measure.relative import relative
from segpy.measure.sample_ratio import sample_ratio
from segpy.measure.shrinkage import shrunken
from segpy.measure.welch import difference
from segpy.measure.wilson import wilson


def lift(segment: str, metric: str, treated: Arm, control: Arm, design: Design, *, binary: bool) -> Lift:
    """One segment and metric: the differences, or why they are withheld.

    What stands against the experiment withholds every number: arms not of the sizes planned, a horizon not over, a
    segment defined by what followed, too few. `binary` is for a metric that is 0 or 1.
    """
    sizes = sample_ratio((treated.size, control.size), (1 - design.control_share, design.control_share))
    status = against(treated, control, design, sizes) or (_no_rates(treated, control) if binary else None)
    if status is not None:
        nothing = withheld(treated.n + control.n, status)
        return Lift(
            segment, metric, treated, control, sizes, nothing, nothing, Adjusted(nothing, nothing), nothing, None
        )
    plain = difference(treated, control, design.confidence)
    by_covariate = adjusted(treated, control, design.confidence)
    best = by_covariate.difference if by_covariate.difference.readable else plain
    return Lift(
        segment,
        metric,
        treated,
        control,
        sizes,
        difference_of_rates(treated, control, design.confidence) if binary else plain,
        relative(treated, control, design.confidence),
        by_covariate,
        always_valid(best, design.confidence, design.tuned_at),
        None if best.se is None else smallest_effect(best.se, design.confidence, design.power),
        _rates(treated, control, design.confidence) if binary else None,
    )


def against(treated: Arm, control: Arm, design: Design, sizes: SampleRatio) -> Status | None:
    """What stands against any number of effects, the gravest first."""
    if not design.defined_before_exposure:
        return Status.DEFINED_AFTER_EXPOSURE
    if sizes.status is Status.INVALID:
        return Status.INVALID
    if sizes.alarm:
        return Status.SAMPLE_RATIO_MISMATCH
    if not design.horizon_observed:
        return Status.HORIZON_NOT_OBSERVED
    if min(treated.n, control.n) < design.least:
        return Status.TOO_FEW
    return unreadable(treated, control)


def _no_rates(*arms: Arm) -> Status | None:
    return None if all(0 <= (arm.mean or 0.0) <= 1 for arm in arms) else Status.INVALID


def _rates(treated: Arm, control: Arm, confidence: float) -> tuple[Interval, Interval] | None:
    own, other = wilson(treated.events, treated.n, confidence), wilson(control.events, control.n, confidence)
    return (own, other) if own is not None and other is not None else None


def report(lifts: Sequence[Lift], confidence: float = 0.95) -> tuple[Lift, ...]:
    """All lifts of a report, with what takes all: p adjusted over all pairs, estimates shrunken within each metric."""
    ps = discoveries.adjusted([one.primary.p for one in lifts])
    of_metric = {
        metric: shrunken([one.primary for one in lifts if one.metric == metric], confidence)
        for metric in {one.metric for one in lifts}
    }
    drawn = {metric: iter(found.estimates) for metric, found in of_metric.items()}
    return tuple(
        replace(one, adjusted_p=p, shrunken=next(drawn[one.metric]), heterogeneity=of_metric[one.metric].heterogeneity)
        for one, p in zip(lifts, ps, strict=True)
    )
