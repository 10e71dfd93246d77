"""Hold-outs: who is in which, and the models that they stand in."""

from __future__ import annotations

from dataclasses import dataclass

from segpy.resolve.model_experiments import Holdout
from segpy.spec.expression import Type


@dataclass(frozen=True, slots=True)
class StratumColumn:
    """A value that is the same for all of a stratum: a column of the features model, under its name in the spec."""

    name: str
    column: str
    type: Type


@dataclass(frozen=True, slots=True)
class HoldoutPlan:
    """A hold-out, the key of whom it is drawn from, and by which columns of the features model it is stratified."""

    holdout: Holdout
    key: str
    strata: tuple[StratumColumn, ...]


@dataclass(frozen=True, slots=True)
class HoldoutModels:
    """The names of the models: what hold-outs there are, and who was assigned to which arm."""

    holdouts: str
    assignments: str
