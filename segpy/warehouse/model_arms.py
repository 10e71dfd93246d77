"""What the warehouse tells of the arms of experiments."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ArmRow:
    """A row of `segment_arms`: a metric in an arm. Variances and the covariance are those of a sample."""

    segment: str
    outcome: str
    metric: str
    arm: str
    assigned: int
    observed: int
    mean: float | None
    variance: float | None
    covariate_mean: float | None
    covariate_variance: float | None
    covariance: float | None


@dataclass(frozen=True, slots=True)
class Arms:
    """The arms of all experiments at an instant, and for each segment the share that was to be held out.

    The share is the mean of those that applied when people were assigned, from 0 to 1.
    """

    as_of: str | None
    rows: tuple[ArmRow, ...]
    shares: dict[str, float]
