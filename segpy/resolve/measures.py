"""Measures bound: aggregates, windows, sequences, expressions."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from segpy.diagnostics.model import Diagnostic, Span
from segpy.resolve import derived
from segpy.resolve.atoms import streams_of
from segpy.resolve.errors import (
    OtherEntity,
    UnknownAttribute,
    UnknownEvent,
    UnknownFeature,
    UnknownProperty,
    UnknownSegment,
)
from segpy.resolve.filters import where_over_all
from segpy.resolve.model_events import Atom, Entity, Event, Property
from segpy.resolve.model_measures import (
    CALENDAR,
    Aggregation,
    Anchored,
    AttributeTenure,
    AttributeValue,
    BetweenAgo,
    Computed,
    EventMeasure,
    Ever,
    InTheLast,
    Measure,
    MembersIn,
    SequenceMeasure,
    Window,
    WithinFirst,
    type_of,
)
from segpy.resolve.scope import Findings, Unbound, within
from segpy.resolve.sequences import SequenceBinder
from segpy.resolve.taxonomy import Taxonomy
from segpy.resolve.type_errors import NoMembers, NoStart, TypeClash
from segpy.resolve.typing import words
from segpy.resolve.windows import fixed, last_units, units_ago
from segpy.spec import model_measures as written
from segpy.spec.expression import Column, Expression, Type, columns_of
from segpy.spec.model_measures import MeasureKey, Output
from segpy.spec.model_values import Name, SqlText

_NUMERIC = (Aggregation.SUM, Aggregation.AVG, Aggregation.MEDIAN, Aggregation.STDDEV, Aggregation.DECAYED)
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
                binder = SequenceBinder(self.entity, self.atom, self.findings)
                return SequenceMeasure(binder.bind(sequence), *(sequence.output or (Output.COMPLETED, 0)))
            case written.Measure() as inner:
                return derived.change(measure, inner, self.bind, self.findings)
            case tuple() as pair:
                return derived.ratio(*pair, self.bind, self.findings)

    def _named(self, measure: written.Measure, operand: written.Operand) -> Measure:
        match measure.key:
            case MeasureKey.ATTRIBUTE:
                return AttributeValue(self._attribute(operand.name))
            case MeasureKey.FEATURE:
                return self._feature(operand.name)
            case MeasureKey.PERCENTILE:
                return derived.percentile(operand.name, self._feature(operand.name), self.findings)
            case MeasureKey.TENURE if self._is_attribute(operand.name):
                return self._tenure(measure, operand.name)
            case MeasureKey.DID | MeasureKey.DID_NOT:
                aggregation = Aggregation.COUNT
            case key if key.value in {one.value for one in Aggregation}:
                aggregation = Aggregation(key.value)
            case _:
                return self._members_in(measure, operand.name)
        atom = self.atom(operand, measure.where, or_attribute=aggregation is Aggregation.TENURE)
        window = self._window(measure)
        prop = self._property(atom, operand, aggregation) if operand.prop else None
        zone = self.taxonomy.timezone if aggregation in CALENDAR else None
        return EventMeasure(aggregation, atom, prop, window, measure.window_span, zone, derived.detail(measure.detail))

    def _members_in(self, measure: written.Measure, name: Name) -> Measure:
        members, segments = self.entity.members, self.taxonomy.segments
        if members is None:
            raise self.findings.fail(NoMembers(span=measure.span, entity=self.entity.name, key=measure.key.value))
        wanted = members.entity.name
        if name.text not in segments:
            known = tuple(segment for segment, entity in segments.items() if entity == wanted)
            scope = f" of entity `{wanted}`"
            raise self.findings.fail(UnknownSegment(span=name.span, name=name.text, known=known, scope=scope))
        belongs_to = segments[name.text]
        if belongs_to != wanted:
            what = f"segment `{name.text}`"
            raise self.findings.fail(OtherEntity(span=name.span, what=what, belongs_to=belongs_to, wanted=wanted))
        return MembersIn(name.text, wanted, measure.key is MeasureKey.ALL_MEMBERS_IN)

    def _is_attribute(self, name: Name) -> bool:
        known = {attribute.name for attribute in self.entity.attributes}
        return name.text in known and name.text not in self.taxonomy.events

    def _attribute(self, name: Name) -> Property:
        for attribute in self.entity.attributes:
            if attribute.name == name.text:
                return attribute
        known = tuple(attribute.name for attribute in self.entity.attributes)
        scope = f" of entity `{self.entity.name}`"
        is_feature = name.text in self.features.names(self.entity.name)
        instead = f"`{name.text}` is a feature: write `feature: {name.text}`" if is_feature else ""
        raise self.findings.fail(
            UnknownAttribute(span=name.span, name=name.text, known=known, scope=scope, instead=instead)
        )

    def _feature(self, name: Name) -> Measure:
        found = self.features.find(name.text, self.entity, name.span)
        if found is None:
            raise self.findings.fail(self._unknown_feature(name.text, name.span))
        return found

    def _unknown_feature(self, name: str, span: Span, *, in_expression: bool = False) -> Diagnostic:
        features = self.features.names(self.entity.name)
        attributes = tuple(attribute.name for attribute in self.entity.attributes)
        known = features + attributes if in_expression else features
        return UnknownFeature(
            span=span,
            name=name,
            known=known,
            scope=f" of entity `{self.entity.name}`",
            also="attribute" if in_expression else "",
            instead=f"`{name}` is an attribute: write `attribute: {name}`" if name in attributes else "",
        )

    def _tenure(self, measure: written.Measure, name: Name) -> Measure:
        attribute = self._attribute(name)
        if attribute.type not in (Type.TIMESTAMP, Type.DATE):
            message = f"`{name.text}` is {words(attribute.type)}, and tenure counts from a timestamp or a date"
            raise self.findings.fail(TypeClash(span=name.span, message=message, way_out="name another attribute"))
        if measure.window_span is not None or measure.where is not None:
            span = measure.window_span or (measure.where.span if measure.where else measure.span)
            message = "the tenure of an attribute takes neither a window nor `where`"
            raise self.findings.fail(TypeClash(span=span, message=message, way_out="leave it out"))
        return AttributeTenure(attribute)

    def atom(self, operand: written.Operand, where: SqlText | None, *, or_attribute: bool = False) -> Atom:
        """The events of this entity that an operand names, narrowed by a `where`.

        `or_attribute`: an attribute could have stood here too.
        """
        every = operand.name.text == written.ANY
        if every:
            events = self._every_event(operand)
        else:
            events = self.findings.whole(
                [lambda name=name: self._event(name, or_attribute=or_attribute) for name in operand.names]  # type: ignore[misc]
            )
        ordered = tuple(sorted(set(events), key=lambda event: event.name))
        return Atom(ordered, self._where(ordered, where) if where else None, every)

    def _every_event(self, operand: written.Operand) -> tuple[Event, ...]:
        """Every event of the entity; where a property is asked for, of those streams that have it."""
        events = tuple(self._own(self.taxonomy.events[name]) for name in self.taxonomy.events_of(self.entity.name))
        prop = operand.prop
        if prop is not None:
            having = tuple(one for one in events if prop.text in {known.name for known in one.stream.properties})
            if not having:
                known = tuple(sorted({known.name for one in events for known in one.stream.properties}))
                scope = f" of the events of entity `{self.entity.name}`"
                raise self.findings.fail(UnknownProperty(span=prop.span, name=prop.text, known=known, scope=scope))
            return having
        if not events:
            raise self.findings.fail(UnknownEvent(span=operand.span, name=written.ANY, known=()))
        return events

    def _where(self, events: tuple[Event, ...], text: SqlText) -> Expression:
        """A `where` that every stream of these events can answer."""
        streams = sorted({event.stream for event in events}, key=lambda stream: stream.name)
        return where_over_all(streams, text, self.taxonomy.timezone, self.findings)

    def _event(self, name: Name, *, or_attribute: bool = False) -> Event:
        event = self.taxonomy.events.get(name.text)
        known = self.taxonomy.events_of(self.entity.name)
        if event is None:
            raise self._no_event(name, known, or_attribute=or_attribute)
        if name.text not in known:
            belongs_to = ", ".join(entity for entity, _ in event.stream.keys)
            what, wanted = f"event `{name.text}`", self.entity.name
            raise self.findings.fail(OtherEntity(span=name.span, what=what, belongs_to=belongs_to, wanted=wanted))
        return self._own(event)

    def _own(self, event: Event) -> Event:
        """An event as this entity sees it: with its members' key where it is one of theirs."""
        return replace(event, stream=next(stream for stream in self.entity.streams if stream == event.stream))

    def _no_event(self, name: Name, known: tuple[str, ...], *, or_attribute: bool) -> Unbound:
        if name.text in self.taxonomy.refused_events:
            return Unbound()  # the event itself was refused, and that was said
        attributes = tuple(attribute.name for attribute in self.entity.attributes)
        instead = ""
        for kind, names in (("feature", self.features.names(self.entity.name)), ("attribute", attributes)):
            if name.text in names:
                instead = f"`{name.text}` is {'an' if kind == 'attribute' else 'a'} {kind}: write `{kind}: {name.text}`"
        return self.findings.fail(
            UnknownEvent(
                span=name.span,
                name=name.text,
                known=known + attributes if or_attribute else known,
                scope=f" of entity `{self.entity.name}`",
                also="attribute" if or_attribute else "",
                instead=instead,
            )
        )

    def _property(self, atom: Atom, operand: written.Operand, aggregation: Aggregation) -> Property:
        name = operand.prop
        assert name is not None
        found: Property | None = None
        for stream in streams_of(atom):  # streams of one entity agree on the types of their properties
            found = next((prop for prop in stream.properties if prop.name == name.text), None)
            if found is None:
                known = tuple(prop.name for prop in stream.properties)
                scope = f" of stream `{stream.name}`"
                raise self.findings.fail(UnknownProperty(span=name.span, name=name.text, known=known, scope=scope))
        assert found is not None
        numeric = aggregation in _NUMERIC
        ordered = aggregation in (Aggregation.MIN, Aggregation.MAX)
        if (numeric and not found.type.numeric) or (ordered and found.type not in _ORDERED):
            message = f"`{aggregation.value}` cannot take `{name.text}`, which is {words(found.type)}"
            way_out = f"name a property that is {'a number' if numeric else 'a number, text, a timestamp or a date'}"
            raise self.findings.fail(TypeClash(span=name.span, message=message, way_out=way_out))
        return found

    def _window(self, measure: written.Measure) -> Window:
        match measure.window:
            case written.Ever():
                return Ever()
            case written.InTheLast((length,), calendar):
                zone = self.taxonomy.timezone
                return last_units(length, zone) if calendar else InTheLast(length.duration)
            case written.BetweenAgo(far, near, calendar):
                if calendar:
                    return units_ago(measure.window, self.taxonomy.timezone)
                return BetweenAgo(far.duration, near.duration)
            case written.Fixed():
                return fixed(measure.window, self.taxonomy.timezone, self.findings)
            case written.WithinFirst(length):
                if self.entity.start is None:
                    raise self.findings.fail(NoStart(span=length.span, entity=self.entity.name))
                return WithinFirst(self.entity.start, length.duration)
            case written.Anchored(side, event, where, nth, within):
                return Anchored(side, self.atom(event, where), nth, within.duration if within else None)
        raise AssertionError("a list of windows is bound one by one")

    def _computed(self, text: SqlText) -> Measure:
        parsed = self.findings.parsed(text)
        columns = columns_of(parsed)
        found = self.findings.whole(
            [lambda c=c: self._input(c, within(text, c.start, len(c.name))) for c in columns]  # type: ignore[misc]
        )
        inputs = {column.name: measure for column, measure in zip(columns, found, strict=True)}
        types = {name: type_of(measure) for name, measure in inputs.items()}
        expression, type_ = self.findings.typed(text, parsed, types)
        if type_ is Type.NULL:
            message, way_out = "this is null for everybody", "let it have a value for somebody"
            raise self.findings.fail(TypeClash(span=text.span, message=message, way_out=way_out))
        return Computed(expression, type_, tuple(inputs.items()))

    def _input(self, column: Column, span: Span) -> Measure:
        """What a name in an expression stands for: a feature, else an attribute."""
        found = self.features.find(column.name, self.entity, span)
        if found is not None:
            return found
        for attribute in self.entity.attributes:
            if attribute.name == column.name:
                return AttributeValue(attribute)
        raise self.findings.fail(self._unknown_feature(column.name, span, in_expression=True))
