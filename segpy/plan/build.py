"""The passes that make a plan of a bound spec. Their order is the documentation."""

from __future__ import annotations

from collections.abc import Iterable

from segpy.plan.features import Context, Wanted, column_names, features_plan, verdict_names
from segpy.plan.fingerprint import canonical
from segpy.plan.kept import kept_plan
from segpy.plan.model import EntityPlan, Plan
from segpy.plan.model_history import HistoryModels
from segpy.plan.model_holdouts import ExperimentPlan, HoldoutModels, HoldoutPlan, OutcomePlan, StratumColumn
from segpy.plan.model_portfolio import PortfolioModels
from segpy.plan.model_purchases import PurchasePlan
from segpy.plan.model_results import BACKTESTS, LIFT, STATISTICS, ResultModels
from segpy.plan.model_semantics import SemanticsPlan
from segpy.plan.names import atom_name, slug
from segpy.plan.owners import owners
from segpy.plan.segments import Measured, segments_plan
from segpy.plan.selections import Found, atoms_of, events_plan, found, property_column, reads_order
from segpy.plan.sequences import Asked, Reading, sequence_names, sequences_plan
from segpy.resolve.model import Bound, Feature, Segment, tests_of
from segpy.resolve.model_events import Atom, Entity, Property
from segpy.resolve.model_experiments import EntityOutcome, Experiment, Holdout, Outcome
from segpy.resolve.model_measures import EventMeasure, Measure, Sequence, SequenceMeasure, measures_in, type_of
from segpy.resolve.model_purchases import Purchase
from segpy.spec.model import Explanations, SemanticLayer
from segpy.spec.model_measures import Output


def build_plan(bound: Bound, outcomes: tuple[EntityOutcome, ...] = (), purchase: Purchase | None = None) -> Plan:
    """What must be computed for a bound spec, and for these outcomes, whether or not an experiment measures them.

    Of a `purchase` the events model tells all that is read of it.
    """
    prefix = bound.settings.name_prefix
    made: dict[str, EntityPlan] = {}

    def plan(entity: Entity) -> None:
        """Members before those that they belong to: their segments may be part of what others mean."""
        if entity.members is not None and entity.members.entity.name not in made:
            plan(entity.members.entity)
        if _in_use(entity, bound):
            made[entity.name] = _entity(entity, bound, prefix, _hashes(made.values()), outcomes, purchase)

    for entity in bound.entities:
        if entity.name not in made:
            plan(entity)
    entities = tuple(made[entity.name] for entity in bound.entities if entity.name in made)
    members, catalog, activation, attrition = (
        f"{prefix}segment_{name}" for name in ("members", "catalog", "activation", "attrition")
    )
    explanations = None if bound.settings.explanations is Explanations.NONE else f"{prefix}segment_explanations"
    history = _history(bound, prefix)
    return Plan(
        bound,
        entities,
        members,
        catalog,
        activation,
        attrition,
        explanations,
        history,
        owners(bound),
        _semantics(bound, prefix),
        _holdouts(bound, prefix),
        _portfolio(bound, prefix),
        _results(bound, prefix),
    )


def _holdouts(bound: Bound, prefix: str) -> HoldoutModels | None:
    if not bound.holdouts:
        return None
    names = (f"{prefix}segment_{name}" if bound.experiments else None for name in ("outcomes", "arms"))
    return HoldoutModels(f"{prefix}segment_holdouts", f"{prefix}segment_assignments", *names)


def _portfolio(bound: Bound, prefix: str) -> PortfolioModels | None:
    if not bound.segments:
        return None
    worth = {one.entity for one in bound.values} & {one.entity for one in bound.segments}
    pareto = f"{prefix}segment_pareto" if worth else None
    overlap, monitors, candidates = (f"{prefix}segment_{name}" for name in ("overlap", "monitors", "candidates"))
    stays = f"{prefix}segment_stays" if bound.settings.min_cell_size is None else None
    return PortfolioModels(overlap, pareto, monitors, candidates, stays)


def _results(bound: Bound, prefix: str) -> ResultModels:
    """Where results are told that take statistics. Beside small counts there are none of figures about few people."""
    tables = {
        "segment_lift": (LIFT, bool(bound.experiments)),
        "segment_backtests": (BACKTESTS, bool(bound.outcomes)),
        "segment_statistics": (STATISTICS, bool(bound.segments) and bound.settings.min_cell_size is None),
    }
    return ResultModels(tuple((f"{prefix}{name}", table) for name, (table, wanted) in tables.items() if wanted))


def _semantics(bound: Bound, prefix: str) -> SemanticsPlan | None:
    """What the semantic layer is told; it allows no two underscores in a row."""
    layer = bound.settings.semantics.layer
    if layer is SemanticLayer.NONE or not bound.segments:
        return None
    spine = f"{prefix}segpy_time_spine" if layer is SemanticLayer.METRICS_AND_TIME_SPINE else None
    return SemanticsPlan(slug(f"{prefix}segpy") + "_", spine)


def _history(bound: Bound, prefix: str) -> HistoryModels:
    """The models of membership over time. A team has tables of its own of people and audiences: these say whose."""
    return HistoryModels(
        f"{prefix}segment_spells",
        f"{prefix}segment_membership",
        f"{prefix}segment_changes",
        f"{prefix}segment_sizes",
        f"{prefix}segment_moves" if bound.groups else None,
        f"{prefix}activation_audiences",
        f"{prefix}activation_people",
        f"{prefix}activation_memberships",
    )


def _in_use(entity: Entity, bound: Bound) -> bool:
    about = {feature.entity for feature in bound.features} | {segment.entity for segment in bound.segments}
    return entity.name in about


def _hashes(plans: Iterable[EntityPlan]) -> dict[str, str]:
    """The content hashes of the segments planned so far."""
    return {one.segment.name: one.content_hash for plan in plans if plan.segments for one in plan.segments.segments}


def _entity(
    entity: Entity,
    bound: Bound,
    prefix: str,
    elsewhere: dict[str, str],
    asked: tuple[EntityOutcome, ...],
    purchase: Purchase | None,
) -> EntityPlan:
    bought = purchase if purchase is not None and purchase.entity == entity.name else None
    looked_for = tuple(one.outcome for one in asked if one.entity == entity.name)
    features = tuple(feature for feature in bound.features if feature.entity == entity.name)
    segments = tuple(segment for segment in bound.segments if segment.entity == entity.name)
    holdouts = tuple(one for one in bound.holdouts if one.entity == entity.name)
    experiments = tuple(one for one in bound.experiments if one.holdout.entity == entity.name)
    wanted = wanted_measures(features, segments, holdouts, experiments)
    sequences = _sequences(wanted)
    outcomes = {outcome for one in experiments for outcome in one.outcomes} | set(looked_for)
    read = {atom for one in wanted for atom in atoms_of(one.measure)} | {one.atom for one in outcomes}
    read |= {bought.atom} if bought is not None else set()
    atoms = tuple(sorted(read, key=_by_name))
    worth = {one.value for one in outcomes if one.value is not None}
    kept = _kept(wanted, worth | set(bought.properties if bought is not None else ()))
    ordered = any(reads_order(one.measure) for one in wanted)
    rows = found(atoms, kept)
    names = sequence_names(features, tuple(sequences))
    context = Context(entity, rows, names, prefix)
    columns = {prop: property_column(entity, prop.name) for prop in kept}
    reading = Reading(rows, columns)
    events = events_plan(f"{prefix}{entity.name}_events", entity, rows, kept, ordered=ordered)
    measured = column_names(entity, features, wanted)
    verdicts = verdict_names(entity, features, segments, measured)
    planned = features_plan(f"{prefix}{entity.name}_features", features, wanted, context, verdicts)
    return EntityPlan(
        entity,
        bound.settings.retention,
        events,
        planned,
        sequences_plan(f"{prefix}{entity.name}_sequences", names, sequences, reading),
        segments_plan(
            f"{prefix}{entity.name}_segments",
            entity,
            bound.settings.retention,
            segments,
            bound.groups,
            Measured(measured, verdicts),
            elsewhere,
        ),
        kept_plan(entity, planned, bound.settings, prefix) if events is not None else None,
        tuple(_stratified(one, entity, measured) for one in holdouts),
        tuple(_experiment(one, rows, columns, measured) for one in experiments),
        tuple(_outcome(one, rows, columns) for one in looked_for),
        _purchase(bought, rows, columns) if bought is not None else None,
    )


def _experiment(
    one: Experiment, rows: Found, properties: dict[Property, str], columns: dict[Measure, str]
) -> ExperimentPlan:
    outcomes = tuple(_outcome(outcome, rows, properties) for outcome in one.outcomes)
    covariate = columns[one.cuped] if one.cuped is not None else None
    return ExperimentPlan(one.segment, one.holdout.salt, outcomes, covariate, bool(one.cost_per_member))


def _outcome(one: Outcome, rows: Found, properties: dict[Property, str]) -> OutcomePlan:
    value = properties[one.value] if one.value is not None else None
    return OutcomePlan(one.name, one.guardrail, rows.selection(one.atom), value, one.within)


def _purchase(one: Purchase, rows: Found, properties: dict[Property, str]) -> PurchasePlan:
    quantity = properties[one.quantity] if one.quantity is not None else None
    return PurchasePlan(rows.selection(one.atom), properties[one.product], properties[one.price], quantity)


def _stratified(holdout: Holdout, entity: Entity, columns: dict[Measure, str]) -> HoldoutPlan:
    strata = (StratumColumn(one.name, columns[one.measure], type_of(one.measure)) for one in holdout.strata)
    drawn = holdout.elsewhere
    elsewhere = StratumColumn(drawn.name, columns[drawn.measure], type_of(drawn.measure)) if drawn is not None else None
    return HoldoutPlan(holdout, entity.key, tuple(strata), elsewhere)


def _by_name(atom: Atom) -> tuple[str, str]:
    return atom_name(atom), canonical(atom)


def wanted_measures(
    features: tuple[Feature, ...],
    segments: tuple[Segment, ...],
    holdouts: tuple[Holdout, ...] = (),
    experiments: tuple[Experiment, ...] = (),
) -> tuple[Wanted, ...]:
    """Each measure once, with all that wants it, inputs of expressions included; in the order of the names."""
    serves: dict[Measure, set[str]] = {}
    for feature in features:
        for measure in measures_in(feature.measure):
            serves.setdefault(measure, set()).add(f"{feature.written} ({feature.span.file})")
    for segment in segments:
        for test in tests_of(segment.condition):
            for measure in measures_in(test.measure):
                serves.setdefault(measure, set()).add(f"{segment.name} ({segment.span.file})")
    for holdout in holdouts:
        told = [one.measure for one in holdout.strata]
        told += [holdout.elsewhere.measure] if holdout.elsewhere is not None else []
        for each in told:
            for measure in measures_in(each):
                serves.setdefault(measure, set()).add(f"the hold-out {holdout.name} ({holdout.span.file})")
    for experiment in experiments:
        for measure in measures_in(experiment.cuped) if experiment.cuped is not None else ():
            where = experiment.holdout.span.file
            serves.setdefault(measure, set()).add(f"the experiment of {experiment.segment} ({where})")
    return tuple(Wanted(measure, tuple(sorted(names))) for measure, names in serves.items())


def _sequences(wanted: tuple[Wanted, ...]) -> dict[Sequence, Asked]:
    serves: dict[Sequence, set[str]] = {}
    counted: set[Sequence] = set()
    for one in wanted:
        if isinstance(one.measure, SequenceMeasure):
            serves.setdefault(one.measure.sequence, set()).update(one.serves)
            counted |= {one.measure.sequence} if one.measure.output is Output.MATCHES else set()
    return {sequence: Asked(tuple(sorted(names)), sequence in counted) for sequence, names in serves.items()}


def _kept(wanted: tuple[Wanted, ...], worth: set[Property]) -> tuple[Property, ...]:
    """The properties that some measure aggregates, that the steps of a sequence share or that are looked at besides."""
    found: set[Property] = set(worth)
    for one in wanted:
        match one.measure:
            case EventMeasure(property=Property() as prop):
                found.add(prop)
            case SequenceMeasure(sequence):
                found.update(sequence.same)
    return tuple(sorted(found, key=lambda prop: prop.name))
