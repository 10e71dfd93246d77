"""What the warehouse tells of arms, and what is made of it. A number that must not be read is not there."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from math import isfinite


class Status(Enum):
    """Whether a number may be read, or why it is withheld."""

    READABLE = "readable"
    INVALID = "invalid"
    TOO_FEW = "too_few"
    NO_VARIANCE = "no_variance"
    SAMPLE_RATIO_MISMATCH = "sample_ratio_mismatch"
    HORIZON_NOT_OBSERVED = "horizon_not_observed"
    DEFINED_AFTER_EXPOSURE = "defined_after_exposure"
    CONTROL_NEAR_ZERO = "control_near_zero"
    TREATED_NEAR_ZERO = "treated_near_zero"
    NO_COVARIATE = "no_covariate"
    COVARIATE_AFTER_EXPOSURE = "covariate_after_exposure"
    NO_COST = "no_cost"
    NO_GAIN = "no_gain"
    NOT_YET = "not_yet"
    SEVERAL_PRODUCTS = "several_products"
    NO_LOGARITHM = "no_logarithm"

    @property
    def reason(self) -> str:
        """Why a number is withheld, as a sentence goes on: "withheld: …"."""
        return _REASONS[self]


_REASONS = {
    Status.READABLE: "nothing stands against reading it",
    Status.INVALID: "the warehouse delivered no finite numbers, or none that fit each other",
    Status.TOO_FEW: "too few people, or too few events among them",
    Status.NO_VARIANCE: "everybody has the same value",
    Status.SAMPLE_RATIO_MISMATCH: "the arms are not of the sizes planned, so people are missing from one of them",
    Status.HORIZON_NOT_OBSERVED: "some people's time for the outcome is not over",
    Status.DEFINED_AFTER_EXPOSURE: "the segment was defined by what followed exposure",
    Status.CONTROL_NEAR_ZERO: "the interval of the control's mean touches 0, and nothing can be said in parts of it",
    Status.TREATED_NEAR_ZERO: "the interval of the treated's mean touches 0, and its logarithm has no lower limit",
    Status.NO_COVARIATE: "no covariate was given",
    Status.COVARIATE_AFTER_EXPOSURE: "the covariate does not end strictly before exposure",
    Status.NO_COST: "nothing was spent, or it is not known what",
    Status.NO_GAIN: "no gain was seen that the cost could be divided by",
    Status.NOT_YET: "it has not happened in the time observed",
    Status.SEVERAL_PRODUCTS: "prices of several products in one line tell dear products from cheap ones, not responses",
    Status.NO_LOGARITHM: "a price or quantity is 0 or less, and leaving those periods out would select",
}


class Method(Enum):
    """How an interval and a p-value were made; docs/reference/statistics.md has the formula of each."""

    WELCH = "welch"
    NEWCOMBE = "newcombe"
    WILSON = "wilson"
    LOG_RATIO = "log_ratio"
    CONFIDENCE_SEQUENCE = "confidence_sequence"
    SHRUNKEN = "shrunken"
    FIELLER = "fieller"
    RECALL_RATIO = "recall_ratio"
    GREENWOOD = "greenwood"
    GARWOOD = "garwood"
    WEIGHTED_SLOPE = "weighted_slope"
    DELONG = "delong"
    LOG_LOG = "log_log"
    POISSON = "poisson"
    RATIO_OF_SUMS = "ratio_of_sums"
    SEASONAL_NAIVE = "seasonal_naive"
    EXPONENTIAL_SMOOTHING = "exponential_smoothing"


@dataclass(frozen=True, slots=True)
class Interval:
    """From `low` to `high`; None where it has no end on that side."""

    low: float | None
    high: float | None

    def touches(self, value: float) -> bool:
        """Whether a value lies in it, its ends included."""
        return (self.low is None or self.low <= value) and (self.high is None or value <= self.high)


@dataclass(frozen=True, slots=True)
class Covariate:
    """What the people of an arm were like before: mean and sample variance of it, and its covariance with the metric.

    `before_exposure` says that what it measures ended strictly before each person's exposure.
    """

    mean: float
    var: float
    covar: float
    before_exposure: bool


@dataclass(frozen=True, slots=True)
class Arm:
    """A metric in a group of people: how many, the mean, and the sample variance (over n - 1).

    `mean` is None where there is nobody, `var` where there are fewer than two. `assigned` is how many were assigned to
    the arm, where that is more than those of whom the metric is known already.
    """

    n: int
    mean: float | None
    var: float | None
    covariate: Covariate | None = None
    assigned: int | None = None

    @property
    def size(self) -> int:
        """How many were assigned: what is held against the plan."""
        return self.n if self.assigned is None else self.assigned

    @property
    def events(self) -> int:
        """How many have a 1, where the metric is 0 or 1."""
        return round(self.n * (self.mean or 0.0))


@dataclass(frozen=True, slots=True)
class RatioArm:
    """A metric that is a sum over another, as revenue over orders, where people were assigned, not orders.

    Means and sample variances of both are over the n people; `covar` is between the two.
    """

    n: int
    numerator: float
    numerator_var: float
    denominator: float
    denominator_var: float
    covar: float


@dataclass(frozen=True, slots=True)
class Design:
    """What was planned and what is known of an experiment, before a number is looked at.

    `control_share` is the planned part of people who are in the control, above 0 and below 1; `least` is how many each
    arm must have; `tuned_at` is for how many people in all the always-valid interval is narrowest.
    """

    control_share: float
    horizon_observed: bool = True
    defined_before_exposure: bool = True
    confidence: float = 0.95
    power: float = 0.8
    least: int = 30
    tuned_at: int = 5000


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with all that it takes to read it; if `status` withholds it, there are no numbers but `n`.

    `n` is how many people it rests upon, `se` the standard error on the scale that the interval was made on, `dof` the
    degrees of freedom of Student's t (None: the normal distribution).
    """

    n: int
    status: Status
    method: Method | None = None
    estimate: float | None = None
    interval: Interval | None = None
    p: float | None = None
    se: float | None = None
    dof: float | None = None
    confidence: float = 0.95

    def __post_init__(self) -> None:
        """What is withheld is not there, what is there is finite."""
        ends = (self.interval.low, self.interval.high) if self.interval is not None else ()
        numbers = [one for one in (self.estimate, self.p, self.se, self.dof, *ends) if one is not None]
        if self.status is not Status.READABLE and (numbers or self.interval is not None):
            raise ValueError(f"{self.status.value}, and yet there are numbers: {numbers}")
        if not all(isfinite(one) for one in numbers):
            raise ValueError(f"not finite: {numbers}")

    @property
    def readable(self) -> bool:
        """Whether there is a number."""
        return self.status is Status.READABLE


def withheld(n: int, status: Status) -> Estimate:
    """An estimate without numbers."""
    return Estimate(n, status)
