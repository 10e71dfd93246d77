"""Examples bound: each line of `events` a row of its stream's relation, each value of its declared type."""

from __future__ import annotations

import re
from itertools import pairwise
from uuid import UUID

from segpy.resolve.atoms import event_values
from segpy.resolve.errors import UnknownAttribute, UnknownEvent, UnknownFeature, UnknownProperty
from segpy.resolve.evaluate import INSTANT, Constant, constant, evaluate
from segpy.resolve.example_errors import BetweenGrains, NotThatEvent
from segpy.resolve.features import FeatureBinder
from segpy.resolve.measures import MeasureBinder
from segpy.resolve.model_events import Entity, Event, Stream, way_to
from segpy.resolve.model_examples import Example, ExampleRow, ExpectedFeature, Values
from segpy.resolve.model_measures import type_of
from segpy.resolve.scope import Findings
from segpy.resolve.taxonomy import Taxonomy
from segpy.resolve.type_errors import TypeClash
from segpy.resolve.typing import instant_literal, words
from segpy.spec import model as written
from segpy.spec import model_examples as told
from segpy.spec.duration import parse_duration
from segpy.spec.expression import Expression, Literal, Type, columns_of, conjuncts
from segpy.spec.model import Grain, Spec
from segpy.spec.model_measures import ANY, Operand
from segpy.spec.model_values import Name, Relation

NULL = Literal(None, Type.NULL)
_FIRST_KEY = UUID(int=0x8000_0000_0000_0000_0000 + (4 << 76))
_WAYS_OUT = {
    Type.NUMBER: "write a number, without quotes",
    Type.INTEGER: "write a whole number, without quotes",
    Type.BOOLEAN: "write `true` or `false`",
    Type.TIMESTAMP: "write a date and a time in UTC, such as '2026-03-01 12:00'",
    Type.DATE: "write a date, such as 2026-03-01",
    Type.DURATION: "write a duration of fixed length, such as `2 days`",
    Type.UUID: "write 32 hexadecimal digits",
}


def bind_examples(spec: Spec, taxonomy: Taxonomy, features: FeatureBinder, findings: Findings) -> tuple[Example, ...]:
    """The examples of all segments, in the order of their segments."""
    found = []
    for segment in spec.segments:
        entity = taxonomy.entities.get(segment.entity.text)
        if entity is not None:  # else the entity was refused, and that was said
            binder = _ExampleBinder(segment, entity, spec.settings.grain, features, taxonomy, findings)
            found += findings.each([lambda e=e, b=binder: b.example(e) for e in segment.examples])  # type: ignore[misc]
    return tuple(found)


class _ExampleBinder:
    """The examples of one segment."""

    def __init__(
        self,
        segment: written.Segment,
        entity: Entity,
        grain: Grain,
        features: FeatureBinder,
        taxonomy: Taxonomy,
        findings: Findings,
    ) -> None:
        self.segment = segment.name.text
        self.entity = entity
        self.grain = grain
        self.features = features
        self.taxonomy = taxonomy
        self.findings = findings
        self.measures = MeasureBinder(entity, taxonomy, features, findings)

    def example(self, example: told.Example) -> Example:
        at = example.as_of.at
        start = at.replace(minute=0, second=0, microsecond=0)
        if at != (start if self.grain is Grain.HOUR else start.replace(hour=0)):
            self.findings.fail(BetweenGrains(span=example.as_of.span, grain=self.grain.value))
        events = [lambda e=e, n=n: self._row(e, n) for n, e in enumerate(example.events, 1)]
        known = [lambda g=g: self._attribute(g) for g in example.attributes]
        expected = [lambda g=g: self._feature(g) for g in example.expect.features]
        return Example(
            self.segment,
            example.name.text,
            example_key(self.entity.key_type),
            at,
            tuple(self.findings.each(events)),
            tuple(self.findings.each(known)),
            example.expect.member,
            tuple(self.findings.each(expected)),
            example.name.span,
        )

    def _attribute(self, given: told.Given) -> tuple[str, Literal]:
        types = {attribute.name: attribute.type for attribute in self.entity.attributes}
        name = given.name
        if name.text not in types:
            scope = f" of entity `{self.entity.name}`"
            raise self.findings.fail(UnknownAttribute(span=name.span, name=name.text, known=tuple(types), scope=scope))
        return name.text, self._typed(given, types[name.text])

    def _feature(self, given: told.Given) -> ExpectedFeature:
        name = given.name
        measure = self.features.find(name.text, self.entity, name.span)
        if measure is None:
            known, scope = self.features.names(self.entity.name), f" of entity `{self.entity.name}`"
            raise self.findings.fail(UnknownFeature(span=name.span, name=name.text, known=known, scope=scope))
        type_ = type_of(measure)
        return ExpectedFeature(name.text, type_, self._typed(given, type_))

    def _row(self, happened: told.Happened, number: int) -> ExampleRow:
        event = self._event(happened.event)
        stream = event.stream
        key, way = way_to(self.entity, stream)
        types = settable(stream, key)
        if way and stream.member_key is not None:
            types[stream.member_key] = way[0].key_type
        given = [lambda g=g: self._property(g, types, stream, key) for g in happened.given]
        values = dict(self.findings.whole(given))
        known = event_values(event)
        if stream.event is not None and stream.event not in values and known:
            values[stream.event] = Literal(known[0], Type.TEXT)
        _number(values, stream, types, number)
        who = example_key((way[0] if way else self.entity).key_type)
        if way and stream.member_key is not None:
            named = values.pop(stream.member_key, NULL)
            who = named if named.value is not None else who
        values[key] = who
        values[stream.occurred_at] = Literal(happened.at.isoformat(" "), Type.TIMESTAMP)
        self._is_that_event(happened, event, values)
        told_of = tuple((name, value) for name, value in values.items() if value.value is not None)
        return ExampleRow(stream, told_of, _belonging(way, who))

    def _event(self, name: Name) -> Event:
        if name.text == ANY:
            known, scope = self.taxonomy.events_of(self.entity.name), f" of entity `{self.entity.name}`"
            instead = "something definite happened: name it"
            raise self.findings.fail(
                UnknownEvent(span=name.span, name=name.text, known=known, scope=scope, instead=instead)
            )
        (event,) = self.measures.atom(Operand((name,), None, name.span), None).events
        return event

    def _property(self, given: told.Given, types: dict[str, Type], stream: Stream, key: str) -> tuple[str, Literal]:
        name = given.name
        if name.text not in types:
            instead = ""
            if name.text == stream.occurred_at:
                instead = "when it happened stands at the beginning of the line"
            elif name.text == key:
                instead = f"every line of an example is about the same {self.entity.name}"
            scope = f" of stream `{stream.name}`"
            raise self.findings.fail(
                UnknownProperty(span=name.span, name=name.text, known=tuple(types), scope=scope, instead=instead)
            )
        return name.text, self._typed(given, types[name.text])

    def _typed(self, given: told.Given, type_: Type) -> Literal:
        found = typed_constant(given.value, type_)
        if found is None:
            shown = f"the text `{given.value.text}`" if given.value.quoted else f"`{given.value.text}`"
            message = f"{shown} stands for `{given.name.text}`, which is {words(type_)}"
            raise self.findings.fail(
                TypeClash(span=given.value.span, message=message, way_out=_WAYS_OUT.get(type_, "write it as text"))
            )
        return found

    def _is_that_event(self, happened: told.Happened, event: Event, values: dict[str, Literal]) -> None:
        """Refuses a row of which can be told that it is another event, or none."""
        stream = event.stream
        name = values.get(stream.event, NULL).value if stream.event is not None else None
        if event.values and name not in event.values:
            given = next(one for one in happened.given if one.name.text == stream.event)
            reason = f"its `{stream.event}` is {_shown(name)}"
            listed = " or ".join(f"`{value}`" for value in event.values)
            way_out = f"leave `{stream.event}` out, or write {listed}"
            span = given.value.span
            raise self.findings.fail(NotThatEvent(span=span, event=event.name, reason=reason, way_out=way_out))
        row: dict[str, Constant] = {
            INSTANT: happened.at,
            "occurred_at": happened.at,
            **({stream.event: None} if stream.event else {}),
        }
        row |= dict.fromkeys(prop.name for prop in stream.properties)
        row |= {column: constant(value) for column, value in values.items() if column in row}
        for part in conjuncts(event.where) if event.where is not None else ():
            if evaluate(part, row) in (False, None):
                raise self.findings.fail(_unlike(part, happened, event, values))


def _belonging(way: tuple[Entity, ...], who: Literal) -> tuple[tuple[Relation, Values], ...]:
    """The rows of attributes by which a member belongs to the entity of an example."""
    found: list[tuple[Relation, Values]] = []
    for member, owner in pairwise(way):
        assert member.relation is not None and owner.members is not None
        key = example_key(owner.key_type)
        found.append((member.relation, ((member.key, who), (owner.members.by, key))))
        who = key
    return tuple(found)


def _unlike(part: Expression, happened: told.Happened, event: Event, values: dict[str, Literal]) -> NotThatEvent:
    """What is wrong with a row by one part of its event's `where`."""
    names = list(dict.fromkeys(column.name for column in columns_of(part)))
    missing = [name for name in names if values.get(name, NULL).value is None and name != "occurred_at"]
    if missing:
        listed = " and ".join(f"`{name}`" for name in missing)
        reason = f"its `where` asks for {listed}, which {'is' if len(missing) == 1 else 'are'} not given"
        way_out = f"write `{missing[0]}=…` behind it, such that the `where` of the event holds"
        return NotThatEvent(span=happened.event.span, event=event.name, reason=reason, way_out=way_out)
    given = [one for one in happened.given if one.name.text in names]
    told_of = ", ".join(f"`{one.name.text}` is {_shown(one.value.text)}" for one in given)
    reason = f"its `where` does not hold{f' where {told_of}' if told_of else ''}"
    span = given[0].value.span if len(given) == 1 else happened.event.span
    way_out = "give it properties with which the `where` of the event holds, or name the event that it is"
    return NotThatEvent(span=span, event=event.name, reason=reason, way_out=way_out)


def _shown(value: object) -> str:
    return "null" if value is None else f"`{value}`"


def settable(stream: Stream, key: str) -> dict[str, Type]:
    """The columns that a line can give a value: the stream's properties, the name of the event and the id."""
    types = {prop.name: prop.type for prop in stream.properties}
    for column, type_ in stream.named_columns:
        types.setdefault(column, type_)
    for own in (stream.occurred_at, key):
        types.pop(own, None)
    return types


def _number(values: dict[str, Literal], stream: Stream, types: dict[str, Type], number: int) -> None:
    """An id and a place in the order for a row that is given none: no line is a duplicate of another."""
    for column in (stream.id, stream.order):
        if column is None or column in values or column not in types:
            continue
        match types[column]:
            case Type.INTEGER | Type.NUMBER:
                values[column] = Literal(number, Type.INTEGER)
            case Type.UUID:
                values[column] = Literal(str(UUID(int=_FIRST_KEY.int + number)), Type.UUID)
            case Type.TEXT:
                values[column] = Literal(f"line {number}", Type.TEXT)


def example_key(type_: Type) -> Literal:
    """The key of the only entity of an example."""
    if type_ is Type.INTEGER:
        return Literal(1, type_)
    return Literal(str(_FIRST_KEY), type_) if type_ is Type.UUID else Literal("example", Type.TEXT)


def typed_constant(given: told.Constant, type_: Type) -> Literal | None:
    """The constant that a value is where that type is wanted; None where it is none of it."""
    text = given.text
    if text is None:
        return NULL
    match type_:
        case Type.NUMBER | Type.INTEGER:
            return None if given.quoted else _numeric(text, type_)
        case Type.BOOLEAN:
            known = {"true": True, "false": False}
            return Literal(known[text], type_) if text in known and not given.quoted else None
        case Type.TIMESTAMP | Type.DATE:
            return _instant(text, type_)
        case Type.DURATION:
            length = parse_duration(text)
            return Literal(length.seconds, type_) if length is not None and length.exact else None
        case Type.UUID:
            return (
                Literal(str(UUID(text)), type_)
                if re.fullmatch(r"[0-9a-fA-F]{8}(-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}", text)
                else None
            )
        case _:
            return Literal(text, Type.TEXT)


def _numeric(text: str, type_: Type) -> Literal | None:
    if re.fullmatch(r"[-+]?[0-9]{1,19}", text):
        value = int(text)
        return Literal(value, Type.INTEGER) if -(2**63) <= value < 2**63 else None
    if type_ is Type.INTEGER or not re.fullmatch(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]{1,3})?", text):
        return None
    number = float(text)
    return Literal(number, Type.NUMBER) if abs(number) < float("inf") else None


def _instant(text: str, type_: Type) -> Literal | None:
    found = instant_literal(text)
    if found is None or (type_ is Type.DATE) != (found.type is Type.DATE):
        midnight = found is not None and found.type is Type.DATE
        return Literal(f"{found.value} 00:00:00", Type.TIMESTAMP) if midnight and found is not None else None
    return found
