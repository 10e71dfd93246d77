"""People as numbers, the space in which they are alike, and the few questions that tell them apart."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import TypeAlias

Row: TypeAlias = tuple[float | None, ...]
"""One person: a number for each feature, None where it is not known."""

Point: TypeAlias = tuple[float, ...]
"""A place in the space of clusters."""


class Unit(Enum):
    """What a feature counts in, which decides what a round number of it is. Durations are seconds."""

    NUMBER = "number"
    INTEGER = "integer"
    SECONDS = "seconds"


@dataclass(frozen=True, slots=True)
class Feature:
    """A column of the features model. `nullable` where the language knows people without a value."""

    name: str
    unit: Unit
    nullable: bool


@dataclass(frozen=True, slots=True)
class People:
    """Everybody, in the order of their keys, each with a number for every feature."""

    features: tuple[Feature, ...]
    keys: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """How many clusters (None: as many as are stable), how many questions, and where chance begins."""

    clusters: int | None
    questions: int
    seed: int


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A feature that nothing is made of, and why."""

    feature: str
    reason: str


@dataclass(frozen=True, slots=True)
class Scale:
    """How a feature becomes a coordinate: by its logarithm where its tail is heavy, then by centre and spread.

    `per` is what it is divided by before the logarithm, `limit` how far from the centre anybody can be. Whoever has no
    value stands at `unknown`, and where there were such people when it was made, has a coordinate `told` that says so.
    """

    log: bool
    per: float
    center: float
    spread: float
    limit: float
    unknown: float
    told: bool


@dataclass(frozen=True, slots=True)
class Question:
    """Whether a feature, by its place, is `at_least` so much; without a number, whether it is known at all.

    Who has no value is sent to the yes where `unknown_passes`.
    """

    feature: int
    at_least: Decimal | None
    unknown_passes: bool


@dataclass(frozen=True, slots=True)
class Leaf:
    """The cluster of those who end here."""

    cluster: int


@dataclass(frozen=True, slots=True)
class Split:
    """A question, and what follows from its answers."""

    question: Question
    yes: Tree
    no: Tree


Tree: TypeAlias = Leaf | Split


@dataclass(frozen=True, slots=True)
class Description:
    """Clusters and the questions that tell them apart, frozen: with it anybody is classified, at any instant."""

    features: tuple[Feature, ...]
    scales: tuple[Scale, ...]
    centers: tuple[Point, ...]
    tree: Tree


@dataclass(frozen=True, slots=True)
class Stability:
    """How alike the clusters of resampled people are: mean and standard deviation of the adjusted Rand index."""

    clusters: int
    mean: float
    deviation: float
    samples: int


@dataclass(frozen=True, slots=True)
class Score:
    """Of so many people, for how many the questions say what the nearest centre says; and the largest cluster."""

    people: int
    right: int
    largest: int


@dataclass(frozen=True, slots=True)
class Described:
    """What came of people: the description, how it was chosen, and how well it does on those it has never seen.

    `fitted` is how it does on those it was made of, which is no measure of it. `counts` are how many of all are in each
    cluster by the questions, `ways` on each way through them in its order, and `medians` the middle of each feature in
    each cluster. `asked` counts different questions.
    """

    description: Description
    left_out: tuple[LeftOut, ...]
    tried: tuple[Stability, ...]
    fitted: Score
    held_out: Score
    counts: tuple[int, ...]
    ways: tuple[int, ...]
    medians: tuple[Row, ...]
    asked: int

    @property
    def stability(self) -> Stability:
        """That of the number of clusters that was taken."""
        return next(one for one in self.tried if one.clusters == len(self.description.centers))


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a way through the questions demands of a feature: from `at_least` up to below `less_than`.

    Without either: of those without a value whether it must be known (`unknown` false), or must not be (true).
    """

    feature: int
    at_least: Decimal | None
    less_than: Decimal | None
    unknown: bool


@dataclass(frozen=True, slots=True)
class Written:
    """A segment to be: the cluster it stands for, and the ways that lead to it, each of which is enough.

    `extends` another segment where whoever is in it is in that one anyway, by their definitions.
    """

    name: str
    cluster: int
    ways: tuple[tuple[Bounds, ...], ...]
    extends: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a condition stands in a spec file: its line, from 1, and what it is of."""

    line: int
    segment: int
    way: int
    condition: int


@dataclass(frozen=True, slots=True)
class EvolvedFile:
    """The text of a spec file, and the places of its conditions."""

    text: str
    places: tuple[Place, ...]
