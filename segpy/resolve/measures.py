"""Measures bound: aggregates, windows, sequences, expressions."""

from __future__ import annotations

from typing import Protocol

from segpy.diagnostics.model import Diagnostic, Span
from segpy.resolve.errors import (
    NoStart,
    OtherEntity,
    TypeClash,
    UnknownAttribute,
    UnknownEvent,
    UnknownFeature,
    UnknownProperty,
)
from segpy.resolve.model import (
    Aggregation,
    Anchored,
    Atom,
    AttributeTenure,
    AttributeValue,
    BetweenAgo,
    Computed,
    Entity,
    EventMeasure,
    Ever,
    InTheLast,
    Measure,
    Output,
    Property,
    Sequence,
    SequenceMeasure,
    Step,
    Window,
    WithinFirst,
    type_of,
)
from segpy.resolve.scope import Findings, within
from segpy.resolve.taxonomy import Taxonomy, where_over
from segpy.spec import model as written
from segpy.spec.expression import Column, Type, columns_of
from segpy.spec.model import MeasureKey, Name, SqlText

_ORDERED = (Type.NUMBER, Type.INTEGER, Type.TEXT, Type.TIMESTAMP, Type.DATE)


class Features(Protocol):
    """Where features are looked up: they may be defined in any order."""

    def names(self, entity: str) -> tuple[str, ...]: ...

    def find(self, name: str, entity: Entity, span: Span) -> Measure | None: ...


class MeasureBinder:
    """Binds the measures of one entity."""

    def __init__(self, entity: Entity, taxonomy: Taxonomy, features: Features, findings: Findings) -> None:
        self.entity = entity
        self.taxonomy = taxonomy
        self.features = features
        self.findings = findings

    def bind(self, measure: written.Measure) -> Measure:
        """The bound measure; raises `Unbound` with its findings noted."""
        match measure.operand:
            case written.Operand() as operand:
                return self._named(measure, operand)
            case SqlText() as text:
                return self._computed(text)
            case written.Sequence() as sequence:
                return SequenceMeasure(self.sequence(sequence), Output.COMPLETED)

    def _named(self, measure: written.Measure, operand: written.Operand) -> Measure:
        match measure.key:
            case MeasureKey.ATTRIBUTE:
                return AttributeValue(self._attribute(operand.name))
            case MeasureKey.FEATURE:
                return self._feature(operand.name)
            case MeasureKey.TENURE if self._is_attribute(operand.name):
                return self._tenure(measure, operand.name)
            case MeasureKey.DID | MeasureKey.DID_NOT:
                aggregation = Aggregation.COUNT
            case _:
                aggregation = Aggregation(measure.key.value)
        atom = self.atom(operand.name, measure.where)
        window = self._window(measure)
        prop = self._property(atom, operand, aggregation) if operand.property else None
        return EventMeasure(aggregation, atom, prop, window)

    def _is_attribute(self, name: Name) -> bool:
        known = {attribute.name for attribute in self.entity.attributes}
        return name.text in known and name.text not in self.taxonomy.events

    def _attribute(self, name: Name) -> Property:
        for attribute in self.entity.attributes:
            if attribute.name == name.text:
                return attribute
        known = tuple(attribute.name for attribute in self.entity.attributes)
        scope = f" of entity `{self.entity.name}`"
        raise self.findings.fail(UnknownAttribute(span=name.span, name=name.text, known=known, scope=scope))

    def _feature(self, name: Name) -> Measure:
        found = self.features.find(name.text, self.entity, name.span)
        if found is None:
            raise self.findings.fail(self._unknown_feature(name.text, name.span))
        return found

    def _unknown_feature(self, name: str, span: Span) -> Diagnostic:
        known = self.features.names(self.entity.name)
        return UnknownFeature(span=span, name=name, known=known, scope=f" of entity `{self.entity.name}`")

    def _tenure(self, measure: written.Measure, name: Name) -> Measure:
        attribute = self._attribute(name)
        if attribute.type not in (Type.TIMESTAMP, Type.DATE):
            message = f"`{name.text}` is {attribute.type.value}, and tenure counts from a timestamp or a date"
            raise self.findings.fail(TypeClash(span=name.span, message=message, way_out="name another attribute"))
        if not isinstance(measure.window, written.Ever) or measure.where is not None:
            message = "the tenure of an attribute takes neither a window nor `where`"
            raise self.findings.fail(TypeClash(span=measure.span, message=message, way_out="leave it out"))
        return AttributeTenure(attribute)

    def atom(self, name: Name, where: SqlText | None) -> Atom:
        """An event of this entity, narrowed by a `where`."""
        event = self.taxonomy.events.get(name.text)
        known = self.taxonomy.events_of(self.entity.name)
        if event is None:
            scope = f" of entity `{self.entity.name}`"
            raise self.findings.fail(UnknownEvent(span=name.span, name=name.text, known=known, scope=scope))
        if name.text not in known:
            belongs_to = ", ".join(entity for entity, _ in event.stream.keys)
            what, wanted = f"event `{name.text}`", self.entity.name
            raise self.findings.fail(OtherEntity(span=name.span, what=what, belongs_to=belongs_to, wanted=wanted))
        return Atom(event, where_over(event.stream, where, self.findings) if where else None)

    def _property(self, atom: Atom, operand: written.Operand, aggregation: Aggregation) -> Property:
        name = operand.property
        assert name is not None
        stream = atom.event.stream
        found = next((prop for prop in stream.properties if prop.name == name.text), None)
        if found is None:
            known = tuple(prop.name for prop in stream.properties)
            scope = f" of stream `{stream.name}`"
            raise self.findings.fail(UnknownProperty(span=name.span, name=name.text, known=known, scope=scope))
        numeric = aggregation in (Aggregation.SUM, Aggregation.AVG)
        ordered = aggregation in (Aggregation.MIN, Aggregation.MAX)
        if (numeric and not found.type.numeric) or (ordered and found.type not in _ORDERED):
            message = f"`{aggregation.value}` cannot take `{name.text}`, which is {found.type.value}"
            raise self.findings.fail(TypeClash(span=name.span, message=message, way_out="name a numeric property"))
        return found

    def _window(self, measure: written.Measure) -> Window:
        match measure.window:
            case written.Ever():
                return Ever()
            case written.InTheLast(length):
                return InTheLast(length.duration)
            case written.BetweenAgo(far, near):
                return BetweenAgo(far.duration, near.duration)
            case written.WithinFirst(length):
                if self.entity.start is None:
                    raise self.findings.fail(NoStart(span=length.span, entity=self.entity.name))
                return WithinFirst(self.entity.start, length.duration)
            case written.Anchored(side, event, where, nth, within):
                return Anchored(side, self.atom(event, where), nth, within.duration if within else None)

    def sequence(self, sequence: written.Sequence) -> Sequence:
        """A sequence with its events bound."""
        steps = self.findings.whole([lambda s=s: self._step(s) for s in sequence.steps])  # type: ignore[misc]
        return Sequence(
            steps,
            sequence.complete_within.duration if sequence.complete_within else None,
            sequence.in_the_last.duration if sequence.in_the_last else None,
        )

    def _step(self, step: written.Step) -> Step:
        wanted = [(step.event, step.where), *((excluded.event, excluded.where) for excluded in step.without)]
        atoms = self.findings.whole([lambda w=w: self.atom(*w) for w in wanted])  # type: ignore[misc]
        return Step(atoms[0], step.times, step.within.duration if step.within else None, atoms[1:])

    def _computed(self, text: SqlText) -> Measure:
        parsed = self.findings.parsed(text)
        inputs: dict[str, Measure] = {}
        for column in columns_of(parsed):
            measure = self._input(column, within(text, column.start, len(column.name)))
            inputs.setdefault(column.name, measure)
        types = {name: type_of(measure) for name, measure in inputs.items()}
        expression, type_ = self.findings.typed(text, parsed, types)
        return Computed(expression, type_, tuple(inputs.items()))

    def _input(self, column: Column, span: Span) -> Measure:
        """What a name in an expression stands for: a feature, else an attribute."""
        found = self.features.find(column.name, self.entity, span)
        if found is not None:
            return found
        for attribute in self.entity.attributes:
            if attribute.name == column.name:
                return AttributeValue(attribute)
        raise self.findings.fail(self._unknown_feature(column.name, span))
