"""Unit tests to be rendered: for each segment with examples one query that computes it alone, and what goes into it."""

from __future__ import annotations

from dataclasses import dataclass

from segpy.plan.model import EntityPlan, Plan
from segpy.resolve.model_examples import Example, ExpectedFeature
from segpy.spec.expression import Literal, Type
from segpy.spec.model_values import Relation


@dataclass(frozen=True, slots=True)
class Fixture:
    """The rows of one input relation: its typed columns, and for each row the values that are not null."""

    relation: Relation
    columns: tuple[tuple[str, Type], ...]
    rows: tuple[tuple[tuple[str, Literal], ...], ...]


@dataclass(frozen=True, slots=True)
class ExampleTest:
    """One unit test: `name` is dbt's, `example` what the author wrote, `fixtures` every relation that is read."""

    name: str
    example: Example
    fixtures: tuple[Fixture, ...]


@dataclass(frozen=True, slots=True)
class ExamplesPlan:
    """The unit tests of one segment.

    `plan` is all that the segment needs and nothing else. The query over it has a column `member`, the segment's flag,
    and one for each of the `features` that some example expects.
    """

    segment: str
    model: str
    member: str
    features: tuple[ExpectedFeature, ...]
    plan: Plan
    entity: EntityPlan
    tests: tuple[ExampleTest, ...]
