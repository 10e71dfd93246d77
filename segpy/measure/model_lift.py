"""What is said of one segment and one metric after launch, and of all of a report together."""

from __future__ import annotations

from dataclasses import dataclass

from segpy.measure.model import Arm, Estimate, Interval, Status

ALARM = 0.001
"""Of which p is below was not assigned as planned (A. Fabijan et al., "Diagnosing sample ratio mismatch", KDD 2019)."""


@dataclass(frozen=True, slots=True)
class Adjusted:
    """Lift by CUPED. `reduction` is the part of the difference's variance that the covariate took away."""

    difference: Estimate
    relative: Estimate
    theta: float | None = None
    reduction: float | None = None


@dataclass(frozen=True, slots=True)
class SampleRatio:
    """Whether arms have the sizes planned. `alarm` where p is below `ALARM`; `status` tells whether p could be said."""

    n: int
    status: Status
    observed: tuple[int, ...]
    expected: tuple[float, ...]
    p: float | None = None
    exact: bool = False

    @property
    def alarm(self) -> bool:
        """Whether the arms cannot be what assignment as planned made of them."""
        return self.p is not None and self.p < ALARM


@dataclass(frozen=True, slots=True)
class Independence:
    """Whether being in one hold-out tells of being in another. `phi` is their correlation, from -1 to 1."""

    n: int
    status: Status
    phi: float | None = None
    p: float | None = None
    exact: bool = False

    @property
    def alarm(self) -> bool:
        """Whether the two cannot have been drawn independently."""
        return self.p is not None and self.p < ALARM


@dataclass(frozen=True, slots=True)
class Heterogeneity:
    """How much more estimates differ than chance lets them: Cochran's Q, its p, and the variance between (`tau2`)."""

    n: int
    status: Status
    q: float | None = None
    p: float | None = None
    tau2: float | None = None
    mean: float | None = None
    mean_se: float | None = None


@dataclass(frozen=True, slots=True)
class Lift:
    """What a treatment did to one metric in one segment.

    `rates` are Wilson's intervals of treated and control, of a metric that is 0 or 1. `smallest_effect` is the
    difference that would be seen with the power asked for. `adjusted_p`, `shrunken` and `heterogeneity` (of all
    segments with this metric) take the whole report to tell.
    """

    segment: str
    metric: str
    treated: Arm
    control: Arm
    sample_ratio: SampleRatio
    difference: Estimate
    relative: Estimate
    adjusted: Adjusted
    always_valid: Estimate
    smallest_effect: float | None
    rates: tuple[Interval, Interval] | None = None
    adjusted_p: float | None = None
    shrunken: Estimate | None = None
    heterogeneity: Heterogeneity | None = None

    @property
    def primary(self) -> Estimate:
        """The one that is counted in a report: by CUPED where there is a covariate that may be used."""
        return self.adjusted.difference if self.adjusted.difference.readable else self.difference


@dataclass(frozen=True, slots=True)
class Shrinkage:
    """Estimates drawn towards their common mean, in the order given; those without numbers stay without."""

    heterogeneity: Heterogeneity
    estimates: tuple[Estimate, ...]


@dataclass(frozen=True, slots=True)
class Posterior:
    """What is believed of one effect, about normal; and what it costs on average to take harm, or to leave help."""

    mean: float
    sd: float
    interval: Interval
    above_zero: float
    loss_if_taken: float
    loss_if_left: float
