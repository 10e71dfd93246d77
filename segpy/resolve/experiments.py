"""Experiments bound: what is measured of the members of a segment with a hold-out of its own."""

from __future__ import annotations

from collections.abc import Sequence

from segpy.resolve.errors import OutcomeTwice, UnknownEvent, UnknownFeature, UnknownOutcome
from segpy.resolve.features import FeatureBinder
from segpy.resolve.measures import MeasureBinder
from segpy.resolve.model_events import Entity
from segpy.resolve.model_experiments import EntityOutcome, Experiment, Holdout, Outcome
from segpy.resolve.model_measures import EventMeasure, Measure, type_of
from segpy.resolve.scope import Findings
from segpy.resolve.taxonomy import Taxonomy
from segpy.resolve.type_errors import TypeClash
from segpy.resolve.typing import words
from segpy.spec import model as written
from segpy.spec import model_experiments as asked
from segpy.spec.expression import Type
from segpy.spec.model_measures import ANY, Ever, MeasureKey
from segpy.spec.model_measures import Measure as WrittenMeasure
from segpy.spec.model_values import Name


class ExperimentBinder:
    """All experiments of a spec. `holdouts` are those that could be bound."""

    def __init__(
        self,
        spec: written.Spec,
        taxonomy: Taxonomy,
        features: FeatureBinder,
        findings: Findings,
        holdouts: Sequence[Holdout],
    ) -> None:
        self.spec = spec
        self.taxonomy = taxonomy
        self.features = features
        self.findings = findings
        self.outcomes = {one.name.text: one for one in spec.outcomes}
        self.own = {one.name: one for one in holdouts if one.own}

    def bind_all(self) -> tuple[Experiment, ...]:
        """Those that measure something, by the names of their segments."""
        self._known_events()
        measured = [
            (segment, segment.experiment)
            for segment in self.spec.segments
            if segment.experiment is not None and segment.experiment.outcome is not None
            if segment.name.text in self.own
        ]
        return tuple(
            self.findings.each([lambda one=one: self._experiment(*one) for one in measured])  # type: ignore[misc]
        )

    def _known_events(self) -> None:
        """Also an outcome that no experiment asks for names events that there are."""
        known = tuple(self.taxonomy.events)
        for outcome in self.outcomes.values():
            for name in outcome.did.names:
                if name.text not in (*known, *self.taxonomy.refused_events, ANY):
                    self.findings.fail(UnknownEvent(span=name.span, name=name.text, known=known))

    def bind_outcomes(self) -> tuple[EntityOutcome, ...]:
        """Every outcome for every entity with segments whose events tell of it: such a one can be looked back for.

        Those of whom it tells nothing are no mistake, unless there is no other.
        """
        entities = sorted({segment.entity.text for segment in self.spec.segments} & set(self.taxonomy.entities))
        found: list[EntityOutcome] = []
        for name in sorted(self.outcomes):
            tried = [(entity, Findings(self.findings.parse)) for entity in entities]
            bound = [one for entity, apart in tried for one in self._tried(name, entity, apart)]
            if entities and not bound:
                self.findings.noted += tried[0][1].noted
            found += bound
        return tuple(found)

    def _tried(self, name: str, entity: str, findings: Findings) -> list[EntityOutcome]:
        def bind() -> EntityOutcome:
            whom = self.taxonomy.entities[entity]
            return EntityOutcome(entity, self._of(self.outcomes[name], whom, False, findings))

        return findings.each([bind])

    def _experiment(self, segment: written.Segment, experiment: asked.Experiment) -> Experiment:
        entity = self.taxonomy.entities[segment.entity.text]
        assert experiment.outcome is not None
        named = [(experiment.outcome, False), *((one, True) for one in experiment.guardrails)]
        first: dict[str, Name] = {}
        for name, _ in named:
            if first.setdefault(name.text, name) is not name:
                before = first[name.text].span
                raise self.findings.fail(OutcomeTwice(span=name.span, name=name.text, first=before))
        outcomes = self.findings.whole(
            [lambda name=name, guard=guard: self._outcome(name, entity, guard) for name, guard in named]  # type: ignore[misc]
        )
        cuped = self._covariate(experiment.cuped, entity) if experiment.cuped is not None else None
        return Experiment(segment.name.text, self.own[segment.name.text], outcomes, cuped, experiment.cost_per_member)

    def _outcome(self, name: Name, entity: Entity, guardrail: bool) -> Outcome:
        found = self.outcomes.get(name.text)
        if found is None:
            raise self.findings.fail(UnknownOutcome(span=name.span, name=name.text, known=tuple(self.outcomes)))
        return self._of(found, entity, guardrail, self.findings)

    def _of(self, found: asked.Outcome, entity: Entity, guardrail: bool, findings: Findings) -> Outcome:
        binder = MeasureBinder(entity, self.taxonomy, self.features, findings)
        key, operand = (MeasureKey.SUM, found.value) if found.value else (MeasureKey.COUNT, found.did)
        said = WrittenMeasure(key, operand, Ever(), found.where, None, found.name.span, None)
        measure = binder.bind(said)
        assert isinstance(measure, EventMeasure)
        within, margin = found.within.duration, found.margin
        return Outcome(found.name.text, guardrail, measure.atom, measure.property, within, margin, found.name.span)

    def _covariate(self, name: Name, entity: Entity) -> Measure:
        measure = self.features.find(name.text, entity, name.span)
        if measure is None:
            known = self.features.names(entity.name)
            raise self.findings.fail(UnknownFeature(span=name.span, name=name.text, known=known))
        type_ = type_of(measure)
        if not type_.numeric and type_ is not Type.DURATION:
            message = f"`{name.text}` is {words(type_)}, and what tells of an outcome beforehand is a number"
            raise self.findings.fail(
                TypeClash(span=name.span, message=message, way_out="name a feature that is a number or a duration")
            )
        return measure
