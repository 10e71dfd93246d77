"""What is said of time: when people convert, leave, and how long an effect lasts."""

from __future__ import annotations

from dataclasses import dataclass

from segpy.measure.model import Estimate, Status


@dataclass(frozen=True, slots=True)
class Stay:
    """So many people who were at risk together. Periods count from 1 since their entry.

    `entered` is how many periods were over when they came under observation (0: from the beginning); `left` the last
    period in which they were observed, None where that is not known; `happened` whether the event came in it.
    """

    entered: int
    left: int | None
    happened: bool
    n: int = 1


@dataclass(frozen=True, slots=True)
class Period:
    """One period: how many were at risk, how many of them had the event, which part, and which part of all is left."""

    period: int
    at_risk: int
    events: int
    hazard: Estimate
    survival: Estimate


@dataclass(frozen=True, slots=True)
class LifeTable:
    """Periods from the first to the last observed; `rate` is events over all periods of all people.

    `undated` are people left out as their last period is not known, or lies before they were observed.
    """

    n: int
    status: Status
    periods: tuple[Period, ...]
    rate: Estimate
    undated: int = 0


@dataclass(frozen=True, slots=True)
class HalfLife:
    """The period by whose end half of people had left. NOT_YET: more than half were still there when observation ended.

    `earliest` and `latest` are where the limits of survival reach a half; None where they do not.
    """

    n: int
    status: Status
    observed: int
    periods: int | None = None
    earliest: int | None = None
    latest: int | None = None


@dataclass(frozen=True, slots=True)
class Turnover:
    """Who came in of those outside, and who left of those inside, in one period."""

    entry: Estimate
    exit: Estimate


@dataclass(frozen=True, slots=True)
class Decay:
    """The lift of each week since launch, and by how much it changes in a week."""

    weeks: tuple[tuple[int, Estimate], ...]
    slope: Estimate
