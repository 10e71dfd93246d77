"""How the models of an entity are computed from run to run, and why so: for people to read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from segpy.plan.model import EntityPlan, KeptPlan, Plan
from segpy.plan.model_features import Branch, BranchColumn, Way
from segpy.resolve.model_events import with_article
from segpy.resolve.model_measures import Aggregation, BetweenAgo, InTheLast, Streaks
from segpy.resolve.model_windows import OnTheCalendar
from segpy.spec.duration import Duration
from segpy.spec.model import Population
from segpy.spec.model_measures import StreakKind


@dataclass(frozen=True, slots=True)
class ModelChosen:
    """How one model is computed."""

    model: str
    kept: bool
    words: str


@dataclass(frozen=True, slots=True)
class Fresh:
    """A measure that each run computes anew, and why."""

    column: str
    why: str


@dataclass(frozen=True, slots=True)
class Chosen:
    """How the models of an entity are computed. `words` say whether something is kept, and if not, why."""

    entity: str
    kept: bool
    words: str
    models: tuple[ModelChosen, ...]
    fresh: tuple[Fresh, ...]


def chosen(plan: Plan) -> tuple[Chosen, ...]:
    """What was chosen for each entity."""
    return tuple(_chosen(plan, entity) for entity in plan.entities)


def _chosen(plan: Plan, entity: EntityPlan) -> Chosen:
    name, kept = entity.entity.name, entity.kept
    if kept is None:
        return Chosen(name, False, _why_not(plan, entity), tuple(_anew(entity)), ())
    words = f"kept from run to run; events come up to {kept.lateness} late"
    fresh = tuple(Fresh(one.name, _why_fresh(branch, one)) for branch in kept.fresh for one in branch.columns)
    return Chosen(name, True, words, tuple(_kept(entity, kept)), fresh)


def _why_not(plan: Plan, entity: EntityPlan) -> str:
    if entity.events is None:
        return "computed anew by each run: it looks at no events"
    if entity.entity.members is not None:
        member = entity.entity.members.entity.name
        whose = f"its events are those of {with_article(member)}, and whose that is can change without an event"
        return f"computed anew by each run: {whose}"
    assert plan.bound.settings.lateness is None
    return "computed anew by each run: `lateness` in segments/segpy.yml would say how late events may come"


def _anew(entity: EntityPlan) -> Iterator[ModelChosen]:
    for part in (entity.events, entity.sequences, entity.features, entity.segments):
        if part is not None:
            yield ModelChosen(part.model, False, "all of it")


def _kept(entity: EntityPlan, kept: KeptPlan) -> Iterator[ModelChosen]:
    assert entity.events is not None
    again = f"what is known since {kept.lateness} before the last run"
    edges = _edges(entity, kept)
    passed = f", or with an event that passed {', '.join(edges)} ago" if edges else ""
    yield ModelChosen(entity.events.model, True, f"reads again {again}")
    yield ModelChosen(kept.touched, True, "notes whose events these are, and were")
    if entity.sequences is not None:
        yield ModelChosen(entity.sequences.model, True, f"looks at those touched{passed}")
    yield ModelChosen(kept.measures, True, f"measures those touched{passed}")
    if kept.seen is not None:
        yield ModelChosen(kept.seen, True, f"adds who was first known {again.removeprefix('what is known ')}")
    yield ModelChosen(entity.features.model, False, _features(entity, kept))
    if entity.segments is not None:
        yield ModelChosen(entity.segments.model, False, "all of it, out of the features")


def _features(entity: EntityPlan, kept: KeptPlan) -> str:
    read = f"looks up {kept.measures}"
    if kept.fresh:
        read += ", and measures the rest from all events"
    if kept.seen is None and entity.entity.population is not Population.ATTRIBUTES:
        read += "; asks the streams who is there, as some leave by `retention`"
    return read


def _edges(entity: EntityPlan, kept: KeptPlan) -> list[str]:
    """The lengths behind `as_of` at which an event makes a difference when it gets there."""
    lengths: set[Duration] = set()
    words: set[str] = set()
    for branch in kept.branches:
        for one in branch.columns:
            match one.window:
                case InTheLast(length) if branch.anchor is None:
                    lengths.add(length)
                case BetweenAgo(far, near) if branch.anchor is None:
                    lengths |= {far, near}
                case OnTheCalendar(far_edge, near_edge):
                    words |= {f"{edge.back} {edge.unit}s of the calendar" for edge in (far_edge, near_edge)}
            if isinstance(one.detail, Streaks) and one.detail.kind is StreakKind.CURRENT:
                words.add(f"{one.detail.allow_gap + 2} {one.detail.unit.value}s of a streak")
    for sequence in entity.sequences.sequences if entity.sequences is not None else ():
        lengths |= {sequence.in_the_last} if sequence.in_the_last is not None else set()
        lengths |= {sequence.then_without.length} if sequence.then_without is not None else set()
    lengths |= {entity.retention} if entity.retention is not None else set()
    return [*map(str, _in_order(lengths)), *sorted(words)]


def _in_order(lengths: Iterable[Duration]) -> list[Duration]:
    return sorted((one for one in lengths if one.seconds), key=lambda one: one.seconds)


def _why_fresh(branch: Branch, one: BranchColumn) -> str:
    if one.aggregation is Aggregation.DECAYED:
        return "each event counts by its age"
    if branch.way is Way.PERIODS:
        return "its periods are laid back from as_of"
    return f"its window begins with {branch.start}, which may change without an event"
