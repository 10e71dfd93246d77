"""Hold-outs bound: whose they are, of which segments, and by what they are stratified."""

from __future__ import annotations

from collections.abc import Sequence

from segpy.resolve.errors import (
    HoldoutOfNothing,
    NameTaken,
    OtherEntity,
    UnknownAttribute,
    UnknownEntity,
    UnknownFeature,
    UnknownSegment,
)
from segpy.resolve.features import FeatureBinder
from segpy.resolve.model import Segment
from segpy.resolve.model_events import Entity
from segpy.resolve.model_experiments import DrawnElsewhere, Holdout, Stratum
from segpy.resolve.model_measures import AttributeValue, Measure, type_of
from segpy.resolve.scope import Findings, Unbound
from segpy.resolve.segments import literal
from segpy.resolve.taxonomy import Taxonomy
from segpy.resolve.type_errors import TypeClash
from segpy.resolve.typing import words
from segpy.spec import model as written
from segpy.spec import model_experiments as asked
from segpy.spec.expression import Literal, Type
from segpy.spec.model_values import Name, Value

_TELLING = (Type.TEXT, Type.BOOLEAN, Type.INTEGER)
"""Types whose values are few and the same text on every engine."""


class HoldoutBinder:
    """All hold-outs of a spec. `segments` are those that could be bound."""

    def __init__(
        self,
        spec: written.Spec,
        taxonomy: Taxonomy,
        features: FeatureBinder,
        findings: Findings,
        segments: Sequence[Segment],
    ) -> None:
        self.spec = spec
        self.taxonomy = taxonomy
        self.features = features
        self.findings = findings
        self.entities = {segment.name.text: segment.entity.text for segment in spec.segments}
        self.segments = {segment.name: segment for segment in segments}

    def bind_all(self) -> tuple[Holdout, ...]:
        """Those of segments and those that are shared, by name."""
        own = [one for one in self.spec.segments if one.experiment is not None and one.name.text in self.segments]
        found = self.findings.each([lambda one=one: self._own(one) for one in own])  # type: ignore[misc]
        found += self.findings.each([lambda one=one: self._shared(one) for one in self.spec.holdouts])  # type: ignore[misc]
        return tuple(sorted(found, key=lambda one: one.name))

    def _own(self, segment: written.Segment) -> Holdout:
        assert segment.experiment is not None
        entity = self.taxonomy.entities[segment.entity.text]
        return self._holdout(segment.name, entity, segment.experiment.holdout, (segment.name.text,), own=True)

    def _shared(self, shared: asked.SharedHoldout) -> Holdout:
        entity = self.taxonomy.entities.get(shared.entity.text)
        if entity is None:
            if shared.entity.text in self.taxonomy.refused_entities:
                raise Unbound()  # the entity itself was refused, and that was said
            name, known = shared.entity.text, tuple(self.taxonomy.entities)
            raise self.findings.fail(UnknownEntity(span=shared.entity.span, name=name, known=known))
        for segment in self.spec.segments:
            if segment.name.text == shared.name.text and segment.experiment is not None:
                taken_by = f"the name of the hold-out of segment `{shared.name.text}`"
                span, name = shared.name.span, shared.name.text
                first = segment.experiment.holdout.span
                raise self.findings.fail(NameTaken(span=span, name=name, taken_by=taken_by, first=first))
        return self._holdout(shared.name, entity, shared.holdout, self._covered(shared, entity), own=False)

    def _covered(self, shared: asked.SharedHoldout, entity: Entity) -> tuple[str, ...]:
        if shared.segments is None:
            every = tuple(name for name, of in self.entities.items() if of == entity.name)
            if not every:
                name, span = shared.name.text, shared.name.span
                raise self.findings.fail(HoldoutOfNothing(span=span, name=name, entity=entity.name))
            return tuple(sorted(every))
        self.findings.whole([lambda name=name: self._segment(name, entity) for name in shared.segments])  # type: ignore[misc]
        return tuple(sorted({name.text for name in shared.segments}))

    def _segment(self, name: Name, entity: Entity) -> None:
        belongs_to = self.entities.get(name.text)
        if belongs_to is None:
            known = tuple(segment for segment, of in self.entities.items() if of == entity.name)
            scope = f" of entity `{entity.name}`"
            raise self.findings.fail(UnknownSegment(span=name.span, name=name.text, known=known, scope=scope))
        if belongs_to != entity.name:
            what = f"segment `{name.text}`"
            raise self.findings.fail(OtherEntity(span=name.span, what=what, belongs_to=belongs_to, wanted=entity.name))

    def _holdout(
        self, name: Name, entity: Entity, asked_for: asked.Holdout, segments: tuple[str, ...], *, own: bool
    ) -> Holdout:
        strata = self.findings.whole(
            [lambda one=one: self._stratum(one, entity) for one in asked_for.stratify_by]  # type: ignore[misc]
        )
        buckets, version = asked_for.buckets, asked_for.version
        elsewhere = self._elsewhere(asked_for.drawn_by, asked_for.control, entity) if asked_for.drawn_by else None
        return Holdout(name.text, entity.name, buckets, version, segments, own, strata, name.span, elsewhere)

    def _elsewhere(self, name: Name, control: Sequence[Value], entity: Entity) -> DrawnElsewhere:
        attribute = next((one for one in entity.attributes if one.name == name.text), None)
        if attribute is None:
            known = tuple(one.name for one in entity.attributes)
            raise self.findings.fail(UnknownAttribute(span=name.span, name=name.text, known=known))
        if attribute.type not in _TELLING:
            message = f"`{name.text}` is {words(attribute.type)}, and what was drawn is one of a few values"
            way_out = "take an attribute that is text, true or false, or a whole number"
            raise self.findings.fail(TypeClash(span=name.span, message=message, way_out=way_out))
        values = self.findings.whole([lambda one=one: self._value(one, attribute.type) for one in control])  # type: ignore[misc]
        return DrawnElsewhere(name.text, AttributeValue(attribute), values)

    def _value(self, value: Value, type_: Type) -> Literal:
        found = literal(value, type_)
        if found is None:
            message, way_out = f"this is no value of {words(type_)}", "write one as it stands in the attribute"
            raise self.findings.fail(TypeClash(span=value.span, message=message, way_out=way_out))
        return found

    def _stratum(self, name: Name, entity: Entity) -> Stratum:
        attribute = next((one for one in entity.attributes if one.name == name.text), None)
        measure: Measure | None = AttributeValue(attribute) if attribute is not None else None
        if measure is None:
            measure = self.features.find(name.text, entity, name.span)
        if measure is None:
            known = (*self.features.names(entity.name), *(one.name for one in entity.attributes))
            raise self.findings.fail(UnknownFeature(span=name.span, name=name.text, known=known, also="attribute"))
        if type_of(measure) not in _TELLING:
            message = f"`{name.text}` is {words(type_of(measure))}, and has too many values to be stratified by"
            way_out = "take one that is text, true or false, or a whole number; or put ranges of it into a feature"
            raise self.findings.fail(TypeClash(span=name.span, message=message, way_out=way_out))
        return Stratum(name.text, measure)
