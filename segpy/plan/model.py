"""What must be computed, with every name chosen. The SQL follows from it without another decision about meaning."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from segpy.plan.model_events import EventsPlan, Selection
from segpy.plan.model_explained import Explained
from segpy.plan.model_features import Branch, BranchColumn, FeaturesPlan
from segpy.plan.model_history import HistoryModels, Remembered
from segpy.plan.model_holdouts import ExperimentPlan, HoldoutModels, HoldoutPlan, OutcomePlan
from segpy.plan.model_owners import Owner
from segpy.plan.model_portfolio import PortfolioModels
from segpy.plan.model_purchases import PurchasePlan
from segpy.plan.model_results import ResultModels
from segpy.plan.model_semantics import SemanticsPlan
from segpy.resolve.methods import Method
from segpy.resolve.model import Bound, Comparison, ExclusiveGroup, Segment
from segpy.resolve.model_events import Entity
from segpy.spec.duration import Duration
from segpy.spec.model import Logic
from segpy.spec.model_measures import Start, Ties


@dataclass(frozen=True, slots=True)
class StepPlan:
    """One step of a sequence: `times` events of the one item, or one event of each item in any order.

    `within`, `after` and `without` reach back to the step before. `without` holds all that bars, also by `directly`;
    with `own`, what bars may be an event of the step itself, which then does not.
    """

    items: tuple[Selection, ...]
    times: int
    within: Duration | None
    after: Duration | None
    without: tuple[Selection, ...]
    own: bool
    words: str

    @property
    def selection(self) -> Selection:
        """What the step takes, where that is one kind of event."""
        return self.items[0]

    @property
    def several(self) -> bool:
        """Whether the step takes several events, so that it has a first one and a last one."""
        return self.times > 1 or len(self.items) > 1


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What must not follow a match for so long."""

    selection: Selection
    length: Duration
    words: str


@dataclass(frozen=True, slots=True)
class SequencePlan:
    """One sequence. `overlaps` pairs steps, from 0, that one event could serve.

    `same` are columns of the events model that all steps share, `fractions` those of them that hold numbers with a
    fraction. With `counted`, matches without overlap are counted.
    """

    name: str
    steps: tuple[StepPlan, ...]
    then_without: Aftermath | None
    complete_within: Duration | None
    in_the_last: Duration | None
    same: tuple[str, ...]
    fractions: frozenset[str]
    start: Start
    ties: Ties
    counted: bool
    method: Method
    overlaps: tuple[tuple[int, int], ...]
    serves: tuple[str, ...]
    words: str


@dataclass(frozen=True, slots=True)
class SequencesPlan:
    """The sequences model: one row an entity and sequence, for those that reached the first step."""

    model: str
    sequences: tuple[SequencePlan, ...]


@dataclass(frozen=True, slots=True)
class ConditionColumn:
    """A condition over one column of the features model; null where that is unknown, unless `or_never`."""

    name: str
    column: str
    nullable: bool
    comparisons: tuple[Comparison, ...]
    or_never: bool
    words: str


@dataclass(frozen=True, slots=True)
class Holds:
    """A boolean column, or with `negated` its opposite. `nullable` where it can be unknown.

    Who is not known to fulfil a condition is not a member: unknown counts as false, and under a negation as true.
    """

    column: str
    negated: bool = False
    nullable: bool = False


@dataclass(frozen=True, slots=True)
class Combined:
    """Formulas under one logic key."""

    logic: Logic
    parts: tuple[Formula, ...]
    least: int


Formula: TypeAlias = Holds | Combined


@dataclass(frozen=True, slots=True)
class FlagColumn:
    """A boolean over conditions and other flags. `depth` 0 needs conditions only, else 1 more than the deepest."""

    name: str
    formula: Formula | Remembered
    depth: int
    words: str


@dataclass(frozen=True, slots=True)
class SegmentsPlan:
    """The segments model: one row an entity, one boolean a segment, and `spec_hash`.

    Of a segment whose membership depends on earlier runs, `<segment>__holds` says whether its conditions hold.
    """

    model: str
    conditions: tuple[ConditionColumn, ...]
    flags: tuple[FlagColumn, ...]
    segments: tuple[SegmentPlan, ...]
    groups: tuple[ExclusiveGroup, ...]
    spec_hash: str

    @property
    def remembered(self) -> tuple[Remembered, ...]:
        """The flags that depend on earlier runs, by name."""
        found = (flag.formula for flag in self.flags if isinstance(flag.formula, Remembered))
        return tuple(sorted(found, key=lambda one: one.segment))


@dataclass(frozen=True, slots=True)
class SegmentPlan:
    """A segment with the hash of its meaning and its definition in English: in lines, and in one sentence.

    `apart` are its conditions one by one, `holds` is the flag that says whether they hold now, and `batch` names the
    segments that it is explained together with.
    """

    segment: Segment
    content_hash: str
    english: tuple[str, ...]
    sentence: str
    uses: tuple[str, ...]
    apart: Explained
    holds: str
    batch: str

    @property
    def described(self) -> str:
        """What its author says of it, and its definition, in lines."""
        return "\n".join(line for line in (self.segment.description, *self.english) if line)


@dataclass(frozen=True, slots=True)
class KeptPlan:
    """What of an entity is kept from run to run, so that a run computes only what can have changed since the last.

    `touched` is a model, one row an entity: the last run that saw an event of it come or go, which they do up to
    `lateness` late. `measures` is another: what `branches` measure and what came of sequences, one row an entity, which
    holds until an event of it comes, goes, or leaves a window. The values of `fresh` branches change with every
    instant: each run measures them. `seen` is a model of all who have events, used or not, where they are a population.
    """

    touched: str
    lateness: Duration
    measures: str
    seen: str | None
    branches: tuple[Branch, ...]
    fresh: tuple[Branch, ...]

    @property
    def columns(self) -> dict[str, BranchColumn]:
        """What the branches that are kept measure, by name."""
        return {one.name: one for branch in self.branches for one in branch.columns}


@dataclass(frozen=True, slots=True)
class EntityPlan:
    """Everything about one entity. `sequences` is None where there is no sequence, `kept` where each run reads all.

    `outcomes` are those that are looked for besides those of experiments, `purchase` what is asked of sales.
    """

    entity: Entity
    retention: Duration | None
    events: EventsPlan | None
    features: FeaturesPlan
    sequences: SequencesPlan | None
    segments: SegmentsPlan | None
    kept: KeptPlan | None = None
    holdouts: tuple[HoldoutPlan, ...] = ()
    experiments: tuple[ExperimentPlan, ...] = ()
    outcomes: tuple[OutcomePlan, ...] = ()
    purchase: PurchasePlan | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything. `members`, `catalog`, `activation`, `attrition` and `explanations` are names of models, as are those
    of `history`. `explanations` is None where nobody wants them."""

    bound: Bound
    entities: tuple[EntityPlan, ...]
    members: str
    catalog: str
    activation: str
    attrition: str
    explanations: str | None
    history: HistoryModels
    owners: tuple[Owner, ...] = ()
    semantics: SemanticsPlan | None = None
    holdouts: HoldoutModels | None = None
    portfolio: PortfolioModels | None = None
    results: ResultModels = field(default_factory=ResultModels)


def models_of(plan: Plan) -> tuple[str, ...]:
    """The names of all models."""
    names: list[str] = []
    for entity in plan.entities:
        parts = (entity.events, entity.sequences, entity.features, entity.segments)
        names += [part.model for part in parts if part is not None]
        kept = entity.kept
        names += [name for name in (kept.touched, kept.measures, kept.seen) if name is not None] if kept else []
    some = any(entity.segments is not None for entity in plan.entities)
    if not some:
        return tuple(names)
    explained = (plan.attrition, plan.explanations) if plan.explanations is not None else (plan.attrition,)
    spine = (plan.semantics.time_spine,) if plan.semantics is not None and plan.semantics.time_spine else ()
    held = plan.holdouts.names if plan.holdouts is not None else ()
    whole = plan.portfolio.names if plan.portfolio is not None else ()
    listed = (*plan.history.names, *held, *whole, *plan.results.names)
    return (*names, plan.members, plan.catalog, plan.activation, *explained, *listed, *spine)
