"""Hold-outs and experiments: who is in which, what is measured, and the models that it stands in."""

from __future__ import annotations

from dataclasses import dataclass

from segpy.plan.model_events import Selection
from segpy.resolve.model_experiments import Holdout
from segpy.spec.duration import Duration
from segpy.spec.expression import Type


@dataclass(frozen=True, slots=True)
class StratumColumn:
    """A value that is the same for all of a stratum: a column of the features model, under its name in the spec."""

    name: str
    column: str
    type: Type


@dataclass(frozen=True, slots=True)
class HoldoutPlan:
    """A hold-out, the key of whom it is drawn from, and by which columns of the features model it is stratified.

    `elsewhere` is the column that says what somebody else drew.
    """

    holdout: Holdout
    key: str
    strata: tuple[StratumColumn, ...]
    elsewhere: StratumColumn | None = None


@dataclass(frozen=True, slots=True)
class HoldoutModels:
    """The names of the models: what hold-outs there are, and who was assigned to which arm.

    `outcomes` and `arms` say what came of those who were assigned; None where no experiment measures anything.
    """

    holdouts: str
    assignments: str
    outcomes: str | None
    arms: str | None

    @property
    def names(self) -> tuple[str, ...]:
        """All of them."""
        every = (self.holdouts, self.assignments, self.outcomes, self.arms)
        return tuple(name for name in every if name is not None)


@dataclass(frozen=True, slots=True)
class OutcomePlan:
    """What is looked for after an exposure: rows of the events model, and the column with their worth."""

    name: str
    guardrail: bool
    selection: Selection
    value: str | None
    within: Duration


@dataclass(frozen=True, slots=True)
class ExperimentPlan:
    """What is measured of a segment. `covariate` is a column of the features model, of the run of the assignment.

    `pays` where acting costs something, so that it may pay for itself.
    """

    segment: str
    salt: str
    outcomes: tuple[OutcomePlan, ...]
    covariate: str | None
    pays: bool = False


MONTHS = 12
"""For so many months since exposure it is told what people brought in."""


def month_metric(month: int) -> str:
    """What that is called as a metric of an arm."""
    return f"value_month_{month:02d}"
